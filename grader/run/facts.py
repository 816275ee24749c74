"""Facts about a program from the kernel: listening, ready, waiting. No guess, no sleep.

Two different ideas, never mixed:

- *ready* for a connection: all that was sent on it has been received by its socket and, in a
  later look, the receive queue is empty; and a thread is in a read, or a poll that covers it.
- *waiting*: every thread of every process is blocked in a call without a time limit that
  only the peer (or the keyboard) can end, on any of its connections. It takes two looks with
  equal calls and equal run counters, no timer, no alarm handler, no SO_RCVTIMEO, nothing in
  flight.

What cannot be read is neither.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader import transcript as tr
from grader.run import proc
from grader.run.blocked import (
    as_call,
    as_socket,
    at_keyboard,
    has_socket_limit,
    only_reads_from,
    reads_from,
    socket_of,
)
from grader.run.clocks import Clocks, has_alarm
from grader.run.delivery import DatagramDelivery, Delivery, LocalDelivery
from grader.run.errors import FactsUnavailable
from grader.run.localnames import LocalNames
from grader.run.look import NOTHING, Look
from grader.run.program import Program
from grader.run.sockdiag import SocketInfo, SocketTable
from grader.run.tally import Tally
from grader.run.threads import Thread, Threads
from grader.run.timers import Timers, sleeps, waits_for_timers_too
from grader.run.usage import Disk, Usage
from reference.connection import Connection
from reference.endpoint import Endpoint
from reference.local import LocalConnection

_SLEEPS = 2
"""A non-blocking reader that sleeps: asleep this many different times with an empty queue."""
_SLEEPS_BLOCKING = 8
"""The same for a socket that would block: it must poll in some way that cannot be seen."""
_MOST_STRETCHED = 10.0
PEER_ENDS = frozenset({"read", "accept", "poll", "futex", "wait"})
"""Kinds of call that, without a time limit, end only by what another does."""
_HELD = frozenset({"established", "close-wait"})
"""States of a connection that waits to be accepted: no descriptor, but a future."""
_OPEN = ("established", "fin-wait-1", "fin-wait-2", "close-wait", "last-ack", "closing")
"""States in which something may be under way."""


def _ends_by_another(thread: Thread, ends: list[Delivery]) -> bool:
    """Its call ends, time limits aside, by what another does: above all our sends and reads."""
    facts = thread.facts
    if facts.kind == "write":
        inode = socket_of(thread.call.pid, facts.fd)
        return any(end.holds_up(inode) for end in ends)
    return facts.kind in PEER_ENDS and facts.known


def _ends_of(info: SocketInfo) -> object:
    """What tells one connection from the others: of Unix-domain sockets no address does."""
    return (info.cookie, info.peer) if info.protocol == "unix" else (info.local, info.remote)


def _happened(
    endpoint: Endpoint, ends: Iterable[Delivery], consumed: frozenset[str]
) -> tuple[object, ...]:
    """Another one when something was sent, read (all or a part), answered, closed or connected."""
    unread = tuple([end.mine.rqueue if end.mine is not None else 0 for end in ends])
    seen = tuple(
        [
            (x.name, x.bytes_sent, x.bytes_received, x.open, x.fin_sent, x.exists, x.remote)
            for x in endpoint.all
        ]
    )
    return consumed, unread, seen


@dataclass(frozen=True, slots=True)
class _Sample:
    """All threads in one look, and the queues of the connections."""

    threads: tuple[Thread, ...]
    connections: tuple[SocketInfo | None, ...]

    @property
    def key(self) -> tuple[object, ...]:
        """Equal in two samples: nothing ran, nothing came, nothing went in between."""
        return (
            tuple((t.call, t.counter) for t in self.threads),
            self.connections,
        )


class KernelFacts:
    """Facts of one program; `table` is of the network namespace that it runs in.

    `names`: Unix-domain sockets matter, and are called so.
    """

    name = "kernel"
    sees_listeners = True

    def __init__(
        self, program: Program, table: SocketTable, names: LocalNames | None = None
    ) -> None:
        self._program, self._table, self._names = program, table, names
        self._threads = Threads(program.processes)
        self._settled: tuple[object, Look] | None = None
        """A look that holds until a thread runs, with what it saw of the connection and was
        asked for."""
        self._listeners: list[tr.Listener] = []
        self._listeners_at = 0
        """The look at the threads since which these are all its listeners; 0: unknown."""
        self._previous: tuple[object, ...] | None = None
        self._proved_threads: object = None
        self._typed_at: object = ()
        self._typed_to: frozenset[object] = frozenset()
        """Threads at the keyboard, as they were when we typed."""
        self._keyboard_key: object = ()
        """The threads at the keyboard when `at_keyboard` said so."""
        self._deliveries: dict[str, Delivery] = {}
        self._tally = Tally(program)
        self._timers, self._sleepers = Timers(waits_for_timers_too), Timers(sleeps)
        self._clocks = Clocks(program.runtime)
        self._happened: Hashable = None
        self._changes = 0
        self._ran = time.monotonic_ns(), 0
        """When its only thread was seen to run last, and how long it had run by then, ns."""
        self._inodes: set[int] = set()
        self._foreign: set[int] = set()

    # --- listening -----------------------------------------------------------------------

    def listeners(self) -> list[tr.Listener]:
        """The program's TCP listeners and bound UDP sockets.

        Of one that is running only TCP: it cannot wait for datagrams now, and asking for
        them costs more than all else.
        """
        still = self._threads.stood_still()
        if still and self._listeners_at == self._threads.looks:
            return self._listeners
        # Only what is asked for after they were seen to stand still holds until they run.
        self._listeners_at = self._threads.looks if still else 0
        protocols = ("tcp",) if self._threads.sole_one_runs() else ("tcp", "udp")
        seen = self._table.dump(protocols=protocols, states=("listen", "bound"))
        self._listeners = [
            tr.Listener(
                t=0, protocol=x.protocol, address=x.local[0], port=x.local[1],
                backlog=x.wqueue, v6only=x.v6only,
            )
            for x in seen
            if self._is_ours(x)
        ]  # fmt: skip
        if self._names is not None:
            local = self._ours_among(self._names.table.dump(listening=True))
            self._listeners += self._names.listeners(local, self._program.processes())
        return self._listeners

    def _listening(self) -> list[SocketInfo]:
        """Every socket that a connection can come to."""
        found = self._table.dump(protocols=("tcp",), states=("listen",))
        return found + (self._names.table.dump(listening=True) if self._names is not None else [])

    def _ours_among(self, infos: list[SocketInfo]) -> list[SocketInfo]:
        """Those of the program's process tree; a shared machine has hundreds of others."""
        if any(x.inode not in self._inodes for x in infos):
            for pid in self._program.processes():
                with contextlib.suppress(FactsUnavailable):
                    self._inodes.update(proc.socket_fds(pid))
        return [x for x in infos if x.inode in self._inodes]

    def _is_ours(self, info: SocketInfo) -> bool:
        """The socket belongs to the program's process tree."""
        if info.inode in self._inodes:
            return True
        if info.inode in self._foreign or not info.inode:
            return False
        for pid in self._program.processes():
            try:
                self._inodes.update(proc.socket_fds(pid))
            except FactsUnavailable:
                return False
        if info.inode in self._inodes:
            return True
        if info.inode in proc.socket_fds(os.getpid()):
            self._foreign.add(info.inode)
        return False

    # --- one look ------------------------------------------------------------------------

    def look(self, endpoint: Endpoint, *, wants_ready: bool, wants_calm: bool = False) -> Look:
        """See `Look`. `wants_ready`: look again soon, something waits to be sent.

        `wants_calm`: say whether it is calm also where one of its threads sleeps.
        """
        ends = self._deliveries_of(endpoint)
        infos = tuple([end.look() for end in ends])
        consumed = frozenset([end.name for end in ends if end.consumed()])
        seen = (infos, consumed, endpoint.connected, wants_calm)
        if self._settled is not None:
            before, look = self._settled
            if before == seen and self._threads.stood_still():
                return look
        if self._threads.sole_one_runs():
            self._previous = self._settled = None
            if not endpoint.connected:
                return NOTHING
            return self._soon(Look(consumed=consumed), ends, wants_ready)
        look, settled = self._look_closely(ends, endpoint, consumed)
        calm = look.calm or (settled and wants_calm and self._calm_if_still(ends))
        if wants_calm and (calm or look.rests) and not look.waiting:
            look = replace(look, clocked=self._goes_on_by_itself(at_the_door=look.accepting))
            settled = settled and not self._clocks.alarmed
        self._settled = (seen, replace(look, still=True, calm=calm)) if settled else None
        return self._soon(look, ends, wants_ready)

    def _goes_on_by_itself(self, *, at_the_door: bool) -> bool:
        """One of its threads may; one that waits for a client (`at_the_door`) waits for us."""
        threads = self._threads.last
        if at_the_door:
            waiting = self._at_the_door(threads)
            threads = tuple([t for t in threads if t not in waiting])
        return self._clocks.pending(threads, (self._happened, self._changes))

    def busy(self, *, listening: bool) -> float:
        """Its only thread runs, and there is no listener or none is asked for (`listening`)."""
        if not self._threads.sole_one_runs() or (not listening and self._has_listener()):
            return 0.0
        now, ran = time.monotonic_ns(), self._threads.ran()
        (then, before), self._ran = self._ran, (now, ran)
        return min(max((now - then) / max(ran - before, 1), 1.0), _MOST_STRETCHED)

    def _has_listener(self) -> bool:
        return self._table.has_listener() if self._names is None else bool(self._listening())

    def _soon(self, look: Look, ends: list[Delivery], wants_ready: bool) -> Look:
        """The look, promising where what was sent has arrived and may be read any moment."""
        if wants_ready and any(end.arrived and end.name not in look.consumed for end in ends):
            return replace(look, promising=True)
        return look

    def _deliveries_of(self, endpoint: Endpoint) -> list[Delivery]:
        """One for each connection, kept as long as it is the same connection."""
        found = []
        for connection in endpoint.all:
            kept = self._deliveries.get(connection.name)
            if kept is None or kept.connection is not connection:
                kept = self._deliveries[connection.name] = self._delivery(connection)
            found.append(kept)
        return found

    def _delivery(self, connection: Connection) -> Delivery:
        if isinstance(connection, LocalConnection) and self._names is not None:
            return LocalDelivery(connection, self._table, self._names.table)
        kind = DatagramDelivery if connection.protocol == "udp" else Delivery
        return kind(connection, self._table)

    def _calm_if_still(self, ends: list[Delivery]) -> bool:
        """Whether it is calm if nobody has run until the next look, and nothing has come."""
        if not self._threads.all_blocked or any(end.in_flight() for end in ends):
            return False
        return not any(self._is_waking(thread, ends) for thread in self._threads.last)

    def _look_closely(
        self,
        ends: list[Delivery],
        endpoint: Endpoint,
        consumed: frozenset[str],
    ) -> tuple[Look, bool]:
        """The look, and whether it holds until a thread runs or a connection changes."""
        try:
            threads = self._threads.look()
            self._happened = happened = _happened(endpoint, ends, consumed)
            known = Look(
                consumed=consumed,
                ready=self._ready(threads, ends, consumed),
                accepting=not endpoint.connected and self._accepts(threads),
                timed=self._timers.pending(threads, happened),
                drowsy=self._sleepers.pending(threads, happened),
            )
        except FactsUnavailable:
            self._previous = None
            return Look(consumed=consumed), False
        if self._sleepers.in_vain and self._calm_if_still(ends):
            # A loop of short sleeps stands still between no two looks.
            known = replace(known, calm=True)
        if not threads or not all(_ends_by_another(t, ends) for t in threads):
            self._previous = None
            return known, True
        sample = _Sample(threads, tuple(end.mine for end in ends))
        proved = sample.key == self._previous
        self._previous = sample.key
        if not proved:
            return replace(known, promising=True), False
        return self._proof(sample, ends, known)

    # --- ready ---------------------------------------------------------------------------

    def _ready(
        self, threads: tuple[Thread, ...], ends: list[Delivery], consumed: frozenset[str]
    ) -> frozenset[str]:
        return frozenset(
            [end.name for end in ends if end.name in consumed and self._reads(threads, end)]
        )

    def _reads(self, threads: tuple[Thread, ...], end: Delivery) -> bool:
        """A thread reads from it, or polls it in a way that is not seen."""
        if any(reads_from(t, end.inode) for t in threads):
            return True
        asleep = [t for t in threads if t.facts.kind in ("sleep", "poll") and t.facts.limited]
        longest = end.sleeps(asleep)
        if longest >= _SLEEPS_BLOCKING:
            return True
        return longest >= _SLEEPS and self._is_nonblocking(end.inode)

    def _is_nonblocking(self, inode: int) -> bool:
        for pid in self._program.processes():
            for fd in proc.socket_fds(pid).get(inode, ()):
                flags = proc.fd_flags(pid, fd)
                if flags is not None and flags & os.O_NONBLOCK:
                    return True
        return False

    def _accepts(self, threads: tuple[Thread, ...]) -> bool:
        """A thread waits for a client, with or without a time limit.

        Only one that stood still while it was looked at: what a poll covers is read after the
        call itself, and one that ran in between may have added the first of its two listeners
        (asyncio opens « :: » and 0.0.0.0, in any order).
        """
        return bool(self._at_the_door([t for t in threads if t.still]))

    def _at_the_door(self, threads: Iterable[Thread]) -> list[Thread]:
        """Those that wait for a client."""
        found = [t for t in threads if t.facts.kind == "accept"]
        polls = [t for t in threads if t.facts.kind == "poll"]
        listening = {x.inode for x in self._listening()} if polls else set()
        return found + [
            t for t in polls if any(socket_of(t.call.pid, fd) in listening for fd in t.facts.reads)
        ]

    # --- waiting -------------------------------------------------------------------------

    def _proof(self, sample: _Sample, ends: list[Delivery], known: Look) -> tuple[Look, bool]:
        """Two equal samples are there; now what no sample shows: timers, limits, flight."""
        if self._may_yet_run(sample, ends):
            return known, False
        known = replace(known, calm=True, rests=True)
        runtime = self._program.runtime
        if has_alarm(sample.threads, runtime):
            return known, True
        helpers = runtime.helpers((t.call.pid, t.call.tid) for t in sample.threads)
        own = [t for t in sample.threads if (t.call.pid, t.call.tid) not in helpers]
        limited = [t for t in own if t.facts.limited or has_socket_limit(t)]
        if not limited:
            keyboard = at_keyboard(sample.threads)
            return replace(known, waiting=True, keyboard=keyboard), False
        read = [end for end in ends if any(only_reads_from(t, end.inode) for t in limited)]
        inodes = {end.inode for end in read}
        if all(any(only_reads_from(t, inode) for inode in inodes) for t in limited):
            reading = frozenset([end.name for end in read]) & known.consumed
            return replace(known, reading=reading), True
        return known, True

    def _may_yet_run(self, sample: _Sample, ends: list[Delivery]) -> bool:
        """Something is on its way to a thread, or it cannot be known."""
        self._proved_threads = sample.key[0]
        if self._proved_threads == self._typed_at:
            return True  # nobody has run since we typed: the key is still on its way
        if any((t.call, t.counter) in self._typed_to for t in sample.threads):
            return True
        return (
            any(end.in_flight() for end in ends)
            or any(self._is_waking(t, ends) for t in sample.threads)
            or any(t.counter is None for t in sample.threads)
            or self._tells_itself()
        )

    def _tells_itself(self) -> bool:
        """Two sockets of its own are connected, and something is under way from one to the other.

        The kernel may keep a short segment back for 40 ms (Nagle's algorithm, delayed ACK).
        """
        there = self._table.dump(protocols=("tcp",), states=_OPEN)
        ends = {x.local for x in there}
        within = [x for x in there if x.wqueue and x.remote in ends]
        return bool(within) and any(
            x.remote in {y.local for y in self._ours_among(there)} for x in self._ours_among(within)
        )

    def _is_waking(self, thread: Thread, ends: list[Delivery]) -> bool:
        """It has been woken and has not run yet, or has something to read.

        Without this a virtual CPU that the host takes away for a while makes a program
        that was just sent something look stuck (seen once in some hundred runs).
        """
        if proc.thread_state(thread.call.pid, thread.call.tid) != "S":
            return True
        waits_for = {socket_of(thread.call.pid, fd) for fd in thread.facts.reads}
        if any(end.inode and end.inode in waits_for for end in ends):
            if any(end.news_for(waits_for) for end in ends):
                return True
            if len(waits_for) == 1:
                return False
        return any(x.rqueue and x.inode in waits_for for x in self._listening())

    # --- the rest ------------------------------------------------------------------------

    def changed(self) -> None:
        """Forget the first of two samples."""
        self._changes += 1
        self._previous = self._settled = None

    def typed(self) -> None:
        """What was typed comes to the program by way of a kernel thread, some time later."""
        self._typed_at = self._proved_threads
        self._previous = self._settled = None
        self._typed_to = frozenset(
            (t.call, t.counter) for t in self._threads.last if at_keyboard((t,))
        )

    def in_flight(self, endpoint: Endpoint) -> bool:
        """Its process is gone; is something that it sent still on the way to us?"""
        if endpoint.datagrams:
            return proc.packets_under_way()
        if self._names is not None:
            ends = self._deliveries_of(endpoint)
            return any(isinstance(end, LocalDelivery) and end.news_to_us() for end in ends)
        return any(self._still_comes(connection) for connection in endpoint.all)

    def _still_comes(self, connection: Connection) -> bool:
        if not connection.connected or connection.local is None or connection.remote is None:
            return False
        mine = self._table.find(connection.remote, connection.local)
        if mine is not None:
            # Held by another process of the tree: nobody closes it now. Else: unacknowledged?
            return not mine.inode and mine.wqueue > 0 and not connection.paused
        ours = self._table.find(connection.local, connection.remote)
        return ours is not None and ours.state == "established" and not connection.paused

    def left_behind(self, endpoint: Endpoint) -> bool:
        """A child holds a connection or, before there is one, a listener."""
        held: set[int] = set()
        for pid in self._program.processes():
            if pid != self._program.pid:
                with contextlib.suppress(FactsUnavailable):
                    held.update(proc.socket_fds(pid))
        if not held:
            return False
        nobodys = not endpoint.connected
        for end in self._deliveries_of(endpoint):
            if not end.connection.connected:
                continue
            mine = end.look()
            if mine is not None and mine.inode in held:
                return True
            # Where nobody has accepted it yet, whoever has the listener may.
            nobodys |= mine is not None and not mine.inode and mine.state in _HELD
        if not nobodys:
            return False
        if endpoint.datagrams:
            there = self._table.dump(protocols=("udp",), states=("bound",))
        else:
            there = self._listening()
        return any(x.inode in held for x in there)

    def has_children(self) -> bool:
        """A process of its tree is alive besides the one that was started."""
        return any(pid != self._program.pid for pid in self._program.processes())

    def orphaned(self, endpoint: Endpoint, name: str) -> bool:
        """The program has closed its socket: no process holds it any more."""
        ends = [end for end in self._deliveries_of(endpoint) if end.name == name]
        return all((mine := end.look()) is None or not mine.inode for end in ends)

    def state(self, why: str) -> tr.State:
        """Freeze everything: each thread's call, each socket of the program."""
        try:
            threads = self._threads.look()
        except FactsUnavailable:
            threads = ()
        sockets = [x for x in self._table.dump() if self._is_ours(x) or self._is_pending(x)]
        if self._names is not None:
            local = self._names.table.dump()
            pending = [
                end.mine
                for end in self._deliveries.values()
                if end.mine is not None and not end.inode
            ]
            local = [*self._ours_among(local), *pending]
            sockets += self._names.named(local, self._program.processes())
        listening = {x.inode for x in sockets if x.state == "listen"}
        told = [end for end in self._deliveries.values() if end.name and end.mine is not None]
        ends = {_ends_of(end.mine): end.name for end in told if end.mine}
        names = {end.inode: end.name for end in told if end.inode}
        return tr.State(
            t=0,
            why=why,
            calls=tuple(as_call(t, listening, names) for t in threads[:64]),
            sockets=tuple(as_socket(x, ends.get(_ends_of(x), "")) for x in sockets[:64]),
        )

    def _is_pending(self, info: SocketInfo) -> bool:
        """Not accepted yet, or closed and not gone: no descriptor, but the program's port."""
        return info.inode == 0 and info.state != "time-wait" and info.remote[1] != 0

    def usage(self) -> Usage:
        """What the whole tree has used, what has ended included."""
        return self._tally.usage()

    def starved(self) -> int:
        """How long its threads have waited for a CPU that others had, in ns: of those alive."""
        return sum(proc.run_delay(pid, tid) for pid in self._program.processes()
                   for tid in proc.threads(pid))  # fmt: skip

    def disk(self, *, afresh: bool = False) -> Disk:
        """What lies in the folders that it can write, without its sandbox in one of them."""
        return self._program.disk(afresh=afresh)

    def resident(self) -> int:
        """The tree's memory. Files in memory may be mapped or not: the larger count holds."""
        return self._tally.resident()

    def nonblocking(self, endpoint: Endpoint) -> bool:
        """An end of it does not block: setblocking(False), or a time limit."""
        ends = self._deliveries_of(endpoint)
        return any(bool(mine) and bool(mine.inode) and self._is_nonblocking(mine.inode)
                   for end in ends if (mine := end.look()))  # fmt: skip

    def unsure(self) -> str:
        """What is known was seen, whatever the machine does."""
        return ""

    def at_keyboard(self) -> bool:
        """A thread reads from the terminal, and has not run since we typed last."""
        try:
            threads = self._threads.look()
        except FactsUnavailable:
            return False
        key = tuple((t.call, t.counter) for t in threads if at_keyboard((t,)))
        fresh = bool(key) and key != self._keyboard_key
        self._keyboard_key = key
        return fresh

    def close(self) -> None:
        """Close the threads' files; the table is the worker's."""
        self._threads.close()
        if self._names is not None:
            self._names.close()
