"""Kills a batch before each thing that it does to the disk, and resumes it: is it the same?

    python tests/soak/kill_points.py FOLDER [POINTS] [SEED]

A process of its own, since it forks. Nothing is played: an engine that says the same each time
makes the output folders equal to the byte. Prints a JSON object: points tried, those that
differed, commit and date. POINTS are drawn from all that there are; 0, the default, tries each.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from batch_tools import SETTINGS, FakeEngine, judge, source, submission, waiting
from sample_grading import graded_only

from grader.batch import grading, kept, output, pages, unchanged
from grader.batch.grading import Grading
from grader.batch.index import opened
from grader.batch.plan import LabSource
from grader.submission import Origin, Submission

_CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.truncate")
LAB = LabSource(lab=graded_only(source().lab), files=source().files)
HERE = Origin(layout="plain")
ALIKE = [replace(submission("a"), id=name, name=name, origin=HERE) for name in ("a", "d", "e")]
NOW = [*ALIKE, submission("b", server=None), submission("c", text=b"print(2)\n")]
BEFORE = [replace(NOW[0], digest="of before"), *NOW[1:]]
"""What was graded before: `a` has changed since, so what there is of it is removed."""


def batch(out: Path, submissions: list[Submission]) -> None:
    """Grade and write a class, as `grade` does."""
    with output.opened(out) as folder, opened(out, "") as index:
        folder.mark(grading.marker_of(LAB, SETTINGS))
        one = Grading(folder, LAB, SETTINGS, judge, index=index)
        done = list(one.grade(waiting(*submissions), FakeEngine()))
        grades = sorted((each.grade for each in done), key=lambda grade: grade.id)
        made = unchanged.made_from(SETTINGS, grades)
        if not unchanged.is_written(index, folder, made):
            sums = pages.write_class(folder, LAB.lab, SETTINGS, grades)
            unchanged.written(index, folder, made, sums)
        one.settle()


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below the folder, but for those that say which folder it is.

    Of who are alike `kept.json` tells who was graded and who has a copy, which is as it comes.
    """
    own = {Path(output.LOCK), Path(output.INDEX), *(Path(one.id, kept.KEPT) for one in ALIKE)}
    files = {p.relative_to(folder): p for p in folder.rglob("*") if p.is_file()}
    return {str(name): path.read_bytes() for name, path in files.items() if name not in own}


def _before_each(out: Path, call: Callable[[], None]) -> None:
    """Have `call` called before each change below `out`; there is no way back."""
    below = str(out)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        opened = event == "open" and str(arguments[0]).startswith(below)
        if opened or event in _CHANGES:
            call()

    sys.addaudithook(hook)


def _in_child(work: Callable[[], None]) -> int:
    """The wait status of a child that does `work`."""
    pid = os.fork()
    if pid == 0:
        try:
            work()
        finally:
            os._exit(0)
    return os.waitpid(pid, 0)[1]


def killed_at(point: int, out: Path) -> bool:
    """Grade into `out`, killed before the change of that number; whether it came to that."""

    def work() -> None:
        left = [point]

        def count() -> None:
            left[0] -= 1
            if left[0] < 0:
                os.kill(os.getpid(), signal.SIGKILL)

        _before_each(out, count)
        batch(out, NOW)

    return os.WIFSIGNALED(_in_child(work))


def number_of_points(base: Path, prepared: Callable[[Path], object]) -> int:
    """How many changes a batch makes that nobody disturbs."""
    told = base / "points"

    def work() -> None:
        count = [0]

        def one_more() -> None:
            count[0] += 1

        prepared(base / "counted")
        _before_each(base / "counted", one_more)
        batch(base / "counted", NOW)
        told.write_text(str(count[0]))

    _in_child(work)
    return int(told.read_text())


def main(base: Path, points: int, seed: int) -> dict[str, object]:
    """Try the points of a new folder and of one that holds results of before."""
    batch(base / "whole", NOW)
    batch(base / "before", BEFORE)
    wanted = tree(base / "whole")
    starts: dict[str, Callable[[Path], object]] = {
        "new": lambda out: None,
        "again": lambda out: shutil.copytree(base / "before", out),
    }
    tried, differing, missed = 0, [], []
    for name, prepared in starts.items():
        (base / name).mkdir()
        every = range(number_of_points(base / name, prepared))
        drawn = random.Random(seed).sample(every, min(points, len(every))) if points else every
        for point in sorted(drawn):
            out = base / name / f"out{point}"
            prepared(out)
            if not killed_at(point, out):
                missed.append(f"{name} {point}")
            batch(out, NOW)
            got = tree(out)
            if got != wanted:
                files = [x for x in wanted.keys() | got.keys() if wanted.get(x) != got.get(x)]
                differing.append({"start": name, "point": point, "files": sorted(files)})
            shutil.rmtree(out)
            tried += 1
    return {"tried": tried, "differing": differing, "missed": missed}


if __name__ == "__main__":
    numbers = [int(word) for word in sys.argv[2:]] + [0, 0]
    came_to = main(Path(sys.argv[1]), numbers[0], numbers[1])
    git = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False).stdout.strip()
    date = datetime.now(UTC).date().isoformat()
    print(json.dumps({"commit": commit, "date": date, **came_to}, indent=1))
