"""Colours of the student's page: every text stands out from what it stands on (WCAG 2.2, AA)."""

from __future__ import annotations

import re
from functools import cache

import pytest

from grader.view import html

AA = 4.5
_BLOCK = re.compile(r"(@media screen and \(prefers-color-scheme: dark\) \{\s*)?:root \{([^}]*)\}")
_VALUE = re.compile(r"(--[\w-]+): (#[0-9a-f]{3,6})\b")

TEXTS = ("ink", "soft", "link", "kw", "str", "num", "fn", "com")
PLACES = ("card", "wash", "bad-wash", "half-wash", "lit")
"""A line of a program, unmarked, marked, lit up."""


@cache
def colours(*, dark: bool) -> dict[str, str]:
    """The style's variables in one of its two schemes, later ones winning."""
    sheet = html._read("style.css") + html._read("student.css")

    found: dict[str, str] = {}
    for only_dark, body in _BLOCK.findall(sheet.split("@media print {\n  :root { --screen")[0]):
        if dark or not only_dark:
            found |= dict(_VALUE.findall(body))
    return {name[2:]: value for name, value in found.items()}


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure() -> None:
    assert contrast("#000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_text_can_be_read_where_it_stands(dark: bool) -> None:
    known = colours(dark=dark)
    pairs = [(text, place) for text in TEXTS for place in PLACES]
    pairs += [("bad", "bad-wash"), ("half", "half-wash"), ("bad", "lit"), ("half", "lit")]
    pairs += [("good", "good-wash"), ("bad", "card"), ("esc", "esc-wash")]
    pairs += [("screen-ink", "screen"), ("screen-esc", "screen")]
    faint = {
        f"{text} on {place}": round(contrast(known[text], known[place]), 2)
        for text, place in pairs
        if contrast(known[text], known[place]) < AA
    }
    assert faint == {}


def test_the_two_schemes_differ() -> None:
    light, dark = colours(dark=False), colours(dark=True)
    assert light.keys() == dark.keys()
    assert light["card"] != dark["card"]
    assert light["kw"] != dark["kw"]
