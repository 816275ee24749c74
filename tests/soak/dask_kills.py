"""Kills a worker of a Dask cluster every few seconds while it grades: is anything lost?

    python tests/soak/dask_kills.py [--every 5] [--kills 20] [--copies 3] [--seed N] [--result FILE]

A class of samples (each several times, with a comment that makes it another program) is graded
with the graded scenarios of tp09 on this machine, once. Then it is graded on a cluster of two
one-core workers on the loopback, with TLS and certificates made for it, again and again, while
workers drawn at random get SIGKILL, one every `--every` seconds, until `--kills` were; the last
batch is left to end. Whoever ends is started again, as systemd or Kubernetes would (Dask's nanny
gives a worker up that is killed while it starts). Each batch's results.json must be that of this
machine but for `seconds`, with nothing ungraded and exit status 0, and no process of theirs may be
left. The result is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import psutil
from dask_cluster import Cluster, graded_lab, supervised, tls

RESULT = Path(__file__).resolve().parent / "results" / "dask_kills.json"
CLASS = ("juste_enonce", "faute_port", "faute_sans_encode", "faute_un_seul_recv")
_LEAVE_S = 30.0


def main() -> int:
    """Kill, compare, write the result; 1 where something differed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=float, default=5.0)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--copies", type=int, default=3)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--result", type=Path, default=RESULT)
    given = parser.parse_args()
    draw = random.Random(given.seed)
    with tempfile.TemporaryDirectory(prefix="wiregrade-soak-") as folder:
        base = Path(folder)
        env = tls(base)
        submissions = make_class(base / "class", given.copies)
        grade(submissions, base / "here").wait()
        expected = results(base / "here")
        told: dict[str, Any] = {"batches": [], "kills": 0}
        begun = time.monotonic()
        with supervised(base, 2, env) as started:
            while told["kills"] < given.kills:
                batch = one_batch(submissions, base, started, env, draw, given, told)
                batch["same"] = results(base / "there") == expected
                told["batches"].append(batch)
                print(json.dumps(batch), flush=True)
        told["seconds"] = round(time.monotonic() - begun)
        told["left"] = left(base)
    wrong = [one for one in told["batches"] if not one["same"] or one["status"]]
    document = {
        "every_s": given.every, "submissions": len(CLASS) * given.copies, "seed": given.seed,
        "wrong": len(wrong), **told, "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": commit(), "machine": f"{os.cpu_count()} cores, {platform.platform()}",
        "load": os.getloadavg(),
    }  # fmt: skip
    given.result.parent.mkdir(exist_ok=True)
    given.result.write_text(json.dumps(document, indent=1) + "\n")
    return 1 if wrong or told["left"] else 0


def make_class(place: Path, copies: int) -> Path:
    """The samples, each so many times, no two alike."""
    for who in CLASS:
        for number in range(copies):
            (place / f"{who}_{number}").mkdir(parents=True)
            for file in (ROOT / "submissions" / who).glob("*.py"):
                text = file.read_bytes() + b"\n# %d\n" % number
                (place / f"{who}_{number}" / file.name).write_bytes(text)
    return place


def grade(
    submissions: Path, out: Path, *more: str, env: dict[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start grading anew."""
    command = [sys.executable, "-P", "-m", "grader", "grade", str(submissions), "--out", str(out)]
    lab = graded_lab(out.parent / "lab")
    return subprocess.Popen(
        [*command, "--lab", str(lab), "--fresh", "--no-cache", *more], cwd=out.parent,
        stdout=subprocess.DEVNULL, stderr=(out.parent / "log").open("ab"),
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
    )  # fmt: skip


def one_batch(
    submissions: Path,
    base: Path,
    started: Cluster,
    env: dict[str, str],
    draw: random.Random,
    given: argparse.Namespace,
    told: dict[str, Any],
) -> dict[str, Any]:
    """Grade the class on the cluster, workers killed meanwhile; what came of it."""
    begun, kills = time.monotonic(), 0
    process = grade(submissions, base / "there", "--executor", started.address, env=env)
    while True:
        try:
            status = process.wait(given.every)
            break
        except subprocess.TimeoutExpired:
            if told["kills"] < given.kills:
                draw.choice(started.workers).kill()
                kills += 1
                told["kills"] += 1
    return {"kills": kills, "status": status, "seconds": round(time.monotonic() - begun, 1)}


def results(out: Path) -> Any:
    """results.json without its times."""
    return timeless(json.loads((out / "results.json").read_bytes()))


def timeless(value: Any) -> Any:
    """The value without `seconds`, however deep."""
    if isinstance(value, dict):
        return {key: timeless(one) for key, one in value.items() if key != "seconds"}
    return [timeless(one) for one in value] if isinstance(value, list) else value


def left(base: Path) -> int:
    """Processes of this soak that do not end by themselves."""
    mark = str(base)
    mine = [p for p in psutil.process_iter() if _has(p, mark) and p.pid != os.getpid()]
    _, alive = psutil.wait_procs(mine, _LEAVE_S)
    return len(alive)


def _has(process: psutil.Process, mark: str) -> bool:
    try:
        return any(mark in value for value in process.environ().values())
    except psutil.Error:
        return False


def commit() -> str:
    """The commit of this checkout."""
    told = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
    )
    return told.stdout.strip()


if __name__ == "__main__":
    raise SystemExit(main())
