"""Grades all samples cold, cold again and warm: is a warm start in any way to be seen?

    python tests/soak/warm_equals_cold.py [--python PYTHON] [--labs tp09,echo] [--graded]
        [--only ID ...] [--jobs 2] [--minutes 60] [--result FILE]

Compared are, run by run, how it ended (outcome, status, signal, limit), every byte of standard
output and error (tracebacks above all), the bytes that came over each connection, the lines at
which a stuck program stood; and each submission's verdicts and diagnoses. Addresses in texts
(`0x7f...`) and drawn ports differ between any two starts and are left out. What already differs
between two cold rounds proves nothing about the third: it is listed as unsteady, and is no
difference. What differs in the warm round only is played cold `--again` times more, to see whether
it is steady at all.

First come the programs of `tests/warm_programs.py`, which look for how they were started (all of
them started warm, also those that would be started cold), then the samples of all labs in turn,
some at a time: after each some the result is written (JSON, with commit and date). `--minutes`
begins none after so long. Programs that are never started warm are left out, and counted.
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
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from engine_tools import bwrap, job
from engine_tools import python as usual_python
from sample_grading import graded_only, submissions, verdicts
from samples import PROGRAMS, SUBMISSIONS
from warm_programs import BEHAVIOURS, helpers_of

from grader import transcript as tr
from grader.batch.judging import judge_run
from grader.batch.plan import jobs_of, seed_for
from grader.lab.library import builtin_labs, find_lab
from grader.lab.load import load_lab
from grader.lab.model import Lab
from grader.run.engine import Engine
from grader.run.interpreter import inspect
from grader.run.jobs import EngineOptions, Run, Warmth
from grader.run.warmable import ahead
from grader.submission import SourceFile, Submission

RESULT = Path(__file__).resolve().parent / "results" / "warm_equals_cold.json"
SOME = 4
"""Submissions that are played in three ways before others are."""
SHOWN = 300
"""Characters that are kept of what differs."""
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
        "left": [
            [entry.name, entry.kind, entry.size, entry.digest]
            for entry in transcript.entries
            if isinstance(entry, tr.LeftFile)
        ],
        "position": [
            [[frame.file, frame.line, frame.function] for frame in entry.frames]
            for entry in transcript.entries
            if isinstance(entry, tr.Position)
        ],
    }


@dataclass
class Round:
    """What one round tells, by run and by submission, and how its programs were started."""

    told: dict[str, Told] = field(default_factory=dict)
    starts: int = 0
    warm: int = 0

    def take(self, key: str, run: Run) -> None:
        """One run of the submission `key`."""
        self.told[f"{key} {run.header.run}"] = told_of(run)
        for entry in run.transcript.entries:
            if isinstance(entry, tr.Started):
                self.starts += 1
                self.warm += entry.warm


Play = Callable[[Warmth, frozenset[str]], Round]
"""Plays submissions (all of a group, where none is named) in one way."""


class Soak:
    """Rounds, and what was found in them so far."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        self._began = time.monotonic()
        self._about: dict[str, object] = {
            "commit": _git("rev-parse", "HEAD"),
            "changed_since": bool(_git("status", "--porcelain", "--", "grader", "reference")),
            "date": datetime.now(UTC).isoformat(timespec="minutes"),
            "python": inspect(given.python).version,
            "advice": not given.graded,
            "machine": {"cores": os.cpu_count(), "kernel": platform.release()},
        }
        self.counts: Counter[str] = Counter()
        self.differing: dict[str, list[object]] = {}
        self._unsteady: set[str] = set()
        self.left: list[str] = []

    def compare(self, name: str, play: Play, warm: Warmth) -> None:
        """Play a group cold, cold again and `warm`, and keep what differs."""
        cold, again, warmed = (play(way, frozenset()) for way in ("never", "never", warm))
        unsteady = {*differences(cold.told, again.told)}
        found = {k: v for k, v in differences(cold.told, warmed.told).items() if k not in unsteady}
        suspects = frozenset(key.partition(" ")[0] for key in found)
        for _ in range(self.given.again if suspects else 0):
            once_more = play("never", suspects).told
            seen = {key: cold.told[key] for key in once_more if key in cold.told}
            unsteady |= {*differences(seen, once_more)}
        self.counts["values"] += sum(map(len, cold.told.values()))
        self.counts["values_unsteady_when_cold"] += len(unsteady)
        self.counts["submissions"] += sum(" " not in key for key in cold.told)
        self.counts["runs"] += sum(" " in key for key in cold.told)
        self.counts["starts"] += warmed.starts
        self.counts["started_warm"] += warmed.warm
        self._unsteady |= {f"{name} {key}" for key in unsteady}
        found = {f"{name} {k}": _shown(*v) for k, v in found.items() if k not in unsteady}
        self.differing |= found
        self.save()
        print(f"{self.seconds} s, {name}: {dict(self.counts)}; differ: {[*found]}", flush=True)

    @property
    def seconds(self) -> int:
        """Since it began."""
        return round(time.monotonic() - self._began)

    def save(self) -> None:
        """Write it down: an interrupted job has not run in vain."""
        result = self._about | {
            "compared": dict(self.counts),
            "submissions_left": len(self.left),
            "differing": self.differing,
            "unsteady_when_cold": sorted(self._unsteady),
            "seconds": self.seconds,
        }
        text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
        self.given.result.write_text(text, encoding="utf-8")

    def options(self, warm: Warmth) -> EngineOptions:
        """Those of a round."""
        return EngineOptions(
            isolation="full", python=self.given.python, bwrap=bwrap(), jobs=self.given.jobs,
            warm=warm,
        )  # fmt: skip

    def behave(self, names: Sequence[str]) -> Play:
        """Plays programs that look for a difference."""
        work = [
            job(
                BEHAVIOURS[name].encode(), key=name, certify=2,
                files=tuple(
                    SourceFile(path=file, data=text.encode())
                    for file, text in helpers_of(name).items()
                ),
            )
            for name in names
        ]  # fmt: skip

        def play(warm: Warmth, only: frozenset[str]) -> Round:
            told = Round()
            with Engine(self.options(warm)) as engine:
                for played in engine.play(x for x in work if not only or x.key in only):
                    for run in played.runs:
                        told.take(played.key, run)
            return told

        return play

    def grade(self, lab: Lab, found: dict[str, Submission]) -> Play:
        """Plays samples of a lab, and judges them."""
        seeds = {key: seed_for(lab, x, None) for key, x in found.items()}
        every = [one for key, x in found.items() for one in jobs_of(lab, x, seeds[key])]
        work = [one for one in every if ahead(one.program, one.files) is not None]
        self.counts["programs_never_warm"] += len(every) - len(work)

        def play(warm: Warmth, only: frozenset[str]) -> Round:
            told = Round()
            runs: dict[str, list[tr.Transcript]] = {
                one.key: [] for one in work if not only or one.key in only
            }
            with Engine(self.options(warm)) as engine:
                for played in engine.play(one for one in work if one.key in runs):
                    for run in played.runs:
                        runs[played.key].append(run.transcript)
                        told.take(played.key, run)
            for key, transcripts in runs.items():
                grade = judge_run(lab, found[key], seeds[key], transcripts)
                told.told[key] = {
                    "verdicts": verdicts(grade),
                    "diagnoses": sorted(f"{x.id} {x.file}:{x.line}" for x in grade.diagnoses),
                }
            return told

        return play


