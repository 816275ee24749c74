"""Clones of assignment repositories: GitHub Classroom, and Classroom 50.

`gh classroom clone` made `<assignment>-submissions/<assignment>-<login>/`; Classroom 50 names
repositories `<classroom>-<assignment>-<login>` and puts `.classroom50.yaml` into them. The
name alone does not say where the login begins: the folder above does, else what all names
begin with, which is a guess and is said to be one.
"""

from __future__ import annotations

from collections.abc import Mapping

from grader.intake.layouts.model import Item, Piece, Reading

GIT, CLASSROOM50 = ".git", ".classroom50.yaml"
FOLDER = "folder"
"""Under this key, `texts` has the name of the folder that holds the clones."""
_ABOVE = "-submissions"


def clones(items: tuple[Item, ...], texts: Mapping[str, str]) -> Reading:
    """Read folders that are clones; the rest is unmatched."""
    found = [item for item in items if _is_clone(item)]
    prefix, sure = _prefix([item.text for item in found], texts.get(FOLDER, ""))
    is_50 = any(CLASSROOM50 in item.inside for item in found)
    return Reading(
        layout="classroom50" if is_50 else "github",
        pieces=tuple(_piece(item, prefix) for item in found),
        unmatched=tuple(item.name for item in items if not _is_clone(item)),
        doubts=() if sure or not prefix else ("prefix-guessed",),
    )


def _is_clone(item: Item) -> bool:
    return item.kind == "folder" and GIT in item.inside


def _piece(item: Item, prefix: str) -> Piece:
    login = item.text.removeprefix(prefix) or item.text
    return Piece(item=item.name, key=item.text, name=login, ids={"login": login})


def _prefix(names: list[str], folder: str) -> tuple[str, bool]:
    """What stands before each login, and whether that is certain."""
    slug = folder.removesuffix(_ABOVE)
    if slug != folder and names and all(name.startswith(f"{slug}-") for name in names):
        return f"{slug}-", True
    if len(names) < 2:
        return "", True
    common: list[str] = []
    for parts in zip(*(name.split("-")[:-1] for name in names), strict=False):
        if len({*parts}) > 1:
            break
        common.append(parts[0])
    return "".join(f"{part}-" for part in common), False
