"""What is asked of the engine, and what it gives back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from grader.lab.languages import Language
from grader.lab.model import Lab, Scenario, Tests
from grader.run.causes import Causes, causes
from grader.run.groups import Route
from grader.run.interpreter import Interpreter
from grader.submission import SourceFile
from grader.transcript import Ended, Header, Recorded, Transcript

Isolation = Literal["full", "none"]
COLD = -1
"""For `Job.follow`."""
Warmth = Literal["never", "pays", "always", "forced"]
FactsMode = Literal["kernel", "paced"]


@dataclass(frozen=True, kw_only=True)
class Partner:
    """The client of a job of role `both`; the job's own program is the server."""

    program: str
    files: tuple[SourceFile, ...]


@dataclass(frozen=True, kw_only=True)
class Job:
    """One role of one submission. Its graded scenarios are played first, then its advice.

    `key` comes back with the result. A job of role `both` is played when those of the same
    key that came before it are done, and skipped where one of them was lost.
    """

    key: str
    lab: Lab
    role: Tests
    scenarios: tuple[Scenario, ...]
    program: str
    files: tuple[SourceFile, ...]
    seed: str
    certify: int = 1
    """How many times each scenario is played: `scenario`, `scenario~2`, ..."""
    partner: Partner | None = None
    """With role `both`: the program that plays with this one."""
    strace: str | None = None
    """The path of strace, where each graded scenario is to be played once more and traced."""
    follow: int = 0
    """Starts of the same program that the same worker is likely to be asked for after these;
    COLD: none of them is to be warm."""
    repeats: tuple[int, ...] = ()
    """Which of them are played here, from 1; empty: all of them."""
    known: Mapping[str, Sequence[Run]] = field(default_factory=dict, compare=False)
    """Runs by scenario that were played before and hold: they are taken as if played now."""

    @property
    def numbers(self) -> tuple[int, ...]:
        """The repeats that are played here, in order."""
        return self.repeats or tuple(range(1, self.certify + 1))


class Run(Recorded, Protocol):
    """One run, wherever its transcript and its wire lie: neither is held for longer than used."""

    @property
    def transcript(self) -> Transcript:
        """The transcript, read anew each time."""
        ...

    @property
    def pcapng(self) -> bytes:
        """The wire as pcapng, read anew each time; empty where nothing was played."""
        ...

    @property
    def causes(self) -> Causes:
        """What it says of the runs that would come after it."""
        ...

    @property
    def has_wire(self) -> bool:
        """Whether anything was captured, or drawn instead."""
        ...

    def wire(self) -> Iterable[bytes]:
        """The wire, some bytes at a time."""
        ...


@dataclass(frozen=True, kw_only=True)
class PlayedRun:
    """A run in memory: its transcript and its wire as pcapng (b"" where nothing was played)."""

    transcript: Transcript
    pcapng: bytes = b""

    @property
    def header(self) -> Header:
        """The transcript's."""
        return self.transcript.header

    @property
    def end(self) -> Ended:
        """The transcript's."""
        return self.transcript.end

    @property
    def causes(self) -> Causes:
        """What it says of the runs that would come after it."""
        return causes(self.transcript)

    @property
    def has_wire(self) -> bool:
        """Whether there is any."""
        return bool(self.pcapng)

    def read(self) -> Transcript:
        """The transcript."""
        return self.transcript

    def wire(self) -> Iterable[bytes]:
        """The wire, whole."""
        return (self.pcapng,)


@dataclass(frozen=True, kw_only=True)
class Played:
    """What became of a job. A job lost through our fault has runs that are `not_run`."""

    key: str
    role: Tests
    runs: tuple[Run, ...]
    traced: tuple[Run, ...] = ()
    """Runs that were traced, `scenario~trace`: shown beside the others, never judged."""
    faults: tuple[str, ...] = ()
    """What workers of ours said when they broke off over it (tracebacks); for the log alone."""


NOTHING = Played(key="", role="both", runs=())
"""Given now and then by an engine that is asked to (`pulse`): nothing is done yet."""


class Plays(Protocol):
    """What plays jobs: the engine, or something around it."""

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        """Each job as it is done, in any order; jobs are pulled one by one."""
        ...


@dataclass(frozen=True, kw_only=True)
class EngineOptions:
    """How to run.

    `python` is the students' interpreter (a real one, not a shim); `bwrap` the path of
    bubblewrap, None with isolation `none`.
    """

    isolation: Isolation
    python: str
    bwrap: str | None
    facts: FactsMode = "kernel"
    jobs: int = 1
    """Runs at once, at most."""
    at_first: int = 0
    """Runs at once to begin with, where further ones are `measured`; 0: one for each core."""
    measured: bool = False
    """More than one for each core only while the cores have time left."""
    environment: dict[str, str] = field(default_factory=dict)
    groups: Route = ""
    """How runs get groups of their own (cgroup v2), with isolation `full`."""
    place: str = ""
    """Where, for workers: the folder of a `grader.run.cgroup.Place`."""
    languages: tuple[Language, ...] = ()
    """For workers: those whose tools are looked for before they stop being root."""
    builds: str = ""
    """For workers: the folder that what was built lies in."""
    interpreter: Interpreter | None = None
    """For workers: what `python` is, where it was asked already."""
    warm: Warmth = "never"
    """With isolation `full`: whether programs are started warm (`grader.run.warm`) that may be;
    where it pays, always, or (for tests) also those that might tell the difference."""
    metered: bool = False
    """Workers count what each phase of a run takes, and say it."""
    spool: Path | None = None
    """The folder on whose disk runs wait to be judged; None: the machine's for temporary files."""