def differences(one: dict[str, Told], other: dict[str, Told]) -> dict[str, list[object]]:
    """Where two rounds differ: `run what` -> both."""
    return {
        f"{key} {what}": [value, other.get(key, {}).get(what)]
        for key, told in one.items()
        for what, value in told.items()
        if other.get(key, {}).get(what) != value
    }


def _shown(one: object, other: object) -> list[object]:
    """Both, from a little before the first difference on."""
    texts = [json.dumps(x, ensure_ascii=False, sort_keys=True) for x in (one, other)]
    at = max(0, len(os.path.commonprefix(texts)) - SHOWN // 3)  # noqa: RUF071 -- of texts
    return [text[at : at + SHOWN] for text in texts]


def groups(given: argparse.Namespace) -> Iterator[tuple[str, Lab, dict[str, Submission]]]:
    """Some samples of each lab, then some more, until there are none."""
    rows = []
    for name in given.labs.split(","):
        lab = load_lab(find_lab(name))
        there = find_lab(name) / "samples"
        roots = [there] if there.is_dir() else [r for r in (SUBMISSIONS, PROGRAMS) if r.is_dir()]
        found = submissions(given.only, roots, lab.roles)
        keys = sorted(found)
        rows.append(
            [
                (name, graded_only(lab) if given.graded else lab, {key: found[key] for key in some})
                for some in (keys[at : at + SOME] for at in range(0, len(keys), SOME))
            ]
        )
    for turn in zip_longest(*rows):
        yield from (one for one in turn if one is not None)


def _git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


def main() -> int:
    """Play three rounds of all; 1 if a warm one differs from steady cold ones."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python", default=usual_python())
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--again", type=int, default=10)
    parser.add_argument("--graded", action="store_true", help="only what gives points")
    parser.add_argument("--labs", default=",".join(builtin_labs()))
    parser.add_argument("--only", nargs="+", default=(), help="these submissions alone")
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--result", type=Path, default=RESULT)
    given = parser.parse_args()
    soak, until = Soak(given), time.monotonic() + 60 * given.minutes
    work = list(groups(given))
    soak.left = [key for _, _, found in work for key in found]
    if not given.only:
        soak.compare("behaviours", soak.behave([*BEHAVIOURS]), "forced")
    for name, lab, found in work:
        if time.monotonic() > until:
            break
        soak.left = soak.left[len(found) :]
        soak.compare(name, soak.grade(lab, found), "always")
    return 1 if soak.differing else 0


if __name__ == "__main__":
    sys.exit(main())
