"""Runs `wiregrade grade --certify N` on each sample of every built-in lab: does a verdict differ?

    python tests/soak/certify_labs.py [--certify 20] [--jobs 4] [--labs echo,calc] [--result FILE]
                                      [--together 1] [--minutes 60] [--fresh] [--keep FOLDER]
                                      [--samples juste_enonce,faute_ordre]

Each sample is a class of its own (or so many are one, which takes less time), and the labs take
turns, a wrong sample after a right one: so that a job that was stopped has looked at every lab.
`--certify` plays a part of its rounds beside busy processes. The result (JSON) is written after
each class; it says what differed, and where the points are not those of `expected.yaml`.
`--minutes` begins none after so long; `--keep` copies the transcripts of what differs, one for
each verdict, to where they can be compared.

It resumes: a sample that was judged at the same trees of `grader`, `reference` and `scenarios`,
with the same files and at least as many repeats, is not played again (`--fresh` plays all). What
was played at other trees stays in the result, with its commit, until it is played anew.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from played_trees import holds, stamp
from samples import EXPECTED, SUBMISSIONS, Sample, load_samples

from grader.lab.library import builtin_labs, find_lab

RESULT = Path(__file__).resolve().parent / "results" / "certify_labs.json"
Document = dict[str, object]
Key = tuple[str, str]
"""A lab and a sample of it."""


class Soak:
    """What was found so far, kept in a file; it begins with what the file has."""

    def __init__(
        self, result: Path, certify: int, jobs: int, *, fresh: bool, keep: Path | None
    ) -> None:
        self._result = result
        self._keep = keep
        self._certify = certify
        self._jobs = jobs
        self._now = stamp()
        there = result.is_file() and not fresh
        before = json.loads(result.read_text("utf-8"))["samples"] if there else []
        self.samples: dict[Key, Document] = {(one["lab"], one["sample"]): one for one in before}
        self.work: list[tuple[str, Sample]] = []

    def left(self) -> list[tuple[str, Sample]]:
        """What is to be played yet of the work, in its order."""
        return [one for one in self.work if not self._is_done(*one)]

    def _is_done(self, lab: str, sample: Sample) -> bool:
        found = self.samples.get((lab, sample.name))
        return (
            found is not None
            and holds(found, self._now)
            and found.get("files") == digest(sample)
            and not found.get("failed")
            and not found["not_run"]
            and int(str(found["repeats"])) >= self._certify
        )

    def grade(self, lab: str, samples: Sequence[Sample]) -> list[Document]:
        """Grade a class of these so many times; what came of each."""
        start = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="certify-labs-") as folder:
            there = Path(folder) / "class"
            for sample in samples:
                left_out = shutil.ignore_patterns(EXPECTED)
                shutil.copytree(sample.folder, there / sample.name, ignore=left_out)
            done = self._run(lab, there, out := Path(folder) / "out")
            results = out / "results.json"
            told = json.loads(results.read_text("utf-8")) if results.is_file() else {}
            found = {one["id"]: one for one in told.get("submissions", ())}
            if self._keep is not None:
                for one in found.values():
                    keep_differing(one, out, self._keep / lab)
        same: Document = {
            **self._now, "date": datetime.now(UTC).isoformat(timespec="seconds"),
            "exit": done.returncode, "together": len(samples),
            "seconds": round(time.monotonic() - start, 1), "load": round(os.getloadavg()[0], 1),
        }  # fmt: skip
        for sample in samples:
            about: Document = {"lab": lab, "sample": sample.name, "files": digest(sample), **same}
            if sample.name in found:
                about |= _judged(found[sample.name], sample)
            else:
                about["failed"] = done.stderr[-2000:]
            self.samples[lab, sample.name] = about
        self.save()
        return [self.samples[lab, sample.name] for sample in samples]

    def _run(self, lab: str, where: Path, out: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "grader", "grade", str(where), "--out", str(out), "--lab",
                   lab, "--certify", str(self._certify), "--jobs", str(self._jobs)]  # fmt: skip
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)

    def save(self) -> None:
        """Write it down, whole or not at all: an interrupted job has not run in vain."""
        of_labs: dict[str, dict[str, int]] = {}
        for one in self.samples.values():
            lab = of_labs.setdefault(str(one["lab"]), dict.fromkeys(_COUNTED, 0))
            lab["samples"] += 1
            for key in _COUNTED[1:]:
                value = one.get(key, 0)
                lab[key] += len(value) if isinstance(value, list | str) else int(str(value))
        result = {
            **self._now,
            "machine": {"cores": os.cpu_count(), "kernel": platform.release()},
            "certify": self._certify,
            "samples_left": len(self.left()),
            "samples_of_other_trees": sum(
                not holds(one, self._now) for one in self.samples.values()
            ),
            "total": {key: sum(lab[key] for lab in of_labs.values()) for key in _COUNTED},
            "labs": of_labs,
            "samples": list(self.samples.values()),
        }
        text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
        aside = self._result.with_name(self._result.name + ".new")
        aside.write_text(text, encoding="utf-8")
        aside.replace(self._result)

    @property
    def is_clean(self) -> bool:
        """Whether nothing differed, and all was as expected."""
        bad = ("failed", "differences", "unexpected", "not_run")
        return not any(one.get(key) for one in self.samples.values() for key in bad)


_COUNTED = ("samples", "runs", "verdicts", "differences", "unexpected", "not_run")


def digest(sample: Sample) -> str:
    """Of the sample's files and of what is expected of it."""
    made = hashlib.sha256()
    for file in (*sample.programs, sample.folder / EXPECTED):
        data = file.read_bytes()
        made.update(f"{file.relative_to(sample.folder)} {len(data)}\n".encode() + data)
    return made.hexdigest()[:12]


