"""What a benchmark finds: rows of figures, in sections. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Row:
    """A figure: one value for each round. `key` is what bounds and other pages know it by."""

    key: str
    name: str
    unit: str
    """`ms`, `s`, `MiB`, `kB`, or `×` for a ratio."""
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """Of all rounds."""
        return statistics.median(self.values)


@dataclass(frozen=True, kw_only=True)
class Section:
    """What one benchmark found; `notes` say how it was made, and what could not be measured."""

    id: str
    title: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Found:
    """All of one invocation."""

    machine: Mapping[str, str]
    sections: Sequence[Section]
    quick: bool

    def medians(self) -> dict[str, float]:
        """By key."""
        return {row.key: row.median for section in self.sections for row in section.rows}


def ratio(key: str, name: str, over: Iterable[float], under: Iterable[float]) -> Row:
    """A ratio, round by round."""
    return Row(
        key=key,
        name=name,
        unit="×",
        values=tuple(a / b for a, b in zip(over, under, strict=True) if b),
    )


def difference(key: str, name: str, one: Iterable[float], other: Iterable[float]) -> Row:
    """What one has more than the other, ms, round by round."""
    return Row(
        key=key, name=name, unit="ms", values=tuple(a - b for a, b in zip(one, other, strict=True))
    )
