"""A grade with what being late costs: beside the criteria, never mixed into them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from grader.judge.model import Grade
from grader.submission import Origin


def with_origin(grade: Grade, origin: Origin | None) -> Grade:
    """The grade with where it came from and, where it was late, its penalty taken off.

    `score` is then what counts; what was earned stays in the criteria (`Grade.earned`).
    """
    if origin is None:
        return grade
    penalty = Fraction(origin.late.penalty) if origin.late else Fraction(0)
    return replace(grade, origin=origin, score=grade.score - min(penalty, grade.score))
