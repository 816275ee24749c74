"""Plays the scenarios of one job in a prepared place, and makes transcripts of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Generic, Protocol, TypeVar

from grader import transcript as tr
from grader.lab.connections import time_asked
from grader.lab.filenames import name_of
from grader.lab.model import Action, ExpectFile, Level, Limits, Role, Scenario
from grader.lab.program import filled
from grader.lab.script import delivery_of, script_of
from grader.lab.sweep import cut_at, is_sweep, offsets_of, swept_data
from grader.lab.texts import texts_of
from grader.lab.words import Words, words_of
from grader.run.causes import connected
from grader.run.errors import HostError
from grader.run.interpreter import Interpreter
from grader.run.jobs import COLD, EngineOptions, FactsMode, Job, PlayedRun
from grader.run.located import located
from grader.run.look import Facts
from grader.run.othernames import other_names
from grader.run.player import AskedFile, Player, Setting
from grader.run.printed import Printed
from grader.run.started import NOTHING_GIVEN, Given, Started
from grader.runids import is_cold, run_id, traced_id
from grader.wire import pcapng, synthesis
from grader.wire.comments import comments
from grader.wire.frames import Frame, dialed, is_refusal, parse
from grader.wire.strace import merged
from reference.endpoint import PortTakenError
from reference.script import Script

_NUMBER = re.compile(rb"(?<![\w.])\d{4,5}(?![\w.])")
_SWEEP_S = 60.0
_SWEEP_BYTES = 32 * 2**20
_SWEEP_OVERDUE = 3
"""What a sweep may take: seconds and kept bytes of all its runs, runs that met a limit."""
_P = TypeVar("_P", bound=Started)
_Traced = TypeVar("_Traced", bound=Started, contravariant=True)


class Tap(Protocol):
    """Sees the frames of a run."""

    def drain(self) -> list[Frame]:
        """Those since the last time."""

    def losses(self) -> int:
        """How many could not be kept."""


class Traces(Protocol[_Traced]):
    """Traces the calls of one run."""

    refused: str
    """Why the machine does not allow it."""

    def attach(self, program: _Traced) -> None:
        """Trace a program that waits at its gate."""

    def told(
        self, now: int, frames: Sequence[Frame], *, local: bool = False
    ) -> Sequence[tr.AnyEntry]:
        """What it has seen, for the transcript; `local`: of Unix-domain sockets, too."""

    def close(self) -> None:
        """Leave."""


class Place(Protocol[_P]):
    """Where runs are played, and how programs are started there and looked at."""

    options: EngineOptions
    interpreter: Interpreter

    @property
    def capture(self) -> Tap | None:
        """Sees the frames; None: the wire is drawn from the reference's own record."""

    @property
    def private_network(self) -> bool:
        """The network is ours alone."""

    @property
    def facts(self) -> FactsMode:
        """What is known of a program."""

    def prepare(self, scenario: Scenario, port: int) -> None:
        """Leave nothing of an earlier run; wait for our turn, where there are others."""

    def over(self) -> None:
        """The run that was prepared is over."""

    def compiled(self, job: Job) -> tr.Compiled | None:
        """How the job's program was built, for the transcript; None: it needs no build.

        Raises:
            HostError: nothing here can play a program of its language.
        """

    def made_by(self, job: Job) -> str:
        """What runs or builds the job's program, with its version."""

    def start(self, job: Job, given: Given = NOTHING_GIVEN) -> _P:
        """Start the job's program, up to the gate."""

    def ahead(self) -> None:
        """A program runs: what the next one will want may be made ready beside it."""

    def facts_of(self, program: _P, path: str = "", inside: str = "") -> Facts:
        """What will be known of a program.

        `path`: of its Unix-domain sockets too; it stands in the folder `inside` of the submission.
        """

    def frames_of(self, job: Job) -> Callable[[Sequence[tr.Call], str], tuple[tr.Frame, ...]]:
        """Who reads where the job's program stands when it stands still."""

    def located(self, job: Job, entries: Iterable[tr.AnyEntry]) -> list[tr.AnyEntry]:
        """The entries, where a compiled program stood told by lines."""

    def tracing(self, strace: str) -> Traces[_P]:
        """What traces the calls of one run."""

    @property
    def no_pair(self) -> str:
        """Why two programs can't be played with each other here; empty: they can."""

    def play_pair(
        self,
        job: Job,
        limits: Limits,
        start: Callable[[Role], _P],
        header: Callable[[datetime], tr.Header],
    ) -> PlayedRun:
        """Play the job's two programs with each other."""


