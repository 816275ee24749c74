"""Grades of work that was handed in late."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from batch_tools import judge, source, submission

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
