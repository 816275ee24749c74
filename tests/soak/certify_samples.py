"""Grades the samples again and again, idle and under load: does any verdict ever differ?

    python tests/soak/certify_samples.py [--rounds 20] [--loops N] [--jobs 6] [--result FILE]

Every second round runs beside `--loops` busy processes, by default as many as `--certify`
makes (this plays whole rounds, that every run of a batch). Only graded scenarios are played:
advice gives no verdict. One round more is played with `--jobs 8`, and one with one worker.
The result (JSON, with commit and date) says for each criterion that ever differed what it
was in which round, and whether the first round was as `expected.yaml` has it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from engine_tools import options, tp09
from sample_grading import graded_only, submissions, verdicts
from samples import PROGRAMS, SUBMISSIONS, load_samples

from grader.batch.judging import judge_run
from grader.batch.plan import jobs_of, seed_for
from grader.lab.model import Lab
from grader.run.engine import Engine
from grader.run.jobs import Played
from grader.run.load import PROCESSES_PER_CORE, busy
from grader.run.options import cores

ROOTS = [root for root in (SUBMISSIONS, PROGRAMS) if root.is_dir()]
RESULT = Path(__file__).resolve().parent / "results" / "certify_samples.json"


@dataclass(frozen=True)
class Round:
    """How one round is played."""

    number: int
    loops: int
    jobs: int


def play(lab: Lab, jobs: int) -> dict[str, dict[str, str]]:
    """Status by criterion, by submission; `outcomes` are not verdicts and left out."""
    found = submissions(roots=ROOTS)
    seeds = {key: seed_for(lab, submission, None) for key, submission in found.items()}
    work = [job for key, x in found.items() for job in jobs_of(lab, x, seeds[key])]
    played: dict[str, list[Played]] = {key: [] for key in found}
    with Engine(options("full", jobs=jobs)) as engine:
        for result in engine.play(work):
            played[result.key].append(result)
    return {
        key: verdicts(
            judge_run(
                lab, x, seeds[key], [r.transcript for p in played[key] for r in p.runs]
            )
        )
        for key, x in found.items()
    }  # fmt: skip


def unexpected(got: dict[str, dict[str, str]]) -> list[str]:
    """Criteria that are not as the samples' `expected.yaml` says."""
    return [
        f"{sample.name} {criterion}: {got[sample.name][criterion]}, expected {status}"
        for root in ROOTS
        for sample in load_samples(root)
        for criterion, status in sample.criteria.items()
        if got[sample.name].get(criterion) != status
    ]


def main() -> int:
    """Play all rounds; 1 if any verdict differed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--loops", type=int, default=PROCESSES_PER_CORE * cores())
    parser.add_argument("--jobs", type=int, default=6)
    parser.add_argument("--result", type=Path, default=RESULT)
    given = parser.parse_args()
    rounds = [Round(n, given.loops * (n % 2), given.jobs) for n in range(given.rounds)]
    rounds += [Round(given.rounds, 0, 8), Round(given.rounds + 1, 0, 1)]
    lab = graded_only(tp09())
    commit = subprocess.check_output(["git", "rev-parse", "HEAD"], text=True).strip()
    date = datetime.now(UTC).date().isoformat()
    first: dict[str, dict[str, str]] = {}
    differing: list[dict[str, object]] = []
    times: list[dict[str, object]] = []
    for each in rounds:
        start = time.monotonic()
        with busy(each.loops):
            got = play(lab, each.jobs)
        seconds = round(time.monotonic() - start, 1)
        times.append({"loops": each.loops, "jobs": each.jobs, "seconds": seconds})
        first = first or got
        for key, statuses in got.items():
            for criterion, status in statuses.items():
                if first[key][criterion] != status:
                    differing.append(
                        {"round": each.number, "loops": each.loops, "submission": key,
                         "criterion": criterion, "first": first[key][criterion], "now": status}
                    )  # fmt: skip
        print(f"round {each.number}: {each}, {seconds} s, {len(differing)} differ", flush=True)
        result = {
            "commit": commit,
            "date": date,
            "unexpected": unexpected(first),
            "submissions": len(first),
            "verdicts_per_round": sum(map(len, first.values())),
            "rounds": times,
            "differing": differing,
            "machine": {"cores": os.cpu_count(), "kernel": platform.release()},
        }
        # After each round: an interrupted job has not run in vain.
        text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
        given.result.write_text(text, encoding="utf-8")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
