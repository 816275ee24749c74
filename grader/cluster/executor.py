"""Plays jobs on a Dask cluster: submissions go out as content, runs come back as they are done.

Dask gives work to another worker when one is lost. What it gives up, or forgets with its
scheduler, is asked for again: that costs time, and no result. A submission that takes down one
worker after the other is `not_run`, by our fault, as on this machine.
"""

from __future__ import annotations

import logging
import queue
import secrets
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import groupby
from types import TracebackType
from typing import Any, Protocol, Self

import msgspec

from grader.cluster import orders
from grader.cluster.orders import Answer, Ask, Broken, Described, How, Refused, difference
from grader.run.errors import HostError
from grader.run.jobs import EngineOptions, FactsMode, Isolation, Job, Played
from grader.run.spool import Spool
from grader.run.unplayed import not_run


class Future(Protocol):
    """Of Dask's futures what is used here."""

    key: str
    status: str

    def result(self, timeout: float | None = None) -> Any:  # noqa: ANN401 -- Dask's
        """What came back."""

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """What went wrong."""

    def add_done_callback(self, told: Callable[[Future], None]) -> None:
        """Tell when it is done."""


_TRIES = 4
"""Workers that a submission may take down before it is given up; Dask tries some for each."""
_AHEAD = 2
"""Submissions for each thread of the cluster that are out at once: none waits for the next."""
_LOOK_S = 1.0
"""How often is looked for what nobody tells: a scheduler that is gone, workers that are."""
_FETCH_S = 120.0
_ASKS = 5
"""So often the workers are asked what they can do, until one of them says it."""
_PATIENCE_LOOKS = 600
"""So many looks without any worker, or without the scheduler: then the cluster is gone."""


@dataclass(eq=False)
class _Task:
    """A submission that is out."""

    jobs: list[Job]
    order: bytes
    tries: int = 0
    future: Future | None = None
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Workers:
    """What the workers of a cluster say that they can do."""

    how: How
    """As most of them play."""
    fit: tuple[str, ...]
    """Addresses of those."""
    unfit: Mapping[str, str]
    """Address -> why it is not asked."""
    weaker: tuple[str, ...]


