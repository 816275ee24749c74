"""Plays tiny programs through the real engine, for the tests of `grader.run`."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from textwrap import dedent
from typing import TypeVar

from namespaces import missing

from grader import transcript as tr
from grader.lab.load import load_lab
from grader.lab.model import Action, Lab, Level, ReferenceStep, Role, Scenario
from grader.run import host
from grader.run.engine import Engine
from grader.run.jobs import EngineOptions, FactsMode, Isolation, Job, Played
from grader.submission import SourceFile

TP09 = Path(__file__).resolve().parent.parent / "scenarios" / "tp09"
SEED = "00" * 16
_SYSTEM_PYTHON = Path("/usr/bin/python3")

Entry = TypeVar("Entry", bound=tr.Entry)


@cache
def python() -> str:
    """The interpreter that the tiny programs run with: the quickest real one."""
    return str(_SYSTEM_PYTHON) if _SYSTEM_PYTHON.exists() else host.real_python().executable


@cache
def _report() -> host.HostReport:
    return host.probe(python())


def bwrap() -> str:
    """The path of bubblewrap; skips (fails in CI) where no sandbox can be had."""
    report = _report()
    if report.bwrap is None or not report.full:
        missing("; ".join(f"{fact.name}: {fact.detail}" for fact in report.missing))
    return report.bwrap


def options(isolation: Isolation, *, facts: FactsMode = "kernel", jobs: int = 1) -> EngineOptions:
    """Options for an engine of this machine."""
    return EngineOptions(
        isolation=isolation,
        python=python(),
        bwrap=bwrap() if isolation == "full" else None,
        facts=facts,
        jobs=jobs,
    )


@contextmanager
def engine(isolation: Isolation, *, facts: FactsMode = "kernel", jobs: int = 1) -> Iterator[Engine]:
    """An engine, its workers ended afterwards."""
    with Engine(options(isolation, facts=facts, jobs=jobs)) as started:
        yield started


@cache
def free_port() -> int:
    """A port of the machine's network for isolation `none`, the same throughout the tests.

    Below the ephemeral ports, so that no connection of another test gets it.
    """
    for port in range(20000 + os.getpid() % 5000, 32000):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("", port))
            except OSError:
                continue
            return port
    raise AssertionError("no port is free")


@cache
def tp09() -> Lab:
    """The lab of the first exercise."""
    return load_lab(TP09)


def lab_for(isolation: str) -> Lab:
    """The lab; without a network of its own at a port that no other test has."""
    return tp09() if isolation == "full" else replace(tp09(), port=free_port())


def with_limits(lab: Lab, **limits: float) -> Lab:
    """The lab with other limits."""
    return replace(lab, limits=replace(lab.limits, **limits))  # type: ignore[arg-type]


def scenario_of(*actions: Action | ReferenceStep, tests: Role = "client") -> Scenario:
    """A scenario of these steps, nothing expected."""
    steps = tuple(a if isinstance(a, ReferenceStep) else ReferenceStep(action=a) for a in actions)
    title = tp09().title
    return Scenario(id="made", tests=tests, level=Level.GRADED, title=title, steps=steps, expect=())


ALONE = scenario_of(Action.ACCEPT)
"""For programs that never touch the network: they run to their end and are looked at."""


def job(
    source: str | bytes,
    *scenarios: Scenario | str,
    lab: Lab | None = None,
    files: tuple[SourceFile, ...] = (),
    key: str = "k",
    certify: int = 1,
) -> Job:
    """A job for one program; `PORT` in its text becomes the lab's port."""
    lab = lab or tp09()
    wanted = tuple(lab.scenario(s) if isinstance(s, str) else s for s in scenarios or (ALONE,))
    if isinstance(source, str):
        source = dedent(source).replace("PORT", str(lab.port)).encode()
    return Job(
        key=key, lab=lab, role=wanted[0].tests, scenarios=wanted, program="prog.py",
        files=(SourceFile(path="prog.py", data=source), *files), seed=SEED, certify=certify,
    )  # fmt: skip


def play(where: Engine, *jobs: Job) -> list[Played]:
    """What became of the jobs, in the order of their keys."""
    return sorted(where.play(jobs), key=lambda played: played.key)


def run(where: Engine, one: Job) -> tr.Transcript:
    """The transcript of a job's only run."""
    (played,) = play(where, one)
    (only,) = played.runs
    return only.transcript


def entries(transcript: tr.Transcript, kind: type[Entry]) -> list[Entry]:
    """The entries of one kind, in order."""
    return [e for e in transcript.entries if isinstance(e, kind)]


def summary(transcript: tr.Transcript) -> str:
    """For the message of a failed assertion: what happened, one entry a line."""
    return "\n".join(f"{e.t / 1e6:9.2f} ms {e!r:.300}" for e in transcript.entries)


def line_of(source: str, marked: str) -> int:
    """The number of the line of a tiny program that holds `marked`."""
    lines = dedent(source).splitlines()
    (number,) = [i for i, line in enumerate(lines, 1) if marked in line]
    return number
