"""Clocks around the phases of a batch; where nobody asks for them they cost nothing.

What works for a batch is handed a `Meter` and says which phase it is in. This one is deaf:
`grader.batch.profile` has one that adds up, and workers count for themselves (`Clocks`) and
say what they counted with the end of each order.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext

Spent = Mapping[str, tuple[int, int]]
"""Phase -> ns of wall and of CPU."""
_NOTHING = nullcontext()


class Meter:
    """Hears of every phase, and forgets it."""

    listens = False
    """Whether workers are to count."""

    def of(self, phase: str, key: str) -> AbstractContextManager[None]:
        """Around a phase of the submission `key`; empty: of the class."""
        return _NOTHING

    def ordered(self, key: str) -> None:
        """A worker begins with something of this submission."""

    def answered(self, key: str, spent: Spent) -> None:
        """It is done, or lost, and has spent that."""

    def started(self, wall: int) -> None:
        """A worker was ready so many ns after its start."""

    def elsewhere(self, key: str, wall: int, spent: Spent) -> None:
        """Another machine was at this submission for so many ns, and has spent that.

        What its workers took to start is `start` among it.
        """


OFF = Meter()


class Clocks:
    """Adds up what each phase takes of one thread; both clocks tell ns."""

    def __init__(
        self,
        wall: Callable[[], int] = time.perf_counter_ns,
        cpu: Callable[[], int] = time.thread_time_ns,
    ) -> None:
        self._wall, self._cpu = wall, cpu
        self.spent: dict[str, tuple[int, int]] = {}

    @contextmanager
    def of(self, phase: str) -> Iterator[None]:
        """Around the phase."""
        wall, cpu = self._wall(), self._cpu()
        try:
            yield
        finally:
            self.add(phase, self._wall() - wall, self._cpu() - cpu)

    def add(self, phase: str, wall: int, cpu: int) -> None:
        """So much more."""
        before = self.spent.get(phase, (0, 0))
        self.spent[phase] = (before[0] + wall, before[1] + cpu)

    def taken(self) -> dict[str, tuple[int, int]]:
        """What was spent since the last time."""
        spent, self.spent = self.spent, {}
        return spent
