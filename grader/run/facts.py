"""Facts about a program from the kernel: listening, ready, waiting. No guess, no sleep.

Two different ideas, never mixed:

- *ready*: all that was sent has been received by its socket and, in a later look, the
  receive queue is empty; and a thread is in a read, or a poll that covers this socket.
- *waiting*: every thread of every process is blocked in a call without a time limit that
  only the peer (or the keyboard) can end. It takes two looks with equal calls and equal run
  counters, no timer, no alarm handler, no SO_RCVTIMEO, nothing in flight.

What cannot be read is neither.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, replace

from grader import transcript as tr
from grader.run import proc
from grader.run.account import Account
from grader.run.blocked import (
    as_call,
    as_socket,
    at_keyboard,
    has_socket_limit,
    only_reads_from,
    reads_from,
    socket_of,
)
from grader.run.errors import FactsUnavailable
from grader.run.look import Look
from grader.run.program import Program
from grader.run.sockdiag import SocketInfo, SocketTable
from grader.run.threads import Thread, Threads
from grader.run.usage import Disk, Usage
from reference.endpoint import Endpoint

_SLEEPS = 2
"""A non-blocking reader that sleeps: asleep this many different times with an empty queue."""
_SLEEPS_BLOCKING = 8
"""The same for a socket that would block: it must poll in some way that cannot be seen."""
PEER_ENDS = frozenset({"read", "accept", "poll", "futex", "wait"})
"""Kinds of call that, without a time limit, end only by what another does."""
_HELD = frozenset({"established", "close-wait"})
"""States of a connection that waits to be accepted: no descriptor, but a future."""
_CLOSED_BY_US = frozenset({"established", "fin-wait-1", "fin-wait-2"})


@dataclass(frozen=True, slots=True)
class _Sample:
    """All threads in one look, and the queues of the connection."""

    threads: tuple[Thread, ...]
    connection: SocketInfo | None

    @property
    def key(self) -> tuple[object, ...]:
        """Equal in two samples: nothing ran, nothing came, nothing went in between."""
        return (
            tuple((t.call, t.counter) for t in self.threads),
            self.connection,
        )


class KernelFacts:
    """Facts of one program; `table` is of the network namespace that it runs in."""

    name = "kernel"
    sees_listeners = True

    def __init__(self, program: Program, table: SocketTable) -> None:
        self._program, self._table = program, table
        self._threads = Threads(program.processes)
        self._settled: tuple[object, Look] | None = None
        """A look that holds until a thread runs, with what it saw of the connection."""
        self._listeners: list[tr.Listener] = []
        self._listeners_at = 0
        """The look at the threads since which these are all its listeners; 0: unknown."""
        self._previous: tuple[object, ...] | None = None
        self._proved_threads: object = None
        self._typed_at: object = ()
        self._keyboard_key: object = ()
        """The threads at the keyboard when `at_keyboard` said so."""
        self._arrived_at = -1
        """`bytes_sent` for which all was seen to have arrived in an earlier look."""
        self._sleeps: set[tuple[int, int]] = set()
        self._sleeps_at = -1
        self._account = Account()
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
        return self._listeners

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

    def look(self, endpoint: Endpoint, *, wants_ready: bool) -> Look:
        """See `Look`. `wants_ready`: look again soon, something waits to be sent."""
        mine = self._connection(endpoint)
        consumed = self._consumed(mine, endpoint)
        seen = (mine, consumed, endpoint.connected)
        if self._settled is not None:
            before, look = self._settled
            if before == seen and self._threads.stood_still():
                return look
        if not endpoint.connected and self._threads.sole_one_runs():
            return Look()
        look, settled = self._look_closely(mine, endpoint, consumed=consumed)
        self._settled = (seen, replace(look, still=True)) if settled else None
        if self._arrived_at == endpoint.bytes_sent and not consumed and wants_ready:
            return replace(look, promising=True)
        return look

    def _look_closely(
        self, mine: SocketInfo | None, endpoint: Endpoint, *, consumed: bool
    ) -> tuple[Look, bool]:
        """The look, and whether it holds until a thread runs or the connection changes."""
        try:
            threads = self._threads.look()
            known = Look(
                consumed=consumed,
                ready=consumed and self._ready(threads, mine, endpoint),
                accepting=not endpoint.connected and self._accepts(threads),
            )
        except FactsUnavailable:
            self._previous = None
            return Look(consumed=consumed), False
        if not threads or not all(t.facts.kind in PEER_ENDS and t.facts.known for t in threads):
            self._previous = None
            return known, True
        sample = _Sample(threads, mine)
        proved = sample.key == self._previous
        self._previous = sample.key
        if not proved:
            return replace(known, promising=True), False
        return self._proof(sample, endpoint, known)

    def _connection(self, endpoint: Endpoint) -> SocketInfo | None:
        """The program's end of the connection."""
        if endpoint.local is None or endpoint.remote is None:
            return None
        return self._table.find(endpoint.remote, endpoint.local)

    def _consumed(self, mine: SocketInfo | None, endpoint: Endpoint) -> bool:
        """Everything sent has arrived (an earlier look) and the queue is empty (this one).

        An empty queue alone would lie: a segment in the socket's backlog is in no queue yet.
        """
        if mine is None or not mine.inode or endpoint.unsent or mine.bytes_received is None:
            return False
        if self._arrived_at != endpoint.bytes_sent:
            if mine.bytes_received >= endpoint.bytes_sent:
                self._arrived_at = endpoint.bytes_sent
            return False
        return mine.rqueue == 0

    # --- ready ---------------------------------------------------------------------------

    def _ready(
        self, threads: tuple[Thread, ...], mine: SocketInfo | None, endpoint: Endpoint
    ) -> bool:
        assert mine is not None  # noqa: S101 -- consumed says so
        if any(reads_from(t, mine.inode) for t in threads):
            return True
        return self._polls_by_sleeping(threads, mine, endpoint)

    def _polls_by_sleeping(
        self, threads: tuple[Thread, ...], mine: SocketInfo, endpoint: Endpoint
    ) -> bool:
        if self._sleeps_at != endpoint.bytes_sent:
            self._sleeps_at, self._sleeps = endpoint.bytes_sent, set()
        asleep = [t for t in threads if t.facts.kind in ("sleep", "poll") and t.facts.limited]
        self._sleeps.update((t.call.tid, t.counter[0]) for t in asleep if t.counter is not None)
        if not asleep:
            return False
        longest = max(sum(tid == t.call.tid for tid, _ in self._sleeps) for t in asleep)
        if longest >= _SLEEPS_BLOCKING:
            return True
        return longest >= _SLEEPS and self._is_nonblocking(mine.inode)

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
        still = [t for t in threads if t.still]
        if any(t.facts.kind == "accept" for t in still):
            return True
        polls = [t for t in still if t.facts.kind == "poll"]
        if not polls:
            return False
        listening = {x.inode for x in self._table.dump(protocols=("tcp",), states=("listen",))}
        return any(socket_of(t.call.pid, fd) in listening for t in polls for fd in t.facts.reads)

    # --- waiting -------------------------------------------------------------------------

    def _proof(self, sample: _Sample, endpoint: Endpoint, known: Look) -> tuple[Look, bool]:
        """Two equal samples are there; now what no sample shows: timers, limits, flight."""
        if self._may_yet_run(sample, endpoint):
            return known, False
        pids = {t.call.pid for t in sample.threads}
        if any(proc.has_timers(pid) or proc.catches_alarm(pid) for pid in pids):
            return known, True
        limited = [t for t in sample.threads if t.facts.limited or has_socket_limit(t)]
        if not limited:
            keyboard = at_keyboard(sample.threads)
            return replace(known, waiting=True, keyboard=keyboard), False
        inode = sample.connection.inode if sample.connection is not None else 0
        reading = bool(inode) and all(only_reads_from(t, inode) for t in limited)
        return replace(known, reading=reading and known.consumed), True

    def _may_yet_run(self, sample: _Sample, endpoint: Endpoint) -> bool:
        """Something is on its way to a thread, or it cannot be known."""
        self._proved_threads = sample.key[0]
        if self._proved_threads == self._typed_at:
            return True  # nobody has run since we typed: the key is still on its way
        return (
            self._in_flight_to(sample.connection, endpoint)
            or any(self._is_waking(t, sample.connection) for t in sample.threads)
            or any(t.counter is None for t in sample.threads)
        )

    def _is_waking(self, thread: Thread, mine: SocketInfo | None) -> bool:
        """It has been woken and has not run yet, or has something to read.

        Without this a virtual CPU that the host takes away for a while makes a program
        that was just sent something look stuck (seen once in some hundred runs).
        """
        if proc.thread_state(thread.call.pid, thread.call.tid) != "S":
            return True
        waits_for = {socket_of(thread.call.pid, fd) for fd in thread.facts.reads}
        if mine is not None and mine.inode in waits_for:
            return mine.rqueue > 0 or mine.state != "established"
        listening = self._table.dump(protocols=("tcp",), states=("listen",))
        return any(x.rqueue and x.inode in waits_for for x in listening)

    def _in_flight_to(self, mine: SocketInfo | None, endpoint: Endpoint) -> bool:
        """Something of ours has not reached the program's socket, or the reverse."""
        if endpoint.dialling:
            return True
        if mine is None:
            # No such socket, and no news of its end yet: that is on its way.
            return endpoint.open
        if mine.wqueue:
            return True
        if not mine.inode and mine.state not in _HELD:
            return False  # closed by the program: what we send is answered by RST
        closed_window = endpoint.unsent > 0 and mine.rqueue > 0
        arrived = (mine.bytes_received or 0) >= endpoint.bytes_sent
        if endpoint.fin_sent and mine.state in _CLOSED_BY_US:
            return mine.rqueue == 0
        return not (arrived or closed_window)

    # --- the rest ------------------------------------------------------------------------

    def changed(self) -> None:
        """Forget the first of two samples."""
        self._previous = self._settled = None

    def typed(self) -> None:
        """What was typed comes to the program by way of a kernel thread, some time later."""
        self._typed_at = self._proved_threads
        self._previous = None

    def in_flight(self, endpoint: Endpoint) -> bool:
        """Its process is gone; is something that it sent still on the way to us?"""
        if not endpoint.connected or endpoint.local is None or endpoint.remote is None:
            return False
        mine = self._table.find(endpoint.remote, endpoint.local)
        if mine is not None:
            # Held by another process of the tree: nobody closes it now. Else: unacknowledged?
            return not mine.inode and mine.wqueue > 0
        ours = self._table.find(endpoint.local, endpoint.remote)
        return ours is not None and ours.state == "established"

    def left_behind(self, endpoint: Endpoint) -> bool:
        """A child holds the connection or, before there is one, a listener."""
        held: set[int] = set()
        for pid in self._program.processes():
            if pid != self._program.pid:
                with contextlib.suppress(FactsUnavailable):
                    held.update(proc.socket_fds(pid))
        if not held:
            return False
        if endpoint.connected:
            mine = self._connection(endpoint)
            if mine is None or mine.inode or mine.state not in _HELD:
                return mine is not None and mine.inode in held
            # Nobody has accepted it yet: whoever has the listener may.
        listening = self._table.dump(protocols=("tcp",), states=("listen",))
        return any(x.inode in held for x in listening)

    def orphaned(self, endpoint: Endpoint) -> bool:
        """The program has closed its socket: no process holds it any more."""
        mine = self._connection(endpoint)
        return mine is None or not mine.inode

    def state(self, why: str) -> tr.State:
        """Freeze everything: each thread's call, each socket of the program."""
        try:
            threads = self._threads.look()
        except FactsUnavailable:
            threads = ()
        sockets = [x for x in self._table.dump() if self._is_ours(x) or self._is_pending(x)]
        listening = {x.inode for x in sockets if x.state == "listen"}
        return tr.State(
            t=0,
            why=why,
            calls=tuple(as_call(t, listening) for t in threads[:64]),
            sockets=tuple(as_socket(x) for x in sockets[:64]),
        )

    def _is_pending(self, info: SocketInfo) -> bool:
        """Not accepted yet, or closed and not gone: no descriptor, but the program's port."""
        return info.inode == 0 and info.state != "time-wait" and info.remote[1] != 0

    def usage(self) -> Usage:
        """What the whole tree has used, what has ended included."""
        told = (proc.used(pid) for pid in self._program.remains())
        used = self._account.usage(one for one in told if one is not None)
        if (group := self._program.group) is None:
            return used
        return used._replace(cpu=max(used.cpu, group.cpu()))

    def disk(self) -> Disk:
        """What lies in the folders that it can write, without its sandbox in one of them."""
        return self._program.disk()

    def resident(self) -> int:
        """The tree's memory. Files in memory may be mapped or not: the larger count holds."""
        private, shared = proc.resident(self._program.processes())
        disk = self.disk()
        return private + max(shared, disk.size if disk.bounded else 0)

    def nonblocking(self, endpoint: Endpoint) -> bool:
        """Its end of the connection does not block: setblocking(False), or a time limit."""
        mine = self._connection(endpoint)
        return mine is not None and bool(mine.inode) and self._is_nonblocking(mine.inode)

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
