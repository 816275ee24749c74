"""How late something was handed in, and what that costs; clocks and rules are given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from grader.lab.late import LateRule
from grader.submission import Late


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """Until when, and what it costs after that. No rule: it is only said."""

    due: datetime
    """With its offset."""
    rule: LateRule | None
    max_score: Fraction


def lateness(submitted: datetime | None, deadline: Deadline | None) -> Late | None:
    """None where it is not late, or where nobody can tell.

    A time without an offset is one of this machine's: so were those whose downloads have none.
    """
    if submitted is None or deadline is None:
        return None
    seconds = int((submitted.astimezone() - deadline.due).total_seconds())
    if seconds <= 0:
        return None
    rule = deadline.rule
    penalty = rule.penalty(seconds, deadline.max_score) if rule else Fraction(0)
    return Late(
        due=deadline.due.isoformat(),
        seconds=seconds,
        rule=rule.text if rule else "",
        penalty=str(penalty),
    )
