"""Where the time of a batch went: heard phase by phase, added up at the end.

Times of several workers are sums, more than the batch took. What a submission waited for a free
worker is what is left of its time between reading and judging when no worker was at it.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from grader.formats.profile import ProfileTold, Slow
from grader.run.meter import Meter, Spent

PLAYED = ("network", "sandbox", "program", "exchange", "ending", "removal", "watching", "programs")
"""Phases that workers count, in the order of a run; the last two are of CPU alone."""
AROUND = ("read", "known", "copy", "judge", "page", "files", "class")
"""Those of the process that asks."""


@dataclass
class _Submission:
    """What one submission has taken so far, ns."""

    spent: dict[str, tuple[int, int]] = field(default_factory=dict)
    begun: int = 0
    """When it had been read."""
    played: int = 0
    waited: int = 0
    at_it: int = 0
    """Workers that are at it."""
    since: int = 0


class Profile(Meter):
    """Adds up. `wall` and `cpu` tell ns; the second of the thread that asks."""

    listens = True

    def __init__(
        self,
        wall: Callable[[], int] = time.perf_counter_ns,
        cpu: Callable[[], int] = time.thread_time_ns,
    ) -> None:
        self._wall, self._cpu = wall, cpu
        self._began = wall()
        self._lock = threading.Lock()
        self._by: defaultdict[str, _Submission] = defaultdict(_Submission)

    @contextmanager
    def of(self, phase: str, key: str) -> Iterator[None]:
        """Around a phase of the submission `key`; empty: of the class."""
        wall, cpu = self._wall(), self._cpu()
        if phase == "judge":
            self._settle(key, wall)
        try:
            yield
        finally:
            now = self._wall()
            self._add(key, {phase: (now - wall, self._cpu() - cpu)})
            if phase == "read":
                self._by[key].begun = self._by[key].since = now

    def ordered(self, key: str) -> None:
        """A worker begins with something of this submission."""
        self._count(key, 1)

    def answered(self, key: str, spent: Spent) -> None:
        """It is done, or lost, and has spent that. A worker's word is not believed further."""
        self._add(key, _believed(spent))
        self._count(key, -1)

    def started(self, wall: int) -> None:
        """A worker was ready so many ns after its start."""
        self._add("", {"start": (wall, 0)})

    def elsewhere(self, key: str, wall: int, spent: Spent) -> None:
        """Another machine was at it for so many ns, of all the time since it had been read.

        What is left of that time was waiting, for a free worker there and on the way.
        """
        if "start" in spent:
            self.started(max(spent["start"][0], 0))
        self._add(key, _believed(spent))
        with self._lock:
            one, now = self._by[key], self._wall()
            whole = max(now - one.since, 0)
            there = min(max(wall, 0), whole)
            one.played += there
            one.waited += whole - there if one.begun else 0
            one.since = now

    def _count(self, key: str, more: int) -> None:
        with self._lock:
            one, now = self._by[key], self._wall()
            if one.at_it == 0:
                one.waited += max(now - one.since, 0) if one.begun else 0
            else:
                one.played += now - one.since
            one.at_it, one.since = max(one.at_it + more, 0), now

    def _settle(self, key: str, now: int) -> None:
        """It is judged from now on: what it waited since is waiting for that."""
        with self._lock:
            one = self._by[key]
            one.begun = 0
            one.since = now

    def _add(self, key: str, spent: Spent) -> None:
        with self._lock:
            mine = self._by[key].spent
            for name, (wall, cpu) in spent.items():
                before = mine.get(name, (0, 0))
                mine[name] = (before[0] + wall, before[1] + cpu)

    def told(self, runs: int, workers: int, slowest: int = 5) -> ProfileTold:
        """All of it until now."""
        total: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        for one in self._by.values():
            for name, (wall, cpu) in one.spent.items():
                total[name][0] += wall
                total[name][1] += cpu
        listed = {key: one for key, one in self._by.items() if key}
        total["waiting"] = [sum(one.waited for one in listed.values()), 0]
        slow = sorted(listed.items(), key=lambda pair: -_whole(pair[1]))[:slowest]
        return ProfileTold(
            seconds=(self._wall() - self._began) / 1e9,
            submissions=len(listed),
            runs=runs,
            workers=workers,
            phases={name: (wall / 1e9, cpu / 1e9) for name, (wall, cpu) in total.items()},
            slowest=[_slow(key, one) for key, one in slow],
        )


def _believed(spent: Spent) -> Spent:
    """Of what others say that they have spent: the phases there are, and no time below zero."""
    return {name: (max(one[0], 0), max(one[1], 0)) for name, one in spent.items() if name in PLAYED}


def _whole(one: _Submission) -> int:
    return one.played + sum(one.spent.get(name, (0, 0))[0] for name in AROUND)


def _slow(key: str, one: _Submission) -> Slow:
    phases = {name: wall / 1e9 for name, (wall, _) in one.spent.items() if wall}
    return Slow(id=key, seconds=_whole(one) / 1e9, waited=one.waited / 1e9, phases=phases)
