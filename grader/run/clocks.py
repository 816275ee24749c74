"""Whether a program may yet send what it should by a clock of its own, nobody sending it anything.

A pause between two lines, a read with a time limit after which it speaks, an alarm: a right program
may have any of them, and who gives up its message meanwhile blames it for a pause. So as long as a
wait of it ends by itself, and has not ended twice with nothing done for it, the message may come.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Hashable, Sequence

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.run import proc, syscalls
from grader.run.blocked import has_socket_limit
from grader.run.runtimes import Runtime
from grader.run.threads import Thread
from grader.run.timers import Timers

_AT_LEAST = 2.0
"""s since anything happened, a line printed included: a pause may be many short ones."""
_TOO_LONG_S = 10
"""Labs promise their programs ten seconds in all."""
_WAITS = frozenset({"sleep", "poll", "futex", "read", "accept", "wait"})
"""Kinds of call that a time limit ends soon; a connect is given up by the kernel after minutes."""


def ends_by_itself(thread: Thread) -> bool:
    """Its call has a time limit, which it gave itself or its socket (SO_RCVTIMEO).

    One that is longer than a run, where the call tells it, is none.
    """
    if thread.facts.kind not in _WAITS or not (thread.facts.limited or has_socket_limit(thread)):
        return False
    left = syscalls.time_left(thread.call)
    return left is None or left < _TOO_LONG_S


class Clocks:
    """The clocks of one program; threads of its `runtime` (Java's, Node's) act for nobody."""

    def __init__(self, runtime: Runtime, now: Callable[[], float] = time.monotonic) -> None:
        self._runtime = runtime
        self._timers = Timers(ends_by_itself, now, _AT_LEAST)
        self.alarmed = False
        """At the last look an alarm held it, of which no call and no counter tells more."""

    def pending(self, threads: Sequence[Thread], happened: Hashable) -> bool:
        """Whether one of them may yet act by itself. `happened` is another when anything has."""
        helpers = self._runtime.helpers((t.call.pid, t.call.tid) for t in threads)
        own = [t for t in threads if (t.call.pid, t.call.tid) not in helpers]
        timed = self._timers.pending(own, happened)
        self.alarmed = not timed and not self._timers.quiet() and has_alarm(own, self._runtime)
        return timed or self.alarmed


def has_alarm(threads: Sequence[Thread], runtime: Runtime) -> bool:
    """A timer may wake one of them, or an alarm that has a handler or that one of them awaits."""
    pids = {t.call.pid for t in threads}
    if any(proc.has_timers(pid) or proc.catches_alarm(pid, runtime.signals) for pid in pids):
        return True
    waits = [t.call for t in threads if t.facts.name == "rt_sigtimedwait"]
    return any(proc.awaits_alarm(call.pid, call.args[0]) for call in waits)
