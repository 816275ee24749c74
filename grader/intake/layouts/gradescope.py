"""Gradescope, « Export submissions »: `submission_<id>` folders and `submission_metadata.yml`.

The metadata says who handed in each folder; several submitters are a team. Its keys are
Ruby's symbols (`:name`). It is read by the loader that disarms YAML's traps: what that
refuses (tags, anchors) is left out, and a folder that nothing is said of is unmatched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Texts

from grader.intake.layouts import dates
from grader.intake.layouts.model import Item, Member, Piece, Reading
from grader.lab.problems import Problems
from grader.lab.yamlfile import Mapping, Node, Scalar, Sequence, parse

METADATA = "submission_metadata.yml"
MAX_BYTES = 16 * 2**20
"""Of the metadata: it holds the results and the history of a whole class."""
_FOLDER = re.compile(r"submission_\d{1,19}")


def gradescope(items: tuple[Item, ...], texts: Texts[str, str]) -> Reading:
    """Read the folders that the metadata (`texts`) speaks of."""
    said = _submissions(texts.get(METADATA, ""))
    folders = {item.text: item for item in items if item.kind == "folder"}
    pieces = [_piece(name, folders.get(name), node) for name, node in said.items()]
    rest = [i.name for i in items if i.text not in said and i.text != METADATA]
    return Reading(
        layout="gradescope",
        pieces=tuple(pieces),
        unmatched=tuple(rest),
        known=tuple(item.name for item in items if item.text == METADATA),
        doubts=() if said else ("metadata-unread",),
    )


def _submissions(text: str) -> dict[str, Node]:
    if not text:
        return {}
    tree = parse(METADATA, text.encode("utf-8", "replace"), Problems(), MAX_BYTES)
    entries = tree.entries if isinstance(tree, Mapping) else ()
    return {entry.key: entry.value for entry in entries if _FOLDER.fullmatch(entry.key)}


def _piece(name: str, folder: Item | None, node: Node) -> Piece:
    submitters = _get(node, ":submitters")
    listed = submitters.items if isinstance(submitters, Sequence) else ()
    members = tuple(_member(one, name, place) for place, one in enumerate(listed, start=1))
    alone = members[0] if len(members) == 1 else None
    return Piece(
        item="" if folder is None else folder.name,
        key=name,
        name=", ".join(member.name for member in members) or name,
        time=dates.parse(_text(_get(node, ":created_at"))),
        ids=alone.ids if alone else {},
        members=members if len(members) > 1 else (),
        notes=() if folder is not None else ("no-folder",),
    )


def _member(node: Node, folder: str, place: int) -> Member:
    found = {"number": _text(_get(node, ":sid")), "email": _text(_get(node, ":email"))}
    ids = {kind: value for kind, value in found.items() if value}
    name = _text(_get(node, ":name")) or ids.get("email") or ids.get("number")
    return Member(name=name or f"{folder} ({place})", ids=ids)


def _get(node: Node | None, key: str) -> Node | None:
    return node.get(key) if isinstance(node, Mapping) else None


def _text(node: Node | None) -> str:
    if not isinstance(node, Scalar) or node.value is None or isinstance(node.value, bool):
        return ""
    return str(node.value).strip()
