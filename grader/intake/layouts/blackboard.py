"""Blackboard Learn: flat files, `<assignment>_<user>_attempt_<time>[_<file>]`, and receipts.

The receipt `<assignment>_<user>_attempt_<time>.txt` says who and when. Assignments and user
names may hold underscores: the receipt tells them apart, else the shortest assignment that
all names begin with.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from grader.intake.layouts.model import Item, Piece, Reading

_MARK = re.compile(r"_attempt_(\d{4}(?:-\d\d){5})(?=_.|\.txt\Z)", re.DOTALL)
_WHO = re.compile(r"^(?:Name|Nom)\s*:\s*(.{1,200}?)\s*\(([^()\s]{1,100})\)\s*$", re.MULTILINE)


@dataclass(frozen=True)
class _Named:
    """A name, cut at its first `_attempt_<time>`: what follows is the student's."""

    item: Item
    stem: str
    """Assignment and user."""
    stamp: str
    file: str | None
    """None: the receipt."""

    @property
    def assignment(self) -> str:
        """The longest that it can be; the user's name may begin earlier."""
        return self.stem.rpartition("_")[0]


def blackboard(items: tuple[Item, ...], texts: Mapping[str, str]) -> Reading:
    """Read names as Blackboard writes them; `texts` are the receipts by name."""
    cut = [(item, _cut(item)) for item in items]
    named = [one for _, one in cut if one is not None]
    persons = _persons(named, texts)
    told = {(one.stem, one.stamp) for one in named if one.file is None}
    doubts = []
    if named and _shared(named) is None:
        doubts.append("several-assignments")
    if any((one.stem, one.stamp) not in told for one in named):
        doubts.append("no-receipt")
    return Reading(
        layout="blackboard",
        pieces=tuple(_piece(one, *persons[one.stem]) for one in named),
        unmatched=tuple(item.name for item, one in cut if one is None),
        doubts=tuple(doubts),
    )


def receipts(items: tuple[Item, ...]) -> tuple[str, ...]:
    """Names of the files whose text says who handed in."""
    cut = [one for item in items if (one := _cut(item)) is not None]
    return tuple(one.item.name for one in cut if one.file is None)


def _cut(item: Item) -> _Named | None:
    mark = _MARK.search(item.text) if item.kind == "file" else None
    if mark is None:
        return None
    stem, tail = item.text[: mark.start()], item.text[mark.end() :]
    assignment, _, user = stem.rpartition("_")
    if not assignment or not user:
        return None
    return _Named(item, stem, mark[1], None if tail == ".txt" else tail[1:])


def _shared(named: Sequence[_Named]) -> str | None:
    """The assignment: the shortest, where all others begin with it."""
    first = min((one.assignment for one in named), key=len)
    same = all(one.stem.startswith(f"{first}_") for one in named)
    return first if same else None


def _persons(named: Sequence[_Named], texts: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    """By stem: the user name and the name for people."""
    shared = _shared(named) if named else None
    persons = {}
    for one in named:
        user = one.stem[len(shared or one.assignment) + 1 :]
        persons[one.stem] = (user, user)
    for one in named:
        said = _WHO.search(texts.get(one.item.name, "")) if one.file is None else None
        # The rest of a receipt is the student's words: it counts where the name agrees.
        if said is not None and one.stem.endswith(f"_{said[2]}"):
            persons[one.stem] = (said[2], said[1])
    return persons


def _piece(one: _Named, user: str, name: str) -> Piece:
    return Piece(
        item="" if one.file is None else one.item.name,
        key=user,
        name=name,
        file=one.file,
        attempt=one.stamp,
        time=_time(one.stamp),
        ids={"login": user},
    )


def _time(stamp: str) -> datetime | None:
    try:
        return datetime.strptime(stamp, "%Y-%m-%d-%H-%M-%S")
    except ValueError:
        return None