class Runner(Generic[_P]):
    """Plays jobs in one place."""

    def __init__(self, place: Place[_P]) -> None:
        self.place = place
        self._tracing: Traces[_P] | None = None
        self._no_tracing = ""

    def play(self, job: Job) -> Iterator[PlayedRun]:
        """All scenarios of the job, in order, each run as it ends.

        Never raises for a fault of the host.
        """
        # What certifies also says that it does not matter how a program was started.
        cold = {n for n in job.numbers if is_cold(n) and self.place.options.warm == "pays"}
        if job.follow != COLD:
            job = replace(job, follow=job.follow + starts_of(job, len(cold)))
        for number in job.numbers:
            repeat = replace(job, follow=COLD) if number in cold else job
            for scenario in job.scenarios:
                if not is_sweep(scenario):
                    yield self._play_safely(repeat, scenario, run_id(scenario.id, number))
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
            if scenario.level is not Level.GRADED or outcome in tr.UNPLAYED:
                continue
            if job.strace is not None:
                yield self._play_traced(job, scenario, job.strace)

    def _play_traced(self, job: Job, scenario: Scenario, strace: str) -> PlayedRun:
        name, job = traced_id(scenario.id), replace(job, follow=COLD)
        if self._no_tracing:
            return self._not_played(job, scenario, name, "not_run", self._no_tracing)
        self._tracing = self.place.tracing(strace)
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
        compiled = self.place.compiled(job)
        if _is_failure(compiled):
            return self._not_built(job, scenario, name, compiled)
        texts = texts_of(job.lab, scenario, job.seed)
        script = script_of(job.lab, scenario, texts)
        run = self._play_once(job, scenario, name, script, texts, [])
        if scenario.tests != "client" or connected(run.transcript) or _refuses(scenario):
            return run
        if script.path:
            return self._elsewhere(job, scenario, name, script, texts) or run
        for port in self._other_ports(job, run.transcript, script.port):
            there = replace(script, port=port)
            told = [tr.Dialed(t=0, protocol="tcp", address="127.0.0.1", port=port)]
            with suppress(PortTakenError):
                again = self._play_once(job, scenario, name, there, texts, told)
                if connected(again.transcript):
                    return again
        return run

    def _elsewhere(
        self, job: Job, scenario: Scenario, name: str, script: Script, texts: dict[str, str]
    ) -> PlayedRun | None:
        """The same with our socket by another name, if the client finds it there."""
        text = next((f.data for f in job.files if f.path == job.program), b"")
        for path in other_names(text, script.path, private=self.place.private_network):
            told = [tr.Dialed(t=0, protocol="unix", address=path, port=0)]
            with suppress(OSError):  # a name that can't be had
                there = replace(script, path=path)
                again = self._play_once(job, scenario, name, there, texts, told)
                if connected(again.transcript):
                    return again
        return None

    def _play_pair(self, job: Job, scenario: Scenario, name: str) -> PlayedRun:
        """Play the job's two programs with each other, on a network of their own."""
        place, partner = self.place, job.partner
        assert partner is not None  # noqa: S101 -- a job of both has one
        if problem := place.no_pair:
            return self._not_played(job, scenario, name, "skipped", problem)
        job = replace(job, follow=COLD)
        client = replace(job, program=partner.program, files=partner.files)
        if any(_is_failure(place.compiled(one)) for one in (job, client)):
            problem = "one of the programs could not be compiled"
            return self._not_played(job, scenario, name, "skipped", problem)
        texts = texts_of(job.lab, scenario, job.seed)
        with self._prepared(scenario, job.lab.port):
            run = place.play_pair(
                job, _limits_of(job, scenario),
                start=lambda role: place.start(job if role == "server" else client),
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
        """Play; again, without patience, where a message was waited for and something is lost.

        One that forgets its greeting and reads with a time limit ends because we are silent, and
        loses what would have come next. The run counts that comes further.
        """
        run, silenced = self._play_with(job, scenario, name, script, texts, told, patient=True)
        if not silenced:
            return run
        # What the machine refuses here is its fault: the first run alone may be worth less for it.
        again, _ = self._play_with(job, scenario, name, script, texts, told, patient=False)
        return min((run, again), key=_missed)

    def _play_with(
        self,
        job: Job,
        scenario: Scenario,
        name: str,
        script: Script,
        texts: dict[str, str],
        told: list[tr.Dialed],
        *,
        patient: bool,
    ) -> tuple[PlayedRun, bool]:
        """The run, and whether it may have lost something by the wait for the program's clock."""
        if scenario.keep_time_wait and not self.place.private_network:
            problem = "this scenario needs a network of its own (isolation full)"
            return self._not_played(job, scenario, name, "skipped", problem), False
        frames: list[Frame] = []
        capture = self.place.capture
        with self._prepared(scenario, script.port):
            zero = datetime.now(UTC)
            setting = self._setting(job, scenario, script, texts, frames)
            player = Player(replace(setting, patient=patient))
            played = player.play()
        entries = self.place.located(job, played)
        losses = 0
        if capture is not None:
            frames.extend(capture.drain())
            losses = capture.losses()
        if self._tracing is not None:
            now, local = player.recorder.now(), bool(script.path)
            entries = merged(entries, self._tracing.told(now, frames, local=local))
        ours = {e.remote for e in entries if isinstance(e, tr.Connected)}
        seen = [
            tr.Dialed(t=0, protocol=p, address=a, port=n)
            for p, a, n in dialed(frames)
            # Where nobody took our own datagram, nobody but us had called.
            if p != "udp" or (a, n) not in ours
        ]
        extra: list[tr.AnyEntry] = [*told, *dict.fromkeys(seen)]
        if (compiled := self.place.compiled(job)) is not None:
            extra.insert(0, compiled)
        if losses:
            extra.append(tr.WireLoss(t=0, frames=losses))
        header = self._header(job, scenario, name, script.port, texts, zero)
        transcript = tr.of(header, [*extra, *entries])
        blind = capture is None or bool(script.path)
        pcapng = _pcapng(frames, transcript, blind=blind)
        return PlayedRun(transcript=transcript, pcapng=pcapng), player.silenced

    @contextmanager
    def _prepared(self, scenario: Scenario, port: int) -> Iterator[None]:
        """The place is ours for a run at that port."""
        try:
            self.place.prepare(scenario, port)
            yield
        finally:
            self.place.over()

    def _setting(
        self,
        job: Job,
        scenario: Scenario,
        script: Script,
        texts: Mapping[str, str],
        frames: list[Frame],
    ) -> Setting[_P]:
        place = self.place
        capture, inside = place.capture, str(PurePosixPath(job.program).parent)
        words = words_of(job.lab, scenario, texts)

        def on_tick() -> None:
            place.ahead()
            if capture is not None:
                frames.extend(capture.drain())

        return Setting(
            script=script,
            limits=_limits_of(job, scenario),
            refusals=lambda: sum(_is_refused(frame) for frame in frames),
            start=lambda: self._start_traced(job, _given(scenario, script.port)),
            facts_of=lambda program: place.facts_of(program, script.path, inside),
            on_tick=on_tick,
            folder_of=lambda program: program.folder,
            frames_of=place.frames_of(job),
            reset_after_fin=not place.private_network and not script.path,
            files=tuple(_asked(e, words) for e in scenario.expect if isinstance(e, ExpectFile)),
            inside=inside,
            has_printed=Printed(words, scenario).all_in,
        )

    def _start_traced(self, job: Job, given: Given) -> _P:
        program = self.place.start(job, given)
        if self._tracing is not None:
            self._tracing.attach(program)
        return program

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
            facts=self.place.facts,
            interpreter=self.place.made_by(job),
            partner=job.partner.program if job.partner else "",
            started=started.isoformat(timespec="milliseconds"),
        )

    def _not_built(
        self, job: Job, scenario: Scenario, name: str, compiled: tr.Compiled | None
    ) -> PlayedRun:
        """A run of a program that the compiler would not have: its end before its beginning."""
        texts = texts_of(job.lab, scenario, job.seed)
        header = self._header(job, scenario, name, job.lab.port, texts, datetime.now(UTC))
        entries = [compiled] if compiled is not None else []
        return PlayedRun(transcript=tr.of(header, [*entries, tr.Ended(t=0, outcome="crashed")]))

    def _not_played(
        self, job: Job, scenario: Scenario, name: str, outcome: str, problem: str
    ) -> PlayedRun:
        texts = texts_of(job.lab, scenario, job.seed)
        header = self._header(job, scenario, name, job.lab.port, texts, datetime.now(UTC))
        ended = tr.Ended(t=0, outcome=outcome, problem=problem)
        return PlayedRun(transcript=tr.of(header, [ended]))


