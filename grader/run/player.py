"""Plays one run: a program, the reference machine and facts about the program, on one clock.

The loop is short: wait for news, take it, look at the program, tell the machine, carry out
its commands. Nothing here waits for a fixed time; the pause between two looks is bounded so
that a fact is seen soon, and any news ends it.
"""

from __future__ import annotations

import select
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from grader import transcript as tr
from grader.lab.model import Limits
from grader.run import ending, strikes
from grader.run.deadlines import Deadlines
from grader.run.exchange import Exchange
from grader.run.listening import Listeners, address_to_dial
from grader.run.look import NOTHING, Facts, Look
from grader.run.patience import Patience
from grader.run.recorder import Recorder
from grader.run.signals import no_end_meanwhile
from grader.run.started import Started
from grader.run.streams import Streams
from grader.run.wants import Wants
from reference import commands as c
from reference import events as e
from reference import script as s
from reference.machine import Machine, Phase
from reference.script import Script

ENTERS = 3
"""A program that waits for the keyboard gets Enter this many times."""
_REFUSALS = 2
"""A client that was refused and comes again is one that retries."""
_FIRST_PAUSE = 0.0005
_LONGEST_PAUSE, _LONGEST_WHILE_STILL = 0.004, 0.02
"""Between two looks, s; the second for a program that sleeps or waits. News end any pause."""
_PAUSE_GROWTH = 1.6
_BEFORE_THE_END = 0.002
"""The first pause when no step is left: its end is news, and it is rarely stuck in leaving."""
_LIMITS_EVERY = 20_000_000
_SETTLE_GRACE = 500_000_000
_CHILDREN_GRACE = 1_000_000_000
"""So long what it has started may take to print what it owes, ns."""

_P = TypeVar("_P", bound=Started)


@dataclass(frozen=True)
class AskedFile:
    """A file as the lab names it, and its name by what was heard; None: that is no file's name."""

    name: str
    named: Callable[[s.Heard], str | None]


@dataclass(frozen=True, kw_only=True)
class Setting(Generic[_P]):
    """What a run is played with. `folder_of` is where the submission lies for the program."""

    script: Script
    limits: Limits
    start: Callable[[], _P]
    facts_of: Callable[[_P], Facts]
    on_tick: Callable[[], None]
    """Called at each turn: empties the capture's ring."""
    folder_of: Callable[[_P], str]
    frames_of: Callable[[Sequence[tr.Call], str], tuple[tr.Frame, ...]]
    """Where a program that stands still stands: its calls, its folder; empty if unknown."""
    refusals: Callable[[], int]
    """How many connects of the program were refused so far, as far as the wire is seen."""
    reset_after_fin: bool
    """Close by RST once the program's FIN was seen, to leave no TIME_WAIT on a shared network."""
    files: tuple[AskedFile, ...] = ()
    """Files to look at when it has ended, below the folder `inside` of the submission."""
    inside: str = ""
    patient: bool = True
    """Wait for a message as long as the program may yet send it by a clock of its own."""
    has_printed: Callable[[bytes], bool] = lambda _: True
    """Whether this output has all that is to be printed, as far as a quick look tells."""


