"""(b) A class of 300, a fifth of it wrong and a tenth stuck, by the number of runs at a time."""

from __future__ import annotations

import sys
from collections.abc import Callable

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.bench.classes import Kind
from grader.bench.ground import Figures, Ground, Used, interleaved
from grader.bench.model import Row, Section, ratio

JOBS = (1, 2, 4)
WHOLE = 300


def size_of(ground: Ground) -> int:
    """Of the class that is graded: a whole one, or its beginning."""
    return ground.size(WHOLE, 40)


def measure(ground: Ground) -> Section:
    """The statement's exchange by `--jobs`, cold and as usual; all of tp09 beside it."""
    size, part, few = size_of(ground), ground.size(60, 20), ground.size(40, 10)
    klass, some = ground.a_class("class", size), ground.a_class("class", part)

    def graded(*options: str) -> Callable[[], Figures]:
        return lambda: _each(ground.grade(klass, *options), size)

    ways = {f"jobs{n}": graded(*ground.cold, "--jobs", str(n)) for n in JOBS}
    ways["usual"] = graded()
    found = interleaved(ground, f"a class of {size}", 1 if ground.quick else 2, ways)
    alike = interleaved(
        ground, "correct and stuck", 2 if ground.quick else 3,
        {
            kind: lambda kind=kind: _one_more(ground, kind, few)  # type: ignore[misc]
            for kind in ("right", "stuck")
        },
    )  # fmt: skip
    ground.say(f"all of tp09, {part} submissions")
    whole = _each(ground.grade(some, lab="tp09"), part)
    rows = [
        Row(key=f"class.{way}.{what}", name=f"{shown}, {name}", unit="ms",
            values=found[f"{way}.{what}"])
        for what, shown in (("wall", "wall"), ("cpu", "CPU"))
        for way, name in (*((f"jobs{n}", f"cold, `--jobs {n}`") for n in JOBS),
                          ("usual", f"as usual ({ground.usual}, three for each core)"))
    ]  # fmt: skip
    rows += [
        Row(key=f"class.tp09.{what}", name=f"{shown}, all of tp09, as usual", unit="ms",
            values=(whole[what],))
        for what, shown in (("wall", "wall"), ("cpu", "CPU"))
    ]  # fmt: skip
    for kind in ("right", "stuck"):
        values = alike[f"{kind}.wall"]
        rows.append(
            Row(
                key=f"class.{kind}",
                name=f"wall, one more that is {kind}",
                unit="ms",
                values=values,
            )
        )
    rows += [
        ratio("class.stuck_ratio", "wall: stuck over correct", alike["stuck.wall"],
              alike["right.wall"]),
        ratio("class.stuck_cpu_ratio", "CPU: stuck over correct", alike["stuck.cpu"],
              alike["right.cpu"]),
    ]  # fmt: skip
    notes = (
        f"ms for each submission of a class of {size}, made from samples with other names and "
        "comments, so that no two are alike: 70 % right, 20 % wrong, 10 % stuck. The statement's "
        "exchange in both roles, report and files, from the command's start to its end.",
        f"All of tp09: {part} submissions, once.",
    )
    return Section(id="class", title=f"A class of {size}", rows=tuple(rows), notes=notes)


def _one_more(ground: Ground, kind: Kind, count: int) -> Figures:
    """What one more such submission takes: the start of the command is not its."""
    few = count // 4
    many, less = (ground.grade(ground.a_class(kind, number)) for number in (count, few))
    more = count - few
    return {"wall": (many.wall - less.wall) / more, "cpu": (many.cpu - less.cpu) / more}


def _each(used: Used, count: int) -> Figures:
    return {"wall": used.wall / count, "cpu": used.cpu / count}
