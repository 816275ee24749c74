"""Points as a teacher's file writes them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from grader.formats.points import Style, Written, read_number, scaled, write_number


@pytest.mark.parametrize(
    ("text", "value", "style"),
    [
        ("20", Fraction(20), Style("", 0)),
        (" 20,00 ", Fraction(20), Style(",", 2)),
        ("100.5", Fraction(201, 2), Style(".", 1)),
    ],
)
def test_numbers_are_read_with_their_style(text: str, value: Fraction, style: Style) -> None:
    assert read_number(text) == Written(value, style)


@pytest.mark.parametrize("text", ["", "-", "A-F", "1.000,5", "-1", "1e3", "٣", "20 pts", "nan"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("value", "style", "text"),
    [
        (Fraction(35, 2), Style(",", 2), "17,50"),
        (Fraction(35, 2), Style(",", 0), "17,5"),
        (Fraction(69, 4), Style(".", 1), "17.25"),
        (Fraction(20), Style(".", 0), "20"),
        (Fraction(0), Style(",", 2), "0,00"),
        (Fraction(50, 3), Style(".", 0), "16.67"),
        (Fraction(50, 3), Style(".", 3), "16.667"),
        (Fraction(1, 200), Style(".", 0), "0.005"),
    ],
)
def test_numbers_are_written_exactly(value: Fraction, style: Style, text: str) -> None:
    assert write_number(value, style) == text


def test_grades_are_put_on_the_scale_of_the_file() -> None:
    assert scaled(Fraction(35, 2), Fraction(20), Fraction(100)) == Fraction(175, 2)
    assert scaled(Fraction(21), Fraction(20), Fraction(20)) is None
    assert scaled(Fraction(-1), Fraction(20), Fraction(20)) is None
    assert scaled(Fraction(1), Fraction(0), Fraction(20)) is None
