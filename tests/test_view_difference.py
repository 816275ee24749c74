"""The difference is marked, the caret stands under it, and long texts stay short."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.view.bytes_view import escaped, width
from grader.view.difference import WINDOW, Part, caret, difference


def words(parts: tuple[Part, ...], *, changed: bool) -> list[str]:
    return ["".join(r.text for r in p.runs) for p in parts if p.changed is changed]


def test_only_what_differs_is_marked() -> None:
    seen = difference("la connexion est établie".encode(), b"la conexion est etablie\n")
    assert words(seen.expected, changed=True) == ["n", "é"]
    assert words(seen.actual, changed=True) == ["e", "\\n"]
    assert not seen.same


def test_two_different_texts_are_not_marked_letter_by_letter() -> None:
    seen = difference(b"Serveur, au revoir", b"xyzzy 1234567890 ;;;;;;;;;;;;;")
    assert words(seen.expected, changed=True) == []


def test_nothing_came() -> None:
    seen = difference(b"Bonjour", b"")
    assert seen.actual == ()
    assert words(seen.expected, changed=False) == ["Bonjour"]


def test_a_long_text_is_cut_around_the_first_difference() -> None:
    seen = difference(b"a" * 100_000 + b"X", b"a" * 100_000 + b"Y" * 5000)
    assert seen.cut_before > 99_000
    assert seen.cut_after
    assert sum(len("".join(r.text for r in p.runs)) for p in seen.actual) <= WINDOW


def test_the_caret_stands_under_the_first_difference() -> None:
    seen = caret("est établie".encode(), b"est etablie\r\n", 40)
    assert seen.column == 4
    assert seen.expected[seen.column] == "é"
    assert seen.actual[seen.column] == "e"
    assert seen.actual.endswith("\\r\\n")


def test_escapes_before_the_difference_move_the_caret() -> None:
    seen = caret(b"\x1b\nab", b"\x1b\nac", 40)
    assert seen.column is not None
    assert seen.expected[seen.column] == "b"


@given(st.binary(max_size=300), st.binary(max_size=300), st.integers(20, 90))
def test_a_caret_window_fits_its_columns(left: bytes, right: bytes, columns: int) -> None:
    seen = caret(left, right, columns)
    assert width(seen.expected) <= columns
    assert width(seen.actual) <= columns
    assert seen.expected == escaped(seen.expected)
    if seen.column is not None:
        assert 0 <= seen.column <= columns


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_parts_say_the_whole_text(left: bytes, right: bytes) -> None:
    seen = difference(left, right)
    shown = "".join(r.text for p in seen.expected for r in p.runs)
    assert shown == escaped(left.decode("utf-8", "surrogateescape"))
