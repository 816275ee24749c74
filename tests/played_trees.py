"""What a soak plays: the commit, and the trees that a verdict hangs on.

Two commits that differ in documentation alone have the same trees. A result is taken over only
where its trees are those that would be played now, and neither had changes that nobody committed.
"""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PLAYED = ("grader", "reference", "scenarios")
_SHORT = 12


def stamp() -> dict[str, object]:
    """Fields of a record of what is played now: `commit`, `changed_since` and `trees`."""
    return {
        "commit": _git("rev-parse", "HEAD"),
        "changed_since": bool(_git("status", "--porcelain", "--", *PLAYED)),
        "trees": trees(),
    }


def trees(commit: str = "HEAD") -> dict[str, str]:
    """The trees of a commit, by the names of their folders; empty if it isn't here."""
    found = _git("rev-parse", *(f"{commit}:{folder}" for folder in PLAYED)).split()
    if len(found) != len(PLAYED) or any(":" in tree for tree in found):
        return {}
    return {folder: tree[:_SHORT] for folder, tree in zip(PLAYED, found, strict=True)}


def holds(record: Mapping[str, object], now: Mapping[str, object]) -> bool:
    """Whether a record is of what `now`, a `stamp`, would play."""
    was = record.get("trees") or trees(str(record.get("commit")))
    same = bool(was) and was == now["trees"]
    return same and not record.get("changed_since") and not now["changed_since"]


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip()
