"""Plays jobs on a Dask cluster: submissions go out as content, runs come back as they are done.

Dask gives work to another worker when one is lost. What it gives up, or forgets with its
scheduler, is asked for again: that costs time, and no result. A submission that takes down one
worker after the other is `not_run`, by our fault, as on this machine.
"""

from __future__ import annotations

import queue
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from math import inf

import msgspec

from grader.cluster import orders
from grader.cluster.connection import (
    FETCH_S,
    LOOK_S,
    LOST,
    PATIENCE_S,
    Cluster,
    Future,
    Workers,
)
from grader.cluster.orders import Answer, Broken, How, Refused
from grader.run.errors import HostError
from grader.run.jobs import EngineOptions, FactsMode, Isolation, Job, Played
from grader.run.meter import OFF, Meter
from grader.run.spool import Spool
from grader.run.unplayed import not_run

_TRIES = 4
"""Workers that a submission may take down before it is given up; Dask tries some for each."""
_AHEAD = 2
"""Submissions for each thread of the cluster that are out at once: none waits for the next."""
_MOST_LOST = 20
"""So often a submission may be lost on its way there or back, until that is told as a fault."""
_SAY_AFTER_S = 5.0
"""So long without any worker, until that is said: one that is started again is back by then."""


@dataclass(eq=False)
class _Task:
    """A submission that is out."""

    jobs: list[Job]
    order: bytes
    tries: int = 0
    lost: int = 0
    """So often it did not get there, or did not come back."""
    future: Future | None = None
    where: tuple[str, ...] = ()
    """The only workers that it may go to; none: any."""
    faults: list[str] = field(default_factory=list)


