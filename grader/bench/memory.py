"""(e) What grading takes of memory, by number of submissions."""

from __future__ import annotations

import sys

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.bench import klass
from grader.bench.ground import Ground
from grader.bench.model import Row, Section


def measure(ground: Ground) -> Section:
    """The largest process of a grading, and what it leaves on the disk for each submission."""
    rows = []
    sizes = (30, 100, klass.WHOLE) if not ground.quick else (10, 40)
    peaks = []
    kilobytes = 0.0
    for size in sizes:
        ground.say(f"memory: {size} submissions")
        out = ground.fresh("kept")
        used = ground.grade(ground.a_class("class", size), out=out)
        peaks.append(used.peak)
        kilobytes = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) / 1e3
        rows.append(
            Row(key=f"memory.of.{size}", name=f"largest process, {size} submissions", unit="MiB",
                values=(used.peak,))
        )  # fmt: skip
    rows.append(
        Row(key="memory.largest", name="largest process of all", unit="MiB", values=(max(peaks),))
    )
    added = (peaks[-1] - peaks[0]) * 1024 / (sizes[-1] - sizes[0])
    rows.append(
        Row(key="memory.added", name="more for each submission more", unit="kB", values=(added,))
    )
    rows.append(
        Row(key="memory.disk", name="on the disk for each submission (statement alone)", unit="kB",
            values=(kilobytes / sizes[-1],))
    )  # fmt: skip
    part = ground.size(20, 5)
    out = ground.fresh("kept")
    ground.say("memory: what all of tp09 leaves on the disk")
    ground.grade(ground.a_class("class", part), lab="tp09", out=out)
    whole = sum(path.stat().st_size for path in out.rglob("*") if path.is_file()) / 1e3
    rows.append(
        Row(key="memory.disk_tp09", name="on the disk for each submission (all of tp09)", unit="kB",
            values=(whole / part,))
    )  # fmt: skip
    return Section(
        id="memory", title="Memory and disk", rows=tuple(rows),
        notes=("Resident memory of the largest process: the one that asks, judges and writes. "
               "Classes of 10,000 and more: `tests/soak/`, `tests/bench/`.",),
    )  # fmt: skip
