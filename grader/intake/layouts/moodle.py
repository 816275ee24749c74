"""Moodle, « Download all submissions »: in folders or flat, old and new, any language.

`<name>_<participant id>_assignsubmission_<plugin>[_][<file>]`. Source: `mod/assign` of
moodle/moodle, `classes/downloader.php`: underscores in names become blanks, so the first
`_<digits>_assignsubmission_` is the real one, whatever a student calls a file. Before 4.1
folders end in an underscore. A team without a group is « Default group », without an id.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from grader.intake.layouts.model import Item, Piece, Reading

_NAME = re.compile(
    r"(?P<name>[^_]+?)(?:_(?P<pid>\d{1,19}))?_assignsubmission_(?P<plugin>[a-z0-9]+)"
    r"(?:_(?P<file>.*))?",
    re.DOTALL,
)
_FEEDBACK = re.compile(r"[^_]+?(?:_\d{1,19})?_assignfeedback_[a-z0-9]+(?:_.*)?", re.DOTALL)


def moodle(items: tuple[Item, ...], _texts: Mapping[str, str]) -> Reading:
    """Read names as Moodle writes them; a person's text typed online is a piece of theirs."""
    pieces, unmatched, known = [], [], []
    for item in items:
        found = _NAME.fullmatch(item.text)
        if found is not None and (item.kind == "folder") == (not found["file"]):
            pieces.append(_piece(item, found))
        elif _FEEDBACK.fullmatch(item.text):
            known.append(item.name)
        else:
            unmatched.append(item.name)
    return Reading(
        layout="moodle",
        pieces=tuple(pieces),
        unmatched=tuple(unmatched),
        known=tuple(known),
    )


def _piece(item: Item, found: re.Match[str]) -> Piece:
    pid = found["pid"]
    return Piece(
        item=item.name,
        key=f"{found['name']}_{pid}" if pid else found["name"],
        name=found["name"] if not _is_anonymous(found["name"]) or not pid else f"Participant {pid}",
        file=found["file"] or None,
        ids={"participant": pid} if pid else {},
    )


def _is_anonymous(name: str) -> bool:
    """« Participant », as blind marking says in English and in French."""
    return name.strip() == "Participant"
