"""The class's matrix: every server with every client, as data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from grader.judge.pair import PairVerdict
from grader.lab.model import Text

UNPLAYED = frozenset({"not_run", "skipped"})


@dataclass(frozen=True, kw_only=True)
class Member:
    """One student's program of a role. `name` is as it was handed in: hostile text."""

    id: str
    name: str
    program: str


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One server with one client, by their ids."""

    server: str
    client: str
    verdict: PairVerdict
    seconds: float

    @property
    def played(self) -> bool:
        """There is a verdict on the programs."""
        return self.verdict.code not in UNPLAYED


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """Who is in no pair, or in half of them only, and why."""

    name: str
    reason: Text


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """All pairs that were played. `of` is how many submissions the class has."""

    servers: tuple[Member, ...]
    clients: tuple[Member, ...]
    cells: tuple[Cell, ...]
    left_out: tuple[LeftOut, ...]
    of: int
    sample: int | None
    """How many submissions were drawn; None: all of them are there."""
    seed: str

    def by_ids(self) -> dict[tuple[str, str], Cell]:
        """The cells by server and client."""
        return {(cell.server, cell.client): cell for cell in self.cells}

    def counts(self) -> list[tuple[str, int]]:
        """How many pairs came out how: codes, the most frequent first."""
        return Counter(cell.verdict.code for cell in self.cells).most_common()


def works(cells: Iterable[Cell]) -> tuple[int, int]:
    """How many of these pairs work, and how many were played."""
    played = [cell for cell in cells if cell.played]
    return sum(cell.verdict.works for cell in played), len(played)
