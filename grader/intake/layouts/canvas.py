"""Canvas: flat files, `<name>[_LATE]_<user>_<attachment>_<file>`, or anonymous ones.

Source: `lib/content_zipper.rb` of instructure/canvas-lms. `<name>` is the sortable name
(« Doe, Jane ») in lower case without anything but letters, digits and underscores: `doejane`;
of a group assignment, the group's. Texts and addresses come as `..._text.html`, `..._link.html`.
Files handed in again often carry `-1`, `-2` before their suffix.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from grader.intake.layouts.model import Item, Piece, Reading

_NAME = re.compile(
    r"(?:(?P<name>(?!LATE_|anon_).+?)_)?(?:(?P<late>LATE)_)?(?P<uid>\d{1,19}|anon_[0-9A-Za-z]+)_"
    r"(?:(?P<aid>\d{1,19})_(?P<file>.+)|(?P<kind>text|link)\.html)",
    re.DOTALL,
)
_AGAIN = re.compile(r"-(\d{1,3})(?=\.\w+\Z)")


def canvas(items: tuple[Item, ...], _texts: Mapping[str, str]) -> Reading:
    """Read names as Canvas writes them."""
    pieces, unmatched = [], []
    for item in items:
        found = _NAME.fullmatch(item.text) if item.kind == "file" else None
        if found is None or (not found["name"] and found["uid"].isdigit()):
            unmatched.append(item.name)
        else:
            pieces.append(_piece(item, found))
    return Reading(layout="canvas", pieces=_newest(pieces), unmatched=tuple(unmatched))


def _piece(item: Item, found: re.Match[str]) -> Piece:
    uid, anonymous = found["uid"], found["uid"].startswith("anon_")
    return Piece(
        item=item.name,
        key=uid,
        name=uid if anonymous else found["name"],
        file=found["file"] or f"{found['kind']}.html",
        late=found["late"] is not None,
        ids={} if anonymous else {"canvas": uid},
    )


def _newest(pieces: list[Piece]) -> tuple[Piece, ...]:
    """Each file under the name that the student gave it; of several uploads, the last."""
    uploads: dict[tuple[str, str], list[tuple[int, Piece]]] = defaultdict(list)
    for piece in pieces:
        file = piece.file or ""
        again = _AGAIN.search(file)
        number = int(again[1]) if again else 0
        plain = file[: again.start()] + file[again.end() :] if again else file
        uploads[piece.key, plain].append((number, piece))
    kept = []
    for (_, plain), found in uploads.items():
        number, newest = max(found, key=lambda one: (one[0], one[1].item))
        notes = ("re-uploaded",) if number else ()
        kept.append(replace(newest, file=plain, notes=notes))
    return tuple(kept)
