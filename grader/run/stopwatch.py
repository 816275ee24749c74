"""How much of the time that has passed a tree of processes has really had.

What a slow or busy machine did not give it is not its own: time in which its threads were
ready to run and others had the CPU is taken off, and so is time in which we were not looking
(`grader.run.deadlines` counts the steps of a run alike).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

_OUR_PAUSE = 100_000_000
"""Between two looks, ns: what is longer is our own delay, not the program's."""

Delays = Mapping[tuple[int, int], int]
"""By (process, thread): how long it has waited for a CPU in its life, ns."""


class Stopwatch:
    """Runs from now on. `now` tells the time, `delays` of the threads that are there; in ns."""

    def __init__(self, now: Callable[[], int], delays: Callable[[], Delays]) -> None:
        self._now, self._delays = now, delays
        self._began = self._looked = now()
        self._before = delays()
        self._not_given = 0

    def passed(self) -> int:
        """All the time since the beginning, given or not."""
        return self._now() - self._began

    def had(self) -> int:
        """A look: the time that it has had until now."""
        now, delays = self._now(), self._delays()
        waited = sum(max(delays[key] - self._before.get(key, 0), 0) for key in delays)
        late = max(now - self._looked - _OUR_PAUSE, 0)
        self._looked, self._before = now, delays
        # Many threads wait longer, together, than there was time: none of it is kept for later.
        self._not_given = min(self._not_given + waited + late, now - self._began)
        return now - self._began - self._not_given
