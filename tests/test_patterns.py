"""Patterns: the answers of Python's own on what both know, and never slow."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.patterns import MOST_BYTES, MOST_STATES, PatternError, compiled, quoted

PIECES = st.recursive(
    st.sampled_from(["a", "b", ".", "[ab]", "[^a]", "\\d", "\\x61", "\\n"]),
    lambda inner: st.one_of(
        st.builds("(?:{}){}".format, inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}"])),
        st.builds("(?:{}|{})".format, inner, inner),
        st.builds("{}{}".format, inner, inner),
    ),
    max_leaves=6,
)
DATA = st.text(alphabet="ab1\n", max_size=12)


@given(PIECES, DATA)
def test_it_matches_what_pythons_own_matches(pattern: str, data: str) -> None:
    mine = compiled(pattern).match(data.encode())
    assert (mine is not None) == (re.fullmatch(pattern, data) is not None)


@given(PIECES, PIECES, DATA)
def test_it_captures_what_pythons_own_captures(one: str, other: str, data: str) -> None:
    pattern = f"(?P<x>{one})(?P<y>{other})"
    mine = compiled(pattern).match(data.encode())
    found = re.fullmatch(pattern, data)
    if found is None:
        assert mine is None
    else:
        assert mine is not None
        assert mine["x"] + mine["y"] == data.encode()


def test_what_is_captured_has_a_name() -> None:
    found = compiled(r"WELCOME (?P<nonce>[0-9a-f]+)(?: to (?P<where>\w+))?").match(b"WELCOME 0a1f")
    assert found == {"nonce": b"0a1f", "where": b""}


def test_the_longer_is_preferred() -> None:
    assert compiled(r"(?P<x>a*)(?P<y>a*)").match(b"aaa") == {"x": b"aaa", "y": b""}


@pytest.mark.parametrize("pattern", ["(?:a*)*b", "(?:a|a)*b", ".*.*.*.*.*b", "(?:a?){50}b"])
def test_no_pattern_is_slow_on_hostile_bytes(pattern: str) -> None:
    # Python's own would take until the end of the world.
    assert compiled(pattern).match(b"a" * MOST_BYTES) is None


def test_a_message_that_is_too_long_does_not_match() -> None:
    assert compiled("a*").match(b"a" * (MOST_BYTES + 1)) is None


@pytest.mark.parametrize(
    ("pattern", "problem", "at"),
    [
        ("a**", "on end", 2), ("*a", "nothing stands before", 0), ("(a", "')' is missing", 1),
        ("a)", "without '('", 1), ("[a", "']' is missing", 1), ("^a", "whole message", 0),
        ("a$", "whole message", 1), ("(?=a)", "only (?:...)", 2), (r"\1", "not known", 1),
        (r"\xg1", "hexadecimal", 2), ("a{", "number of times", 1), ("a{9,2}", "smaller", 1),
        ("(?P<A>a)", "a-z", 4), ("(?P<a>b)(?P<a>c)", "captured twice", 12),
        ("[z-a]", "smaller", 4), ("[é]", "ASCII", 2), ("(" * 30 + ")" * 30, "too many", 21),
        ("(?:a{200}){200}", "too large", 14), ("a\\", "at the end", 1),
    ],
)  # fmt: skip
def test_an_author_is_told_what_is_wrong_and_where(pattern: str, problem: str, at: int) -> None:
    with pytest.raises(PatternError) as told:
        compiled(pattern)
    assert problem in str(told.value)
    assert told.value.at == at


@given(st.text(alphabet="ab|()*+?{}[]^-\\dxP<>:1,é", max_size=20), st.binary(max_size=20))
def test_any_text_is_compiled_or_told(text: str, data: bytes) -> None:
    try:
        pattern = compiled(text)
    except PatternError as error:
        told: int | None = error.at
    else:
        told = None
        assert len(pattern.states) <= MOST_STATES
        pattern.match(data)
    assert told is None or 0 <= told <= len(text)


@given(st.binary(max_size=30), st.binary(max_size=30))
def test_what_is_quoted_matches_itself_only(one: bytes, other: bytes) -> None:
    pattern = compiled(quoted(one))
    assert pattern.match(one) is not None
    assert (pattern.match(other) is not None) == (one == other)
