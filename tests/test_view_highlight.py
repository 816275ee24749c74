"""A program in colours: every letter of it is still there, whatever it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.view.highlight import COLOURED, COLUMNS, LINES, coloured


def test_what_stands_out() -> None:
    told = coloured(["import socket", "x = 'a'  # why", "print(0x1f)", "def f(): pass"])
    assert told is not None
    looks = {text.strip(): look for line in told for look, text in line}
    assert looks["import"] == looks["def"] == "k"
    assert looks["'a'"] == "s"
    assert looks["# why"] == "c"
    assert looks["0x1f"] == "n"
    assert looks["print"] == looks["f"] == "f"


@pytest.mark.parametrize(
    ("path", "line", "piece", "look"),
    [
        ("a.c", "static int f(void) { return 1; } // x", "return", "k"),
        ("a.h", "/* why */ int x;", "/* why */", "c"),
        ("A.java", 'class A { String s = "x"; }', '"x"', "s"),
        ("A.java", "final class A extends B {}", "extends", "k"),
        ("a.JS", "const x = 1;", "const", "k"),
        ("a.cpp", "namespace a { class B; }", "namespace", "k"),
        ("a.go", "func f() { return }", "return", "k"),
        ("a.rs", "fn f() { let x = 1; }", "let", "k"),
        ("a.sh", "for x in 1; do echo; done", "for", "k"),
    ],
)
def test_other_languages_stand_out_too(path: str, line: str, piece: str, look: str) -> None:
    told = coloured([line], path)
    assert told is not None
    assert look in {what for what, text in told[0] if piece in text}


@given(
    st.lists(st.text(st.characters(exclude_characters="\n"), max_size=30), max_size=12),
    st.sampled_from(["a.c", "a.cpp", "a.java", "a.js", "a.go", "a.rs", "a.sh"]),
)
def test_no_letter_of_other_languages_is_lost(lines: list[str], path: str) -> None:
    told = coloured(lines, path)
    if told is not None:
        bare = [line.rstrip(" \t") for line in lines] or [""]
        assert ["".join(text for _, text in pieces) for pieces in told] == bare


@given(st.lists(st.text(st.characters(exclude_characters="\n"), max_size=30), max_size=12))
def test_no_letter_is_lost(lines: list[str]) -> None:
    told = coloured(lines)
    if told is not None:
        bare = [line.rstrip(" \t") for line in lines] or [""]
        assert ["".join(text for _, text in pieces) for pieces in told] == bare


def test_a_string_over_several_lines_goes_on() -> None:
    told = coloured(["x = '''a", "", "b'''"])
    assert told is not None
    assert (told[0][-1], told[1], told[2]) == (("s", "'''a"), (), (("s", "b'''"),))


@pytest.mark.parametrize(
    "lines",
    [["x" * (COLUMNS + 1)], ["x"] * (LINES + 1), ["y" * 150] * (COLOURED // 150 + 1)],
    ids=["wide", "many", "much"],
)
def test_what_would_cost_too_much_stays_plain(lines: list[str]) -> None:
    assert coloured(lines) is None
    assert coloured(lines[: len(lines) // 2]) is not None or len(lines) == 1


@pytest.mark.parametrize("path", ["a.c", "a.cpp", "A.java", "a.js", "a.go", "a.rs", "a.sh"])
def test_hostile_programs_are_coloured_within_seconds(path: str) -> None:
    """With a lexer that takes cubic time for it this would take minutes."""
    line = ("a b(" * COLUMNS)[:COLUMNS]
    coloured([line] * (COLOURED // (COLUMNS + 1)), path)
