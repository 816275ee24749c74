"""Where a worker plays on Linux: the sandbox, the socket table, the capture, control groups."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader import transcript as tr
from grader.lab.languages import PYTHON, language_of
from grader.lab.model import Action, Limits, Role, Scenario
from grader.run import cgroup, netns, sharedport
from grader.run.capture import Capture
from grader.run.errors import HostError
from grader.run.facts import KernelFacts
from grader.run.interpreter import Interpreter
from grader.run.jobs import EngineOptions, FactsMode, Job, PlayedRun
from grader.run.localnames import LocalNames
from grader.run.located import located
from grader.run.look import Facts
from grader.run.paced import PacedFacts
from grader.run.pair_run import NEEDS_FACTS, NEEDS_NETWORK, play_pair
from grader.run.program import (
    Launch,
    Program,
    Rising,
    begin_spare,
    limit_processes,
    start_plain,
    start_sandboxed,
)
from grader.run.sockdiag import SocketTable
from grader.run.spare import Spare
from grader.run.stacks import Stacks
from grader.run.started import NOTHING_GIVEN, Given
from grader.run.tracing import Tracing
from grader.run.turn import Turn
from grader.run.unixdiag import LocalTable
from grader.run.warm import PROCESSES, WarmStarts
from grader.run.workshop import Ready, Workshop
from grader.submission import SourceFile


@dataclass
class LinuxPlace:
    """Prepared once, kept for the worker's life; `grader.run.runner.Place` says what for."""

    options: EngineOptions
    interpreter: Interpreter
    reachable: dict[str, str]
    bwrap: str | None
    table: SocketTable | None
    capture: Capture | None
    stacks: Stacks
    workshop: Workshop
    base: str | None = None
    """Where the unchanging part of each sandbox lies (`grader.run.baseroot`)."""
    groups: cgroup.Place | None = None
    """Where each run gets a group of its own."""
    networks: int = 0
    """How many networks were replaced: the number of this one."""
    keeps_time_wait: bool = False
    """Closed connections leave TIME_WAIT: a fresh network keeps none."""
    small_buffers: bool = False
    """Sockets buffer little, so that a reader who stops is soon felt."""

    def __post_init__(self) -> None:
        """Programs may be started warm, where that is asked for."""
        when = self.options.warm
        self.warm = (
            WarmStarts(self.bwrap, self.interpreter, self.reachable, when)
            if self.bwrap is not None and when != "never"
            else None
        )
        self._turn = Turn()
        self._spare = Spare(self._begin_spare, self._limited)
        self._cold: Limits | None = None
        """Of the Python program that runs, where it was started cold."""

    def _begin_spare(self, limits: Limits, base: str) -> Rising:
        assert self.bwrap is not None  # noqa: S101 -- there is no base without it
        return begin_spare(self.bwrap, self.interpreter, self.reachable, limits, base)

    @property
    def private_network(self) -> bool:
        """The network is ours alone."""
        return self.options.isolation == "full"

    @property
    def facts(self) -> FactsMode:
        """What is known of a program."""
        return "kernel" if self.table is not None else "paced"

    def prepare(self, scenario: Scenario, port: int) -> None:
        """Leave no socket of an earlier run; a network that is not clean is replaced."""
        if not self.private_network:
            if scenario.protocol == "unix":
                return  # a folder of its own is all that it needs
            self._turn.take(port)
            # Only a server needs the port: on a shared network a client's is the reference's.
            if scenario.tests == "server":
                sharedport.await_free(lambda: self._is_free(port))
            return
        if self.table is not None and not self._is_clean(self.table):
            self._renew()
        if scenario.keep_time_wait is not self.keeps_time_wait:
            netns.keep_time_wait(scenario.keep_time_wait)
            self.keeps_time_wait = scenario.keep_time_wait
        small = any(step.action is Action.STOP_READING for step in scenario.steps)
        if small is not self.small_buffers:
            netns.small_buffers(small)
            self.small_buffers = small
        if self.capture is not None:
            self.capture.clear()

    def over(self) -> None:
        """The run is over: others may have its port."""
        self._turn.give_back()

    def _is_clean(self, table: SocketTable) -> bool:
        """No socket is left; those that nobody holds (TIME_WAIT above all) are dropped first."""
        return all(not x.inode and table.destroy(x) for x in table.dump())

    def _renew(self) -> None:
        if self.capture is not None:
            self.capture.close()
        if self.table is not None:
            self.table.close()
        netns.renew_network()
        self.networks += 1
        self.keeps_time_wait = self.small_buffers = False
        self.table, self.capture = SocketTable(), Capture()

    def _is_free(self, port: int) -> bool:
        if self.table is None:
            return sharedport.can_bind(port)
        left = [x for x in self.table.dump(protocols=("tcp",)) if x.local[1] == port]
        if any(x.state == "listen" for x in left):
            raise sharedport.taken()
        return not any(x.state == "time-wait" and not self.table.destroy(x) for x in left)

    def compiled(self, job: Job) -> tr.Compiled | None:
        """How the job's program was built; None: it needs no build."""
        return self._ready(job).entry()

    def made_by(self, job: Job) -> str:
        """What runs or builds the job's program, with its version."""
        return self.workshop.version(language_of(job.program, job.lab.languages))

    def _ready(self, job: Job) -> Ready:
        """The job's program, built where it has to be."""
        return self.workshop.ready(job.lab.languages, job.program, job.files, self._launched)

    def start(self, job: Job, given: Given = NOTHING_GIVEN) -> Program:
        """Start the job's program, up to the gate."""
        launch, self._cold = self._ready(job).launch, None
        if self.warm is not None and launch is None and given == NOTHING_GIVEN:
            program = self.warm.start(job, self.networks)
            if program is not None:
                return self._limited(program, job.lab.limits, PROCESSES)
        if launch is None:
            self._cold = job.lab.limits
        return self._launched(job.files, job.program, job.lab.limits, launch, given)

    def ahead(self) -> None:
        """A program runs: make ready, beside it, what the next one will want."""
        if self._cold is not None and self.base is not None:
            self._spare.begin(self._cold, self.base, self.networks)
        self._cold = None

    def close(self) -> None:
        """End what waits for further runs."""
        self._spare.close()
        if self.warm is not None:
            self.warm.close()

    def _launched(
        self,
        files: Sequence[SourceFile],
        path: str,
        limits: Limits,
        launch: Launch | None,
        given: Given = NOTHING_GIVEN,
    ) -> Program:
        if self.bwrap is None:
            return start_plain(self.interpreter, files, path, limits, given, launch)
        base = self.base if launch is None else None
        if base is not None and given == NOTHING_GIVEN:
            spare = self._spare.take(files, path, limits, base, self.networks)
            if spare is not None:
                return spare
        try:
            program = self._sandboxed(files, path, limits, launch, given, base)
        except HostError:
            if base is None:
                raise
            self.base = None  # this bubblewrap, or this kernel, won't have it
            program = self._sandboxed(files, path, limits, launch, given, None)
        return self._limited(program, limits)

    def _sandboxed(
        self,
        files: Sequence[SourceFile],
        path: str,
        limits: Limits,
        launch: Launch | None,
        given: Given,
        base: str | None,
    ) -> Program:
        assert self.bwrap is not None  # noqa: S101 -- asked before
        return start_sandboxed(
            self.bwrap, self.interpreter, self.reachable, files, path, limits, given, launch,
            base=base,
        )  # fmt: skip

    def _limited(self, program: Program, limits: Limits, ours: int = 0) -> Program:
        """With the limits of its group and of its user namespace, where `ours` are of ours."""
        if self.groups is not None:
            program.group = self.groups.run(program.pid, limits)
        limit_processes(program.pid, replace(limits, processes=limits.processes + ours))
        return program

    def facts_of(self, program: Program, path: str = "", inside: str = "") -> Facts:
        """What will be known of a program; `path`: of its Unix-domain sockets."""
        if self.table is None:
            return PacedFacts(program)
        names: LocalNames | None = None
        if path:
            local, folder = LocalTable(self.table), PurePosixPath(program.folder, inside)
            names = LocalNames(local, path, str(folder), program.places(inside))
        return KernelFacts(program, self.table, names)

    def frames_of(self, job: Job) -> Callable[[Sequence[tr.Call], str], tuple[tr.Frame, ...]]:
        """Who reads where the program stands; it takes seconds to find no Python in another."""
        if language_of(job.program, job.lab.languages) == PYTHON:
            return self.stacks.frames
        return lambda _calls, _folder: ()

    def located(self, job: Job, entries: Iterable[tr.AnyEntry]) -> list[tr.AnyEntry]:
        """The entries, where a compiled program stood told by lines."""
        ready = self._ready(job)
        if ready.built is None:
            return list(entries)
        files = [file.path for file in job.files]
        return located(entries, lambda at: self.workshop.lines(ready, at, files, self._launched))

    def tracing(self, strace: str) -> Tracing:
        """What traces the calls of one run."""
        return Tracing(strace)

    @property
    def no_pair(self) -> str:
        """Why two programs can't be played with each other here; empty: they can."""
        if self.capture is None or self.table is None:
            return NEEDS_FACTS if self.private_network else NEEDS_NETWORK
        return ""

    def play_pair(
        self,
        job: Job,
        limits: Limits,
        start: Callable[[Role], Program],
        header: Callable[[datetime], tr.Header],
    ) -> PlayedRun:
        """Play the job's two programs with each other, on a network of their own."""
        assert self.table is not None  # noqa: S101 -- see no_pair
        assert self.capture is not None  # noqa: S101 -- see no_pair
        return play_pair(job, self.table, self.capture, limits, start=start, header=header)
