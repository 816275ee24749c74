"""Points that a person gave by hand: they count, and what was judged stays beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from grader.judge.model import Adjustment, Grade, Judged, Status


def adjusted(grade: Grade, by_criterion: Mapping[str, Adjustment]) -> Grade:
    """The grade with these adjustments, by criterion.

    A criterion that was not judged stays out of the grade: there is nothing to adjust. Where a
    changed lab gives less for a criterion now, no more than that counts. What being late costs is
    taken off all the same.
    """
    criteria = tuple(
        _one(judged, by_criterion.get(judged.criterion.id)) for judged in grade.criteria
    )
    if criteria == grade.criteria:
        return grade
    changed = replace(grade, criteria=criteria)
    late = grade.origin.late if grade.origin else None
    penalty = Fraction(late.penalty) if late else Fraction(0)
    return replace(changed, score=changed.earned - min(penalty, changed.earned))


def _one(judged: Judged, adjustment: Adjustment | None) -> Judged:
    if adjustment is None or judged.status is Status.NOT_RUN:
        return judged
    points = min(adjustment.points, judged.criterion.points)
    return replace(judged, adjusted=replace(adjustment, points=points))
