"""Threads that may be about to act by a clock of their own, with nothing being sent to them.

A program whose event loop waits for its clients also waits, in the same call, for its next timer
(`asyncio.sleep`, `select` with a time limit, `threading.Timer`): what it does then can be seen in
no call. Whoever has come back from such a call so often and has done nothing is looking around,
no more.

How soon that is believed hangs on what for. That a program is calm, and another may speak, may be
believed soon: what it does late is taken late. That it will not send what it should is held
against it: `Clocks` takes longer, and minds each wait that ends by itself.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.run.threads import Thread

_VAIN = 2
"""Returns from such a call after which it is looking around."""
_AT_LEAST = 0.5
"""And so many s: a loop that does something every 20 ms may have another timer as well."""


class Timers:
    """Counts how often each thread was seen to come back since something happened last."""

    def __init__(
        self,
        of: Callable[[Thread], bool],
        now: Callable[[], float] = time.monotonic,
        at_least: float = _AT_LEAST,
    ) -> None:
        """`of` says in which calls: `waits_for_timers_too`, `sleeps`, `ends_by_itself`.

        `at_least`: for so many s it may act, however often it comes back.
        """
        self._of, self._now, self._at_least = of, now, at_least
        self._since_t = now()
        self._since: Hashable = None
        self._seen: defaultdict[int, set[tuple[int, int]]] = defaultdict(set)
        self.in_vain = False
        """There are such threads, and at the last look all of them had come back in vain."""

    def pending(self, threads: Sequence[Thread], happened: Hashable) -> bool:
        """Whether one of them may yet act. `happened` is another when anything has.

        Its run counter is another each time that it was seen in the call again.
        """
        if happened != self._since:
            self._since, self._since_t = happened, self._now()
            self._seen.clear()
        self.in_vain = False
        timed = [(t.call.tid, t.counter) for t in threads if t.counter is not None and self._of(t)]
        self._inherit({t.call.tid for t in threads}, {tid for tid, _ in timed})
        for tid, counter in timed:
            self._seen[tid].add(counter)
        if timed and not self.quiet():
            return True
        self.in_vain = bool(timed) and all(len(self._seen[tid]) > _VAIN for tid, _ in timed)
        return bool(timed) and not self.in_vain

    def _inherit(self, alive: set[int], timed: set[int]) -> None:
        """A timer that is set anew (`threading.Timer`) is another thread each time."""
        gone = [self._seen.pop(tid) for tid in self._seen.keys() - alive]
        for tid in sorted(timed - self._seen.keys()):
            if gone:
                self._seen[tid] = gone.pop()

    def quiet(self) -> bool:
        """Nothing has happened for as long as it may act in any case."""
        return self._now() >= self._since_t + self._at_least


def waits_for_timers_too(thread: Thread) -> bool:
    """It waits for others, and no longer than it has said."""
    facts = thread.facts
    if not facts.limited:
        return False
    return facts.kind == "futex" or (facts.kind == "poll" and len(facts.reads) != 1)


def sleeps(thread: Thread) -> bool:
    """It waits for nobody."""
    return thread.facts.kind == "sleep"
