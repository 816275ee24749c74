"""Grades all samples cold, cold again and warm: is a warm start in any way to be seen?

    python tests/soak/warm_equals_cold.py [--python PYTHON] [--advice] [--only ID ...]

Compared are, run by run, how it ended (outcome, status, signal, limit), every byte of standard
output and error (tracebacks above all), the bytes that came over each connection, the lines at
which a stuck program stood; and each submission's verdicts and diagnoses. Addresses in texts
(`0x7f...`) and drawn ports differ between any two starts and are left out. What already differs
between two cold rounds proves nothing about the third: it is listed as unsteady, and is no
difference. What differs in the warm round only is played cold `--again` times more, to see whether
it is steady at all. The programs of `tests/warm_programs.py`, which look for how they were started,
are compared so, too (all of them started warm, also those that would be started cold), but not
with `--only`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from engine_tools import bwrap, job, tp09
from engine_tools import python as usual_python
from sample_grading import graded_only, submissions, verdicts
from samples import PROGRAMS, SUBMISSIONS
from warm_programs import BEHAVIOURS, helpers_of

from grader import transcript as tr
from grader.batch.judging import judge_run
from grader.batch.plan import jobs_of, seed_for
from grader.lab.model import Lab
from grader.run.engine import Engine
from grader.run.interpreter import inspect
from grader.run.jobs import EngineOptions, Run, Warmth
from grader.submission import SourceFile

ROOTS = [root for root in (SUBMISSIONS, PROGRAMS) if root.is_dir()]
RESULT = Path(__file__).resolve().parent / "results" / "warm_equals_cold.json"
_ADDRESS = re.compile(r"0x[0-9a-f]{6,16}")

Told = dict[str, object]
"""What a round says of one run or one submission, by what is compared."""


def told_of(run: Run) -> Told:
    """Everything of a run that its program has made."""
    transcript = run.transcript
    end = transcript.end
    # The kernel draws the port of whoever connects; programs print it.
    drawn = {x.local[1] for x in transcript.entries if isinstance(x, tr.Connected)}
    drawn |= {x.remote[1] for x in transcript.entries if isinstance(x, tr.Connected)}
    ports = re.compile(
        "|".join(rf"\b{port}\b" for port in drawn - {run.transcript.header.port}) or "$."
    )

    def said(data: bytes) -> str:
        return ports.sub("PORT", _ADDRESS.sub("0x", data.decode("latin-1")))

    received: dict[str, str] = {}
    for entry in transcript.entries:
        if isinstance(entry, tr.Received):
            name = entry.connection
            received[name] = received.get(name, "") + entry.data.decode("latin-1")
    return {
        "end": [end.outcome, end.status, end.signal, end.limit],
        "stdout": said(transcript.stdout),
        "stderr": said(transcript.stderr),
        "received": received,
        "position": [
            [[frame.file, frame.line, frame.function] for frame in entry.frames]
            for entry in transcript.entries
            if isinstance(entry, tr.Position)
        ],
    }


def play(
    lab: Lab, given: argparse.Namespace, warm: Warmth, only: Iterable[str] = ()
) -> tuple[dict[str, Told], int, int]:
    """(what is told by run and by submission, starts, warm ones among them)."""
    found = submissions(only or given.only, roots=ROOTS)
    seeds = {key: seed_for(lab, x, None) for key, x in found.items()}
    work = [
        replace(job, certify=given.repeats)
        for key, x in found.items()
        for job in jobs_of(lab, x, seeds[key])
    ]
    options = EngineOptions(
        isolation="full", python=given.python, bwrap=bwrap(), jobs=given.jobs, warm=warm
    )
    told: dict[str, Told] = {}
    runs: dict[str, list[tr.Transcript]] = {key: [] for key in found}
    starts = [0, 0]
    with Engine(options) as engine:
        for played in engine.play(work):
            for run in played.runs:
                transcript = run.transcript
                runs[played.key].append(transcript)
                told[f"{played.key} {run.header.run}"] = told_of(run)
                for entry in transcript.entries:
                    if isinstance(entry, tr.Started):
                        starts[entry.warm] += 1
    for key, x in found.items():
        grade = judge_run(lab, x, seeds[key], runs[key])
        told[key] = {
            "verdicts": verdicts(grade),
            "diagnoses": sorted(f"{one.id} {one.file}:{one.line}" for one in grade.diagnoses),
        }
    return told, sum(starts), starts[True]


def behave(given: argparse.Namespace, warm: Warmth) -> dict[str, Told]:
    """What is told by the runs of the programs that look for a difference."""
    options = EngineOptions(
        isolation="full", python=given.python, bwrap=bwrap(), jobs=given.jobs, warm=warm
    )
    work = [
        job(
            source.encode(), key=name, certify=2,
            files=tuple(
                SourceFile(path=file, data=text.encode())
                for file, text in helpers_of(name).items()
            ),
        )
        for name, source in BEHAVIOURS.items()
    ]  # fmt: skip
    told: dict[str, Told] = {}
    with Engine(options) as engine:
        for played in engine.play(work):
            for run in played.runs:
                started = next(x for x in run.transcript.entries if isinstance(x, tr.Started))
                if started.warm is (warm == "never"):
                    print(f"{played.key} was started the other way", flush=True)
                told[f"{played.key} {run.header.run}"] = told_of(run)
    return told


def differences(one: dict[str, Told], other: dict[str, Told]) -> dict[str, list[object]]:
    """Where two rounds differ: `run what` -> both."""
    return {
        f"{key} {what}": [value, other.get(key, {}).get(what)]
        for key, told in one.items()
        for what, value in told.items()
        if other.get(key, {}).get(what) != value
    }


def main() -> int:
    """Play three rounds; 1 if the warm one differs from steady cold ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=usual_python())
    parser.add_argument("--jobs", type=int, default=6)
    parser.add_argument("--repeats", type=int, default=2)
    parser.add_argument("--again", type=int, default=5)
    parser.add_argument("--advice", action="store_true", help="play what gives no points, too")
    parser.add_argument("--only", nargs="+", default=(), help="these submissions alone")
    parser.add_argument("--result", type=Path, default=RESULT)
    given = parser.parse_args()
    lab = tp09() if given.advice else graded_only(tp09())
    commit = subprocess.check_output(["git", "rev-parse", "HEAD"], text=True).strip()
    began = time.monotonic()
    cold, starts, _ = play(lab, given, "never")
    print(f"cold: {starts} starts, {time.monotonic() - began:.0f} s", flush=True)
    again, _, _ = play(lab, given, "never")
    print(f"cold again: {time.monotonic() - began:.0f} s", flush=True)
    warm, _, warmly = play(lab, given, "always")
    if not given.only:
        cold |= behave(given, "never")
        again |= behave(given, "never")
        warm |= behave(given, "forced")
    print(f"warm, and behaviours: {time.monotonic() - began:.0f} s", flush=True)
    unsteady = {*differences(cold, again)}
    differing = {k: v for k, v in differences(cold, warm).items() if k not in unsteady}
    suspects = {key.partition(" ")[0] for key in differing}
    for _ in range(given.again if suspects else 0):
        once_more, _, _ = play(lab, given, "never", suspects)
        if suspects & {*BEHAVIOURS}:
            once_more |= behave(given, "never")
        seen = {key: cold[key] for key in cold if key.partition(" ")[0] in suspects}
        unsteady |= {*differences(seen, once_more)}
    differing = {k: v for k, v in differing.items() if k not in unsteady}
    result = {
        "commit": commit,
        "date": datetime.now(UTC).date().isoformat(),
        "python": inspect(given.python).version,
        "advice": given.advice,
        "compared": sum(map(len, cold.values())),
        "runs": sum(" " in key for key in cold),
        "starts": starts,
        "started_warm": warmly,
        "differing": differing,
        "unsteady_when_cold": sorted(unsteady),
        "seconds": round(time.monotonic() - began),
        "machine": {"cores": os.cpu_count(), "kernel": platform.release()},
    }
    text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
    given.result.write_text(text, encoding="utf-8")
    print(f"{warmly} of {starts} started warm; {len(differing)} differ: {sorted(differing)[:20]}")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
