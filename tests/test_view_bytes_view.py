"""Nothing invisible stays invisible, and bytes can be told back from their text."""

from __future__ import annotations

import ast
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.view.bytes_view import (
    BEYOND_ASCII,
    Run,
    escaped,
    escaped_bytes,
    fitting,
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


def test_what_unicode_tells_to_ignore_is_shown() -> None:
    """Default_Ignorable_Code_Point of DerivedCoreProperties.txt."""
    ranges = (
        (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5),
        (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164),
        (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8),
        (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
    )  # fmt: skip
    ignored = [chr(code) for first, last in ranges for code in range(first, last + 1)]
    assert [character for character in ignored if escaped(character) == character] == []


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


mixed = st.text(st.characters() | st.sampled_from("aé\u0301\u0327漢\u200b\ufe0f\u00ad\udc80\n\t "))


def characters(text: str, keep: str) -> list[tuple[str, bool]]:
    """What `runs` shows, character by character: (as shown, whether that is an escape)."""
    shown = []
    marks = 0
    for character in text:
        category = unicodedata.category(character)
        marks = marks + 1 if category[0] == "M" and character not in keep else 0
        alone = escaped(character)
        if character in keep:
            shown.append((character, False))
        elif alone != character:
            shown.append((alone, True))
        elif marks > 2:
            shown.append((f"\\u{ord(character):04x}"[:6], True))
        else:
            shown.append((character, False))
    return shown


@given(mixed, st.sampled_from(["", "\n\t", "\u00a0\u202f\n"]))
def test_runs_are_the_characters_put_together(text: str, keep: str) -> None:
    found = runs(text, keep=keep)
    assert [b.escape for b in found[1:]] == [not a.escape for a in found[:-1]]
    plain = "".join(r.text for r in found if not r.escape)
    assert plain == "".join(c for c, escape in characters(text, keep) if not escape)
    assert len(found) == 0 or "".join(r.text for r in found) == escaped(text, keep=keep)


def columns(character: str) -> int:
    if unicodedata.category(character)[0] == "M":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


@given(mixed)
def test_a_width_is_that_of_its_characters(text: str) -> None:
    assert width(text) == sum(columns(c) for c in text)


@given(mixed, st.integers(0, 12))
def test_what_fits_is_as_much_as_can(text: str, most: int) -> None:
    fits = fitting(text, most)
    assert width(text[:fits]) <= most
    assert fits == len(text) or width(text[: fits + 1]) > most


@given(st.characters(max_codepoint=0x2FF) | st.from_regex(f"[{BEYOND_ASCII}]", fullmatch=True))
def test_each_character_of_ours_takes_one_column_and_is_no_mark(character: str) -> None:
    assert columns(character) == 1
    inked = unicodedata.category(character)[0] not in "CZ" or character == " "
    assert (runs(character) == (Run(character),)) is inked
