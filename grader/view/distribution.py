"""How the grades of a class are spread: mean, median, quartiles, and the bars of a histogram."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.judge.model import Grade
from grader.lab.model import Lab
from grader.view.words import decimal

BARS_AT_MOST = 20


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar of the distribution: grades from `low` up to (not including) the next one's.

    `at_least` and `below` bound the grades for the table's filter, with a decimal point;
    `below` is empty on the last bar.
    """

    label: str
    low: str
    count: int
    height: float
    """0 to 1, of the highest bar."""
    at_least: str
    below: str


def scaled_scores(lab: Lab, grades: Sequence[Grade]) -> list[Fraction]:
    """Scores out of the lab's maximum, in ascending order; what was not graded at all is out."""
    return sorted(scaled(lab, g) for g in grades if g.max_score)


def scaled(lab: Lab, grade: Grade) -> Fraction:
    """The score out of the lab's maximum, of a grade with some points to have."""
    return grade.score * lab.max_score / grade.max_score


def mean(values: Sequence[Fraction]) -> Fraction:
    """The exact mean of at least one value."""
    return sum(values, Fraction(0)) / len(values)


def median(values: Sequence[Fraction]) -> Fraction:
    """The middle of values in ascending order, of which there is at least one."""
    half, odd = divmod(len(values), 2)
    return values[half] if odd else (values[half - 1] + values[half]) / 2


def quartiles(values: Sequence[Fraction]) -> tuple[Fraction, Fraction]:
    """The medians of the lower and of the upper half of values in ascending order.

    The middle of an odd number of values is in both halves (Tukey's hinges).
    """
    half = (len(values) + 1) // 2
    return median(values[:half]), median(values[-half:])


def bars(lab: Lab, scores: Sequence[Fraction], language: str) -> tuple[Bar, ...]:
    """The histogram of these scores; the full mark has a bar of its own, the last."""
    most = lab.max_score
    if not most:
        return ()
    number = min(BARS_AT_MOST, max(1, int(most)))
    step = most / number
    counts = Counter(int(score / step) for score in scores)
    highest = max(counts.values(), default=1)
    return tuple(
        Bar(
            label=_range(step * i, step, most, language),
            low=decimal(step * i, language, 1),
            count=counts[i],
            height=counts[i] / highest,
            at_least=decimal(step * i, "en", 4),
            below="" if i == number else decimal(step * (i + 1), "en", 4),
        )
        for i in range(number + 1)
    )


def _range(low: Fraction, step: Fraction, most: Fraction, language: str) -> str:
    """`17 – 18`: from the first number to just below the second."""
    first = decimal(low, language)
    return first if low == most else f"{first}\u00a0–\u00a0{decimal(low + step, language)}"
