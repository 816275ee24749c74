"""(c) The same work by the harnesses that a teacher would write: `data/`.

Each runs alone on a network of its own in which no TIME_WAIT is kept, which is a gift: on the
machine's network a right server that does not set SO_REUSEADDR cannot bind again for a minute,
and they would fail it. They run one submission after the other: on one port two cannot go.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.bench import klass
from grader.bench.ground import BenchError, Figures, Ground, interleaved
from grader.bench.model import Row, Section, ratio
from grader.bench.peer import Peer
from grader.lab.model import ROLES
from grader.run import netns
from grader.run.options import cores

_FOLDER = Path(__file__).with_name("data")
RIGHT = 20
_NAMES = {
    "sleeps": "script with sleeps and timeouts", "pytest": "pytest, connecting again and again",
    "check50": "check50 --dev", "alone": "the programs alone, their CPU over all cores",
    "cold": "`grade`, cold", "warm": "`grade`, warm",
}  # fmt: skip


class Rivals:
    """Those that can be had here; `missing` says why others cannot."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.missing: list[str] = []
        self.failed: dict[str, str] = {}
        """Who fails right programs here."""
        self._venv = ground.work / "rivals"
        shutil.copytree(_FOLDER, ground.work / "harnesses", dirs_exist_ok=True)
        self._harnesses = ground.work / "harnesses"
        self._python: dict[str, str] = {}
        for name, package in (("pytest", "pytest"), ("check50", "check50")):
            found = self._interpreter(package)
            if found:
                self._python[name] = found
            else:
                self.missing.append(
                    f"{name} is not measured: it is not installed here (`--install` puts it into "
                    "a private folder for as long as this takes)"
                )

    def _interpreter(self, package: str) -> str:
        """A Python that is the students' own and has the package; empty: there is none."""
        if package == "pytest" and importlib.util.find_spec("pytest") is not None:
            return sys.executable
        if not self._ground.install:
            return ""
        self._ground.say(f"other harnesses: installing {package}")
        python = self._venv / "bin" / "python"
        if not python.exists():
            self._ground.run([self._ground.host.python, "-m", "venv", str(self._venv)])
        command = [str(python), "-m", "pip", "install", "--quiet", package]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return str(python) if done.returncode == 0 else ""

    def ways(self, folder: Path, right: int = 0) -> Mapping[str, Callable[[], Figures]]:
        """How each checks that class; `right`: all of it, so many, should be found right."""
        ways: dict[str, Callable[[], Figures]] = {"sleeps": lambda: self._sleeps(folder, right)}
        if "pytest" in self._python:
            ways["pytest"] = lambda: self._pytest(folder, right)
        return ways

    def more_ways(self, folder: Path, right: int) -> Mapping[str, Callable[[], Figures]]:
        """Those that are too slow for a class."""
        if "check50" not in self._python:
            return {}
        return {"check50": lambda: self._check50(folder, right)}

    def _sleeps(self, folder: Path, right: int) -> Figures:
        program = str(self._harnesses / "with_sleeps.py")
        figures = self._figures([self._ground.host.python, program, str(folder)])
        self._count("The script with sleeps", self._said().count(" ok ok"), right)
        return figures

    def _said(self) -> str:
        return (self._ground.work / "log").read_text("utf-8", "replace")

    def _count(self, who: str, found: float, right: int) -> None:
        """A harness that goes by time may fail right programs on a busy machine."""
        if right and found != right:
            self.failed[who] = f"{who} found {found:g} of {right} right programs right."

    def _pytest(self, folder: Path, right: int) -> Figures:
        command = [self._python["pytest"], "-m", "pytest", "-q", "-p", "no:cacheprovider",
                   "--rootdir", str(self._harnesses),
                   str(self._harnesses / "test_exchange.py")]  # fmt: skip
        env = {"SUBMISSIONS": str(folder), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
        figures = self._figures(command, env)
        passed = re.search(r"(\d+) passed", self._said())
        self._count("pytest", int(passed[1]) / 2 if passed else 0, right)
        return figures

    def _check50(self, folder: Path, right: int) -> Figures:
        wall = cpu = 0.0
        slug, smiles = str(self._harnesses / "check50"), 0
        for one in sorted(folder.iterdir()):
            command = [str(Path(self._python["check50"]).with_name("check50")), "--dev", slug]
            used = self._ground.run(
                command, cwd=one, alone=netns.enter_network, may_fail=True,
                env={"HOME": str(self._ground.work), "TMPDIR": str(self._ground.work)},
            )  # fmt: skip
            wall, cpu = wall + used.wall, cpu + used.cpu
            smiles += self._said().count(":)")
        self._count("check50", smiles / 2, right)
        return {"wall": wall, "cpu": cpu}

    def _figures(self, command: list[str], env: Mapping[str, str] | None = None) -> Figures:
        used = self._ground.run(command, env=env, alone=netns.enter_network, may_fail=True)
        return {"wall": used.wall, "cpu": used.cpu}


def measure(ground: Ground) -> Section:
    """20 right submissions by all of them, a class by those that manage one."""
    rivals = Rivals(ground)
    notes = [
        "Seconds of wall from start to end; pairs of roles, report included (ours writes pages, "
        "they print a line). Nothing that starts each program anew can be faster than the programs "
        "alone. The others run alone on a network without TIME_WAIT, which is a gift: on the "
        "machine's own they fail right servers for a minute each.",
        *rivals.missing,
    ]
    rows = [*_twenty(ground, rivals, notes), *_class(ground, rivals, notes)]
    return Section(
        id="rivals", title="Other harnesses, the same work", rows=tuple(rows), notes=tuple(notes)
    )


def _twenty(ground: Ground, rivals: Rivals, notes: list[str]) -> list[Row]:
    count = ground.size(RIGHT, 8)
    folder = ground.a_class("right", count)
    ways: dict[str, Callable[[], Figures]] = {
        **rivals.ways(folder, count), **rivals.more_ways(folder, count),
        "cold": lambda: _graded(ground, folder, *ground.cold),
    }  # fmt: skip
    if ground.warm or ground.usual == "warm":
        ways["warm"] = lambda: _graded(ground, folder, *ground.warm)
    try:
        peer = Peer(ground)
        ways["alone"] = lambda: _alone(peer, count)
    except BenchError as error:
        notes.append(f"The programs alone are not measured: {error}")
    found = interleaved(ground, f"{count} right submissions", 1 if ground.quick else 3, ways)
    notes += rivals.failed.values()
    rows = [
        Row(key=f"rivals.{way}.wall", name=f"{count} right: {_NAMES[way]}", unit="s",
            values=tuple(value / 1e3 for value in found[f"{way}.wall"]))
        for way in ways
    ]  # fmt: skip
    ours = [way for way in ("cold", "warm") if way in ways]
    for other in ways:
        if other not in (*ours, "alone"):
            rows += [
                ratio(f"rivals.{other}.over_{way}", f"{count} right: {other} over {way}",
                      found[f"{other}.wall"], found[f"{way}.wall"])
                for way in (*ours, *(("alone",) if "alone" in ways else ()))
            ]  # fmt: skip
    return rows


def _alone(peer: Peer, count: int) -> Figures:
    """The programs, each started anew, with a peer that costs nothing, spread over all cores."""
    cpu = count * sum(peer.bare(role, count)["cpu"] for role in ROLES)
    return {"wall": cpu / cores(), "cpu": cpu}


def _class(ground: Ground, rivals: Rivals, notes: list[str]) -> list[Row]:
    """A part of the class, of the same mixture, by the slow ones; all of it by ours."""
    whole, part = klass.size_of(ground), ground.size(60, 10)
    folder = ground.a_class("class", part)
    found = {}
    for way, measured in rivals.ways(folder).items():
        ground.say(f"a class, {part} of {whole}: {way}")
        found[way] = measured()["wall"] / 1e3 * whole / part
    ground.say(f"a class of {whole}: ours")
    ours = [_graded(ground, ground.a_class("class", whole))["wall"] / 1e3 for _ in range(2)][1]
    notes.append(
        f"The class of {whole}: the others checked {part} of it, of the same mixture (70 % right, "
        f"20 % wrong, 10 % stuck), once; their time is scaled to {whole}. Ours graded all."
    )
    rows = [
        Row(key=f"rivals.class.{way}", name=f"class of {whole}: {_NAMES[way]} (scaled)", unit="s",
            values=(value,))
        for way, value in found.items()
    ]  # fmt: skip
    rows.append(
        Row(key="rivals.class.ours", name=f"class of {whole}: `grade`, as usual ({ground.usual})",
            unit="s", values=(ours,))
    )  # fmt: skip
    rows += [
        ratio(
            f"rivals.class.{way}_over", f"class of {whole}: {way} over `grade`", (value,), (ours,)
        )
        for way, value in found.items()
    ]
    return rows


def _graded(ground: Ground, folder: Path, *options: str) -> Figures:
    used = ground.grade(folder, *options)
    return {"wall": used.wall, "cpu": used.cpu}
