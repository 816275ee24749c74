"""Lateness in words, in both languages."""

from __future__ import annotations

from fractions import Fraction

import pytest
from late_grades import grade, origin

from grader.batch.late import with_origin
from grader.view.late import LateMark, late_mark, late_words


@pytest.mark.parametrize(
    ("seconds", "how"),
    [(5, "1 min"), (3600, "1 h"), (3660, "1 h 1 min"), (90000, "1 d 1 h"), (172800, "2 d")],
)
def test_it_is_said_in_words(seconds: int, how: str) -> None:
    late = with_origin(grade(17), origin("2", seconds))
    text = late_words(late, "en").replace("\u00a0", " ")
    assert text == (
        f"Handed in {how} after the due date: 2 points less (2/day), so 15 instead of 17."
    )
    french = late_words(late, "fr")
    assert french.endswith("\u00a0: 2\u00a0points de moins (2/day), soit 15 au lieu de 17.")


def test_points_are_counted_as_each_language_does() -> None:
    late = with_origin(grade(17), origin("3/2"))
    assert "1,5\u00a0point de moins" in late_words(late, "fr")
    assert "1.5\u00a0points less" in late_words(late, "en")


def test_without_a_rule_it_costs_nothing_and_is_said() -> None:
    late = with_origin(grade(17), origin("0", rule=""))
    assert late.score == 17
    assert "no point" in late_words(late, "en")


def test_a_mark_says_how_long_and_how_much() -> None:
    mark = late_mark(with_origin(grade(17), origin("3/2")), "fr")
    assert mark == LateMark(90000, "1\u00a0j\u00a01\u00a0h", Fraction(3, 2), "\u22121,5")
    free = late_mark(with_origin(grade(17), origin("0", rule="")), "en")
    assert free == LateMark(90000, "1\u00a0d\u00a01\u00a0h", Fraction(0), "")


def test_in_time_nothing_is_said() -> None:
    assert late_words(grade(17), "fr") == ""
    assert late_mark(grade(17), "fr") is None
