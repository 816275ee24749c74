"""What a program lost, whatever the reason."""

from __future__ import annotations

from grader.judge.hit import ADDRESSES
from grader.judge.model import Grade, Status


def exchange_lost(grade: Grade, tests: str) -> bool:
    """Whether a program that a scenario tests lost some of the graded exchange.

    An address alone does not count: the exchange was made all the same.
    """
    return any(
        finding.status in (Status.FAIL, Status.PARTIAL) and finding.expectation not in ADDRESSES
        for judged in grade.criteria
        if tests in (judged.criterion.role, "both")
        for finding in judged.findings
    )
