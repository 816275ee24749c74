"""How each criterion went in the class, and whether it goes with the rest of the grade.

Classical item analysis: the success rate is the share of the criterion's points that the class
has; the link is the correlation of the criterion's share with that of all *other* criteria
(corrected item-total correlation), so that a criterion does not agree with itself. The bounds
of the words for it, 0.2 and 0.4, are those of Ebel and Frisbie, Essentials of Educational
Measurement.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.judge.model import Grade, Status
from grader.lab.model import Criterion
from grader.view.class_words import class_words, percent
from grader.view.words import count, decimal

ENOUGH = 10
"""Judged submissions below which a correlation says nothing."""

_EASY, _HARD = 0.8, 0.5
_WEAK, _STRONG = 0.2, 0.4


@dataclass(frozen=True, kw_only=True)
class Item:
    """A criterion: how many passed it, and what that says."""

    id: str
    title: str
    role: str
    points: str
    success: float | None
    """0 to 1; None where nobody was judged."""
    percent: str
    parts: tuple[tuple[Status, str, int, float], ...]
    """For each status that occurs: its word, how many, and the share (0 to 1) of all."""
    link: str
    """From −1 to 1; empty where it can't be told."""
    reading: str
    failing: int
    """How many have to fix it."""
    failing_words: str


def items(
    criteria: Sequence[Criterion], grades: Sequence[Grade], language: str
) -> tuple[Item, ...]:
    """All criteria, the least passed first."""
    rows = Counter(map(_rows, grades))  # many have the same: a class has far fewer kinds
    sheets = [_sheet(judged, many) for judged, many in rows.items()]
    found = [_item(criterion, sheets, language) for criterion in criteria]
    return tuple(sorted(found, key=lambda item: 2.0 if item.success is None else item.success))


_Row = tuple[str, Status, float, float]
"""A criterion, its status, points and maximum: quarters of points are exact in floats."""


@dataclass(frozen=True)
class _Sheet:
    """What one or many submissions have."""

    judged: Mapping[str, _Row]
    """By criterion."""
    points: float
    most: float
    many: int


def _rows(grade: Grade) -> tuple[_Row, ...]:
    return tuple(
        (j.criterion.id, j.status, float(j.points), float(j.criterion.points))
        for j in grade.criteria
    )


def _sheet(rows: Sequence[_Row], many: int) -> _Sheet:
    counted = [row for row in rows if row[1] is not Status.NOT_RUN]
    points, most = sum(row[2] for row in counted), sum(row[3] for row in counted)
    return _Sheet({row[0]: row for row in rows}, points, most, many)


def _item(criterion: Criterion, sheets: Sequence[_Sheet], language: str) -> Item:
    table = class_words(language)
    own: list[float] = []
    rest: list[float] = []
    weights: list[int] = []
    counts: Counter[Status] = Counter()
    for sheet in sheets:
        row = sheet.judged.get(criterion.id)
        if row is None:
            continue
        _, status, points, most = row
        counts[status] += sheet.many
        if status is Status.NOT_RUN or not most:
            continue
        own.append(points / most)
        others = sheet.most - most
        rest.append((sheet.points - points) / others if others else 0.0)
        weights.append(sheet.many)
    judged = sum(weights)
    success = _mean(own, weights) if own else None
    link = correlation(own, rest, weights) if judged >= ENOUGH else None
    total = sum(counts.values())
    failing = counts[Status.FAIL]
    return Item(
        id=criterion.id,
        title=criterion.title.in_language(language),
        role=table[criterion.role.capitalize()],
        points=decimal(criterion.points, language),
        success=success,
        percent="–" if success is None else percent(success, language),
        parts=tuple(
            (status, table[status], counts[status], counts[status] / total)
            for status in Status
            if counts[status]
        ),
        link="" if link is None else _two_places(link, language),
        reading=reading(success, link, judged, language),
        failing=failing,
        failing_words=table["failing_one" if failing == 1 else "failing"].format(
            n=count(failing, language)
        ),
    )


def reading(success: float | None, link: float | None, judged: int, language: str) -> str:
    """What a success rate and a link say, in plain words."""
    table = class_words(language)
    if success is None:
        return table["item_none"]
    if success in (0.0, 1.0):
        return table["item_all" if success else "item_nobody"]
    if success >= _EASY:
        ease = table["item_easy"]
    else:
        ease = table["item_hard" if success < _HARD else "item_medium"]
    return f"{ease}, {table[_link_words(link, judged)]}."


def _link_words(link: float | None, judged: int) -> str:
    if judged < ENOUGH:
        return "item_few"
    if link is None:
        return "item_same"
    if link < 0:
        return "item_against"
    if link < _WEAK:
        return "item_apart"
    return "item_some" if link < _STRONG else "item_strong"


def correlation(xs: Sequence[float], ys: Sequence[float], weights: Sequence[int]) -> float | None:
    """Pearson's, -1 to 1, each pair as often as it weighs; None where one never changes."""
    mean_x, mean_y = _mean(xs, weights), _mean(ys, weights)
    pairs = [(x - mean_x, y - mean_y, n) for x, y, n in zip(xs, ys, weights, strict=True)]
    across = math.fsum(x * y * n for x, y, n in pairs)
    spread_x = math.fsum(x * x * n for x, _, n in pairs)
    spread_y = math.fsum(y * y * n for _, y, n in pairs)
    # What rounding leaves of equal values is no spread.
    if min(spread_x, spread_y) < 1e-12:
        return None
    return across / math.sqrt(spread_x * spread_y)


def _mean(values: Sequence[float], weights: Sequence[int]) -> float:
    return math.fsum(x * n for x, n in zip(values, weights, strict=True)) / sum(weights)


def _two_places(value: float, language: str) -> str:
    text = f"{value:.2f}".replace("-", "−")
    return text.replace(".", ",") if language == "fr" else text
