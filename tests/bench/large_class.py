"""A large class from end to end: does it slow down, what memory does it take, what does a resume?

    python tests/bench/large_class.py [STUDENTS] [--new 20] [--write FILE] [--place FOLDER]

Makes a class of 10,000 submissions: programs of samples, each NEWth with a line of its own and
so never seen before, the others with the very bytes of one of the last few. It is graded by
`wiregrade grade` with two scenarios of tp09, then the same command is given three times more,
which has nothing to do, and an export. Printed as JSON: submissions per second and CPU (of the
grader and of its workers) by tenths of the class, the grader's largest memory as it was seen,
seconds of wall and of CPU of the others, and the load beside each. PLACE should be a file system
that nobody else deletes from: ext4 looks past every inode that was given back within the last
seconds.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT)]

from short_lab import short_lab  # noqa: E402

SAMPLES = ("juste_enonce", "faute_un_seul_recv", "juste_asyncio", "faute_sans_print",
           "juste_boucle", "faute_port", "juste_fonctions", "faute_ordre")  # fmt: skip
_LAST = 8
"""So many contents before are handed in again."""
_TENTHS = 10
_EVERY_S = 0.5
_TICKS = os.sysconf("SC_CLK_TCK")
_MIB = 1 << 20


def main() -> None:
    """Make, grade, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("students", type=int, nargs="?", default=10_000)
    parser.add_argument("--new", type=int, default=20)
    parser.add_argument("--resumes", type=int, default=3)
    parser.add_argument("--place", type=Path)
    parser.add_argument("--write", metavar="FILE", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.place) as folder:
        base = Path(folder)
        base.chmod(0o755)
        make_class(base / "class", given.students, given.new)
        document = measured(base, given.students, given.new, given.resumes)
    text = json.dumps(document, indent=1)
    print(text)
    if given.write:
        given.write.write_text(text + "\n", encoding="utf-8")


def make_class(place: Path, students: int, new: int) -> None:
    """Folders of two programs each."""
    draw = random.Random(8)
    contents: list[dict[str, bytes]] = []
    for number in range(students):
        if number % new == 0:
            sample = ROOT / "submissions" / SAMPLES[len(contents) % len(SAMPLES)]
            mine = f"\n# {number}\n".encode()
            contents.append({p.name: p.read_bytes() + mine for p in sample.glob("*.py")})
        chosen = contents[-1] if number % new == 0 else draw.choice(contents[-_LAST:])
        folder = place / f"etudiant_{number:06}"
        folder.mkdir(parents=True)
        for name, data in chosen.items():
            (folder / name).write_bytes(data)


def measured(base: Path, students: int, new: int, resumes: int) -> dict[str, object]:
    """The figures."""
    command = ["grade", str(base / "class"), "--lab", str(short_lab(base / "lab")),
               "--out", str(base / "out"), "--lang", "en"]  # fmt: skip
    first = Watched(base / "out")
    first.run(command)
    written = times(base / "out")
    document: dict[str, object] = {
        "students": students,
        "new_content": -(-students // new),
        "cores": os.cpu_count(),
        "grade": {
            **first.told(),
            "grader_mib_before_class_files": _mib(_at(first.seen, written[-1])),
        },
        "tenths": tenths(written, first.seen, students),
        "bytes": {one: (base / "out" / one).stat().st_size
                  for one in ("results.json", "grades.csv", "index.html", ".wiregrade.index")},
    }  # fmt: skip
    again = []
    for _ in range(resumes):
        resume = Watched(base / "out")
        resume.run(command)
        again.append(resume.told())
    document["resume_with_nothing_to_do"] = again
    others = {
        "export_csv": ["export", str(base / "out"), "--to", "csv", "--output", str(base / "csv")],
        "help": ["--help"],
    }
    for name, arguments in others.items():
        other = Watched(base / "out")
        other.run(arguments)
        document[name] = other.told()
    return document


@dataclass(frozen=True)
class Seen:
    """A look at the grader."""

    when: float
    """s of the wall clock."""
    own: float
    """CPU of the grader itself, s."""
    workers: float
    """CPU of its workers, s."""
    largest: int
    """The most memory that it has had, bytes."""


@dataclass
class Watched:
    """A command of ours while it runs."""

    out: Path
    wall: float = 0
    cpu: float = 0
    """Of the command and of all that it waited for, s."""
    load: Sequence[float] = ()
    seen: list[Seen] = field(default_factory=list)

    def run(self, arguments: list[str]) -> None:
        """Run it to its end."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "grader", *arguments], cwd=ROOT,
            env={**os.environ, "CI": "1"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        with self._looking(process.pid):
            status = process.wait()
        self.wall = time.perf_counter() - begun
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        self.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        self.load = os.getloadavg()
        if status:
            raise SystemExit(f"{arguments[0]} ended with {status}")

    def told(self) -> dict[str, object]:
        """As JSON has it."""
        return {
            "wall_s": round(self.wall, 2), "cpu_s": round(self.cpu, 2),
            "grader_mib": _mib(self.seen[-1]), "load": [round(x, 1) for x in self.load],
        }  # fmt: skip

    @contextmanager
    def _looking(self, pid: int) -> Iterator[None]:
        ended = threading.Event()
        looker = threading.Thread(target=self._look, args=(pid, ended))
        looker.start()
        try:
            yield
        finally:
            ended.set()
            looker.join()

    def _look(self, pid: int, ended: threading.Event) -> None:
        while not ended.wait(_EVERY_S if self.seen else 0.02):
            with suppress(OSError, ValueError):
                status = Path(f"/proc/{pid}/status").read_text()
                largest = int(status.split("VmHWM:")[1].split()[0]) * 1024
                workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
                spent = sum(_spent(int(one)) for one in workers)
                self.seen.append(Seen(time.time(), _spent(pid), spent, largest))


def _spent(pid: int) -> float:
    """CPU of a process and of its children that have ended, s."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS


def _mib(seen: Seen) -> float:
    return round(seen.largest / _MIB, 1)


def times(out: Path) -> list[float]:
    """When results were written, s of the wall clock."""
    return sorted(path.stat().st_mtime for path in out.glob("*/result.json"))


def tenths(written: Sequence[float], seen: Sequence[Seen], students: int) -> dict[str, object]:
    """How fast each tenth of the class was, by when its results were `written`."""
    edges = [written[min(len(written) - 1, i * students // _TENTHS)] for i in range(_TENTHS)]
    edges.append(written[-1])
    rates, cpu = [], []
    for begin, end in pairwise(edges):
        rates.append(round(students / _TENTHS / (end - begin), 1))
        before, after = _at(seen, begin), _at(seen, end)
        spent = after.own + after.workers - before.own - before.workers
        cpu.append(round(spent / (students / _TENTHS) * 1e3, 2))
    three = (statistics.median(rates[:3]), statistics.median(rates[-3:]))
    dear = (statistics.median(cpu[:3]), statistics.median(cpu[-3:]))
    return {
        "per_second": rates,
        "cpu_ms_each": cpu,
        "rate_last_to_first": round(three[1] / three[0], 3),
        "cpu_last_to_first": round(dear[1] / dear[0], 3),
    }


def _at(seen: Sequence[Seen], when: float) -> Seen:
    return min(seen, key=lambda one: abs(one.when - when))


if __name__ == "__main__":
    main()
