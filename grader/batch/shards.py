"""A class in parts: each graded by another machine, and brought together afterwards.

Whose part is whose depends on the class alone, so that every machine finds the same parts
without a word to the others: array jobs of Slurm, indexed jobs of Kubernetes, a matrix of CI.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from grader.batch.output import Listing
from grader.intake.entrants import Entrant

_SHARD = re.compile(r"(\d{1,6})/(\d{1,6})", re.ASCII)


@dataclass(frozen=True)
class Shard:
    """Part `index` of `of`, counted from 1."""

    index: int
    of: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2/4`.

        Raises:
            ValueError: it is no part of anything.
        """
        found = _SHARD.fullmatch(text)
        if found is None:
            raise ValueError(f"{text!r} is not like 2/4")
        index, of = int(found[1]), int(found[2])
        if of < 1:
            raise ValueError(f"{text!r}: a class has at least one part, as 1/1")
        if not 1 <= index <= of:
            raise ValueError(f"{text!r}: the parts of {of} are 1/{of} to {of}/{of}")
        return cls(index, of)

    def __str__(self) -> str:
        return f"{self.index}/{self.of}"


def part_of(entrants: Sequence[Entrant], shard: Shard) -> tuple[Entrant, ...]:
    """The entrants of this part, in their order; parts differ in size by a group at most.

    Attempts of one person and members of one team stay together: which attempt counts, and
    what a team plays once, is decided within a part.
    """
    groups = _together(entrants)
    names = sorted({groups[one.id] for one in entrants})
    mine = set(names[shard.index - 1 :: shard.of])
    return tuple(one for one in entrants if groups[one.id] in mine)


def listing_of(entrants: Sequence[Entrant], part: Iterable[Entrant]) -> Listing:
    """What `part` says of the class that it is dealt from: parts of another do not go with it."""
    total = hashlib.sha256()
    for identifier, group in sorted(_together(entrants).items()):
        total.update(f"{identifier}\0{group}\n".encode("utf-8", "surrogatepass"))
    return Listing(
        digest=total.hexdigest(),
        persons=len({one.person for one in entrants}),
        here=len({one.person for one in part}),
    )


def missing_parts(shards: Iterable[Shard]) -> list[Shard]:
    """Those that are wanted for a whole, and are not among these (all of one `of`)."""
    there = set(shards)
    of = max((one.of for one in there), default=0)
    return [one for number in range(1, of + 1) if (one := Shard(number, of)) not in there]


def _together(entrants: Sequence[Entrant]) -> dict[str, str]:
    """For each id the first id of those who have to stay with it."""
    first: dict[str, str] = {one.id: one.id for one in entrants}

    def root(identifier: str) -> str:
        while first[identifier] != identifier:
            first[identifier] = first[first[identifier]]
            identifier = first[identifier]
        return identifier

    seen: dict[tuple[str, str], str] = {}
    for one in entrants:
        for tie in (("person", one.person), ("team", one.team)):
            if tie[1]:
                a, b = sorted((root(one.id), root(seen.setdefault(tie, one.id))))
                first[b] = a
    return {identifier: root(identifier) for identifier in first}
