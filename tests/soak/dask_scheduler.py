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
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tests" / "soak")]

from dask_cluster import graded_lab
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
    with cluster(base, 2) as (address, scheduler):
        begun = time.monotonic()
        process = grade(submissions, base / "there", "--executor", address)
        kills: list[int] = []
        while not ended(process):
            written = len(list((base / "there").glob("*/result.json")))
            if len(kills) < restarts and written >= at[len(kills)]:
                kills.append(written)
                scheduler.kill()
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


class Supervised:
    """A process that is started again whenever it ends, until the block is left."""

    def __init__(self, base: Path, module: str, *arguments: str) -> None:
        self._base = base
        self._command = [sys.executable, "-P", "-m", module, *arguments]
        self._ending = False
        self._lock = threading.Lock()
        self._process = self._start()
        self._keeper = threading.Thread(target=self._keep)
        self._keeper.start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self._command, cwd=self._base, stdout=subprocess.DEVNULL,
            stderr=(self._base / "dask.log").open("ab"),
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip

    def _keep(self) -> None:
        while True:
            self._process.wait()
            with self._lock:
                if self._ending:
                    return
                self._process = self._start()

    def kill(self, number: int = signal.SIGKILL) -> None:
        """End it; another one comes."""
        self._process.send_signal(number)

    def close(self) -> None:
        """End it for good."""
        with self._lock:
            self._ending = True
            self.kill(signal.SIGTERM)
        self._keeper.join()


@contextlib.contextmanager
def cluster(base: Path, workers: int) -> Iterator[tuple[str, Supervised]]:
    """A scheduler that is started again at the same address, and so are its workers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with contextlib.ExitStack() as stack:
        common = ("--no-dashboard", "--host", "127.0.0.1")
        scheduler = Supervised(
            base, "distributed.cli.dask_scheduler", "--port", str(port), *common
        )  # fmt: skip
        stack.callback(scheduler.close)
        for _ in range(workers):
            worker = Supervised(
                base, "distributed.cli.dask_worker", f"tcp://127.0.0.1:{port}", "--nthreads", "1",
                "--local-directory", str(base), *common,
            )  # fmt: skip
            stack.callback(worker.close)
        yield f"dask://127.0.0.1:{port}", scheduler


if __name__ == "__main__":
    raise SystemExit(main())
