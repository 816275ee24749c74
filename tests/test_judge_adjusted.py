"""Points by hand: what counts, and what stays beside it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from report_samples import grade

from grader.batch.late import with_origin
from grader.judge.adjusted import adjusted
from grader.judge.model import Adjustment, Status
from grader.submission import Late, Origin
from grader.view.late import late_words

HALF = Adjustment(points=Fraction(1, 2), why="shown in class", date="2026-11-28")


def test_what_was_judged_stays_and_the_score_has_the_adjustment() -> None:
    before = grade("a", {"server.print2": Status.FAIL})
    after = adjusted(before, {"server.print2": HALF})
    (one,) = [j for j in after.criteria if j.criterion.id == "server.print2"]
    assert (one.status, one.points, one.counted) == (
        Status.FAIL,
        Fraction(0),
        Fraction(1, 2),
    )
    assert after.score == before.score + Fraction(1, 2)
    assert after.max_score == before.max_score


def test_points_go_down_as_well() -> None:
    before = grade("a")
    after = adjusted(before, {"server.print2": replace(HALF, points=Fraction(0))})
    assert after.score == before.score - 2


def test_what_was_not_judged_stays_out_of_the_grade() -> None:
    before = grade("a", {"server.print2": Status.NOT_RUN})
    assert adjusted(before, {"server.print2": HALF}) is before


def test_of_a_criterion_that_gives_less_now_no_more_counts() -> None:
    before = grade("a", {"server.print2": Status.FAIL})
    after = adjusted(before, {"server.print2": replace(HALF, points=Fraction(9))})
    assert after.score == before.score + 2


def test_nothing_to_adjust_changes_nothing() -> None:
    before = grade("a")
    assert adjusted(before, {}) is before
    assert adjusted(before, {"server.gone": HALF}) is before


def test_what_being_late_costs_is_taken_off_all_the_same() -> None:
    late = Late(due="2026-10-01T12:00:00+02:00", seconds=60, rule="2", penalty="2")
    before = with_origin(
        grade("a", {"server.print2": Status.FAIL}), Origin(layout="plain", late=late)
    )
    after = adjusted(before, {"server.print2": HALF})
    assert after.score == before.score + Fraction(1, 2)
    assert after.earned - after.score == 2
    assert late_words(after, "en").startswith(
        "Handed in 1\u00a0min after the due date: 2\u00a0points less"
    )
    nothing = {j.criterion.id: replace(HALF, points=Fraction(0)) for j in before.criteria}
    assert adjusted(before, nothing).score == 0
