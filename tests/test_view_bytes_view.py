"""Nothing invisible stays invisible, and bytes can be told back from their text."""

from __future__ import annotations

import ast
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.view.bytes_view import (
    Run,
    escaped,
    escaped_bytes,
    hex_view,
    literal,
    prose,
    runs,
    shortened,
    width,
)


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (b"Bonjour", "Bonjour"),
        ("été".encode(), "été"),
        ("été".encode("latin-1"), "\\xe9t\\xe9"),
        (b"a\r\n\t\0b", "a\\r\\n\\t\\x00b"),
        (b"\x1b[31m", "\\x1b[31m"),
        ("a\u202eb\u200b".encode(), "a\\u202eb\\u200b"),
        ("\u00a0".encode(), "\\u00a0"),
        ("\U000e0041".encode(), "\\U000e0041"),
        ("\u3164".encode(), "\\u3164"),
    ],
)
def test_bytes_as_a_student_should_see_them(data: bytes, shown: str) -> None:
    assert escaped_bytes(data) == shown


@given(st.text())
def test_nothing_without_ink_is_left(text: str) -> None:
    for character in escaped(text):
        assert character == " " or unicodedata.category(character)[0] not in "CZ"


def turned_back(text: str) -> bytes:
    """Read a literal: `x` and two digits are a byte, everything else is characters."""
    out = bytearray()
    for part in re.split(r"(\\x..|\\u.{4}|\\U.{8}|\\.)", text):
        if part.startswith("\\x"):
            out.append(int(part[2:], 16))
        elif part.startswith("\\"):
            out += str(ast.literal_eval(f'"{part}"')).encode()
        else:
            out += part.encode()
    return bytes(out)


@given(st.binary(max_size=200))
def test_a_literal_turns_back_into_its_bytes(data: bytes) -> None:
    assert turned_back(literal(data)) == data


@given(st.text())
def test_runs_say_the_same_as_the_escaped_text(text: str) -> None:
    assert "".join(run.text for run in runs(text)) == escaped(text)


def test_a_tower_of_accents_stays_in_its_line() -> None:
    assert escaped("e\u0301") == "e\u0301"
    assert "\\u0301" in escaped("e" + "\u0301" * 50)


def test_prose_knows_code_and_keeps_our_blanks() -> None:
    assert prose("reste dans `recv()`\u00a0:") == (
        Run("reste dans "),
        Run("recv()", code=True),
        Run("\u00a0:"),
    )
    assert "".join(r.text for r in prose("un ` seul")) == "un ` seul"
    assert prose("a\x1bb") == (Run("a"), Run("\\x1b", escape=True), Run("b"))


def test_hex_rows() -> None:
    view = hex_view(b"Bonjour \xc3\xa9\n" + bytes(10))
    assert view.rows[0].left == "42 6f 6e 6a 6f 75 72 20"
    assert view.rows[0].ascii == "Bonjour ........"
    assert view.rows[1].offset == "0010"
    assert len(view.rows[1].right) == len(view.rows[0].right)
    assert hex_view(bytes(5000), limit=32).hidden == 4968


def test_shortened_counts_columns() -> None:
    assert shortened("abcdef", 4) == "abc…"
    assert width(shortened("漢字漢字漢字", 6)) <= 6
    assert shortened("abc", 3) == "abc"
