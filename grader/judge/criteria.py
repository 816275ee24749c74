"""A criterion's verdict: the worst over the graded runs that prove it, and its points."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from grader.judge.model import Finding, Judged, Problem, Status
from grader.judge.wording import say
from grader.lab.model import Criterion

WORSE = {Status.PASS: 0, Status.PARTIAL: 1, Status.FAIL: 2}
"""How bad a verdict is; `not_run` is none."""
_SHARE = {
    Status.PASS: Fraction(1),
    Status.PARTIAL: Fraction(1, 2),
    Status.FAIL: Fraction(0),
    Status.NOT_RUN: Fraction(0),
}


def worst(statuses: Sequence[Status]) -> Status:
    """The worst verdict; `not_run` only where there is no other."""
    verdicts = [s for s in statuses if s is not Status.NOT_RUN]
    return max(verdicts, key=WORSE.__getitem__) if verdicts else Status.NOT_RUN


def judge_criterion(
    criterion: Criterion, findings: Sequence[Finding], causes: tuple[str, ...] = ()
) -> Judged:
    """The criterion from the findings of all graded runs that prove it (one at least)."""
    status = worst([f.status for f in findings])
    return Judged(
        criterion=criterion,
        status=status,
        points=criterion.points * _SHARE[status],
        findings=tuple(findings),
        diagnoses=causes,
    )


def not_played(criterion: Criterion, problem: Problem | None, causes: tuple[str, ...]) -> Judged:
    """The criterion that no run was played for.

    A missing program or a broken archive is the student's: `fail`, with the problem as the
    cause. Anything else is a fault of the host or ours: `not_run`.
    """
    students = problem is not None and problem.blame == "student"
    finding = Finding(
        run="",
        expectation=criterion.id,
        criterion=criterion.id,
        status=Status.FAIL if students else Status.NOT_RUN,
        what=say("not-played") if problem is None else problem.message,
    )
    return judge_criterion(criterion, [finding], causes)


def with_requirements(judged: Sequence[Judged]) -> tuple[Judged, ...]:
    """Criteria that require a lost one are lost with it: not reached, and said once.

    Where the required one could not be judged nothing follows. A partial one is there.
    """
    by_id = {one.criterion.id: one for one in judged}
    made: dict[str, Judged] = {}

    def settled(one: Judged) -> Judged:
        found = made.get(one.criterion.id)
        if found is None:
            needed = [settled(by_id[name]) for name in one.criterion.requires if name in by_id]
            lost = next((n for n in needed if n.status is Status.FAIL), None)
            found = made[one.criterion.id] = one if lost is None else _not_reached(one, lost)
        return found

    return tuple(settled(one) for one in judged)


def _not_reached(one: Judged, lost: Judged) -> Judged:
    if one.status is Status.NOT_RUN:
        return one
    cause = next(f for f in lost.findings if f.status is Status.FAIL)
    finding = Finding(
        run=cause.run,
        expectation=one.criterion.id,
        criterion=one.criterion.id,
        status=Status.FAIL,
        what=say("requires", title=lost.criterion.title),
        evidence=cause.evidence,
    )
    return judge_criterion(one.criterion, [finding], lost.diagnoses)
