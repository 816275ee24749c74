"""What pages weigh and cost: each sample's page, and a whole class.

    python tests/bench/render_pages.py OUT [--rounds 5] [--each 5] [--class 1000]

OUT is an output folder of `wiregrade grade submissions/`; nothing in it is changed and nothing
is run. CPU is that of this process, warm: imports and templates are paid before, and said
apart. A student's page is made from its grade and transcripts, which are in memory; a class is
its submissions again and again, under other names, until there are enough.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from judge_cost import load

from grader.batch.judging import judge_run
from grader.batch.pages import slim
from grader.judge.model import Grade
from grader.lab.model import Lab
from grader.submission import SourceFile
from grader.transcript import Transcript
from grader.view.html import class_html, student_html
from grader.view.links import Links, beside
from grader.view.student_page import student_page


@dataclass(frozen=True)
class Sample:
    """A submission, judged."""

    grade: Grade
    transcripts: dict[str, Transcript]
    sources: tuple[SourceFile, ...]
    links: Links


@dataclass(frozen=True)
class Measured:
    """CPU in ms of the data and of the whole page, its size in bytes."""

    name: str
    data: float
    page: float
    size: int


def samples(out: Path) -> tuple[Lab, str, list[Sample]]:
    """Everybody in the folder, and the language of its pages."""
    lab, settings, work = load(out)
    found = []
    for one in work:
        transcripts = {run.transcript.header.run: run.transcript for run in one.runs}
        grade = judge_run(lab, one.submission, one.seed, list(transcripts.values()))
        links = Links(
            class_page="../index.html",
            wires={name: beside(name) for name in transcripts},
            records={name: f"runs/{name}.jsonl" for name in transcripts},
        )
        found.append(Sample(grade, transcripts, one.submission.files, links))
    return lab, settings.language, found


def cpu(work: Callable[[], object]) -> float:
    """CPU of one call, ms."""
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1e3


def measured(lab: Lab, language: str, one: Sample, rounds: int) -> Measured:
    """Medians of one submission's page."""
    given = (lab, one.grade, one.transcripts, one.sources, language, one.links)
    return Measured(
        name=one.grade.id,
        data=statistics.median(cpu(lambda: student_page(*given)) for _ in range(rounds)),
        page=statistics.median(cpu(lambda: student_html(*given)) for _ in range(rounds)),
        size=len(student_html(*given).encode()),
    )


def told(name: str, values: list[float], unit: str) -> None:
    """A line: median, then the range."""
    print(f"{name:34} {statistics.median(values):9.1f} {unit}"
          f"  ({min(values):.1f} to {max(values):.1f})")  # fmt: skip


def whole_class(lab: Lab, language: str, listed: list[Sample], number: int) -> None:
    """A class of so many: its own page, then every student's."""
    names = [(f"{i:05}-{listed[i % len(listed)].grade.id}", listed[i % len(listed)])
             for i in range(number)]  # fmt: skip
    grades = [slim(replace(one.grade, id=name, name=name)) for name, one in names]
    page = cpu(lambda: class_html(lab, grades, language, isolation="full"))
    size = len(class_html(lab, grades, language, isolation="full").encode())

    def students() -> None:
        for name, one in names:
            grade = replace(one.grade, id=name, name=name)
            student_html(lab, grade, one.transcripts, one.sources, language, one.links)

    print(f"class of {number}: its page {page:.0f} ms, {size / 1e3:.0f} kB; "
          f"all students' pages {cpu(students) / 1e3:.1f} s")  # fmt: skip


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--each", type=int, default=5)
    parser.add_argument("--class", dest="number", type=int, default=1000)
    arguments = parser.parse_args()
    lab, language, listed = samples(arguments.out)
    if not listed:
        raise SystemExit(f"{arguments.out} holds no graded submission")
    cold = measured(lab, language, listed[0], 1)
    print(f"first page, templates and all: {cold.page:.0f} ms")
    gc.freeze()  # a batch has one submission in memory, not all of them for the collector to visit
    found = [measured(lab, language, one, arguments.rounds) for one in listed]
    told(f"page's data, {len(found)} students", [m.data for m in found], "ms")
    told("page", [m.page for m in found], "ms")
    told("size", [m.size / 1e3 for m in found], "kB")
    for one in sorted(found, key=lambda m: -m.page)[: arguments.each]:
        print(f"  {one.name[:40]:40} {one.page:6.1f} ms  {one.size / 1e3:6.0f} kB")
    for one in sorted(found, key=lambda m: -m.size)[: arguments.each]:
        print(f"  {one.name[:40]:40} {one.page:6.1f} ms  {one.size / 1e3:6.0f} kB")
    if arguments.number:
        whole_class(lab, language, listed, arguments.number)


if __name__ == "__main__":
    main()
