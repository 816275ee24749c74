"""Checks all samples as Windows and macOS would: whose verdict differs from Linux's?

    python tests/soak/other_systems.py [--systems win32,darwin] [--jobs 2] [NAME ...]

What those systems lack is taken away (see `tests/other_system.py`), so that messages are paced
and nothing of a program's state is seen; right programs are checked once more where psutil tells
of processes, as it does there (`told`). Graded scenarios only. The result (JSON, with commit
and date) holds what differs from `expected.yaml`: `right` has the right programs that lost
something (there must be none), `unjudged` what of any program could not be run (no points lost),
`lost` what a wrong program lost there only, `unseen` what it lost on Linux only. 1 if a right
program lost something, or a check broke.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parents[2])]

from other_system import as_on
from samples import PROGRAMS, SUBMISSIONS, Sample, load_samples

from grader.lab.library import find_lab
from grader.lab.load import load_lab
from grader.lab.model import Level

RESULT = Path(__file__).resolve().parent / "results" / "other_systems.json"
KINDS = ("broken", "right", "unjudged", "lost", "unseen")
TRIES = 3
GRADED = [s.id for s in load_lab(find_lab("tp09")).scenarios if s.level is Level.GRADED]


def check(mode: str, sample: Sample) -> tuple[dict[str, str], str]:
    """Status by criterion; what went wrong, else empty. `mode`: `win32`, `win32 told`."""
    system, _, told = mode.partition(" ")
    only = [word for scenario in GRADED for word in ("--only", scenario)]
    with tempfile.TemporaryDirectory() as temporary:
        command = as_on(
            system, "check", str(sample.folder), "--format", "json", *only,
            temporary=Path(temporary), told=bool(told),
        )  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        left = [path.name for path in Path(temporary).iterdir()]
    try:
        criteria = json.loads(done.stdout)["criteria"]
    except (ValueError, LookupError):
        return {}, done.stderr[-2000:] or f"status {done.returncode}"
    return {one["id"]: one["status"] for one in criteria}, f"left {left}" if left else ""


def checked(mode: str, sample: Sample) -> tuple[dict[str, str], str]:
    """The same; where this machine was too busy to tell, again."""
    for _ in range(TRIES - 1):
        told, broken = check(mode, sample)
        if "not_run" not in told.values():
            return told, broken
    return check(mode, sample)


def planned(systems: list[str], samples: list[Sample]) -> list[tuple[str, Sample]]:
    """All checks, (mode, sample): those of right programs first."""
    right = [one for one in samples if one.is_right]
    wrong = [one for one in samples if not one.is_right]
    modes = [*systems, *(f"{system} told" for system in systems)]
    return [
        *((mode, one) for mode in modes for one in right),
        *((system, one) for system in systems for one in wrong),
    ]


def differences(sample: Sample, told: dict[str, str]) -> Iterator[tuple[str, str]]:
    """`right`, `unjudged`, `lost` or `unseen`, and what of it."""
    for criterion, got in told.items():
        expected = sample.criteria[criterion]
        if got == expected:
            continue
        what = f"{sample.name} {criterion}: {got}, expected {expected}"
        if got == "not_run":
            yield "unjudged", what
        elif _worth(got) > _worth(expected):
            yield "unseen", what
        else:
            yield "right" if sample.is_right else "lost", what


def _worth(status: str) -> int:
    return ["fail", "partial", "pass"].index(status) if status != "not_run" else -1


def main() -> int:
    """Check all; 1 if a right program lost something, or a check broke."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--systems", default="win32,darwin")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--result", type=Path, default=RESULT)
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    samples = [
        sample for root in (SUBMISSIONS, PROGRAMS) if root.is_dir()
        for sample in load_samples(root) if not given.names or sample.name in given.names
    ]  # fmt: skip
    work = planned(given.systems.split(","), samples)
    commit = subprocess.check_output(["git", "rev-parse", "HEAD"], text=True).strip()
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    verdicts = 0
    with ThreadPoolExecutor(given.jobs) as pool:
        checks = pool.map(lambda one: checked(*one), work)
        for done, ((mode, sample), (told, broken)) in enumerate(
            zip(work, checks, strict=True), start=1
        ):
            verdicts += len(told)
            if broken:
                found["broken"].append(f"{mode} {sample.name}: {broken}")
            for kind, what in differences(sample, told):
                found[kind].append(f"{mode} {what}")
            print(mode, sample.name, broken or list(differences(sample, told)), flush=True)
            # Each time: one that takes too long may be ended.
            result = {
                "commit": commit,
                "date": datetime.now(UTC).date().isoformat(),
                "samples": len({one.folder for _, one in work[:done]}),
                "checks": done,
                "of": len(work),
                "verdicts": verdicts,
                **found,
                "machine": {"cores": os.cpu_count()},
            }
            text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
            given.result.write_text(text, encoding="utf-8")
    return 1 if found["right"] or found["broken"] else 0


if __name__ == "__main__":
    sys.exit(main())
