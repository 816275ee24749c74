"""(g) A batch that has nothing to do, and content that is known already."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.bench import klass
from grader.bench.ground import Figures, Ground, interleaved
from grader.bench.model import Row, Section


def measure(ground: Ground) -> Section:
    """The same command again, and further copies of what one has handed in."""
    size = klass.size_of(ground)
    submissions, out = ground.a_class("class", size), ground.fresh("resumed")
    ground.say(f"a class of {size}, to be resumed")
    ground.grade(submissions, out=out)
    few, many = ground.size(50, 20), ground.size(1050, 120)
    copies = {number: _copies(ground, number) for number in (few, many)}
    ways: dict[str, Callable[[], Figures]] = {
        "again": lambda: {"wall": ground.grade(submissions, out=out).wall},
        "copies": lambda: {
            "wall": (ground.grade(copies[many]).wall - ground.grade(copies[few]).wall)
            / (many - few)
        },
    }
    found = interleaved(ground, "resume", 2 if ground.quick else 3, ways)
    rows = (
        Row(key="resume.again", name=f"the same class of {size} again, all of it", unit="ms",
            values=found["again.wall"]),
        Row(key="resume.each", name="for each submission", unit="ms",
            values=tuple(value / size for value in found["again.wall"])),
        Row(key="resume.copy", name="a further copy of known content", unit="ms",
            values=found["copies.wall"]),
    )  # fmt: skip
    return Section(
        id="resume", title="Nothing to do", rows=rows,
        notes=("Wall of the command, its start included. Copies: the difference between a class "
               f"of {many} who handed in the same and one of {few}, for each, the reading of what "
               "they handed in and the writing of what they get included.",),
    )  # fmt: skip


def _copies(ground: Ground, number: int) -> Path:
    """A class of so many who handed in the same."""
    place = ground.work / f"copies-{number}"
    one = next(iter(ground.a_class("right", 1).iterdir()))
    for each in range(number):
        shutil.copytree(one, place / f"copy_{each:05}")
    return place
