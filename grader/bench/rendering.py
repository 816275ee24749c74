"""(f) What judging and pages cost: CPU, warm, of what was played already."""

from __future__ import annotations

import gc
import json
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.batch import output, pages, saved
from grader.batch.judging import judge_run
from grader.batch.pages import PageSettings
from grader.bench.ground import Ground
from grader.bench.model import Row, Section
from grader.lab.load import load_lab
from grader.resources import scenarios_root
from grader.view.html import class_html

_T = TypeVar("_T")


def measure(ground: Ground) -> Section:
    """Judge and show each submission of a part of the class, then a whole class's page."""
    size, out = ground.size(30, 10), ground.fresh("shown")
    ground.say(f"rendering: {size} submissions of tp09 are played")
    ground.grade(ground.a_class("class", size), lab="tp09", out=out)
    lab = load_lab(scenarios_root() / "tp09")
    settings = PageSettings(isolation="full", language="fr")
    listed = json.loads((out / "results.json").read_bytes())["submissions"]
    costs: dict[str, list[float]] = {"judge": [], "page": [], "size": []}
    grades = []
    with output.opened(out, existing=True) as folder:
        gc.freeze()  # a batch has one submission in memory, not all of them to be visited
        for one in [listed[0], *listed]:  # the first one twice: imports, templates
            found = saved.load(folder, one["id"])
            if found is None:
                continue
            submission = saved.submission_of(folder, found)
            runs = saved.runs_of(folder, found)
            judged, grade = _timed(lambda: judge_run(lab, submission, found.seed, runs))  # noqa: B023
            shown, files = _timed(
                lambda: pages.pages_of(lab, settings, grade, submission, runs)  # noqa: B023
            )
            grades.append(pages.slim(grade))
            costs["judge"].append(judged)
            costs["page"].append(shown)
            costs["size"].append(len(files["index.html"]) / 1e3)
        gc.unfreeze()
    count = ground.size(1000, 300)
    ground.say(f"rendering: the page of a class of {count}")
    many = [replace(grades[n % len(grades)], id=f"{n:05}", name=f"Élève {n}") for n in range(count)]
    class_page, html = _timed(lambda: class_html(lab, many, "fr", isolation="full"))
    rows = [
        Row(key=f"render.{key}", name=name, unit=unit, values=(statistics.mean(costs[key][1:]),))
        for key, name, unit in (
            ("judge", "judging a submission (mean)", "ms"),
            ("page", "making a student's page (mean)", "ms"),
            ("size", "its size (mean)", "kB"),
        )
    ]
    rows += [
        Row(key="render.class", name=f"the page of a class of {count}", unit="ms",
            values=(class_page,)),
        Row(key="render.class_size", name="its size", unit="kB",
            values=(len(html.encode()) / 1e3,)),
    ]  # fmt: skip
    return Section(
        id="render", title="Judging and pages", rows=tuple(rows),
        notes=(f"CPU of one thread, all of tp09, {size} submissions (70 % right, 20 % wrong, 10 % "
               "stuck); transcripts are read from the disk meanwhile, as in a batch.",),
    )  # fmt: skip


def _timed(work: Callable[[], _T]) -> tuple[float, _T]:
    begin = time.process_time()
    made = work()
    return (time.process_time() - begin) * 1e3, made
