"""The engine: plays jobs on several workers at once, and loses none of them.

A worker that dies takes nothing with it but its job, which is given to another worker once
more; a job that kills two workers is reported as `not_run`, by our fault.
"""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import selectors
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from grader import transcript as tr
from grader.lab.model import Scenario
from grader.lab.sweep import is_sweep
from grader.run import messages
from grader.run.errors import HostError
from grader.run.followers import Followers
from grader.run.jobs import EngineOptions, Job, Played, PlayedRun
from grader.runids import run_id

_TRIES = 2
_LEAVE_S = 5.0
_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop());"
    "import grader.run.worker as worker; worker.main()"
)
"""A worker has the engine's own module path: nothing in the current folder shadows ours."""


class _Worker:
    """A worker process and what it is doing."""

    def __init__(self, options: EngineOptions) -> None:
        orders, self.orders = os.pipe()
        self.replies, replies = os.pipe()
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-c", _BOOT, str(orders), str(replies), str(os.getpid()),
                 json.dumps(sys.path)],
                pass_fds=(orders, replies), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            )  # fmt: skip
        finally:
            os.close(orders)
            os.close(replies)
        self.reader = messages.FrameReader()
        self.job: Job | None = None
        self.ready = False
        self._send(options)

    def order(self, job: Job) -> None:
        """Give it a job."""
        self.job = job
        self._send(job)

    def _send(self, what: object) -> None:
        # A worker that has just died is seen at the other pipe.
        with contextlib.suppress(BrokenPipeError):
            messages.write_all(self.orders, messages.framed(pickle.dumps(what)))

    def close(self) -> None:
        """No more orders; the pipes are closed."""
        for fd in (self.orders, self.replies):
            with contextlib.suppress(OSError):
                os.close(fd)


class Engine:
    """A context manager: workers live inside it.

    Raises:
        HostError: on the first use, where no worker can be prepared on this machine.
    """

    def __init__(self, options: EngineOptions) -> None:
        self.options = options
        self._workers: list[_Worker] = []
        self._selector = selectors.DefaultSelector()
        self._tries: dict[int, int] = {}
        self._followers = Followers()

    @property
    def workers(self) -> int:
        """How many run at once. Without a network of its own: one, a port has one owner."""
        return max(1, self.options.jobs) if self.options.isolation == "full" else 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.close()
            if worker.job is not None:
                worker.process.send_signal(signal.SIGTERM)
        for worker in self._workers:
            try:
                worker.process.wait(_LEAVE_S)
            except subprocess.TimeoutExpired:
                worker.process.kill()
                worker.process.wait()
        self._workers.clear()
        self._selector.close()

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        """Play jobs, yield each as it is done. Jobs are pulled as workers become free.

        Raises:
            HostError: workers cannot be prepared on this machine.
        """
        waiting = iter(jobs)
        again: deque[Job] = deque()
        running = 0
        exhausted = False
        while True:
            while not exhausted or again:
                worker = self._free_worker(grow=True)
                if worker is None:
                    break
                known = bool(again)
                job = again.popleft() if again else next(waiting, None)
                if job is None:
                    exhausted = True
                    break
                if not known and self._followers.keeps(job):
                    continue
                if why := self._followers.why_skipped(job):
                    yield self._unplayed(job, "skipped", why)
                    continue
                worker.order(job)
                running += 1
            if not running and exhausted and not again:
                return
            for worker, body in self._replies():
                for played in self._take(worker, body, again):
                    again.extend(self._followers.done(played))
                    yield played
            running = sum(worker.job is not None for worker in self._workers)

    def _free_worker(self, *, grow: bool) -> _Worker | None:
        for worker in self._workers:
            if worker.job is None:
                return worker
        if grow and len(self._workers) < self.workers:
            worker = _Worker(self.options)
            self._workers.append(worker)
            self._selector.register(worker.replies, selectors.EVENT_READ, worker)
            return worker
        return None

    def _replies(self) -> Iterator[tuple[_Worker, bytes | None]]:
        """Whole replies as they come; None for a worker that is gone."""
        for key, _ in self._selector.select():
            worker: _Worker = key.data
            data = os.read(worker.replies, 1 << 20)
            if not data:
                yield worker, None
                continue
            while (body := self._feed(worker, data)) is not None:
                yield worker, body
                data = b""

    def _feed(self, worker: _Worker, data: bytes) -> bytes | None:
        try:
            return worker.reader.feed(data)
        except ValueError:
            self._distrust(worker)
            return None

    def _distrust(self, worker: _Worker) -> None:
        """It says what no worker says: somebody speaks for it. Its end is seen at its pipe."""
        worker.process.kill()

    def _take(self, worker: _Worker, body: bytes | None, again: deque[Job]) -> Iterator[Played]:
        if body is None:
            yield from self._lost(worker, again)
            return
        try:
            reply = messages.decode(body)
            runs, traced = messages.runs_of(reply), messages.traced_of(reply)
        except ValueError:
            self._distrust(worker)
            return
        if reply.fault:
            raise HostError(reply.fault)
        if reply.ready:
            worker.ready = True
            return
        job, worker.job = worker.job, None
        if job is None:
            self._distrust(worker)
            return
        self._tries.pop(id(job), None)
        yield Played(key=job.key, role=job.role, runs=runs, traced=traced)

    def _lost(self, worker: _Worker, again: deque[Job]) -> Iterator[Played]:
        """A worker died: its job is tried once more, then given up as our fault."""
        self._selector.unregister(worker.replies)
        self._workers.remove(worker)
        worker.close()
        status = worker.process.wait()
        job = worker.job
        if not worker.ready:
            raise HostError(f"a worker could not be started (status {status})")
        if job is None:
            return
        if job.strace is not None:
            # Its graded runs may have been done: tracing must not cost them.
            again.append(replace(job, strace=None))
            return
        tries = self._tries[id(job)] = self._tries.get(id(job), 0) + 1
        if tries < _TRIES:
            again.append(job)
            return
        del self._tries[id(job)]
        yield self.not_run(job, f"the worker that played it ended (status {status})")

    def not_run(self, job: Job, problem: str) -> Played:
        """What is said of a job that could not be played: `not_run`, by our fault."""
        return self._unplayed(job, "not_run", problem)

    def _unplayed(self, job: Job, outcome: str, problem: str) -> Played:
        ended = tr.Ended(t=0, outcome=outcome, problem=problem)
        return Played(
            key=job.key,
            role=job.role,
            runs=tuple(
                self._unplayed_run(job, scenario, number, ended)
                for number in job.numbers
                for scenario in job.scenarios
                if number == 1 or not is_sweep(scenario)
            ),
        )

    def _unplayed_run(
        self, job: Job, scenario: Scenario, number: int, ended: tr.Ended
    ) -> PlayedRun:
        header = tr.Header(
            run=run_id(scenario.id, number), scenario=scenario.id, role=job.role,
            program=job.program, texts={}, port=job.lab.port, delivery="separate",
            seed=job.seed, isolation=self.options.isolation, facts=self.options.facts,
            interpreter="", started=datetime.now(UTC).isoformat(timespec="milliseconds"),
            partner=job.partner.program if job.partner else "",
        )  # fmt: skip
        return PlayedRun(transcript=tr.of(header, [ended]))
