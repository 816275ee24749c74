"""Kills the scheduler of a Dask cluster while it grades, and starts it anew: is anything lost?

    python tests/soak/dask_scheduler.py [--restarts 3] [--copies 3] [--result FILE]

A class of samples is graded with the graded scenarios of tp09 on this machine, once. Then it is
graded by a scheduler and two one-core workers, each a process of its own, which a supervisor
starts again when it ends, as systemd or Kubernetes would: Dask's workers end with their scheduler.
The scheduler gets SIGKILL each time that some more results are written. results.json must be that
of this machine but for `seconds`, with exit status 0; then the same command must find nothing to
do. The result is JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "soak")]

from dask_cluster import graded_lab, supervised
from dask_kills import CLASS, commit, grade, left, make_class, results

RESULT = Path(__file__).resolve().parent / "results" / "dask_scheduler.json"
_LOOK_S = 0.05


def main() -> int:
    """Kill, compare, write the result; 1 where something differed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--restarts", type=int, default=3)
    parser.add_argument("--copies", type=int, default=3)
    parser.add_argument("--result", type=Path, default=RESULT)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wiregrade-soak-") as folder:
        base = Path(folder)
        submissions = make_class(base / "class", given.copies)
        grade(submissions, base / "here").wait()
        told = struck(base, submissions, given.restarts)
        told["same"] = results(base / "there") == results(base / "here")
        told["log"] = (base / "log").read_text().splitlines()[-20:] if told["status"] else []
        told["taken_over"] = taken_over(base, submissions)
        told["left"] = left(base)
    number = len(CLASS) * given.copies
    document = {
        "submissions": number, **told, "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(), "machine": f"{os.cpu_count()} cores, {platform.platform()}",
        "load": os.getloadavg(),
    }  # fmt: skip
    given.result.parent.mkdir(exist_ok=True)
    given.result.write_text(json.dumps(document, indent=1) + "\n")
    print(json.dumps(document))
    whole = told["same"] and not told["status"] and told["taken_over"] == number
    return 0 if whole and not told["left"] else 1


def struck(base: Path, submissions: Path, restarts: int) -> dict[str, Any]:
    """Grade the class, the scheduler killed meanwhile; what came of it."""
    number = len(list(submissions.iterdir()))
    at = [number * (n + 1) // (restarts + 1) for n in range(restarts)]
    with supervised(base, 2) as started:
        begun = time.monotonic()
        process = grade(submissions, base / "there", "--executor", started.address)
        kills: list[int] = []
        while not ended(process):
            written = len(list((base / "there").glob("*/result.json")))
            if len(kills) < restarts and written >= at[len(kills)]:
                kills.append(written)
                started.scheduler.kill()
        seconds = round(time.monotonic() - begun, 1)
    return {"killed_after_results": kills, "status": process.returncode, "seconds": seconds}


def ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it ends within a moment."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_LOOK_S)
        return True
    return False


def taken_over(base: Path, submissions: Path) -> int:
    """How many results the same command, given here, finds to be whole."""
    lab = graded_lab(base / "lab")
    made = subprocess.run(
        [sys.executable, "-P", "-m", "grader", "grade", str(submissions), "--out",
         str(base / "there"), "--lab", str(lab), "--lang", "en"],
        cwd=base, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
    )  # fmt: skip
    return made.stderr.count("(taken over)")


if __name__ == "__main__":
    raise SystemExit(main())
