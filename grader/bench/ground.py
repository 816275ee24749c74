"""What benchmarks stand on: a folder, classes in it, and commands whose cost is counted."""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

import psutil

import grader
from grader.bench.classes import Kind, make_class, statement_lab
from grader.run.host import HostReport

_PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Used:
    """What a command took: ms of wall, ms of CPU of all its processes, MiB of the largest one."""

    wall: float
    cpu: float
    peak: float = 0.0


class BenchError(Exception):
    """What was to be measured did not do what it should: then it has no figure."""


@dataclass
class Ground:
    """`rounds` None: as many as each benchmark finds right. `say` hears how far we are.

    `install`: other harnesses may be installed, into a private folder, where they are missing.
    """

    work: Path
    host: HostReport
    say: Callable[[str], None]
    parser: argparse.ArgumentParser
    """That of `grade`: says which options there are."""
    quick: bool = False
    rounds: int | None = None
    install: bool = False
    _made: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """With the lab that all of them play."""
        self.lab = statement_lab(self.work / "statement")

    def size(self, full: int, quick: int) -> int:
        """How much is to be done."""
        return quick if self.quick else full

    @property
    def cold(self) -> tuple[str, ...]:
        """The options of `grade` for cold starts alone."""
        return ("--cold",) if self._knows("--cold") else ()

    @property
    def warm(self) -> tuple[str, ...]:
        """Those for warm starts where they pay."""
        return ("--warm",) if self._knows("--warm") else ()

    @property
    def usual(self) -> str:
        """How programs are started where nothing is asked for."""
        return "warm" if self._knows("--cold") else "cold"

    def _knows(self, option: str) -> bool:
        return option in self.parser._option_string_actions

    def a_class(self, kind: Kind, count: int, start: int = 0) -> Path:
        """A folder of that many submissions, no two alike."""
        place = self.work / f"{kind}-{count}-{start}"
        if not place.exists():
            make_class(place, kind, count, start)
        return place

    def fresh(self, name: str) -> Path:
        """A path where nothing is."""
        self._made += 1
        return self.work / f"{name}-{self._made}"

    def grade(
        self, submissions: Path, *more: str, lab: Path | str | None = None, out: Path | None = None
    ) -> Used:
        """What `wiregrade grade` takes of the whole machine, from start to end.

        Raises:
            BenchError: it did not grade them.
        """
        place = out or self.fresh("out")
        command = ["grade", str(submissions), "--lab", str(lab or self.lab), "--out", str(place)]
        used = self.wiregrade(*command, "--python", self.host.python, *more)
        if out is None:
            empty(place)
        return used

    def wiregrade(self, *arguments: str, cwd: Path | None = None) -> Used:
        """What a command of ours takes."""
        package = str(Path(grader.__file__).resolve().parent.parent)
        return self.run(
            [sys.executable, "-P", "-m", "grader", *arguments],
            cwd=cwd,
            env={"PYTHONPATH": package, "CI": "1"},
        )

    def run(
        self,
        command: Sequence[str],
        *,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        alone: Callable[[], None] | None = None,
        may_fail: bool = False,
    ) -> Used:
        """What a command takes. `alone` is called in its process before it begins.

        Raises:
            BenchError: it ends with another status than 0, unless it may.
        """
        log, there = self.work / "log", children()
        with log.open("wb") as told:
            before, begun = cpu_of_children(), time.perf_counter()
            process = subprocess.Popen(
                command, cwd=cwd or self.work, env={**os.environ, **(env or {})},
                stdin=subprocess.DEVNULL, stdout=told, stderr=told, preexec_fn=alone,
            )  # fmt: skip
            try:
                _, status, used = os.wait4(process.pid, 0)
            except BaseException:
                process.terminate()
                process.wait()
                raise
            process.returncode = os.waitstatus_to_exitcode(status)
            wall = time.perf_counter() - begun
            reap(there)
        if process.returncode and not may_fail:
            said = log.read_bytes()[-2000:].decode(errors="backslashreplace")
            raise BenchError(f"{' '.join(command)}: status {process.returncode}\n{said}")
        return Used(wall * 1e3, (cpu_of_children() - before) * 1e3, used.ru_maxrss / 1024)


def empty(folder: Path) -> None:
    """Leave a folder's files without a byte: room is made, and what is measured next is not slowed.

    ext4 looks at each inode that was given back in the last minutes before it gives a new one: to
    remove the results of a class costs the next one a tenth of its time, which is nobody's there.
    """
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            os.truncate(path, 0)


def take_orphans() -> None:
    """Orphans of what is measured become this process's own: `reap` counts their CPU."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def cpu_of_children() -> float:
    """CPU seconds of all children that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def children() -> frozenset[int]:
    """The processes right below this one."""
    return frozenset(one.pid for one in psutil.Process().children())


def reap(there: frozenset[int]) -> None:
    """Wait for all that became ours, but for those that were `there` before."""
    while left := children() - there:
        for pid in left:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


Figures = Mapping[str, float]


def interleaved(
    ground: Ground, name: str, rounds: int, ways: Mapping[str, Callable[[], Figures]]
) -> dict[str, tuple[float, ...]]:
    """What each way finds, in turns; the first round is left out.

    Returns way.figure -> a value for each round.
    """
    found: defaultdict[str, list[float]] = defaultdict(list)
    for number, each in _rounds(ground, rounds):
        for way, measure in ways.items():
            ground.say(f"{name}: {each}, {way}")
            for figure, value in measure().items():
                if number:
                    found[f"{way}.{figure}"].append(value)
    return {key: tuple(values) for key, values in found.items()}


def _rounds(ground: Ground, rounds: int) -> Iterator[tuple[int, str]]:
    total = ground.rounds or rounds
    for number in range(total + 1):
        yield number, f"round {number} of {total}" if number else "a round to warm up"
