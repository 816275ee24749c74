"""How long a step may take where nothing about the program can be proved.

The kernel shows what a blocked program waits for. It shows nothing of a program that
computes, polls without a pause, or keeps a thread or an alarm that may act at any time. For
these there are four rules. All of them give up one step, never a run, and only the last two
look at the wall clock, at the time that the lab has promised:

- *budget*: a message is sent to a program that has used a fifth of its CPU time without
  being seen ready, marked as not guaranteed;
- *spins*: the same, sooner, for one that polls a non-blocking socket without a pause;
- *its clock*: a program at rest that may go on by itself is waited for, for as long as promised
  in a whole run. What was waited in vain takes it no time: it is we who waited;
- *overdue*: what has not come when the promised time is over is given up.
"""

from __future__ import annotations

from collections.abc import Callable

from grader.lab.model import Limits
from grader.run.look import Facts
from grader.run.usage import Usage
from reference.endpoint import Endpoint

_BUDGET = 1 / 5
"""Of its CPU time: after so much the next message is sent, ready or not."""
_SPINS_SEND, _SPINS_GIVE_UP = 1 / 20, 2 / 5
"""The same for one that polls without a pause; and until it is said to poll in vain."""
_IN_CALLS = 0.1
"""One that polls spends at least so much of its time in calls."""
_PROMISED = 2 / 3
"""Of the wall time: where that is less than the time promised (advice), it counts instead."""
_OURS = 2_500_000_000
"""So much of each wait for a program to be ready is our own wish, and takes it no time, ns.

Nor is it waited for longer until one that only looks around has done so often enough, or one that
peeks at a piece has taken it."""
_NEWS_GRACE = 500_000_000
"""Once the promised time is over, a step still has so long after what happened before it, ns."""


class Patience:
    """Counts what a program has used since the present step began. `now`: ns since exec.

    What it has used is told by `used`, every 20 ms: as exact as these rules need it.
    """

    def __init__(self, limits: Limits, endpoint: Endpoint, now: Callable[[], int]) -> None:
        self._limits, self._endpoint, self._now = limits, endpoint, now
        self._news_at = 0
        self._used = self._used_at_step = Usage(0, 0, 0)
        self._cpu_when_wanted = 0
        self._wanted_at: int | None = None
        self._spared = 0
        self._in_vain = 0
        """So long it was waited for its own clock, for nothing, ns."""
        self._resting_since: int | None = None

    @property
    def cpu(self) -> int:
        """CPU used by the program as it was last seen, ns."""
        return self._used.cpu

    def news(self) -> None:
        """Something happened just now in the exchange; what is printed at all times is none."""
        self._news_at = self._now()
        self._resting_since = None

    def rests_by_its_clock(self) -> bool:
        """It is at rest, and may go on by itself: whether it is waited for yet."""
        if self._resting_since is None:
            self._resting_since = self._now()
        return self._in_vain + self._resting() < self._promised()

    def waited_in_vain(self) -> None:
        """It has not gone on by itself, and is not waited for any more."""
        self._in_vain += self._resting()
        self._spared += self._resting()
        self._resting_since = None

    def used(self, usage: Usage) -> None:
        """So much is used now; after its end a program shows less than before."""
        self._used = max(self._used, usage)

    def step_begun(self) -> None:
        """A step of the script begins."""
        self.news()
        self._used_at_step = self._used

    def message_wanted(self) -> None:
        """A message waits for the program to be ready."""
        self._cpu_when_wanted = self.cpu
        if self._wanted_at is None:
            self._wanted_at = self._now()

    def wait_over(self, *, more: bool) -> None:
        """A message waits no longer; `more` do."""
        self._spared += self._waiting()
        self._wanted_at = self._now() if more else None

    def waited_enough(self) -> bool:
        """It was waited for as long as is our own wish."""
        return self._waiting() >= _OURS

    def budget_spent(self, facts: Facts) -> bool:
        """Readiness was not seen within the CPU time that it may cost."""
        used = self.cpu - self._cpu_when_wanted
        return used > self._cpu_part(_BUDGET) or self.spins(facts)

    def spins(self, facts: Facts) -> bool:
        """It polls without a pause, long enough for the next message to be sent."""
        return self._spins(facts, _SPINS_SEND)

    def polls_in_vain(self, facts: Facts) -> bool:
        """It polls without a pause, long enough to give up what it should do."""
        return self._spins(facts, _SPINS_GIVE_UP)

    def promise_over(self) -> bool:
        """The time that the lab promises has passed."""
        return self._own() > self._promised()

    def time_over(self) -> bool:
        """All the time is over that it may take on the wall's clock."""
        return self._own() > self._limits.wall * 1e9

    def _own(self) -> int:
        """Its time until now, without what we wait or have waited for our own sake, ns.

        A wait for its own clock counts once it is over, unless it was in vain.
        """
        return self._now() - self._spared - self._waiting() - self._resting()

    def _promised(self) -> int:
        return int(min(self._limits.promised, self._limits.wall * _PROMISED) * 1e9)

    def _resting(self) -> int:
        """So long it has been waited for to go on by itself, ns: never longer than it may."""
        if self._resting_since is None:
            return 0
        return min(self._now() - self._resting_since, max(self._promised() - self._in_vain, 0))

    def _waiting(self) -> int:
        """What of the present wait is for our own sake, ns."""
        return min(self._now() - self._wanted_at, _OURS) if self._wanted_at is not None else 0

    def fresh_news(self) -> bool:
        """Something happened so recently that the step after it has had no chance."""
        return self._now() < self._news_at + _NEWS_GRACE

    def _spins(self, facts: Facts, part: float) -> bool:
        """Its socket does not block, and call follows call; one that computes is in none."""
        cpu = self._used.cpu - self._used_at_step.cpu
        system = self._used.system - self._used_at_step.system
        enough = cpu > self._cpu_part(part) and system > cpu * _IN_CALLS
        return enough and facts.nonblocking(self._endpoint)

    def _cpu_part(self, part: float) -> int:
        return int(self._limits.cpu * 1e9 * part)