def keep_differing(found: dict[str, Any], out: Path, keep: Path) -> None:
    """Copy a transcript of each verdict that differs from another of the same."""
    for difference in found["certification"]["differences"]:
        for verdict in difference["verdicts"]:
            kept = keep / verdict["transcript"]
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(out / verdict["transcript"], kept)


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


def in_classes(work: Sequence[tuple[str, Sample]], size: int) -> Iterator[tuple[str, list[Sample]]]:
    """Classes of so many samples of one lab at most; the labs take turns."""
    rows: dict[str, list[Sample]] = {}
    for lab, sample in work:
        rows.setdefault(lab, []).append(sample)
    while rows:
        for lab in list(rows):
            yield lab, rows[lab][:size]
            del rows[lab][:size]
            if not rows[lab]:
                del rows[lab]


def told(about: Document) -> str:
    """What one sample came to, in a line."""
    if about.get("failed"):
        return f"FAILED, exit {about['exit']}"
    wrong = [
        f"{count} {key}" for key in ("differences", "unexpected", "not_run")
        if (count := len(v) if isinstance(v := about[key], list) else v)
    ]  # fmt: skip
    return (
        f"{about['verdicts']} verdicts of {about['runs']} runs, {', '.join(wrong) or 'all alike'}"
    )


def main() -> int:
    """Grade everything; 1 if a verdict differed, or was another than expected."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--certify", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--together", type=int, default=1, help="samples in one class")
    parser.add_argument("--labs", default=",".join(builtin_labs()))
    parser.add_argument("--samples", default="", help="these alone, of all labs that have them")
    parser.add_argument("--minutes", type=float, default=float("inf"))
    parser.add_argument("--fresh", action="store_true", help="forget what the result has")
    parser.add_argument("--keep", type=Path, help="a folder for transcripts of what differs")
    parser.add_argument("--result", type=Path, default=RESULT)
    given = parser.parse_args()
    soak = Soak(given.result, given.certify, given.jobs, fresh=given.fresh, keep=given.keep)
    begun = time.monotonic()
    names = set(filter(None, given.samples.split(",")))
    soak.work = [one for one in in_turn(given.labs.split(",")) if not names or one[1].name in names]
    left = soak.left()
    whole = len(soak.work)
    print(f"{whole - len(left)} of {whole} samples are judged, {len(left)} to play", flush=True)
    number = 0
    for lab, samples in in_classes(left, given.together):
        if time.monotonic() - begun > 60 * given.minutes:
            break
        found = soak.grade(lab, samples)
        number += len(samples)
        rest = (time.monotonic() - begun) / number * (len(left) - number) / 60
        for about in found:
            print(f"{lab} {about['sample']}: {told(about)}", flush=True)
        seconds = f"{found[0]['seconds']} s, about {rest:.0f} min to go"
        print(f"[{whole - len(left) + number}/{whole}] {seconds}", flush=True)
    return 0 if soak.is_clean else 1


if __name__ == "__main__":
    sys.exit(main())
