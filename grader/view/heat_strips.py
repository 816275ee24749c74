"""The class at one look: a strip for each criterion, a column for each submission.

Submissions stand from the best grade to the lowest, so that what tells them apart shows as an
edge. A big class is drawn in groups: what a column of a screen can show is a share, not a person.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from grader.judge.model import Grade, Status
from grader.lab.model import Criterion
from grader.view.class_words import class_words, percent
from grader.view.words import count

COLUMNS_AT_MOST = 120
GROUPS = 100
QUARTERS = 4
_HALVES = {Status.PASS: 2, Status.PARTIAL: 1, Status.FAIL: 0}
LEVELS = 5
"""Shades, from `h0` (nobody) to `h5` (all); `hn` is not graded."""


@dataclass(frozen=True, kw_only=True)
class Strip:
    """A criterion's strip: an SVG path for each shade, one unit wide a column, one high."""

    id: str
    title: str
    starts_role: str
    """The role's name on the first criterion of a role, else empty."""
    paths: tuple[tuple[str, str], ...]
    quarters: tuple[str, ...]
    """Success in each quarter of the class, the best first; `–` where nobody was graded."""


@dataclass(frozen=True, kw_only=True)
class Heat:
    """All strips, and how to read them."""

    columns: int
    lead: str
    strips: tuple[Strip, ...]
    quarters: tuple[str, ...]
    """Heads of the table by quarter; empty for a class that is too small for quarters."""


def heat(criteria: Sequence[Criterion], grades: Sequence[Grade], language: str) -> Heat:
    """The strips of the whole class."""
    table = class_words(language)
    ranked = sorted(grades, key=lambda g: -(g.score / g.max_score if g.max_score else -1))
    each = len(ranked) <= COLUMNS_AT_MOST
    columns = slices(len(ranked), len(ranked) if each else GROUPS)
    parts = slices(len(ranked), QUARTERS) if len(ranked) >= QUARTERS else []
    by_column, by_quarter = (
        [_means(ranked[low:high]) for low, high in stretches] for stretches in (columns, parts)
    )
    strips = []
    for i, criterion in enumerate(criteria):
        first = i == 0 or criteria[i - 1].role != criterion.role
        quarters = (means.get(criterion.id) for means in by_quarter)
        strips.append(
            Strip(
                id=criterion.id,
                title=criterion.title.in_language(language),
                starts_role=table[criterion.role.capitalize()] if first else "",
                paths=tuple(_paths([_shade(means.get(criterion.id)) for means in by_column])),
                quarters=tuple("–" if q is None else percent(q, language) for q in quarters),
            )
        )
    size = count(round(len(ranked) / len(columns)) if columns else 0, language)
    return Heat(
        columns=len(columns),
        lead=table["heat_each"] if each else table["heat_groups"].format(n=size),
        strips=tuple(strips),
        quarters=tuple(
            table["quarter" if n else "quarter_first"].format(n=n + 1) for n in range(len(parts))
        ),
    )


def slices(length: int, parts: int) -> list[tuple[int, int]]:
    """`length` things in `parts` stretches whose sizes differ by one at most."""
    edges = [length * i // parts for i in range(parts + 1)] if parts else [0]
    return list(pairwise(edges))


def _means(grades: Sequence[Grade]) -> dict[str, float]:
    """By criterion: its share among these grades; not there where nobody was graded."""
    sums: Counter[str] = Counter()
    known: Counter[str] = Counter()
    for grade in grades:
        for judged in grade.criteria:
            halves = _HALVES.get(judged.status)
            if halves is not None:
                sums[judged.criterion.id] += halves
                known[judged.criterion.id] += 1
    return {name: sums[name] / 2 / many for name, many in known.items()}


def _shade(share: float | None) -> str:
    """The first and the last shade are for nobody and for all only."""
    if share is None:
        return "hn"
    if share in (0.0, 1.0):
        return f"h{LEVELS if share else 0}"
    return f"h{min(LEVELS - 1, 1 + int(share * (LEVELS - 1)))}"


def _paths(shades: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Neighbours of one shade are one rectangle."""
    drawn: dict[str, list[str]] = {}
    place = 0
    for shade, same in groupby(shades):
        width = len(list(same))
        drawn.setdefault(shade, []).append(f"M{place} 0h{width}v1h-{width}z")
        place += width
    for shade in sorted(drawn):
        yield shade, "".join(drawn[shade])
