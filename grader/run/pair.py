"""Plays two programs with each other: a server and a client on one network, both observed.

They take turns. Left alone, who is faster decides whether two messages come as one, and the
verdict would be another one on a busy machine. So only one of them runs at a time, the other
stands still (SIGSTOP); the turn ends when every thread of it is blocked and all that it sent
has come to the other's kernel. Whoever reads then finds all that was sent to it: what TCP
may do to anybody at any time.

- The server begins. The client is let go when the server listens and rests.
- Both rest, each can only be woken by the other, and nothing is under way: they wait for
  each other, and that is proof. So is one that waits for another which has ended.
- One that rests but may go on by itself (a sleep, a time limit) gets its time.
"""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Callable, Container
from dataclasses import dataclass

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader import transcript as tr
from grader.lab.model import Limits, Role
from grader.run import ending, strikes
from grader.run.listening import Listeners
from grader.run.pair_facts import (
    PairFacts,
    Standing,
    abort_frozen,
    freeze,
    hold_sockets,
    on_its_way,
    thaw,
    wire_of,
)
from grader.run.player import ENTERS, replace_time
from grader.run.program import Program
from grader.run.recorder import Recorder
from grader.run.signals import no_end_meanwhile
from grader.run.sockdiag import SocketInfo, SocketTable
from grader.run.streams import Streams

_FIRST_PAUSE = 0.0005
_LONGEST_PAUSE = 0.02
_PAUSE_GROWTH = 1.4
_TURN_CPU = 1 / 50
"""Of the CPU time limit: one that computes on lets the other have a turn after so much."""
_UNACKNOWLEDGED = 500_000_000
"""Bytes that no kernel acknowledges for so long (ns) are held up by a reader, not on their way."""
_LIMITS_EVERY = 20_000_000

_WORST_FIRST = ("timeout", "limit", "crashed", "stuck", "completed")

Wire = tuple[SocketInfo, ...]


@dataclass(frozen=True, kw_only=True)
class PairSetting:
    """What a pair is played with. `start` starts the program of a role, up to its gate."""

    port: int
    limits: Limits
    start: Callable[[Role], Program]
    table: SocketTable
    on_tick: Callable[[], int]
    """Called at each turn: empties the capture's ring; bytes seen on the wire so far."""
    wakes: tuple[int, ...] = ()
    """Further descriptors that tell of news: the capture's."""


class _Side:
    """One of the two programs."""

    def __init__(
        self, role: Role, program: Program, setting: PairSetting, recorder: Recorder
    ) -> None:
        self.role: Role = role
        self.program = program
        self.facts = PairFacts(program, setting.table)
        self.recorder = recorder
        self.streams = Streams(program, self.recorder, setting.limits.output)
        self.listeners = Listeners(setting.port, self.recorder)
        self.released = self.ended = self.over = False
        self.rested: Wire | None = None
        """The wire as it was when it last came to rest."""
        self.waiting = False
        """It was proved to wait then."""
        self.watch = strikes.Watch(setting.limits)
        self.enters = 0
        self.cpu = self.cpu_at_turn = 0

    def close(self) -> None:
        self.facts.close()
        self.program.close()


