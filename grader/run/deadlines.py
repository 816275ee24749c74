"""Times that the lab asks for: when a step has had as long as the statement gives, and more.

The clock of a step begins when it does, right after what came before it. A verdict must not
depend on load, so what counts is the time that the program has had: time in which its threads
were ready to run and others had the CPU is taken off (`Facts.starved`), and so is the time in
which we were not looking. What it has sent until now is always taken in before a step is given
up. And the limit itself is generous: `grader.lab.connections.longest_of`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from reference.script import Step

_OUR_PAUSE = 100_000_000
"""Between two looks at the clock, ns: what is longer is our own delay, not the program's."""


@dataclass
class _Running:
    step: Step
    ends: int
    """When its time is over, by the clock of the run."""
    starved: int
    """What the program had waited for a CPU when the step began, ns."""


class Deadlines:
    """The steps that are being played and have a time. `now` and all times are in ns."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._running: dict[int, _Running] = {}
        self._looked = now()

    def begun(self, index: int, step: Step, starved: Callable[[], int]) -> None:
        """A step begins."""
        if step.within is not None:
            self._looked = now = self._now()
            self._running[index] = _Running(step, now + int(step.within * 1e9), starved())

    def over(self, index: int) -> None:
        """It is over."""
        self._running.pop(index, None)

    def passed(self, starved: Callable[[], int]) -> list[str]:
        """The connections on which a step's time is over."""
        if not self._running:
            return []
        now, before = self._now(), self._looked
        self._looked = now
        late = max(now - before - _OUR_PAUSE, 0)
        for running in self._running.values():
            running.ends += late
        if all(now <= running.ends for running in self._running.values()):
            return []
        waited = starved()
        over = [i for i, x in self._running.items() if now > x.ends + max(waited - x.starved, 0)]
        return [self._running.pop(index).step.connection for index in over]
