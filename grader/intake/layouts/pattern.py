"""Names as the teacher says they are: a regular expression with named groups.

`student` (needed), `file`, `time`, `late`, `email`, `number`, `login`. The idea is that of
nbgrader's zip collector: whatever a platform does, one line can say it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from grader.intake.layouts import dates
from grader.intake.layouts.model import Item, Piece, Reading

GROUPS = ("student", "file", "time", "late", "email", "number", "login")


class PatternError(ValueError):
    """The expression can't be used; the message says why."""


def compiled(text: str) -> re.Pattern[str]:
    """The teacher's expression.

    Raises:
        PatternError: it is none, or lacks `student`, or has groups that mean nothing here.
    """
    try:
        pattern = re.compile(text, re.DOTALL)
    except re.error as error:
        raise PatternError(f"{error}") from error
    groups = set(pattern.groupindex)
    if "student" not in groups:
        raise PatternError("(?P<student>...)")
    if unknown := sorted(groups - {*GROUPS}):
        raise PatternError(f"{', '.join(unknown)}: {', '.join(GROUPS)}")
    return pattern


def by_pattern(pattern: re.Pattern[str], items: tuple[Item, ...]) -> Reading:
    """Read names that the whole expression matches."""
    pieces, unmatched = [], []
    for item in items:
        found = pattern.fullmatch(item.text)
        said = found.groupdict() if found is not None else {}
        if said.get("student") and item.kind in ("folder", "file"):
            pieces.append(_piece(item, said))
        else:
            unmatched.append(item.name)
    undated = any(piece.attempt and piece.time is None for piece in pieces)
    return Reading(
        layout="pattern",
        pieces=tuple(pieces),
        unmatched=tuple(unmatched),
        doubts=("dates-unread",) if undated else (),
    )


def _piece(item: Item, said: Mapping[str, str | None]) -> Piece:
    student, when = said["student"] or "", said.get("time") or ""
    time = dates.parse(when)
    ids = {kind: value for kind in ("email", "number", "login") if (value := said.get(kind))}
    return Piece(
        item=item.name,
        key=student,
        name=student,
        file=None if item.kind == "folder" else said.get("file") or item.text,
        attempt=time.isoformat() if time else when,
        time=time,
        late=bool(said.get("late")),
        ids=ids,
    )
