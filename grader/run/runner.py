"""Plays the scenarios of one job in a prepared place, and makes transcripts of them."""

from __future__ import annotations

import errno
import re
import select
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from grader import transcript as tr
from grader.lab.connections import time_asked
from grader.lab.languages import PYTHON, language_of
from grader.lab.model import Action, Level, Limits, Scenario
from grader.lab.program import filled
from grader.lab.script import delivery_of, script_of
from grader.lab.sweep import cut_at, is_sweep, offsets_of, swept_data
from grader.lab.texts import texts_of
from grader.run import cgroup, netns
from grader.run.capture import Capture
from grader.run.causes import connected
from grader.run.errors import HostError
from grader.run.facts import KernelFacts
from grader.run.interpreter import Interpreter
from grader.run.jobs import EngineOptions, Job, PlayedRun
from grader.run.located import located
from grader.run.look import Facts
from grader.run.paced import PacedFacts
from grader.run.pair_run import NEEDS_FACTS, NEEDS_NETWORK, play_pair
from grader.run.player import Player, Setting
from grader.run.program import (
    NOTHING_GIVEN,
    Given,
    Launch,
    Program,
    limit_processes,
    start_plain,
    start_sandboxed,
)
from grader.run.sockdiag import SocketTable
from grader.run.stacks import Stacks
from grader.run.tracing import Tracing
from grader.run.workshop import Ready, Workshop
from grader.runids import run_id, traced_id
from grader.submission import SourceFile
from grader.wire import pcapng, synthesis
from grader.wire.comments import comments
from grader.wire.frames import Frame, dialed, is_refusal, parse
from grader.wire.strace import merged
from reference.endpoint import PortTakenError
from reference.script import Script

_NUMBER = re.compile(rb"(?<![\w.])\d{4,5}(?![\w.])")
_TIME_WAIT_S = 61
_SWEEP_S = 60.0
_SWEEP_BYTES = 32 * 2**20
_SWEEP_OVERDUE = 3
"""What a sweep may take: seconds and kept bytes of all its runs, runs that met a limit."""


@dataclass
class Place:
    """Where runs are played: prepared once, kept for the worker's life."""

    options: EngineOptions
    interpreter: Interpreter
    reachable: dict[str, str]
    bwrap: str | None
    table: SocketTable | None
    capture: Capture | None
    stacks: Stacks
    workshop: Workshop
    groups: cgroup.Place | None = None
    """Where each run gets a group of its own."""
    small_buffers: bool = False
    """Sockets buffer little, so that a reader who stops is soon felt."""

    @property
    def private_network(self) -> bool:
        """The network is ours alone."""
        return self.options.isolation == "full"

    def prepare(self, scenario: Scenario, port: int) -> None:
        """Leave no socket of an earlier run; a network that is not clean is replaced."""
        if not self.private_network:
            self._await_free_port(port, scenario)
            return
        if self.table is not None and not self._is_clean(self.table):
            self._renew()
        netns.keep_time_wait(scenario.keep_time_wait)
        small = any(step.action is Action.STOP_READING for step in scenario.steps)
        if small is not self.small_buffers:
            netns.small_buffers(small)
            self.small_buffers = small
        if self.capture is not None:
            self.capture.clear()

    def _is_clean(self, table: SocketTable) -> bool:
        """No socket is left; those that nobody holds (TIME_WAIT above all) are dropped first."""
        return all(not x.inode and table.destroy(x) for x in table.dump())

    def _renew(self) -> None:
        if self.capture is not None:
            self.capture.close()
        if self.table is not None:
            self.table.close()
        netns.renew_network()
        self.small_buffers = False
        self.table, self.capture = SocketTable(), Capture()

    def _await_free_port(self, port: int, scenario: Scenario) -> None:
        """On a shared network a TIME_WAIT of an earlier program blocks a server's bind()."""
        if scenario.tests != "server":
            return
        # poll(2) with nothing to watch is a pause; the fact looked for is a port that is free.
        nothing = select.poll()
        for _ in range(_TIME_WAIT_S * 10):
            if self._is_free(port):
                return
            nothing.poll(100)

    def _is_free(self, port: int) -> bool:
        if self.table is None:
            return _can_bind(port)
        left = [x for x in self.table.dump(protocols=("tcp",)) if x.local[1] == port]
        if any(x.state == "listen" for x in left):
            raise PortTakenError(errno.EADDRINUSE, "another program listens on the port")
        return not any(x.state == "time-wait" and not self.table.destroy(x) for x in left)


