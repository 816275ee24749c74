"""What being late costs: rules, and what they come to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from grader.intake.lateness import Deadline, lateness
from grader.lab.late import parse_rule, with_offset

DAY = 86400
MOST = Fraction(20)


@pytest.mark.parametrize(
    ("rule", "seconds", "points"),
    [
        ("2/day", 1, "2"), ("2/day", DAY, "2"), ("2/day", DAY + 1, "4"), ("2/day", 30 * DAY, "20"),
        ("10%/day", DAY, "2"), ("0,5/hour", 3601, "1"), ("3", 9 * DAY, "3"), ("5%", 1, "1"),
        ("2/day,max=5", 4 * DAY, "5"), ("2/day,max=25%", 4 * DAY, "5"),
        ("2/day,grace=15min", 900, "0"), ("2/day,grace=15min", 901, "2"),
        ("1/day, max=10, grace=5min", 299, "0"),
    ],
)  # fmt: skip
def test_rules(rule: str, seconds: int, points: str) -> None:
    assert parse_rule(rule).penalty(seconds, MOST) == Fraction(points)


@pytest.mark.parametrize("rule", ["", "2/week", "-2/day", "2/day,min=3", "two", "٣/day", "1e3"])
def test_what_is_no_rule(rule: str) -> None:
    with pytest.raises(ValueError, match="such as 2/day"):
        parse_rule(rule)


def test_lateness() -> None:
    due = datetime(2026, 10, 1, 12, tzinfo=UTC)
    deadline = Deadline(due=due, rule=parse_rule("1/hour"), max_score=MOST)
    assert lateness(due, deadline) is None
    assert lateness(None, deadline) is None
    assert lateness(due, None) is None
    late = lateness(due + timedelta(hours=1, seconds=1), deadline)
    assert late is not None
    assert (late.seconds, late.penalty, late.rule) == (3601, "2", "1/hour")
    said = lateness(due + timedelta(days=1), Deadline(due=due, rule=None, max_score=MOST))
    assert said is not None
    assert (said.penalty, said.rule) == ("0", "")


def test_a_time_without_an_offset_is_the_machines() -> None:
    here = datetime(2026, 10, 1, 12)
    deadline = Deadline(due=here.astimezone(UTC), rule=None, max_score=MOST)
    assert lateness(here, deadline) is None
    late = lateness(here + timedelta(seconds=90), deadline)
    assert late is not None
    assert late.seconds == 90


def test_a_due_date_without_an_offset_is_the_machines() -> None:
    here = datetime(2026, 10, 1, 12)
    assert with_offset(here) == here.astimezone(UTC)
    there = datetime(2026, 10, 1, 12, tzinfo=UTC)
    assert with_offset(there) is there
