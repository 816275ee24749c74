"""What being late takes off a grade, and that it is said wherever the grade is."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import msgspec
import pytest
from batch_tools import judge, source, submission

from grader import results
from grader.batch.late import with_origin
from grader.judge.model import Grade, Status
from grader.submission import Late, Origin

LAB = source().lab


def grade(points: int) -> Grade:
    """A grade of so many points, in one criterion."""
    made = judge(LAB, submission("a"), "", [])
    first, *rest = made.criteria
    judged = replace(first, status=Status.PASS, points=Fraction(points))
    failed = tuple(replace(j, status=Status.FAIL) for j in rest)
    return replace(made, score=Fraction(points), criteria=(judged, *failed), complete=True)


def origin(penalty: str, seconds: int = 90000, rule: str = "2/day") -> Origin:
    late = Late(due="2026-10-01T12:00:00+02:00", seconds=seconds, rule=rule, penalty=penalty)
    return Origin(layout="moodle", entries=("Zoé_1_assignsubmission_file",), late=late)


def test_the_score_is_what_counts_and_the_rest_is_beside_it() -> None:
    late = with_origin(grade(17), origin("5/2"))
    assert (late.score, late.earned) == (Fraction("14.5"), Fraction(17))
    told = results.results(LAB, "full", [late], "fr").submissions[0]
    assert isinstance(told.late, results.LateInfo)
    assert (told.score, told.late.earned, told.late.penalty) == (14.5, 17, 2.5)
    assert sum(c.points for c in told.criteria) == 17
    assert isinstance(told.origin, results.OriginInfo)
    assert told.origin.entries == ("Zoé_1_assignsubmission_file",)
    again = results.read_results(results.encode(results.results(LAB, "full", [late], "fr")))
    assert again.submissions[0] == told


def test_nobody_goes_below_zero() -> None:
    late = with_origin(grade(3), origin("10"))
    assert late.score == 0
    told = results.result(LAB, "full", late, (), "en")
    assert isinstance(told.late, results.LateInfo)
    assert (told.late.penalty, told.late.earned) == (3, 3)


@pytest.mark.parametrize(
    ("seconds", "how"),
    [(5, "1 min"), (3600, "1 h"), (3660, "1 h 1 min"), (90000, "1 d 1 h"), (172800, "2 d")],
)
def test_it_is_said_in_words(seconds: int, how: str) -> None:
    (remark, *_) = with_origin(grade(17), origin("2", seconds)).remarks
    text = remark.text.in_language("en").replace("\u00a0", " ")
    assert text == (
        f"Handed in {how} after the due date: 2 points less (2/day), so 15 instead of 17."
    )
    french = remark.text.in_language("fr")
    assert french.endswith("\u00a0: 2\u00a0points de moins (2/day), soit 15 au lieu de 17.")


def test_points_are_counted_as_each_language_does() -> None:
    (remark, *_) = with_origin(grade(17), origin("3/2")).remarks
    assert "1,5\u00a0point de moins" in remark.text.in_language("fr")
    assert "1.5\u00a0points less" in remark.text.in_language("en")


def test_without_a_rule_it_costs_nothing_and_is_said() -> None:
    late = with_origin(grade(17), origin("0", rule=""))
    assert late.score == 17
    assert "no point" in late.remarks[0].text.in_language("en")


def test_in_time_nothing_is_said() -> None:
    made = grade(17)
    in_time = replace(origin("0"), late=None)
    assert with_origin(made, None) == made
    assert with_origin(made, in_time) == replace(made, origin=in_time)
    assert results.results(LAB, "full", [made]).submissions[0].late is msgspec.UNSET