class PairPlayer:
    """Plays one pair once."""

    def __init__(self, setting: PairSetting) -> None:
        self.setting = setting
        self.clock = Recorder()
        self.zero = 0
        """When the clock began: wall clock, ns since 1970."""
        self.released_at: int | None = None
        """When the client was let go, ns on the run's clock; None: it never was."""
        self._sides: dict[Role, _Side] = {}
        self._turn: Role = "server"
        self._pause = _FIRST_PAUSE
        self._next_limits = 0
        self._limit: tr.LimitReached | None = None
        self._over_limit: _Side | None = None
        self._idle = _FIRST_PAUSE
        """How long a turn lasts at least, while turns change and nothing comes of it, s."""
        self._proved = self._done = False
        self._wire: Wire = ()
        self._wire_since = 0

    def play(self) -> list[tr.AnyEntry]:
        """Play; the entries of both but for the wire, in no order, the last one `Ended`.

        Raises:
            HostError: the machine could not do it; nothing of the programs is left.
        """
        try:
            self._start()
            while not self._done:
                self._take_news(self._wait())
                self._watch_limits()
                if not self._done:
                    self._look()
            return self._finish()
        finally:
            for side in self._sides.values():
                side.close()

    # --- the flow ------------------------------------------------------------------------

    def _start(self) -> None:
        with no_end_meanwhile():
            for role in ("server", "client"):
                program = self.setting.start(role)
                recorder = self.clock.beside(role)
                self._sides[role] = _Side(role, program, self.setting, recorder)
        self.clock.begin()
        self.zero = time.time_ns()
        self._release(self._server)

    def _release(self, side: _Side) -> None:
        side.recorder.add(lambda t: tr.Started(t=t))
        side.released = True
        side.program.release()
        self._turn = side.role

    @property
    def _server(self) -> _Side:
        return self._sides["server"]

    @property
    def _client(self) -> _Side:
        return self._sides["client"]

    @property
    def _released(self) -> list[_Side]:
        return [side for side in self._sides.values() if side.released]

    def _wait(self) -> frozenset[int]:
        """Wait for news, or for the pause; which descriptors have some."""
        reads = [fd for side in self._released for fd in side.streams.reads]
        reads += [side.program.pidfd for side in self._released if not side.ended]
        readable, _, _ = select.select([*reads, *self.setting.wakes], [], [], self._pause)
        self._pause = min(self._pause * _PAUSE_GROWTH, _LONGEST_PAUSE)
        if readable:
            self._pause = self._idle = _FIRST_PAUSE
        if self.setting.on_tick() > self.setting.limits.output * 8:
            self._reach(strikes.struck("wire", self.setting.limits), None)
        return frozenset(readable)

    def _take_news(self, among: Container[int] | None = None) -> bool:
        """Take output and ends; whether there were any."""
        news = False
        for side in self._released:
            news = side.streams.take(among) or news
            if side.streams.over_limit:
                self._reach(strikes.struck("output", self.setting.limits), side)
            news = self._see_end(side) or news
        return news

    def _see_end(self, side: _Side) -> bool:
        if side.over:
            return False
        fresh = False
        if not side.ended and side.program.ended():
            side.ended = fresh = True
            side.streams.take()
            status = side.program.status
            assert status is not None  # noqa: S101 -- it has ended
            if status.signal == "SIGXCPU" and self._limit is None:
                self._reach(strikes.struck("cpu", self.setting.limits), side)
            side.recorder.add(lambda t: tr.Exited(t=t, status=status.status, signal=status.signal))
        # What it has started may go on with the exchange.
        if side.ended and not side.program.processes():
            side.over = True
        return fresh

    # --- limits --------------------------------------------------------------------------

    def _watch_limits(self) -> None:
        now, limits = self.clock.now(), self.setting.limits
        if now > limits.wall * 1e9:
            self._reach(strikes.struck("wall", limits), None)
        if now < self._next_limits:
            return
        self._next_limits = now + _LIMITS_EVERY
        for side in self._released:
            if side.over:
                continue
            usage = side.facts.usage()
            side.cpu = max(side.cpu, usage.cpu)
            struck = side.watch.look(usage, side.facts.disk, side.facts.resident)
            if struck is not None:
                self._reach(struck, side)

    def _reach(self, struck: strikes.Struck, side: _Side | None) -> None:
        """A limit struck: on one side, or on the two together (None)."""
        if self._limit is not None:
            return
        limit, value = struck
        self._limit = tr.LimitReached(t=self.clock.now(), limit=limit, value=value)
        self._over_limit = side
        recorder = self.clock if side is None else side.recorder
        recorder.entries.append(self._limit)
        self._done = True

    # --- turns ---------------------------------------------------------------------------

    def _look(self) -> None:
        side = self._sides[self._turn]
        other = self._client if side is self._server else self._server
        if side.over:
            self._after_end(other)
            return
        if not self._client.released:
            side.listeners.see(side.facts.listeners())
        standing = side.facts.standing()
        if standing.promising:
            self._pause = _FIRST_PAUSE
        if not standing.rests:
            if self._computes_on(side):
                self._is_under_way()
                self._end_turn(side, other, standing)
            return
        if self._take_news() or self._is_under_way():
            return
        if standing.keyboard and side.enters < ENTERS:
            self._press_enter(side)
            return
        side.rested, side.waiting = self._wire, standing.waiting
        self._end_turn(side, other, standing)

    def _after_end(self, other: _Side) -> None:
        """The program whose turn it was is gone."""
        if other.over or not other.released:
            self._done = True
        elif not self._is_under_way():
            self._hand_over(other)

    def _is_under_way(self) -> bool:
        """Something was sent that is not at the other side yet; looks at the wire anew."""
        wire = wire_of(self.setting.table)
        now = self.clock.now()
        if wire != self._wire:
            self._wire, self._wire_since = wire, now
        return on_its_way(wire) and now < self._wire_since + _UNACKNOWLEDGED

    def _computes_on(self, side: _Side) -> bool:
        return side.cpu - side.cpu_at_turn > self.setting.limits.cpu * 1e9 * _TURN_CPU

    def _end_turn(self, side: _Side, other: _Side, standing: Standing) -> None:
        """Whose turn it is now; or the end, where nobody can act any more."""
        if not self._client.released:
            self._release_client(standing)
            return
        if other.over:
            self._prove(standing)
        elif self._has_something_to_do(other):
            self._freeze_and_hand_over(side, other)
        elif standing.waiting:
            self._prove(standing)
        side.cpu_at_turn = side.cpu

    def _release_client(self, standing: Standing) -> None:
        """The server listens, and waits; or it will never listen."""
        server = self._server
        asked_for = server.listeners.first_asked_for()
        if asked_for is None and not (standing.accepting or standing.waiting):
            return
        if asked_for or server.listeners.best():
            freeze(server.program)
            self.released_at = self.clock.now()
            self._release(self._client)
        else:
            self._prove(standing)

    def _has_something_to_do(self, other: _Side) -> bool:
        """It has not come to rest yet, or not for good, or something has come to it since."""
        return not other.waiting or other.rested is None or other.rested != self._wire

    def _freeze_and_hand_over(self, side: _Side, other: _Side) -> None:
        freeze(side.program)
        if other.rested == self._wire:
            self._idle = min(self._idle * _PAUSE_GROWTH, _LONGEST_PAUSE)
        else:
            self._idle = _FIRST_PAUSE
        self._pause = self._idle
        self._hand_over(other)

    def _hand_over(self, other: _Side) -> None:
        self._turn = other.role
        other.waiting = False
        other.facts.changed()
        other.cpu_at_turn = other.cpu
        thaw(other.program)

    def _prove(self, standing: Standing) -> None:
        """Nobody will act any more: that is the end, if it is proved."""
        if standing.waiting:
            self._proved = self._done = True

    def _press_enter(self, side: _Side) -> None:
        side.enters += 1
        side.program.terminal.type(b"\n")
        side.recorder.add(lambda t: tr.Keyboard(t=t, data=b"\n"))
        side.facts.typed()

    # --- the end -------------------------------------------------------------------------

    def _finish(self) -> list[tr.AnyEntry]:
        """End both, so that the end of one is no news to the other."""
        left = [side for side in self._released if not side.ended]
        for side in left:
            self._record_state(side)
            freeze(side.program)
        held = [fd for side in left for fd in hold_sockets(side.program)]
        try:
            self._end(left)
        finally:
            for fd in held:
                os.close(fd)
        recorders = (self.clock, *(side.recorder for side in self._released))
        return [*(entry for one in recorders for entry in one.sided), self._ended()]

    def _end(self, left: list[_Side]) -> None:
        self.setting.on_tick()
        verdicts = {side.role: self._verdict(side) for side in self._released}
        for side in left:
            ending.announce(side.streams, side.recorder, verdicts[side.role])
            abort_frozen(side.program)
        for side in left:
            thaw(side.program)
        for side in self._released:
            folder, program = side.program.folder, side.program
            ending.end(
                program, side.streams, side.recorder, folder, verdicts[side.role],
                by_itself=side.ended, struck=True,
            )  # fmt: skip

    def _verdict(self, side: _Side) -> ending.Verdict:
        side.cpu = max(side.cpu, side.facts.usage().cpu)
        own = side is self._over_limit or not side.ended
        limit = self._limit if own else None
        return ending.Verdict(
            limit=limit, proved_stuck=self._proved, cpu=side.cpu, limits=self.setting.limits
        )

    def _record_state(self, side: _Side) -> None:
        why = "waiting"
        if self._limit is not None:
            why = "deadline" if self._limit.limit == "wall" else "limit"
        if (state := side.facts.state(why)) is not None:
            side.recorder.add(lambda t: replace_time(state, t))

    def _ended(self) -> tr.Ended:
        """How the whole came out: the worst that happened to one of the two."""
        ends = [side.recorder.entries[-1] for side in self._released]
        outcomes = {end.outcome for end in ends if isinstance(end, tr.Ended)}
        worst = next(one for one in _WORST_FIRST if one in outcomes)
        limit = self._limit.limit if self._limit is not None else None
        cpu = sum(side.cpu for side in self._released)
        return tr.Ended(t=self.clock.now(), outcome=worst, limit=limit, cpu=cpu)
