"""What being late costs: a rule such as « 2/day », and what it comes to.

`2/day`, `10%/day`, `0.5/hour`, `3` (once); then, after commas, `max=10` and `grace=15min`. A day
or an hour that has begun counts whole. Percentages are of the lab's maximum.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

_RULE = re.compile(
    r"(?P<points>\d{1,4}(?:[.,]\d{1,2})?)(?P<percent>%?)(?:/(?P<unit>day|hour))?"
    r"(?:,max=(?P<most>\d{1,4}(?:[.,]\d{1,2})?%?))?(?:,grace=(?P<grace>\d{1,4})min)?",
    re.ASCII,
)
_UNITS = {"day": 86400, "hour": 3600}
FORM = "such as 2/day, 10%/day or 3; then ,max=10 and ,grace=15min"


@dataclass(frozen=True, kw_only=True)
class LateRule:
    """A rule. `text` is how it was written; points are of the lab, or percent of its maximum."""

    text: str
    points: Fraction
    percent: bool = False
    unit: int | None = None
    """Seconds for which `points` are taken once; None: once for all."""
    most: Fraction | None = None
    most_percent: bool = False
    grace: int = 0
    """Seconds after the due date that cost nothing."""

    def penalty(self, seconds: int, max_score: Fraction) -> Fraction:
        """Points that `seconds` after the due date cost, at most `max_score`."""
        if seconds <= self.grace:
            return Fraction(0)
        times = 1 if self.unit is None else -(-seconds // self.unit)
        points = times * _of(self.points, self.percent, max_score)
        if self.most is not None:
            points = min(points, _of(self.most, self.most_percent, max_score))
        return min(points, max_score)


def parse_rule(text: str) -> LateRule:
    """Read a rule.

    Raises:
        ValueError: it is none.
    """
    found = _RULE.fullmatch(text.replace(" ", ""))
    if found is None:
        raise ValueError(f"{text!r} is not a rule {FORM}")
    most = found["most"]
    return LateRule(
        text=text.strip(),
        points=_number(found["points"]),
        percent=bool(found["percent"]),
        unit=_UNITS[found["unit"]] if found["unit"] else None,
        most=_number(most.rstrip("%")) if most else None,
        most_percent=bool(most) and most.endswith("%"),
        grace=60 * int(found["grace"] or 0),
    )


def with_offset(due: datetime) -> datetime:
    """A date that says no offset is by the clock of this machine."""
    return due if due.tzinfo else due.astimezone()


def _number(text: str) -> Fraction:
    return Fraction(text.replace(",", "."))


def _of(points: Fraction, percent: bool, max_score: Fraction) -> Fraction:
    return points * max_score / 100 if percent else points
