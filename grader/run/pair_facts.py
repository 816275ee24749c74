"""Facts about a program whose peer is another program: whether it rests, and for what.

Neither end of the connection is ours, so nothing is known of what was to be sent: everything
is read from the calls of the threads and from the socket table of the network that the two
programs have to themselves.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from contextlib import suppress
from dataclasses import dataclass, replace
from operator import attrgetter

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.run import proc
from grader.run.blocked import at_keyboard, has_socket_limit, socket_of
from grader.run.clocks import has_alarm
from grader.run.errors import FactsUnavailable
from grader.run.facts import PEER_ENDS, KernelFacts
from grader.run.program import Program
from grader.run.runtimes import PLAIN
from grader.run.sockdiag import SocketInfo, SocketTable
from grader.run.syscalls import CallFacts
from grader.run.threads import Thread

_STOPS_WITHIN = 2000
"""Looks at a program that is told to stop; it is a matter of microseconds."""
_MOST_HELD = 64
"""Sockets of one process that are held at its end."""
_OPEN_ENDED = frozenset({"established", "fin-wait-1", "fin-wait-2", "syn-sent", "syn-recv"})
"""States of a connection in which the peer has not said its last word: a read may wait."""
_ON_ITS_WAY = frozenset({"syn-sent", "syn-recv", "fin-wait-1", "closing", "last-ack"})
"""States that the other kernel end's answer changes, at once, without any program."""

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a program does. All False: it runs, or that cannot be excluded."""

    rests: bool = False
    """Every thread is blocked in a call, and nothing is there that would wake one."""
    waiting: bool = False
    """Proof: it rests, and only the other program or the keyboard can make it act."""
    keyboard: bool = False
    """One of its threads waits for the keyboard."""
    accepting: bool = False
    """A thread waits for a client."""
    promising: bool = False
    """The next look may find it resting: look again soon."""


_RUNS = Standing()


class PairFacts(KernelFacts):
    """Facts of one of two programs that share a network; `table` is of that network."""

    def __init__(self, program: Program, table: SocketTable) -> None:
        super().__init__(program, table)
        self._calls: dict[int, CallFacts] = {}
        """What each thread was last seen in, but for `restart_syscall`."""

    def standing(self) -> Standing:
        """Look at the program. It takes two looks to see that it rests for good.

        One that sleeps rests at once: a short sleep may never be seen twice.
        """
        seen = self._previous is not None and self._threads.stood_still()
        try:
            threads = self._threads.look()
            if not threads or not all(t.call.blocked and t.counter is not None for t in threads):
                self._calls.clear()
                self._previous = None
                return _RUNS
            threads = tuple(self._as_it_was(t) for t in threads)
            key = tuple((t.call, t.counter) for t in threads)
            same, self._previous = seen and key == self._previous, key
            if not same and not any(t.facts.limited for t in threads):
                return Standing(promising=True)
            return self._standing(threads, key)
        except FactsUnavailable:
            self._previous = None
            return _RUNS

    def _as_it_was(self, thread: Thread) -> Thread:
        """A poll that was stopped and goes on hides its arguments: they are what they were."""
        tid = thread.call.tid
        if thread.facts.name == "restart_syscall" and tid in self._calls:
            return replace(thread, facts=self._calls[tid])
        self._calls[tid] = thread.facts
        return thread

    def _standing(self, threads: tuple[Thread, ...], key: tuple[object, ...]) -> Standing:
        self._proved_threads = key
        if key == self._typed_at:
            return _RUNS  # nobody has run since we typed: the key is still on its way
        sockets = {x.inode: x for x in self._table.dump() if x.inode}
        if any(_has_news(t, sockets) for t in threads):
            return _RUNS
        return Standing(
            rests=True,
            waiting=self._only_others_act(threads),
            keyboard=at_keyboard(threads),
            accepting=self._accepts(threads),
        )

    def _only_others_act(self, threads: tuple[Thread, ...]) -> bool:
        if not all(t.facts.kind in PEER_ENDS and t.facts.known for t in threads):
            return False
        if any(t.facts.limited or has_socket_limit(t) for t in threads):
            return False
        return not has_alarm(threads, PLAIN)


def _has_news(thread: Thread, sockets: dict[int, SocketInfo]) -> bool:
    """It has been woken and has not run yet, or something is there for it to read."""
    if proc.thread_state(thread.call.pid, thread.call.tid) != "S":
        return True
    for fd in thread.facts.reads:
        inode = socket_of(thread.call.pid, fd)
        info = None if inode is None else sockets.get(inode)
        if info is None or info.protocol.startswith("udp"):
            if info is not None and info.rqueue:
                return True
            continue
        if info.rqueue or (info.state != "listen" and info.state not in _OPEN_ENDED):
            return True
    return False


def wire_of(table: SocketTable) -> tuple[SocketInfo, ...]:
    """All TCP sockets of the network, with what has passed through them: equal, nothing has."""
    return tuple(sorted(table.dump(protocols=("tcp",), info=True), key=attrgetter("cookie")))


def on_its_way(wire: tuple[SocketInfo, ...]) -> bool:
    """Something that one side has sent is not acknowledged by the other's kernel yet."""
    return any(x.state != "listen" and (x.wqueue or x.state in _ON_ITS_WAY) for x in wire)


# --- turns -------------------------------------------------------------------------------


def freeze(program: Program) -> None:
    """Stop every process of the program; when this returns, none of them runs."""
    for _ in range(_STOPS_WITHIN):
        running = [pid for pid in program.processes() if not _is_stopped(pid)]
        if not running:
            return
        for pid in running:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGSTOP)
        os.sched_yield()


def thaw(program: Program) -> None:
    """Let it go on where it was."""
    for pid in program.processes():
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGCONT)


def hold_sockets(program: Program) -> list[int]:
    """Keep the program's sockets open beyond its end: descriptors, for the caller to close.

    So its end is no news to the other program, which is to be found as it was.
    """
    held: list[int] = []
    for pid in program.processes():
        with suppress(FactsUnavailable):
            fds = [fds[0] for fds in proc.socket_fds(pid).values()]
            copies = (proc.copy_fd(pid, fd) for fd in fds[:_MOST_HELD])
            held += [copy for copy in copies if copy is not None]
    return held


def abort_frozen(program: Program) -> None:
    """SIGABRT for a program that stands still: its first thread takes it, as soon as it goes on.

    Sent to the process it would be any thread's, and the line where it stands with it.
    """
    if _libc.tgkill(program.pid, program.pid, signal.SIGABRT):
        program.abort()


def _is_stopped(pid: int) -> bool:
    states = (proc.thread_state(pid, tid) for tid in proc.threads(pid))
    return all(state in (None, "T", "Z", "X") for state in states)
