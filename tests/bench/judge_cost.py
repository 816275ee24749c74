"""What judging costs, and what writing a student's page: CPU for each submission.

    python tests/bench/judge_cost.py OUT [--rounds 5] [--each 5]

OUT is an output folder of `wiregrade grade`; nothing in it is changed and nothing is run.
Prints medians over the rounds of the mean cost of a submission, and the `--each` submissions
that cost most: a flood of output costs more than everything else. CPU is that of this
process, but the time to import and to compile the templates.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.batch import output, pages, saved
from grader.batch.judging import judge_run
from grader.batch.pages import PageSettings
from grader.cli.report import identifiers
from grader.lab.load import load_lab_bytes
from grader.lab.model import Lab
from grader.run.jobs import PlayedRun
from grader.submission import Submission


@dataclass(frozen=True)
class Work:
    """A submission as it was saved, with its runs."""

    submission: Submission
    seed: str
    runs: tuple[PlayedRun, ...]


@dataclass(frozen=True)
class Cost:
    """CPU of one submission in ms."""

    judging: float
    page: float


def load(out: Path) -> tuple[Lab, PageSettings, list[Work]]:
    """The lab and everybody's runs, read before anything is measured."""
    with output.opened(out, existing=True) as folder:
        marker = folder.marker()
        if marker is None:
            raise SystemExit(f"{out} is not an output folder of wiregrade")
        files = {
            name: text.encode("utf-8", "surrogateescape") for name, text in marker.lab_files.items()
        }
        settings = PageSettings(
            isolation=marker.options.get("isolation", ""), language=marker.language
        )
        work = []
        for identifier in identifiers(folder):
            found = saved.load(folder, identifier)
            if found is None:
                raise SystemExit(f"{identifier} is not whole")
            submission = saved.submission_of(folder, found)
            # In memory: reading is no part of what is measured.
            runs = tuple(
                PlayedRun(transcript=run.transcript, pcapng=run.pcapng)
                for run in saved.runs_of(folder, found)
            )
            work.append(Work(submission, found.seed, runs))
    return load_lab_bytes(files, where=out / output.MARKER), settings, work


def cost(lab: Lab, settings: PageSettings, one: Work) -> Cost:
    """Judge it and write its page, into memory."""
    transcripts = [run.transcript for run in one.runs]
    begin = time.process_time()
    grade = judge_run(lab, one.submission, one.seed, transcripts)
    judged = time.process_time()
    pages.pages_of(lab, settings, grade, one.submission, one.runs)
    return Cost((judged - begin) * 1e3, (time.process_time() - judged) * 1e3)


def rounds_of(lab: Lab, settings: PageSettings, work: Sequence[Work], rounds: int) -> list[Cost]:
    """The mean cost of a submission in each round."""
    means = []
    for _ in range(rounds):
        costs = [cost(lab, settings, one) for one in work]
        means.append(
            Cost(
                statistics.mean(c.judging for c in costs),
                statistics.mean(c.page for c in costs),
            )
        )
    return means


def main() -> None:
    """Measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--each", type=int, default=5)
    arguments = parser.parse_args()
    lab, settings, work = load(arguments.out)
    if not work:
        raise SystemExit(f"{arguments.out} holds no graded submission")
    cost(lab, settings, work[0])  # imports, templates
    gc.freeze()  # a batch has one submission in memory, not all of them for the collector to visit
    means = rounds_of(lab, settings, work, arguments.rounds)
    count = sum(len(one.runs) for one in work)
    print(f"{arguments.rounds} rounds of {len(work)} submissions, {count} runs")
    rows = {
        "judging": [c.judging for c in means],
        "page": [c.page for c in means],
        "both": [c.judging + c.page for c in means],
    }
    for name, values in rows.items():
        print(f"{name:26} {statistics.median(values):8.2f} ms  "
              f"({min(values):.2f} to {max(values):.2f})")  # fmt: skip
    alone = sorted(
        ((cost(lab, settings, one), one.submission.id) for one in work),
        key=lambda pair: -pair[0].judging - pair[0].page,
    )
    for each, identifier in alone[: arguments.each]:
        print(f"  {identifier[:40]:40} {each.judging:8.2f} ms  + {each.page:8.2f} ms")


if __name__ == "__main__":
    main()