class DaskEngine:
    """Plays jobs on a cluster, as `Engine` does here.

    `tell` hears of workers that refuse, `tell_alone` that nobody is there, and for how many minutes
    somebody is awaited, `meter` of what was spent there.
    """

    def __init__(
        self,
        cluster: Cluster,
        workers: Workers,
        options: EngineOptions,
        lab_files: Mapping[str, bytes],
        *,
        interpreter: str | None,
        runs: int,
        tell: Callable[[str, str], None] = lambda address, why: None,
        tell_alone: Callable[[int], None] = lambda minutes: None,
        meter: Meter = OFF,
    ) -> None:
        self.options = options
        self._cluster = cluster
        self._how = workers.how
        self._unfit = dict(workers.unfit)
        self._lab = orders.packed_lab(lab_files)
        self._interpreter = interpreter
        self._runs = runs
        self._tell = tell
        self._tell_alone = tell_alone
        self._meter = meter
        self._spool = Spool(options.spool)
        self._ended: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self._out: dict[str, _Task] = {}
        """By the key of its future."""
        self._alone_since: float | None = None
        self._said = False
        """That nobody is there."""
        self._last: dict[str, int] = {}
        self._looked_at = -inf
        """When the workers were last asked for, by the monotonic clock."""

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        """Play jobs, yield each as it is done. Jobs are pulled as the cluster has room.

        Raises:
            HostError: the cluster is gone, or nobody in it can play so.
        """
        waiting = (list(group) for _, group in groupby(jobs, key=lambda job: job.key))
        again: deque[_Task] = deque()
        more = True
        while True:
            room = self._room()
            while len(self._out) < room and (more or again):
                if not again and (listed := next(waiting, None)) is None:
                    more = False
                    continue
                task = again.popleft() if again else self._task(listed or [])
                if not self._send(task):
                    again.appendleft(task)
                    break
            if not (self._out or more or again):
                return
            try:
                future = self._ended.get(timeout=LOOK_S)
            except queue.Empty:
                again += self._look()
                continue
            if (found := self._out.pop(future.key, None)) is not None:
                yield from self._take(found, future, again)

    def _task(self, jobs: list[Job]) -> _Task:
        order = orders.order_of(
            jobs, self._how, self._lab, interpreter=self._interpreter, runs=self._runs,
            cold=self.options.warm == "never", metered=self._meter.listens,
        )  # fmt: skip
        return _Task(jobs=jobs, order=orders.encoded(order))

    def _there(self) -> dict[str, int]:
        """Workers there are, with their threads; none while nobody answers.

        A scheduler of hundreds of workers is asked once in a while, not for each submission.
        """
        now = time.monotonic()
        if now - self._looked_at < LOOK_S:
            return self._last
        try:
            self._last = self._cluster.workers()
        except LOST:
            self._last = {}
        self._looked_at = time.monotonic()
        if self._last:
            self._alone_since = None
        return self._last

    def _room(self) -> int:
        """How many submissions may be out at once: none while there is nobody."""
        threads = self._there()
        unfit = self._unfit.keys() & threads.keys()
        if unfit and unfit == threads.keys():
            whys = "; ".join(f"{one}: {self._unfit[one]}" for one in sorted(threads))
            raise HostError(f"no worker of the cluster can grade: {whys}")
        return _AHEAD * sum(n for one, n in threads.items() if one not in unfit)

    def _send(self, task: _Task) -> bool:
        """Give it out: to anybody, or where some are known not to be fit to one of the others.

        False where the scheduler was lost over it.
        """
        there = self._there()
        fit = tuple(one for one in there if one not in self._unfit)
        task.where = fit if len(fit) < len(there) else ()
        try:
            future = self._cluster.submit(task.order, task.where)
            future.add_done_callback(self._ended.put)
        except LOST:
            task.lost += 1
            if task.lost > _MOST_LOST:
                raise
            self._looked_at = -inf
            return False
        task.future = future
        self._out[future.key] = task
        return True

    def _look(self) -> list[_Task]:
        """Nothing came for a while: what is out and will not come back by itself?"""
        there = self._there()
        if not there:
            self._give_up_after()
        lost = [
            key for key, task in self._out.items()
            if task.future is None or task.future.status in ("cancelled", "lost")
            or (task.where and there.keys().isdisjoint(task.where))
        ]  # fmt: skip
        return [self._out.pop(key) for key in lost]

    def _give_up_after(self) -> None:
        now = time.monotonic()
        if self._alone_since is None:
            self._alone_since, self._said = now, False
        if not self._said and now - self._alone_since >= _SAY_AFTER_S:
            self._said = True
            self._tell_alone(round(PATIENCE_S / 60))
        if now - self._alone_since > PATIENCE_S:
            raise HostError(
                f"the Dask cluster at {self._cluster.address} has no worker any more",
                "what was graded is kept: the same command goes on from there",
            )

    def _take(self, task: _Task, future: Future, again: deque[_Task]) -> Iterator[Played]:
        """What became of a task: its runs, or it is given out once more."""
        if future.status == "error":
            yield from self._failed(task, _words_of(future), again)
            return
        try:
            data = future.result(timeout=FETCH_S)
        except LOST as error:
            # It was there, and was lost on its way: nobody's fault.
            task.lost += 1
            if task.lost <= _MOST_LOST:
                again.append(task)
            else:
                yield from self._failed(task, f"{type(error).__name__}: {error}", again)
            return
        finally:
            task.future = None
        try:
            said = orders.reply(data)
            if isinstance(said, Answer):
                played = orders.played_of(said, task.jobs, self._how.isolation, self._spool)
                self._meter.elsewhere(said.key, said.took, said.spent)
                yield from played
                return
        except (ValueError, TypeError, msgspec.MsgspecError) as error:
            yield from self._failed(task, f"a worker sent something else: {error}", again)
            return
        if isinstance(said, Refused):
            self._refused(future, said.why)
            again.append(task)
        else:
            why = said.said if isinstance(said, Broken) else "an answer to another question"
            yield from self._failed(task, why, again)

    def _refused(self, future: Future, why: str) -> None:
        """Whoever joined since and plays in another way is not asked any more."""
        try:
            holders = self._cluster.client.who_has([future]).get(future.key, ())
        except LOST:
            return  # whoever it was refuses the next one, too
        for address in holders:
            if address not in self._unfit:
                self._unfit[address] = why
                self._tell(address, why)

    def _failed(self, task: _Task, why: str, again: deque[_Task]) -> Iterator[Played]:
        task.tries += 1
        task.faults.append(why)
        if task.tries < _TRIES:
            again.append(task)
            return
        for job in task.jobs:
            lost = not_run(self.options, job, "workers ended over it")
            yield replace(lost, faults=tuple(dict.fromkeys(task.faults)))


def _words_of(future: Future) -> str:
    try:
        error = future.exception(timeout=FETCH_S)
    except Exception as problem:
        error = problem
    return f"{type(error).__name__}: {error}"


def isolation_of(how: How) -> Isolation:
    """The isolation that a worker says."""
    return "full" if how.isolation == "full" else "none"


def facts_of(how: How) -> FactsMode:
    """How a worker sees what programs do."""
    return "kernel" if how.facts == "kernel" else "paced"
