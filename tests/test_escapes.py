from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.escapes import Offsets, in_literal, unescaped


@pytest.mark.parametrize(
    ("shown", "plain"),
    [
        (b"plain", b"plain"),
        (rb"b'\xc3\xa9t\xc3\xa9'", "b'été'".encode()),
        (rb"'\u00e9'", "'é'".encode()),
        (rb"a\\b\'c\n", b"a\\b'c\n"),
        (b"b'un'\r\nb'deux'", b"b'undeux'"),
        (b"b\"l'un\"\nb'deux'", b"b\"l'undeux'"),
        (b"'un'\n'deux'", b"'un'\n'deux'"),
    ],
)
def test_escapes_are_undone(shown: bytes, plain: bytes) -> None:
    assert unescaped(shown) == plain


@given(st.binary(max_size=60))
def test_what_python_shows_is_undone(data: bytes) -> None:
    assert unescaped(repr(data).encode())[2:-1] == data


@given(st.lists(st.sampled_from([b"a", b"\\xe9", b"\\n", b"'\nb'", b"'"])), st.integers(0, 20))
def test_the_way_back_is_the_same_however_far_it_is_known(parts: list[bytes], until: int) -> None:
    data = b"".join(parts)
    near, whole = Offsets(data, until), Offsets(data, len(data))
    assert [near.back(i) for i in range(until + 1)] == [whole.back(i) for i in range(until + 1)]


def test_the_way_back() -> None:
    data = rb"<\xc3\xa9> fin"
    offsets = Offsets(data, len(data))
    assert [offsets.back(i) for i in (0, 1, 2, 3, 4)] == [0, 1, 5, 9, 10]


def test_inside_a_literal() -> None:
    assert in_literal(b"recu b'abc'", 7, 10)
    assert not in_literal(b"recu 'abc'", 6, 9)
    assert not in_literal(b"b'x' abc'", 5, 8)
    assert not in_literal(b"b'\nabc'", 3, 6)
