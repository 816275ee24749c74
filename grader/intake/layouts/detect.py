"""Which platform a download is from: by its names, or as the teacher says.

A layout is taken where it reads at least half of the names. Where several do, or one reads
some names but too few, nobody guesses: the candidates are named.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.intake.layouts.blackboard import blackboard
from grader.intake.layouts.brightspace import brightspace
from grader.intake.layouts.canvas import canvas
from grader.intake.layouts.clones import clones
from grader.intake.layouts.gradescope import METADATA, gradescope
from grader.intake.layouts.model import Item, Reading, Recogniser
from grader.intake.layouts.moodle import moodle

PLAIN, GOOGLE = "plain", "google"
RECOGNISERS: dict[str, Recogniser] = {
    "moodle": moodle,
    "canvas": canvas,
    "gradescope": gradescope,
    "blackboard": blackboard,
    "brightspace": brightspace,
    "github": clones,
    "classroom50": clones,
}
NAMES = (*RECOGNISERS, GOOGLE, PLAIN)
"""What `--layout` takes. `google` is `plain` with a roster that says whose each entry is."""
TITLES = {
    "moodle": "Moodle", "canvas": "Canvas", "gradescope": "Gradescope",
    "blackboard": "Blackboard", "brightspace": "Brightspace", "github": "GitHub",
    "classroom50": "Classroom 50", "google": "Google Drive", "pattern": "--pattern",
}  # fmt: skip
_CLONES = ("github", "classroom50")
_FEW = 3
"""A permissive layout (Canvas) that reads fewer names than that in a mixed folder is chance."""


@dataclass(frozen=True)
class Ambiguous:
    """Layouts that may be meant, each with how many names it reads of how many."""

    candidates: tuple[tuple[str, int], ...]
    total: int


def detect(items: tuple[Item, ...], texts: Mapping[str, str]) -> Reading | Ambiguous | None:
    """What reads these names best; None where nothing does: they are plain."""
    if any(item.text == METADATA for item in items):
        return gradescope(items, texts)
    readings = [reader(items, texts) for reader in (moodle, blackboard, brightspace, clones)]
    readings = [reading for reading in readings if reading.pieces]
    if readings and readings[-1].layout in _CLONES and not _is_most(readings[-1], items):
        readings.pop()  # some hand in their folder with its .git: that is no classroom
    if not readings:
        reading = canvas(items, texts)
        readings = [reading] if len(reading.pieces) >= min(_FEW, len(items)) else []
    if not readings:
        return None
    whole = [one for one in readings if _is_most(one, items)]
    if len(whole) == 1:
        return whole[0]
    total = len(items)
    return Ambiguous(tuple((r.layout, total - len(r.unmatched)) for r in readings), total)


def _is_most(reading: Reading, items: tuple[Item, ...]) -> bool:
    return 2 * len(reading.unmatched) <= len(items)