class Player(Generic[_P]):
    """Plays one run once."""

    def __init__(self, setting: Setting[_P]) -> None:
        self.setting = setting
        self.recorder = Recorder()
        self.machine = Machine(setting.script)
        self._refuses = any(isinstance(step, s.Refuse) for step in setting.script.steps)
        self._exchange = Exchange(
            setting.script, self.recorder, reset_after_fin=setting.reset_after_fin
        )
        self.endpoint = self._exchange.endpoint
        self._listeners = Listeners(
            setting.script.port, self.recorder,
            datagrams=setting.script.datagrams, family=setting.script.family,
            path=setting.script.path,
        )  # fmt: skip
        self._patience = Patience(setting.limits, self.endpoint, self.recorder.now)
        self._program: _P | None = None
        self._facts: Facts | None = None
        self._streams: Streams | None = None
        self._watch = strikes.Watch(setting.limits)
        self._starts = 0
        self._enters = 0
        self._wants = Wants()
        self._deadlines = Deadlines(self.recorder.now)
        self._types = setting.script.types
        self._busy_elsewhere = setting.script.several or self._types
        self._pause = _FIRST_PAUSE
        self._still = False
        self._next_limits = _LIMITS_EVERY
        self._limit: tr.LimitReached | None = None
        self._gone_at: int | None = None
        """When its first process was seen to have ended, and no other to hold a connection."""
        self._exited_at: int | None = None
        self._told_exit = False
        self._proved_stuck = False
        self._printed_all = (-1, False)
        self._waited_for: str | None = None
        """The connection on which the present message was waited for, by the program's clock."""
        self._has_waited = False
        self.silenced = False
        """One was waited for so, and it or a later step is lost: by the wait, it may be."""

    # --- the flow ------------------------------------------------------------------------

    def play(self) -> tuple[tr.AnyEntry, ...]:
        """Play the run; its entries, the last of which is `Ended`.

        Raises:
            HostError: the machine could not do it; nothing of the program is left.
        """
        try:
            self._start_program()
            # The reference listens before the program runs: it may dial at once.
            self._carry_out(self.machine.start(self.recorder.now()))
            self._running[0].release()
            # A cold interpreter takes many ms before it does anything that is to be seen.
            self._pause = _FIRST_PAUSE if self._is_warm else _LONGEST_PAUSE
            while not self.machine.finished:
                self._take_news(self._wait_for_news())
                self._close_if_due()
                self._watch_limits()
                if not self.machine.finished:
                    self._look()
            return self._finish()
        finally:
            self.endpoint.close_all()
            self._close_program()

    def _start_program(self) -> None:
        self._starts += 1
        self._close_program()
        with no_end_meanwhile():
            program = self._program = self.setting.start()
        if self.setting.script.path:
            places = program.places(self.setting.inside)
            self.endpoint.stand_in(places, refuses=self._refuses)
        self._facts = self.setting.facts_of(program)
        self._streams = Streams(program, self.recorder, self.setting.limits.output)
        self._watch = strikes.Watch(self.setting.limits)
        self._listeners.restarted()
        self._gone_at, self._exited_at, self._told_exit = None, None, False
        if self._starts == 1:
            self.recorder.begin()
        number = self._starts
        warm = self._is_warm
        self.recorder.add(lambda t: tr.Started(t=t, number=number, warm=warm))

    @property
    def _is_warm(self) -> bool:
        return bool(getattr(self._program, "warm", False))  # only the sandbox has such

    def _close_program(self) -> None:
        if self._facts is not None:
            self._facts.close()
        if self._program is not None:
            self._program.close()
        self._program, self._facts, self._streams = None, None, None

    @property
    def _running(self) -> tuple[_P, Facts, Streams]:
        assert self._program is not None  # noqa: S101 -- started by play()
        assert self._facts is not None  # noqa: S101 -- started with the program
        assert self._streams is not None  # noqa: S101 -- started with the program
        return self._program, self._facts, self._streams

    def _finish(self) -> tuple[tr.AnyEntry, ...]:
        program, facts, streams = self._running
        self._patience.used(facts.usage())
        by_itself = self._exited_at is not None or program.ended()
        if not facts.sees_listeners:
            # Where it listens in vain, as far as anybody can tell.
            self._listeners.see(facts.listeners())
        if by_itself and not self._told_exit:
            self._exited_at = self._exited_at or self.recorder.now()
            self._tell_exit()
        # The last look may be old, and it may have been seen to wait before the next was due.
        if self._limit is None and (full := self._watch.full(facts.disk(afresh=True))) is not None:
            self._reach_limit(*full)
        verdict = ending.Verdict(
            limit=self._limit, proved_stuck=self._proved_stuck, cpu=self._patience.cpu,
            limits=self.setting.limits,
        )  # fmt: skip
        for file in self.setting.files:
            name = file.named(self.machine.heard)
            if name is None:
                found = tr.LeftFile(t=0, name=file.name, kind="absent")
            else:
                found = program.left_file(self.setting.inside, name)
            self.recorder.add(lambda t: replace_time(found, t))  # noqa: B023 -- called at once
        folder = self.setting.folder_of(program)
        ending.end(program, streams, self.recorder, folder, verdict, by_itself=by_itself)
        ending.doubt(self.recorder, facts.unsure())
        return tuple(self.recorder.entries)

    # --- news ----------------------------------------------------------------------------

    def _wait_for_news(self) -> frozenset[int]:
        """Wait until a descriptor has something to tell or a look might; which ones do."""
        program, _, streams = self._running
        reads = [*streams.reads, *self.endpoint.reads]
        if program.status is None:
            reads.append(program.pidfd)
        writes, failures = self.endpoint.writes, self.endpoint.failures
        stretch = 1.0
        while True:
            pause = min(self._pause * stretch, _LONGEST_WHILE_STILL)
            found = select.select(reads, writes, failures, pause)
            self.setting.on_tick()
            if any(found):
                self._pause = self._first_pause
                return frozenset([fd for fds in found for fd in fds])
            longest = _LONGEST_WHILE_STILL if self._still else _LONGEST_PAUSE
            self._pause = min(self._pause * _PAUSE_GROWTH, longest)
            # As long as it has not run there is nothing new to be seen: on a machine that is
            # busy with others a pause is as long, in the program's own time, as on an idle one.
            if not (stretch := self._nothing_to_see()):
                return frozenset()

    @property
    def _first_pause(self) -> float:
        return _FIRST_PAUSE if self.machine.step is not None else _BEFORE_THE_END

    def _nothing_to_see(self) -> float:
        """Its only thread runs, and no step or limit asks for what can be seen of it now.

        Then as `Facts.busy` has it, else 0.
        """
        if self._wants.anything or self._refuses or self.setting.reset_after_fin:
            return 0.0
        if self._exited_at is not None or self.recorder.now() >= self._next_limits:
            return 0.0
        _, facts, _ = self._running
        return facts.busy(listening=not self.machine.dials)

    def _take_news(self, among: Container[int] | None = None) -> bool:
        """Take output, what came on the wire, and the end; whether there was any.

        `among`: only these descriptors have something to tell, as far as they are watched.
        """
        program, facts, streams = self._running
        news = streams.take(among)
        if streams.over_limit:
            self._strike("output")
        self._see_end(program, facts, among)
        heard = (
            among is None
            or self.endpoint.knocks
            or any(fd in among for fd in self.endpoint.watched)
        )
        if heard and self._take_wire():
            news = True
            self._patience.news()
        if news:
            facts.changed()
        if self._exited_at is not None and not self._told_exit:
            self._tell_exit()
        return news

    def _see_end(self, program: _P, facts: Facts, among: Container[int] | None) -> None:
        if self._exited_at is not None:
            return
        if program.status is None and among is not None and program.pidfd not in among:
            return
        if not program.ended():
            return
        if self.machine.step is not None and facts.left_behind(self.endpoint):
            return
        self._gone_at = self._gone_at or self.recorder.now()
        awaited = self.recorder.now() < self._gone_at + _CHILDREN_GRACE
        if awaited and self._owes_output and facts.has_children():
            return
        self._exited_at = self.recorder.now()
        self._close_if_due()

    def _take_wire(self) -> bool:
        events = self._answers(self.endpoint.poll())
        for event in events:
            self._record_event(event)
            self._tell(event)
        return bool(events)

    def _answers(self, events: list[e.Event]) -> list[e.Event]:
        """What is news. Where no listener can be seen, « refused » says « not yet », no more."""
        _, facts, _ = self._running
        if facts.sees_listeners or not self.machine.dials:
            return events
        if any(isinstance(event, e.Connected) for event in events):
            self._listeners.see_answered(facts.listeners())
        return [event for event in events if not isinstance(event, e.Refused)]

    def _record_event(self, event: e.Event) -> None:
        if not self._exchange.record(event, self.setting.limits.output * 8):
            self._strike("wire")

    def _tell_exit(self) -> None:
        """Tell the machine of the end once all that the program sent has come."""
        program, facts, streams = self._running
        assert self._exited_at is not None  # noqa: S101 -- the caller saw the end
        waited = self.recorder.now() - self._exited_at
        if waited < _SETTLE_GRACE and facts.in_flight(self.endpoint):
            return
        while self._take_wire():
            pass  # each connection that it made and that nobody has accepted yet
        self._told_exit = True
        status = program.status
        assert status is not None  # noqa: S101 -- it has ended
        if not streams.dumping:
            self.recorder.add(lambda t: tr.Exited(t=t, status=status.status, signal=status.signal))
        self._tell(e.Exited(self.recorder.now()))

    # --- limits --------------------------------------------------------------------------

    def _watch_limits(self) -> None:
        now = self.recorder.now()
        if self._patience.time_over():
            self._strike("wall")
        if now < self._next_limits or self._exited_at is not None:
            return
        self._next_limits = now + _LIMITS_EVERY
        _, facts, _ = self._running
        if names := self._deadlines.passed(facts.starved):
            self._record_state("deadline")
            self._tell_overdue(tuple(names))
        usage = facts.usage()
        self._patience.used(usage)
        if (struck := self._watch.look(usage, facts.disk, facts.resident)) is not None:
            self._reach_limit(*struck)
        if self.endpoint.crowded:
            self._strike("connections")
        if not self.machine.dials:
            # One that never stands still while it is looked at: see `_look`.
            self._look_for_listeners()

    def _strike(self, limit: str) -> None:
        self._reach_limit(*strikes.struck(limit, self.setting.limits))

    def _reach_limit(self, limit: str, value: str) -> None:
        if self._limit is not None:
            return
        self._record_state("deadline" if limit == "wall" else "limit")
        self._limit = tr.LimitReached(t=self.recorder.now(), limit=limit, value=value)
        reached = self._limit
        self.recorder.add(lambda t: replace_time(reached, t))
        self._tell(e.OutOfTime(self.recorder.now()))

    # --- looking at the program ----------------------------------------------------------

    def _look(self) -> None:
        program, facts, _ = self._running
        if self._exited_at is not None:
            return
        if self._refuses and self.machine.refuses and self.setting.refusals() >= _REFUSALS:
            for name in self.machine.playing(s.Refuse):
                again = "it tries again"
                self._tell(e.Refused(self.recorder.now(), again, connection=name))
        if dials := self.machine.dials:
            self._look_for_listeners()
        look = facts.look(
            self.endpoint,
            wants_ready=self._wants.anything,
            wants_calm=self._wants.calm or self._is_over or dials or self.machine.awaits_message,
        )
        if not dials and look is not NOTHING:
            self._look_for_listeners()
        self._still = look.still
        if look.promising:
            self._pause = _FIRST_PAUSE
        if look.keyboard and not look.guaranteed:
            self._try_keyboard(program, facts)
        if dials and self._dialled(facts, look):
            return
        typing = self._types and self.machine.playing(s.Type)
        if typing and not look.waiting and facts.at_keyboard():
            # Others of its threads hide the proof; this one reads from the keyboard.
            self._tell(e.AtKeyboard(self.recorder.now()))
            return
        if not look.waiting and self._play_on_if_overdue(look, program, facts):
            return
        # What came while we looked is older than what we saw: it goes first.
        told = look.consumed or look.ready or look.reading or look.waiting
        lies_there = self._wants.consumed and self._patience.waited_enough()
        if not (told or lies_there or self._at_rest(look)):
            return
        if self._take_news() or self.machine.finished or self._exited_at is not None:
            return
        self._judge_look(look, program, facts)

    @property
    def _is_over(self) -> bool:
        """All steps are over, and nobody asks how the program ends."""
        return self.machine.phase is Phase.OBSERVING and self.machine.minds_rest

    def _at_rest(self, look: Look) -> bool:
        """It matters whether it is at rest, and it is; at last also where a thread of it sleeps."""
        if not self.machine.minds_rest:
            return False
        if not look.rests:
            done = self._is_over and look.calm and not self._wants.anything
            if not done or self._patience.fresh_news():
                return False
        return not (self._is_over and self._owes_output and self._waits_for_its_clock(look))

    @property
    def _owes_output(self) -> bool:
        """Something that it should print was not seen yet: a pause may come before it."""
        size = self.recorder.stdout_size
        if self._printed_all[0] != size:
            printed = (x.data for x in self.recorder.entries if isinstance(x, tr.Stdout))
            self._printed_all = (size, self.setting.has_printed(b"".join(printed)))
        return not self._printed_all[1]

    def _look_for_listeners(self) -> None:
        _, facts, _ = self._running
        if facts.sees_listeners and not (self.endpoint.connected or self.endpoint.dialling):
            self._listeners.see(facts.listeners())

    def _dialled(self, facts: Facts, look: Look) -> bool:
        """Dial the program's listener, if there is one to be dialled now."""
        names = [n for n in self.machine.playing(s.Connect) if not self.endpoint.of(n).dialling]
        if not names:
            return False
        chosen: tr.Listener | None
        if not facts.sees_listeners:
            if self.setting.script.datagrams and not look.calm:
                return False  # one that comes before its socket is lost
            # Recorded once it has answered there.
            chosen = self._listeners.supposed()
        else:
            # What is dialled is what was recorded: a listener may appear between two looks.
            chosen = self._listeners.first_asked_for()
            if chosen is None and (look.waiting or self._awaits_client(look)):
                # It waits for a client, so all its listeners are there: another port, or IPv6.
                self._look_for_listeners()
                chosen = self._listeners.best()
        if chosen is not None:
            address = address_to_dial(chosen, self.setting.script.family)
            for name in names:
                now = self.recorder.now()
                self._tell(e.Listening(now, address, chosen.port, connection=name))
        return chosen is not None

    def _awaits_client(self, look: Look) -> bool:
        """A thread waits for a client, and no other is about to open the right port."""
        at_rest = look.accepting and (look.rests or look.calm)
        return at_rest and not self._waits_for_its_clock(look)

    def _judge_look(self, look: Look, program: _P, facts: Facts) -> None:
        if (event := self._seen(look, facts)) is not None:
            if event.connection in look.consumed or isinstance(event, e.Reading):
                self._exchange.consumed(event.connection)
            self._tell(event)
        elif look.waiting and look.keyboard and self.machine.playing(s.Type):
            self._tell(e.AtKeyboard(self.recorder.now()))
        elif look.waiting and look.keyboard and self._presses_enter:
            self._press_enter(program, facts)
        elif look.waiting and self.endpoint.dialling:
            self._give_up_dialling()
            self._tell_stuck(look, facts)
        elif look.waiting:
            if self._exchange.close_those_due():
                facts.changed()
            else:
                self._tell_stuck(look, facts)
        elif self._at_rest(look) and not self._exchange.close_those_due():
            self._tell(e.AtRest(self.recorder.now()))

    def _give_up_dialling(self) -> None:
        """The listener's queue is full, and nobody will accept."""
        for name in self.machine.playing(s.Connect):
            if self.endpoint.of(name).dialling:
                self.endpoint.of(name).close()

    def _seen(self, look: Look, facts: Facts) -> e.Consumed | e.Ready | e.Reading | None:
        """What this look says about one of the connections, as far as a step asks for it."""
        now = self.recorder.now()
        enough = self._patience.waited_enough()
        if (found := self._wants.consumed_in(look, enough=enough)) is not None:
            name, taken = found
            self._patience.wait_over(more=bool(self._wants.ready or self._wants.consumed))
            return e.Consumed(now, look.guaranteed and taken, connection=name)
        if (found := self._wants.ready_in(look, enough=enough)) is not None:
            name, calm = found
            self._patience.wait_over(more=bool(self._wants.ready))
            return e.Ready(now, look.guaranteed and calm, connection=name)
        if self._wants.ready and self._patience.budget_spent(facts):
            name = self._wants.give_up()
            self._patience.wait_over(more=bool(self._wants.ready))
            return e.Ready(now, guaranteed=False, connection=name)
        awaited = self._awaited()
        for name in awaited:
            if not self.machine.link(name).unread and (look.promising or look.waiting):
                continue  # nothing of it came: a proof shows where the program stands instead
            if name in look.ready and self._is_left_out(name, look):
                return e.Ready(now, look.guaranteed, connection=name)
        for name in awaited:
            # Over UDP it reads with a time limit to ask again.
            if name in look.reading and not self.setting.script.datagrams:
                if not self._may_be_left_out(name) and self._may_yet_come(name, look):
                    continue
                return e.Reading(now, connection=name)
        return None

    def _is_left_out(self, name: str, look: Look) -> bool:
        """It reads there, and the message, or what is lacking of it, is not to come any more.

        Another thread than the one that reads may be about to send; and what need not come may
        come late.
        """
        if not (look.rests or look.calm):
            return False
        if self._may_be_left_out(name) and (look.rests or self._has_come(name)):
            return look.idle if self._busy_elsewhere else not look.timed
        return self._has_come(name) and not self._may_yet_come(name, look)

    def _may_yet_come(self, name: str, look: Look) -> bool:
        """The program may send the message by its own clock."""
        if not self.setting.patient:
            return look.timed
        waits = self._waits_for_its_clock(look)
        if waits:
            self._waited_for, self._has_waited = name, True
        return waits

    def _note_wait(self, step: s.Step, status: c.StepStatus, reason: str) -> None:
        """A step begins or is over: what a wait by the program's clock has come to."""
        awaited = isinstance(step, s.Receive) and step.connection == self._waited_for
        if awaited and status is c.StepStatus.DONE and reason != "received":
            self.silenced = True  # a part of the message
        self.silenced |= self._has_waited and status is c.StepStatus.MISSED
        self._waited_for = None

    def _waits_for_its_clock(self, look: Look) -> bool:
        """It may go on by itself, and is given the time for that."""
        if look.clocked and self._patience.rests_by_its_clock():
            return True
        self._patience.waited_in_vain()
        return False

    def _awaited(self) -> list[str]:
        """Connections with a message that is not to come if the program reads on instead.

        Where the lab gives it a time, the program may have a timer of its own: as long as nothing
        has come, only that time or a proof ends the step.
        """
        receives = (step for step in self.machine.steps if isinstance(step, s.Receive))
        return [
            step.connection
            for step in receives
            if step.within is None or self.machine.link(step.connection).unread
        ]

    def _may_be_left_out(self, name: str) -> bool:
        """It awaits there what the program need not send: who reads instead has left it out."""
        return any(
            isinstance(step, s.Receive) and step.optional and step.connection == name
            for step in self.machine.steps
        )

    def _has_come(self, name: str) -> bool:
        """Some of the message has come; a datagram that the step has not taken is another one."""
        if self.setting.script.datagrams:
            return self.machine.link(name).unread
        return self._exchange.got_bytes(name)

    def _play_on_if_overdue(self, look: Look, program: _P, facts: Facts) -> bool:
        """The promised time is over, and nothing is proved: give up what does not come.

        Another thread that sleeps, a timer or a handler for an alarm hides all proof: it may
        act yet. That is no reason to lose what the program would do next.
        """
        late = self._patience.promise_over()
        if not late and not self._patience.polls_in_vain(facts):
            return False
        awaits = bool(self.machine.playing((s.Receive, s.ReceiveEnd, s.Silence)))
        if not late and not awaits:
            return False
        if late and self._presses_enter and facts.at_keyboard():
            self._press_enter(program, facts)
            return True
        if self._patience.fresh_news():
            return False
        if not awaits or not (look.ready or self._patience.spins(facts)):
            return False
        if not self._take_news() and not self.machine.finished and self._exited_at is None:
            self._record_state("deadline")
            self._tell_overdue(self.machine.playing((s.Receive, s.ReceiveEnd, s.Silence)))
        return True

    def _tell_overdue(self, names: tuple[str, ...]) -> None:
        for name in names:
            self._exchange.consumed(name)
            self._tell(e.Overdue(self.recorder.now(), connection=name))

    @property
    def _presses_enter(self) -> bool:
        """As a person would who does not know what to type; a lab that types knows."""
        return self._enters < ENTERS and not self.setting.script.types

    def _press_enter(self, program: _P, facts: Facts, *, guessed: bool = False) -> None:
        self._enters += 1
        self._type(b"\n", program, facts, guessed=guessed)

    def _try_keyboard(self, program: _P, facts: Facts) -> None:
        """It is quiet, and may be waiting for the keyboard: nobody can see."""
        if self.machine.playing(s.Type):
            self._tell(e.AtKeyboard(self.recorder.now()))
        elif self._presses_enter:
            self._press_enter(program, facts, guessed=True)

    def _type(self, data: bytes, program: _P, facts: Facts, *, guessed: bool = False) -> None:
        self._patience.news()
        program.terminal.type(data)
        self.recorder.add(lambda t: tr.Keyboard(t=t, data=data, guessed=guessed))
        facts.typed()

    def _tell_stuck(self, look: Look, facts: Facts) -> None:
        state = self._record_state("waiting")
        if state is not None and (self.machine.awaits_message or self.machine.awaits_end):
            # What comes next may set it going again: where it stands is seen now or never.
            self._record_position(state)
        for name in look.consumed:
            self._exchange.consumed(name)
        self._wants.clear()
        self._patience.wait_over(more=False)
        self._tell(e.Stuck(self.recorder.now()))
        self._proved_stuck = self.machine.finished
        facts.changed()

    def _record_state(self, why: str) -> tr.State | None:
        _, facts, _ = self._running
        if (state := facts.state(why)) is not None:
            self.recorder.add(lambda t: replace_time(state, t))
        return state

    def _record_position(self, state: tr.State) -> None:
        folder = self.setting.folder_of(self._running[0])
        if frames := self.setting.frames_of(state.calls, folder):
            self.recorder.add(lambda t: tr.Position(t=t, frames=frames))

    # --- the machine's commands ----------------------------------------------------------

    def _tell(self, event: e.Event) -> None:
        self._carry_out(self.machine.handle(event))

    def _carry_out(self, commands: list[c.Command]) -> None:
        for command in commands:
            self._carry_out_one(command)

    def _carry_out_one(self, command: c.Command) -> None:
        _, facts, _ = self._running
        match command:
            case c.Note(step=index, status=status, reason=reason):
                step = self.setting.script.steps[index]
                self._note_wait(step, status, reason)
                if status is c.StepStatus.BEGUN:
                    self._patience.step_begun()
                    self._deadlines.begun(index, step, facts.starved)
                else:
                    self._deadlines.over(index)
                if status is c.StepStatus.MISSED and isinstance(step, s.Accept):
                    self.endpoint.expect_no_more(step.connection)
                self.recorder.add(
                    lambda t: tr.Step(t=t, index=index, status=str(status), reason=reason)
                )
            case c.Listen(connection=name):
                self.endpoint.listen(self.setting.script.port, name)
            case c.Dial(address=address, port=port, connection=name):
                for event in self._answers(self.endpoint.dial(address, port, name)):
                    self._record_event(event)
                    self._tell(event)
                # Where nothing is seen it dials again and again: that changes nothing.
                return
            case c.AwaitReady(connection=name):
                self._exchange.begin_message(name)
                self._wants.ready[name] = command
                self._patience.message_wanted()
            case c.ForgetReady(connection=name):
                self._wants.forget(name)
                self._patience.wait_over(more=bool(self._wants.ready))
            case c.AwaitConsumed(connection=name):
                self._wants.consumed.append(name)
                self._patience.message_wanted()
            case c.Transmit():
                self._exchange.transmit(command)
            case c.StopReading(connection=name):
                self.endpoint.pause(name)
            case c.ReadAgain(connection=name):
                self.endpoint.resume(name)
            case c.TypeKeys(data=data):
                self._type(data, self._running[0], facts)
                return
            case c.ShutdownWrite(connection=name):
                self._exchange.half_close(name)
            case c.CloseConnection(connection=name):
                self._exchange.close(name, facts, exited=self._exited_at is not None)
            case c.Abort(connection=name):
                self._exchange.abort(name)
            case c.EndProgram():
                self._end_for_restart()
            case c.RestartProgram():
                self._restart()
            case _:
                pass
        facts.changed()
        self._pause = self._first_pause

    def _close_if_due(self) -> None:
        _, facts, _ = self._running
        self._exchange.close_if_due(facts, exited=self._exited_at is not None)

    def _end_for_restart(self) -> None:
        program, _, streams = self._running
        if streams.dumping:
            # It is stuck again: SIGABRT is nothing to it.
            program.abort(surely=True)
            return
        streams.take()
        self.recorder.add(lambda t: tr.Killed(t=t, why="restart"))
        streams.keep_dump()
        program.abort()

    def _restart(self) -> None:
        program, _, streams = self._running
        # While anything of it lives, the terminal has no end to be read.
        program.kill()
        streams.drain(ending.DRAIN_GRACE)
        ending.record_position(self.recorder, streams.dump, self.setting.folder_of(program))
        self.endpoint.close_connections(reset=self.setting.reset_after_fin)
        self._start_program()
        self._running[0].release()


_E = TypeVar("_E", bound=tr.Entry)


def replace_time(entry: _E, t: int) -> _E:
    """The entry, at time `t`."""
    return msgspec.structs.replace(entry, t=t)
