"""What hostile submissions take of the grader: memory of each process of ours, and time.

    python tests/soak/grader_memory.py [--write FILE] [--only NAME...]

Submissions that stay just under every limit (`tests/greedy.py`) are graded, one at a time and
eight at once. For each case the result has the peak of the grader and of its largest worker
(VmHWM, MiB), the grader's own CPU time (reading, judging, writing, pages: what a submission costs
beyond its own runs) and the wall time of the whole, runs included. Prints JSON; ends with 1 if a
promise is not kept.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS), str(TESTS.parent)]

import greedy

from grader.run.worker import NAME

MEMORY = 200
"""MiB of each process of ours."""
BEYOND = 10.0
"""CPU seconds of the grader for each submission."""
_LOOK_S = 0.05
MIB = 2**20


def kind(name: str) -> Callable[[Path], None]:
    """One submission of that kind."""
    return lambda folder: greedy.hand_in(folder / name, name)


def eight(folder: Path) -> None:
    """Eight of the worst."""
    for number in range(8):
        greedy.hand_in(folder / f"greedy{number}", "everything")


def one(folder: Path) -> None:
    """One of the worst."""
    greedy.hand_in(folder / "greedy", "everything")


def large(folder: Path) -> None:
    """Eight near the bounds of what is kept of a submission."""
    for number in range(8):
        greedy.hand_in(folder / f"large{number}", "stdout")
        greedy.hand_in_data(folder / f"large{number}", 8 * MIB, 4 * MIB)
        for extra in range(2):
            program = folder / f"large{number}" / f"extra{extra}.py"
            program.write_text("# " + "x" * (4 * MIB - 100_000) + "\n", encoding="ascii")


def archives(folder: Path) -> None:
    """Four archives near their bound, of which little is kept."""
    folder.mkdir()
    for number in range(4):
        with zipfile.ZipFile(folder / f"archive{number}.zip", "w") as file:
            file.writestr("serveur.py", greedy.program("stdout", "server"))
            for member in range(30):
                file.writestr(f"data{member}.bin", os.urandom(4 * MIB - 1000))


CASES: dict[str, tuple[Callable[[Path], None], tuple[str, ...]]] = {
    **{name: (kind(name), ()) for name in greedy.KINDS},
    "large": (large, ("--jobs", "8")),
    "archives": (archives, ("--jobs", "8")),
    "certify": (one, ("--certify", "3")),
    "sweep": (one, ("--sweep",)),
    "trace": (one, ("--trace",)),
    "eight": (eight, ("--jobs", "8")),
}


def workers(pid: int) -> list[int]:
    """The workers of a grader."""
    found = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text().split():
            if Path(f"/proc/{child}/comm").read_text().strip() == NAME:
                found.append(int(child))
    return found


def peak(pid: int) -> int:
    """The most memory that a process has had, MiB; 0 when it is dead."""
    told = Path(f"/proc/{pid}/status").read_text(encoding="ascii").partition("VmHWM:")[2]
    return int(told.split()[0]) // 1024 if told else 0


def ended(process: subprocess.Popen[bytes]) -> bool:
    """Whether it has ended, or ends until it is time for the next look."""
    try:
        process.wait(_LOOK_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def measure(arguments: list[str]) -> dict[str, float | int]:
    """Run a command of ours, and look at it."""
    begun = time.monotonic()
    command = [sys.executable, "-P", str(TESTS / "grader_peak.py"), *arguments]
    worst = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as grader:
        while not ended(grader):
            with contextlib.suppress(OSError):  # it has just ended
                worst = max([worst, *map(peak, workers(grader.pid))])
        assert grader.stdout is not None
        own, cpu = grader.stdout.read().splitlines()[-1].split()
    return {
        "grader_mib": int(own),
        "worker_mib": worst,
        "grader_cpu_s": float(cpu),
        "seconds": round(time.monotonic() - begun, 1),
        "status": grader.returncode,
    }


def run(name: str, place: Path) -> dict[str, object]:
    """One case."""
    make, options = CASES[name]
    make(place / "in")
    out = place / "out"
    found = measure(["grade", str(place / "in"), "--out", str(out), *options])
    pages = [path.stat().st_size for path in out.glob("*/index.html")]
    submissions = len(pages)
    beyond = float(found["grader_cpu_s"]) / max(1, submissions)
    return {
        **found,
        "submissions": submissions,
        "grader_cpu_s_each": round(beyond, 1),
        "largest_page": max(pages, default=0),
        "written_mib": sum(p.stat().st_size for p in out.rglob("*") if p.is_file()) // MIB,
        "kept": max(int(found["grader_mib"]), int(found["worker_mib"])) < MEMORY
        and beyond < BEYOND
        and found["status"] == 0
        and submissions > 0,
    }


def main() -> int:
    """Run the cases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", metavar="FILE")
    parser.add_argument("--only", nargs="+", choices=CASES, default=list(CASES))
    given = parser.parse_args()
    cases: dict[str, dict[str, object]] = {}
    for name in given.only:
        with tempfile.TemporaryDirectory(prefix="greedy-") as place:
            cases[name] = run(name, Path(place))
        print(f"{name}: {cases[name]}", file=sys.stderr, flush=True)
        load = [round(one, 1) for one in os.getloadavg()]
        document = {"promised_mib": MEMORY, "promised_s": BEYOND, "cores": os.cpu_count(),
                    "load_at_the_end": load, "cases": cases}  # fmt: skip
        if given.write:
            Path(given.write).write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(document, indent=1))
    return 0 if all(case["kept"] for case in cases.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
