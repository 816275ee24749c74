"""Words and numbers in both languages."""

from __future__ import annotations

import re
import string
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import grader
from grader.judge.model import Status
from grader.view.words import (
    byte_count,
    count,
    decimal,
    labelled,
    milliseconds,
    words,
)

GRADER = Path(grader.__file__).parent


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_words_with_the_same_gaps() -> None:
    french, english = words("fr"), words("en")
    assert french.keys() == english.keys()
    for key in french:
        assert fields(french[key]) == fields(english[key]), key


def test_french_typography() -> None:
    for key, text in words("fr").items():
        assert not re.search(r"(?<![\u00a0\u202f])[:;!?](?![:}/])", text), key
        assert "'" not in text, key


def test_every_word_is_said_somewhere() -> None:
    head = re.compile(r'^    "(\w+)": ?\(', re.MULTILINE)
    keys: set[str] = set()
    said = ""
    for path in (*GRADER.rglob("*.py"), *(GRADER / "view/templates").glob("*.*")):
        text = path.read_text("utf-8")
        if path.parent.name == "view" and path.name.endswith("words.py"):
            keys.update(head.findall(text))
            text = head.sub("", text)
        said += text
    known = {*re.findall(r"\w+", said)}
    begun = tuple(re.findall(r'f"(\w+_)\{', said))
    assert len(keys) > 400
    # Names of errors are what the kernel says; those of roles are capitalised where they are said.
    dead = {key for key in keys - known if not key.startswith((*begun, "E"))} - {"Both"}
    assert dead == set()


def test_an_unknown_language_is_french() -> None:
    assert words("xx") is words("fr")


def test_every_verdict_has_a_word() -> None:
    assert all(status in words("fr") for status in Status)


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        (Fraction(35, 2), "17,5", "17.5"),
        (Fraction(20), "20", "20"),
        (Fraction(0), "0", "0"),
        (Fraction(1, 8), "0,13", "0.13"),
        (Fraction(-1, 4), "-0,25", "-0.25"),
        (Fraction(1, 1000), "0", "0"),
    ],
)
def test_decimals(value: Fraction, french: str, english: str) -> None:
    assert decimal(value, "fr") == french
    assert decimal(value, "en") == english


def test_times_and_counts() -> None:
    assert milliseconds(12_440_000, "fr") == "12,4\u00a0ms"
    assert milliseconds(1_234_500_000, "en") == "1,235\u00a0ms"
    assert count(12345, "fr") == "12\u202f345"
    assert byte_count(0, "fr") == "0 octet"
    assert byte_count(0, "en") == "0 bytes"
    assert byte_count(71, "fr") == "71 octets"
    assert labelled("Attendu", "fr") == "Attendu\u00a0: "
    assert labelled("Expected", "en") == "Expected: "


@given(st.integers(0, 10**9))
def test_times_are_rounded_half_up(nanoseconds: int) -> None:
    ms = Fraction(nanoseconds, 1_000_000)
    written = count(int(ms + Fraction(1, 2)), "en") if ms >= 100 else decimal(ms, "en", 1)
    assert milliseconds(nanoseconds, "en") == f"{written}\u00a0ms"