class Cluster:
    """A connection to a Dask scheduler; a context manager.

    Raises:
        HostError: it does not answer, or `distributed` is not installed.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._client: Any = None

    def __enter__(self) -> Self:
        self._client = self._connect()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._close()

    @property
    def client(self) -> Any:  # noqa: ANN401 -- Dask's
        """The connection; a new one where the last was given up.

        Raises:
            HostError: the scheduler does not answer.
        """
        if self._client is None or self._client.status in ("closed", "closing"):
            self._close()
            self._client = self._connect()
        return self._client

    def _connect(self) -> Any:  # noqa: ANN401 -- Dask's
        try:
            from distributed import Client
        except ImportError as error:
            raise HostError("--executor needs Dask", "pip install 'wiregrade[cluster]'") from error
        # What it has to say of lost connections, `play` deals with.
        for name in ("distributed", "distributed.client", "tornado.application"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            return Client(self.address, set_as_default=False, name="wiregrade")
        except (OSError, ValueError, TypeError, ImportError) as error:
            raise HostError(
                f"no Dask scheduler answers at {self.address} ({error})",
                "start it, or see docs/cluster.md",
            ) from error

    def _close(self) -> None:
        if self._client is not None:
            with suppress(Exception):
                self._client.close(timeout=5)
            self._client = None

    def workers(self) -> dict[str, int]:
        """Threads by address, of the workers that there are now."""
        found: Mapping[str, Any] = self.client.scheduler_info(n_workers=-1)["workers"]
        return {address: int(told["nthreads"]) for address, told in found.items()}

    def ask_all(self, isolation: str, interpreter: str | None) -> Workers:
        """What each worker can do; those that play in the way of most of them are fit.

        Raises:
            HostError: there are none, or none can play so.
        """
        question = orders.encoded(Ask(isolation=isolation, interpreter=interpreter))
        for left in reversed(range(_ASKS)):
            threads = self._awaited()
            asked = {address: self.submit(question, (address,)) for address in threads}
            told = {address: self._told(address, future) for address, future in asked.items()}
            # Workers that are lost just now have others come in their place.
            if not left or any(isinstance(one, Described) for one in told.values()):
                break
        return fitting(told, threads)

    def _awaited(self) -> dict[str, int]:
        """The workers there are, once there is one."""
        with suppress(TimeoutError):
            self.client.wait_for_workers(1, timeout=_FETCH_S)
        if threads := self.workers():
            return threads
        raise HostError(f"the Dask cluster at {self.address} has no worker")

    def _told(self, address: str, future: Future) -> Described | str:
        """What a worker says of itself, or why it says nothing."""
        for _ in range(_PATIENCE_LOOKS):
            try:
                return _description(future.result(timeout=_LOOK_S))
            except TimeoutError:
                if address not in self.workers():
                    return "it is gone"
            except Exception as error:
                return f"{type(error).__name__}: {error}"
        return "it does not answer"

    def submit(self, question: bytes, workers: Sequence[str] = ()) -> Future:
        """Put a question to one of these workers, or to any."""
        from grader.cluster import task

        made: Future = self.client.submit(
            task.ask, question, pure=False, key=f"wiregrade-{secrets.token_hex(12)}",
            workers=list(workers) or None, allow_other_workers=False,
        )  # fmt: skip
        return made


def _description(data: bytes) -> Described | str:
    said = orders.reply(data)
    if isinstance(said, Described):
        return said
    return said.why if isinstance(said, Refused) else "it does not answer as a worker of ours"


def fitting(told: Mapping[str, Described | str], threads: Mapping[str, int]) -> Workers:
    """Those who play in the way of most, and why the others are not asked.

    Raises:
        HostError: nobody can play.
    """
    ways: Counter[How] = Counter()
    for address, one in told.items():
        if isinstance(one, Described):
            ways[one.how] += threads[address]
    if not ways:
        whys = "; ".join(f"{address}: {one}" for address, one in sorted(told.items()))
        raise HostError(f"no worker of the cluster can grade: {whys}")
    how = max(ways, key=lambda way: (ways[way], way.tool, way.python))
    fit = {a: one for a, one in told.items() if isinstance(one, Described) and one.how == how}
    unfit = {
        address: one if isinstance(one, str) else difference(how, one.how)
        for address, one in told.items()
        if address not in fit
    }
    weaker = tuple(dict.fromkeys(name for one in fit.values() for name in one.weaker))
    return Workers(how=how, fit=tuple(sorted(fit)), unfit=unfit, weaker=weaker)


class DaskEngine:
    """Plays jobs on a cluster, as `Engine` does here. `tell` hears of workers that refuse."""

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
    ) -> None:
        self.options = options
        self._cluster = cluster
        self._how = workers.how
        self._unfit = dict(workers.unfit)
        self._lab = orders.packed_lab(lab_files)
        self._interpreter = interpreter
        self._runs = runs
        self._tell = tell
        self._spool = Spool(options.spool)
        self._ended: queue.SimpleQueue[Future] = queue.SimpleQueue()
        self._out: dict[str, _Task] = {}
        """By the key of its future."""
        self._looks = 0

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
                else:
                    self._send(again.popleft() if again else self._task(listed or []))
            if not (self._out or more or again):
                return
            try:
                future = self._ended.get(timeout=_LOOK_S)
            except queue.Empty:
                again += self._look()
                continue
            task = self._out.pop(future.key, None)
            if task is not None:
                yield from self._take(task, future, again)

    def _task(self, jobs: list[Job]) -> _Task:
        order = orders.order_of(
            jobs, self._how, self._lab, interpreter=self._interpreter, runs=self._runs,
            cold=self.options.warm == "never",
        )  # fmt: skip
        return _Task(jobs=jobs, order=orders.encoded(order))

    def _there(self) -> dict[str, int]:
        """Workers there are now, with their threads; none while nobody answers."""
        try:
            return self._cluster.workers()
        except (OSError, HostError, RuntimeError, CancelledError):
            return {}

    def _room(self) -> int:
        """How many submissions may be out at once: none while there is nobody."""
        threads = self._there()
        unfit = self._unfit.keys() & threads.keys()
        if unfit and unfit == threads.keys():
            whys = "; ".join(f"{one}: {self._unfit[one]}" for one in sorted(threads))
            raise HostError(f"no worker of the cluster can grade: {whys}")
        return _AHEAD * sum(n for one, n in threads.items() if one not in unfit)

    def _send(self, task: _Task) -> None:
        """Give it out: to anybody, or where some are known not to be fit to one of the others."""
        there = self._there()
        fit = [one for one in there if one not in self._unfit]
        future = self._cluster.submit(task.order, fit if len(fit) < len(there) else ())
        task.future = future
        self._out[future.key] = task
        future.add_done_callback(self._ended.put)

    def _look(self) -> list[_Task]:
        """Nothing came for a while: what is out and will not come back by itself?"""
        if self._there():
            self._looks = 0
        else:
            self._give_up_after()
        lost = [
            key for key, task in self._out.items()
            if task.future is None or task.future.status in ("cancelled", "lost")
        ]  # fmt: skip
        return [self._out.pop(key) for key in lost]

    def _give_up_after(self) -> None:
        self._looks += 1
        if self._looks > _PATIENCE_LOOKS:
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
            data = future.result(timeout=_FETCH_S)
        except (CancelledError, TimeoutError, OSError):
            again.append(task)  # it was there, and was lost on its way: nobody's fault
            return
        finally:
            task.future = None
        try:
            said = orders.reply(data)
            if isinstance(said, Answer):
                yield from orders.played_of(said, task.jobs, self._how.isolation, self._spool)
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
        holders = self._cluster.client.who_has([future]).get(future.key, ())
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
        error = future.exception(timeout=_FETCH_S)
    except Exception as problem:
        error = problem
    return f"{type(error).__name__}: {error}"


def isolation_of(how: How) -> Isolation:
    """The isolation that a worker says."""
    return "full" if how.isolation == "full" else "none"


def facts_of(how: How) -> FactsMode:
    """How a worker sees what programs do."""
    return "kernel" if how.facts == "kernel" else "paced"
