"""Runs `wiregrade grade --certify N` on each sample of every built-in lab: does a verdict differ?

    python tests/soak/certify_labs.py [--certify 20] [--jobs 2] [--labs echo,calc] [--result FILE]

Each sample is a class of its own, and the labs take turns, a wrong sample after a right one: so
that a job that was stopped has looked at every lab. `--certify` plays a part of its rounds beside
busy processes. The result (JSON, with commit and date) is written after each sample; it says what
differed, and where the points are not those of `expected.yaml`. `--minutes` begins no sample
after so long.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from samples import EXPECTED, SUBMISSIONS, Sample, load_samples

from grader.lab.library import builtin_labs, find_lab

RESULT = Path(__file__).resolve().parent / "results" / "certify_labs.json"
Document = dict[str, object]


class Soak:
    """What was found so far, kept in a file."""

    def __init__(self, result: Path, certify: int, jobs: int) -> None:
        self._result = result
        self._certify = certify
        self._jobs = jobs
        self._commit = _git("rev-parse", "HEAD")
        self._changed = bool(
            _git("status", "--porcelain", "--", "grader", "reference", "scenarios")
        )
        self.samples: list[Document] = []
        self.waiting = 0

    def grade(self, lab: str, sample: Sample) -> None:
        """Grade one sample so many times."""
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="certify-labs-") as folder:
            there = Path(folder) / "class" / sample.name
            shutil.copytree(sample.folder, there, ignore=shutil.ignore_patterns(EXPECTED))
            done = self._run(lab, there.parent, out := Path(folder) / "out")
            results = out / "results.json"
            found = json.loads(results.read_text("utf-8")) if results.is_file() else None
        about: Document = {
            "lab": lab, "sample": sample.name, "exit": done.returncode,
            "seconds": round(time.monotonic() - start, 1), "load": round(os.getloadavg()[0], 1),
        }  # fmt: skip
        if found is None:
            about["failed"] = done.stderr[-2000:]
        else:
            about |= _judged(found["submissions"][0], sample)
        self.samples.append(about)
        self.save()

    def _run(self, lab: str, where: Path, out: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "grader", "grade", str(where), "--out", str(out), "--lab",
                   lab, "--certify", str(self._certify), "--jobs", str(self._jobs)]  # fmt: skip
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    def save(self) -> None:
        """Write it down: an interrupted job has not run in vain."""
        of_labs: dict[str, dict[str, int]] = {}
        for one in self.samples:
            lab = of_labs.setdefault(str(one["lab"]), dict.fromkeys(_COUNTED, 0))
            lab["samples"] += 1
            for key in _COUNTED[1:]:
                value = one.get(key, 0)
                lab[key] += len(value) if isinstance(value, list | str) else int(str(value))
        result = {
            "commit": self._commit,
            "changed_since": self._changed,
            "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": {"cores": os.cpu_count(), "kernel": platform.release()},
            "certify": self._certify,
            "samples_done": len(self.samples),
            "samples_left": self.waiting - len(self.samples),
            "total": {key: sum(lab[key] for lab in of_labs.values()) for key in _COUNTED},
            "labs": of_labs,
            "samples": self.samples,
        }
        text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
        self._result.write_text(text, encoding="utf-8")

    @property
    def is_clean(self) -> bool:
        """Whether nothing differed, and all was as expected."""
        bad = ("failed", "differences", "unexpected", "not_run")
        return not any(one.get(key) for one in self.samples for key in bad)


_COUNTED = ("samples", "runs", "verdicts", "differences", "unexpected", "not_run")


def _judged(found: dict[str, object], sample: Sample) -> Document:
    certified = found["certification"]
    criteria = found["criteria"]
    assert isinstance(certified, dict)
    assert isinstance(criteria, list)
    got = {one["id"]: one["status"] for one in criteria}
    return {
        "repeats": certified["repeats"],
        "runs": certified["runs"],
        "verdicts": certified["verdicts"],
        "differences": certified["differences"],
        "unexpected": [
            f"{name}: {got.get(name)}, expected {status}"
            for name, status in sample.criteria.items()
            if got.get(name) not in (status, "not_run")
        ],
        "not_run": sum(status == "not_run" for status in got.values()),
    }


def in_turn(labs: list[str]) -> Iterator[tuple[str, Sample]]:
    """Each lab's samples, one lab after the other, right and wrong ones mixed."""
    rows: list[list[tuple[str, Sample]]] = []
    for lab in labs:
        folder = find_lab(lab) / "samples"
        found = load_samples(folder if folder.is_dir() else SUBMISSIONS)
        right = [sample for sample in found if sample.is_right]
        wrong = [sample for sample in found if not sample.is_right]
        mixed = [one for pair in zip_longest(right, wrong) for one in pair if one is not None]
        rows.append([(lab, sample) for sample in mixed])
    for turn in zip_longest(*rows):
        yield from (one for one in turn if one is not None)


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip()


def main() -> int:
    """Grade everything; 1 if a verdict differed, or was another than expected."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--certify", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--labs", default=",".join(builtin_labs()))
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--result", type=Path, default=RESULT)
    given = parser.parse_args()
    soak = Soak(given.result, given.certify, given.jobs)
    until = time.monotonic() + 60 * given.minutes
    work = list(in_turn(given.labs.split(",")))
    soak.waiting = len(work)
    for lab, sample in work:
        if time.monotonic() > until:
            break
        soak.grade(lab, sample)
        print(f"{lab} {sample.name}: {soak.samples[-1]}", flush=True)
    return 0 if soak.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