def starts_of(job: Job, cold: int) -> int:
    """How many times the job starts its program at least, without `cold` of its repeats."""
    once = sum(
        1 + sum(step.action is Action.RESTART for step in scenario.steps)
        for scenario in job.scenarios
        if not is_sweep(scenario)
    )
    swept = sum(
        len(offsets_of(swept_data(x, texts_of(job.lab, x, job.seed))))
        for x in job.scenarios
        if is_sweep(x)
    )
    return once * (len(job.numbers) - cold) + swept * (1 in job.numbers)


def _asked(expected: ExpectFile, words: Words) -> AskedFile:
    return AskedFile(expected.name, lambda heard: name_of(expected, words, heard))


def _given(scenario: Scenario, port: int) -> Given:
    """Its arguments and its environment, with the port or the path in them."""

    def whole(text: str) -> str:
        return filled(text, port, scenario.path)

    env = tuple((name, whole(value)) for name, value in scenario.env.items())
    return Given(tuple(map(whole, scenario.args)), env)


def _limits_of(job: Job, scenario: Scenario) -> Limits:
    """Advice gives no points: it may not cost a whole time limit."""
    limits = job.lab.limits
    if scenario.tests == "both":
        return replace(limits, wall=min(limits.wall, limits.pair_wall))
    asked = time_asked(scenario.steps)
    if scenario.level is Level.ADVICE:
        return replace(limits, wall=min(limits.wall, limits.advice_wall) + asked)
    return replace(limits, wall=limits.wall + asked, promised=limits.promised + asked)


def _is_failure(compiled: tr.Compiled | None) -> bool:
    """There is nothing to start: the compiler would not have it."""
    return compiled is not None and compiled.status != 0


def _missed(run: PlayedRun) -> int:
    """How many of its steps did not come."""
    return sum(isinstance(x, tr.Step) and x.status == "missed" for x in run.transcript.entries)


def _is_refused(frame: Frame) -> bool:
    segment = parse(frame)
    return segment is not None and is_refusal(segment)


def _refuses(scenario: Scenario) -> bool:
    return any(step.action == "refuse" for step in scenario.steps)


def _pcapng(frames: list[Frame], transcript: tr.Transcript, *, blind: bool) -> bytes:
    """`blind`: the exchange itself was seen by no capture; what was tried beside it may be."""
    if blind:
        drawn = synthesis.synthesize(transcript)
        frames = sorted([*frames, *drawn], key=lambda frame: frame.t) if frames else drawn
    return pcapng.write(frames, comments(frames, transcript))
