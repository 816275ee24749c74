"""Brightspace (D2L): `<user>-<folder> - <First Last> - <date and time>[ - <file>]`.

A folder or a flat file for each submission, and an `index.html`. Source: parsers of others;
the date is in the language of whoever downloaded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from grader.intake.layouts import dates
from grader.intake.layouts.model import Item, Piece, Reading

_NAME = re.compile(
    r"(?P<uid>\d{1,19})-(?P<box>\d{1,19}) - (?P<name>.+?)"
    r" - (?P<when>[^-]{0,40}\b20\d\d\b[^-]{0,20}?)(?: - (?P<file>.+))?",
    re.DOTALL,
)


def brightspace(items: tuple[Item, ...], _texts: Mapping[str, str]) -> Reading:
    """Read names as Brightspace writes them."""
    pieces, unmatched, known = [], [], []
    for item in items:
        found = _NAME.fullmatch(item.text)
        if found is not None and (item.kind == "folder") == (found["file"] is None):
            pieces.append(_piece(item, found))
        elif item.text == "index.html" and item.kind == "file":
            known.append(item.name)
        else:
            unmatched.append(item.name)
    undated = any(piece.time is None for piece in pieces)
    return Reading(
        layout="brightspace",
        pieces=tuple(pieces),
        unmatched=tuple(unmatched),
        known=tuple(known),
        doubts=("dates-unread",) if undated else (),
    )


def _piece(item: Item, found: re.Match[str]) -> Piece:
    time = dates.parse(found["when"])
    return Piece(
        item=item.name,
        key=f"{found['uid']}-{found['box']}",
        name=found["name"],
        file=found["file"],
        # A date that can't be read still tells two attempts apart, but not which is the later.
        attempt=time.isoformat() if time else found["when"],
        time=time,
        ids={"user": found["uid"]},
    )