def _can_bind(port: int) -> bool:
    """Whether a server without SO_REUSEADDR could have the port now; asked by trying.

    Raises:
        PortTakenError: it belongs to another program, and not to the past.
    """
    with socket.socket() as strict, socket.socket() as lenient:
        try:
            strict.bind(("", port))
        except OSError as error:
            lenient.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                lenient.bind(("", port))
            except OSError:
                raise PortTakenError(*error.args) from error
            return False
    return True


class Runner:
    """Plays jobs in one place."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self._tracing: Tracing | None = None
        self._no_tracing = ""

    def play(self, job: Job) -> Iterator[PlayedRun]:
        """All scenarios of the job, in order, each run as it ends.

        Never raises for a fault of the host.
        """
        for number in job.numbers:
            for scenario in job.scenarios:
                if not is_sweep(scenario):
                    yield self._play_safely(job, scenario, run_id(scenario.id, number))
                elif number == 1:
                    # Once is enough: its runs differ in the cut already.
                    yield from self._sweep(job, scenario)

    def trace(self, job: Job, outcomes: Mapping[str, str]) -> Iterator[PlayedRun]:
        """Each graded scenario once more, its calls traced, with the limits of advice.

        `outcomes` are those of its runs so far, by id. Nothing is judged by it, so that
        whatever goes wrong only leaves calls untold.
        """
        for scenario in job.scenarios:
            outcome = outcomes.get(scenario.id, "skipped")
            if scenario.level is not Level.GRADED or outcome in ("skipped", "not_run"):
                continue
            if job.strace is not None:
                yield self._play_traced(job, scenario, job.strace)

    def _play_traced(self, job: Job, scenario: Scenario, strace: str) -> PlayedRun:
        name = traced_id(scenario.id)
        if self._no_tracing:
            return self._not_played(job, scenario, name, "not_run", self._no_tracing)
        self._tracing = Tracing(strace)
        try:
            return self._play_safely(job, replace(scenario, level=Level.ADVICE), name)
        finally:
            self._tracing.close()
            # What the machine refuses once it refuses always.
            self._no_tracing = self._tracing.refused
            self._tracing = None

    def _sweep(self, job: Job, scenario: Scenario) -> Iterator[PlayedRun]:
        """A run for each cut of the message; what ended the sweep early is said by a last one.

        A program that takes its time in every run must not cost a class its evening.
        """
        data = swept_data(scenario, texts_of(job.lab, scenario, job.seed))
        seconds, size, overdue = 0.0, 0, 0
        for offset in offsets_of(data):
            if seconds > _SWEEP_S or size > _SWEEP_BYTES or overdue >= _SWEEP_OVERDUE:
                why = "the runs of the sweep take too much"
                yield self._not_played(job, scenario, scenario.id, "skipped", why)
                return
            name = run_id(scenario.id, offset=offset)
            run = self._play_safely(job, cut_at(scenario, offset), name)
            seconds += run.transcript.end.t / 1e9
            size += len(run.pcapng) + len(run.transcript.stdout) + len(run.transcript.stderr)
            overdue += run.transcript.end.outcome in ("timeout", "limit", "not_run")
            yield run

    def _play_safely(self, job: Job, scenario: Scenario, name: str) -> PlayedRun:
        try:
            return self._play_following(job, scenario, name)
        except PortTakenError:
            problem = f"port {job.lab.port} is taken by another program of this machine"
            return self._not_played(job, scenario, name, "not_run", problem)
        except (HostError, OSError, MemoryError) as error:
            return self._not_played(job, scenario, name, "not_run", str(error))

    def _play_following(self, job: Job, scenario: Scenario, name: str) -> PlayedRun:
        """Play; a client that dialled another port is played again with a listener there."""
        if scenario.tests == "both":
            return self._play_pair(job, scenario, name)
        if (ready := self._ready(job)).failed:
            return self._not_built(job, scenario, name, ready)
        texts = texts_of(job.lab, scenario, job.seed)
        script = script_of(job.lab, scenario, texts)
        run = self._play_once(job, scenario, name, script, texts, [])
        if scenario.tests != "client" or connected(run.transcript) or _refuses(scenario):
            return run
        for port in self._other_ports(job, run.transcript, script.port):
            there = replace(script, port=port)
            told = [tr.Dialed(t=0, protocol="tcp", address="127.0.0.1", port=port)]
            with suppress(PortTakenError):
                again = self._play_once(job, scenario, name, there, texts, told)
                if connected(again.transcript):
                    return again
        return run

    def _play_pair(self, job: Job, scenario: Scenario, name: str) -> PlayedRun:
        """Play the job's two programs with each other, on a network of their own."""
        place, partner = self.place, job.partner
        assert partner is not None  # noqa: S101 -- a job of both has one
        if place.capture is None or place.table is None:
            problem = NEEDS_FACTS if place.private_network else NEEDS_NETWORK
            return self._not_played(job, scenario, name, "skipped", problem)
        client = replace(job, program=partner.program, files=partner.files)
        if self._ready(job).failed or self._ready(client).failed:
            problem = "one of the programs could not be compiled"
            return self._not_played(job, scenario, name, "skipped", problem)
        place.prepare(scenario, job.lab.port)
        texts = texts_of(job.lab, scenario, job.seed)
        run = play_pair(
            job, place.table, place.capture, _limits_of(job, scenario),
            start=lambda role: self._start(job if role == "server" else client),
            header=lambda at: self._header(job, scenario, name, job.lab.port, texts, at),
        )  # fmt: skip
        # Whose program it is would have to be asked for each: only the word itself is taken out.
        told = located(run.transcript.entries, lambda _: ())
        return replace(run, transcript=tr.of(run.transcript.header, told))

    def _other_ports(self, job: Job, transcript: tr.Transcript, asked: int) -> list[int]:
        """Ports that it dialled in vain: seen on the wire, else read in its text and tried."""
        seen = [
            e.port for e in transcript.entries if isinstance(e, tr.Dialed) and e.protocol == "tcp"
        ]
        if not self.place.private_network:
            text = next((f.data for f in job.files if f.path == job.program), b"")
            seen += [int(x) for x in _NUMBER.findall(text[:65536])]
        # Below 1024 only root may listen; the reference is never root.
        return [p for p in dict.fromkeys(seen) if p != asked and 1024 <= p <= 65535][:3]

    def _play_once(
        self,
        job: Job,
        scenario: Scenario,
        name: str,
        script: Script,
        texts: dict[str, str],
        told: list[tr.Dialed],
    ) -> PlayedRun:
        if scenario.keep_time_wait and not self.place.private_network:
            problem = "this scenario needs a network of its own (isolation full)"
            return self._not_played(job, scenario, name, "skipped", problem)
        self.place.prepare(scenario, script.port)
        frames: list[Frame] = []
        capture = self.place.capture
        zero = datetime.now(UTC)
        player = Player(self._setting(job, scenario, script, frames))
        entries = self._located(job, player.play())
        losses = 0
        if capture is not None:
            frames.extend(capture.drain())
            losses = capture.losses()
        if self._tracing is not None:
            entries = merged(entries, self._tracing.told(player.recorder.now(), frames))
        ours = {e.remote for e in entries if isinstance(e, tr.Connected)}
        seen = [
            tr.Dialed(t=0, protocol=p, address=a, port=n)
            for p, a, n in dialed(frames)
            # Where nobody took our own datagram, nobody but us had called.
            if p != "udp" or (a, n) not in ours
        ]
        extra: list[tr.AnyEntry] = [*told, *dict.fromkeys(seen)]
        if (compiled := self._ready(job).entry()) is not None:
            extra.insert(0, compiled)
        if losses:
            extra.append(tr.WireLoss(t=0, frames=losses))
        header = self._header(job, scenario, name, script.port, texts, zero)
        transcript = tr.of(header, [*extra, *entries])
        return PlayedRun(transcript=transcript, pcapng=_pcapng(frames, transcript, capture))

    def _setting(
        self, job: Job, scenario: Scenario, script: Script, frames: list[Frame]
    ) -> Setting:
        place = self.place
        capture = place.capture

        def on_tick() -> None:
            if capture is not None:
                frames.extend(capture.drain())

        return Setting(
            script=script,
            limits=_limits_of(job, scenario),
            refusals=lambda: sum(_is_refused(frame) for frame in frames),
            start=lambda: self._start_traced(job, _given(scenario, script.port)),
            facts_of=self._facts_of(script),
            on_tick=on_tick,
            folder_of=lambda program: program.folder,
            frames_of=self._frames_of(job),
            reset_after_fin=not place.private_network,
        )

    def _located(self, job: Job, entries: Iterable[tr.AnyEntry]) -> list[tr.AnyEntry]:
        """The entries, where a compiled program stood told by lines."""
        ready = self._ready(job)
        if ready.built is None:
            return list(entries)
        files = [file.path for file in job.files]
        return located(
            entries, lambda at: self.place.workshop.lines(ready, at, files, self._launched)
        )

    def _frames_of(self, job: Job) -> Callable[[Sequence[tr.Call], str], tuple[tr.Frame, ...]]:
        """Who reads where the program stands; it takes seconds to find no Python in another."""
        if language_of(job.program, job.lab.languages) == PYTHON:
            return self.place.stacks.frames
        return lambda _calls, _folder: ()

    def _start_traced(self, job: Job, given: Given) -> Program:
        program = self._start(job, given)
        if self._tracing is not None:
            self._tracing.attach(program)
        return program

    def _ready(self, job: Job) -> Ready:
        """The job's program, built where it has to be."""
        return self.place.workshop.ready(job.lab.languages, job.program, job.files, self._launched)

    def _start(self, job: Job, given: Given = NOTHING_GIVEN) -> Program:
        launch = self._ready(job).launch
        return self._launched(job.files, job.program, job.lab.limits, launch, given)

    def _launched(
        self,
        files: Sequence[SourceFile],
        path: str,
        limits: Limits,
        launch: Launch | None,
        given: Given = NOTHING_GIVEN,
    ) -> Program:
        place = self.place
        if place.bwrap is None:
            return start_plain(place.interpreter, files, path, limits, given, launch)
        program = start_sandboxed(
            place.bwrap, place.interpreter, place.reachable, files, path, limits, given, launch
        )
        if place.groups is not None:
            program.group = place.groups.run(program.pid, limits)
        limit_processes(program.pid, limits)
        return program

    def _facts_of(self, script: Script) -> Callable[[Program], Facts]:
        table = self.place.table
        if table is None:
            protocol = "udp" if script.datagrams else "tcp"
            return lambda program: PacedFacts(program, script.port, protocol=protocol)
        return lambda program: KernelFacts(program, table)

    # --- transcripts ---------------------------------------------------------------------

    def _header(
        self,
        job: Job,
        scenario: Scenario,
        name: str,
        port: int,
        texts: dict[str, str],
        started: datetime,
    ) -> tr.Header:
        return tr.Header(
            run=name,
            scenario=scenario.id,
            role=scenario.tests,
            program=job.program,
            texts=texts,
            port=port,
            delivery=delivery_of(scenario),
            seed=job.seed,
            isolation=self.place.options.isolation,
            facts="kernel" if self.place.table is not None else "paced",
            interpreter=self._interpreter(job),
            partner=job.partner.program if job.partner else "",
            started=started.isoformat(timespec="milliseconds"),
        )

    def _interpreter(self, job: Job) -> str:
        return self.place.workshop.version(language_of(job.program, job.lab.languages))

    def _not_built(self, job: Job, scenario: Scenario, name: str, ready: Ready) -> PlayedRun:
        """A run of a program that the compiler would not have: its end before its beginning."""
        texts = texts_of(job.lab, scenario, job.seed)
        header = self._header(job, scenario, name, job.lab.port, texts, datetime.now(UTC))
        entries = [x for x in (ready.entry(),) if x is not None]
        return PlayedRun(transcript=tr.of(header, [*entries, tr.Ended(t=0, outcome="crashed")]))

    def _not_played(
        self, job: Job, scenario: Scenario, name: str, outcome: str, problem: str
    ) -> PlayedRun:
        texts = texts_of(job.lab, scenario, job.seed)
        header = self._header(job, scenario, name, job.lab.port, texts, datetime.now(UTC))
        ended = tr.Ended(t=0, outcome=outcome, problem=problem)
        return PlayedRun(transcript=tr.of(header, [ended]))


def _given(scenario: Scenario, port: int) -> Given:
    """Its arguments and its environment, with the port in them."""
    env = tuple((name, filled(value, port)) for name, value in scenario.env.items())
    return Given(tuple(filled(text, port) for text in scenario.args), env)


def _limits_of(job: Job, scenario: Scenario) -> Limits:
    """Advice gives no points: it may not cost a whole time limit."""
    limits = job.lab.limits
    if scenario.tests == "both":
        return replace(limits, wall=min(limits.wall, limits.pair_wall))
    asked = time_asked(scenario.steps)
    if scenario.level is Level.ADVICE:
        return replace(limits, wall=min(limits.wall, limits.advice_wall) + asked)
    return replace(limits, wall=limits.wall + asked, promised=limits.promised + asked)


def _is_refused(frame: Frame) -> bool:
    segment = parse(frame)
    return segment is not None and is_refusal(segment)


def _refuses(scenario: Scenario) -> bool:
    return any(step.action == "refuse" for step in scenario.steps)


def _pcapng(frames: list[Frame], transcript: tr.Transcript, capture: Capture | None) -> bytes:
    if capture is None:
        frames = synthesis.synthesize(transcript)
    return pcapng.write(frames, comments(frames, transcript))
