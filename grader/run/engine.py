"""The engine: plays jobs on several workers at once, and loses none of them.

A worker that dies takes nothing with it but the scenario that it played, which is given to
another worker once more; one that kills two workers is reported as `not_run`, by our fault.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import selectors
import signal
import subprocess
import sys
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.lab.languages import PYTHON, Language
from grader.lab.model import Tests
from grader.run import cgroup, messages, nursery, workfolders
from grader.run.errors import HostError
from grader.run.followers import Followers
from grader.run.idle import Idle
from grader.run.inbox import Inbox
from grader.run.interpreter import inspect
from grader.run.jobs import NOTHING, EngineOptions, Job, Played, PlayedRun, Run
from grader.run.meter import OFF, Meter
from grader.run.pieces import Piece, choose, cut, done, so_far
from grader.run.signals import no_end_meanwhile
from grader.run.unplayed import not_run, unplayed_runs

_TRIES = 2
_LEAVE_S = 30.0
"""So long a worker may take to leave, s: only one that hangs needs it."""
_RUNS_FOR_ONE_MORE = 8
"""To start a worker costs as much as a cold run or two, and what waits in it as much again: there
is one for each core at first, and one more for so many runs that were played."""
_QUIET_S = 0.1
"""Or when for so long none has said anything: programs sleep, and others can run meanwhile."""
_ROOM, _SCARCE = 0.05, 0.01
"""Either way only where so much of the cores' time was left over meanwhile: runs that have to wait
for each other end no sooner for being begun. Where less than the second was left, one less is begun
from then on: this machine may have got other work."""
_LAST_WORDS = 16 * 1024
"""Bytes that are kept of what a worker said, the end: there a traceback says what happened."""


class _Worker:
    """A worker process and what it is doing."""

    def __init__(self, options: EngineOptions) -> None:
        # One that stands in a scope of its own has to be started in it.
        before = cgroup.scope() if options.groups == "scope" else []
        started = nursery.start(before)
        self.process, self._said = started.process, started.said
        self.orders, self.replies = started.orders, started.replies
        self.began = time.perf_counter_ns()
        self.languages = options.languages
        self.inbox = Inbox(options.spool)
        self.piece: Piece | None = None
        self.last: Piece | None = None
        """What it plays, or has played last."""
        self.ready = False
        self._send(replace(options, spool=None))

    def order(self, piece: Piece) -> None:
        """Give it something to play."""
        self.piece = self.last = piece
        self._send(piece.job)

    def _send(self, what: object) -> None:
        # A worker that has just died is seen at the other pipe.
        with contextlib.suppress(BrokenPipeError):
            messages.send(self.orders, pickle.dumps(what))

    def knows(self, languages: Iterable[Language]) -> bool:
        """Their tools were looked for when it was made: later it may not be let see them."""
        return all(one in self.languages for one in languages if one != PYTHON)

    def last_words(self) -> str:
        """What it wrote on stderr, once it is dead: why it broke off, where that was a bug."""
        size = self._said.seek(0, os.SEEK_END)
        self._said.seek(max(0, size - _LAST_WORDS))
        return self._said.read().decode("utf-8", "backslashreplace").strip()

    def close(self) -> None:
        """No more orders; the pipes are closed."""
        self._said.close()
        for fd in (self.orders, self.replies):
            with contextlib.suppress(OSError):
                os.close(fd)

    def leave(self) -> None:
        """Wait for its end, once it is closed."""
        try:
            nursery.wait_whole(self.process, _LEAVE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            nursery.wait_whole(self.process)


class Engine:
    """A context manager: workers live inside it.

    Raises:
        HostError: on the first use, where no worker can be prepared on this machine.
    """

    def __init__(
        self,
        options: EngineOptions,
        meter: Meter = OFF,
        *,
        meanwhile: Callable[[], None] | None = None,
        pulse: float | None = None,
        once: bool = False,
    ) -> None:
        """`meanwhile` is called once, when the first workers have something to do.

        `once`: workers leave as soon as `play` is over, beside what its caller still has to do;
        a further `play` starts others.

        Where nothing comes for `pulse` seconds, `play` gives `NOTHING`: who has done something
        else meanwhile can say so.
        """
        self.options = replace(options, metered=meter.listens)
        self._meter = meter
        self._meanwhile, self._pulse, self._once = meanwhile, pulse, once
        self._workers: list[_Worker] = []
        self._leaving: list[_Worker] = []
        self._least = options.at_first or len(os.sched_getaffinity(0))
        self._worth = self._least
        """How many workers are worth their start by now."""
        self._played = 0
        self._idle = Idle()
        self._selector = selectors.DefaultSelector()
        self._followers = Followers()
        self._arranged: cgroup.Arranged | None = None
        self._languages: list[Language] = []
        self._builds: Path | None = None
        """What was built, where there is something to build."""
        self._nursing = False
        """What forks workers was begun by us."""
        self._faults: defaultdict[tuple[str, Tests], list[str]] = defaultdict(list)

    @property
    def workers(self) -> int:
        """How many run at once. Without a network of its own: one, a port has one owner."""
        return max(1, self.options.jobs) if self.options.isolation == "full" else 1

    def __enter__(self) -> Self:
        if self.options.groups == "own":
            self._arranged = cgroup.arrange()
            place = self._arranged.place.folder if self._arranged is not None else ""
            self.options = replace(self.options, place=place)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.dismiss()
        for worker in self._leaving:
            worker.leave()
        self._leaving.clear()
        self._selector.close()
        if self._nursing:
            nursery.end()
        if self._builds is not None:
            workfolders.remove(self._builds)
            self._builds = None
        if self._arranged is not None:
            self._arranged.leave()

    def dismiss(self) -> None:
        """Workers are to end; the end of this context waits for that. Those that play break off."""
        for worker in self._workers:
            self._selector.unregister(worker.replies)
            worker.close()
            if worker.piece is not None:
                worker.process.send_signal(signal.SIGTERM)
        self._leaving += self._workers
        self._workers.clear()

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        """Play jobs, yield each as it is done. Jobs are pulled as workers become free.

        Raises:
            HostError: workers cannot be prepared on this machine.
        """
        waiting = iter(jobs)
        pieces: deque[Piece] = deque()
        while True:
            while self._has_room() and (pieces or self._cut_next(waiting, pieces)):
                piece = self._choose(waiting, pieces)
                pieces.remove(piece)
                if piece.skip:
                    runs = self._unplayed_runs(piece.job, "skipped", piece.skip)
                    yield from self._done(piece, runs, pieces)
                elif piece.known:
                    yield from self._done(piece, piece.known, pieces)
                else:
                    self._free_worker(piece).order(piece.followed(pieces))
                    self._meter.ordered(piece.job.key)
            if not any(worker.piece for worker in self._workers):
                if self._once:
                    self.dismiss()
                return
            heard = self._replies()
            for worker, data in heard:
                yield from self._take(worker, data, pieces)
            if not heard and self._pulse is not None:
                yield NOTHING

    def _cut_next(self, waiting: Iterator[Job], pieces: deque[Piece]) -> bool:
        """Take jobs until one is to be played now; False: there is none left."""
        for job in waiting:
            if not self._followers.keeps(job):
                pieces += cut(job, self._followers.why_skipped(job))
                return True
        return False

    def _done(
        self,
        piece: Piece,
        runs: Iterable[Run],
        pieces: deque[Piece],
        traced: Iterable[Run] = (),
    ) -> Iterator[Played]:
        """A piece is played: its job may be done with it, and others may be waiting for that."""
        more, played = done(piece, runs, traced)
        pieces += more
        if more or played is not None:
            for job in self._followers.done(played or so_far(piece)):
                pieces += cut(job, self._followers.why_skipped(job))
        if played is not None:
            yield replace(played, faults=tuple(self._faults.pop((played.key, played.role), ())))

    def _choose(self, waiting: Iterator[Job], pieces: deque[Piece]) -> Piece:
        """What is played next: where programs are started warm, a worker stays with its job.

        While there are others to begin with; at the end all help with what is left.
        """
        if self.options.warm == "never":
            return pieces[0]
        taken = [worker.last for worker in self._workers if worker.last is not None]
        free = [worker.last for worker in self._workers if worker.piece is None] or [None]
        while True:
            for last in free:
                if (piece := choose(pieces, last, taken)) is not None:
                    return piece
            if not self._cut_next(waiting, pieces):
                return pieces[0]

    def _has_room(self) -> bool:
        busy = sum(worker.piece is not None for worker in self._workers)
        return busy < min(self.workers, self._worth)

    def _free_worker(self, piece: Piece) -> _Worker:
        languages = piece.job.lab.languages
        free = [worker for worker in self._workers if worker.piece is None]
        able = [one for one in free if one.knows(languages)]
        if able:
            return next((one for one in able if piece.is_of(one.last)), able[0])
        if len(self._workers) >= self.workers:
            self._retire(free[0])
        # Of all labs so far: they may come in turn.
        self._languages += [one for one in languages if one not in self._languages]
        if languages != (PYTHON,) and self._builds is None:
            self._builds = workfolders.make()
        builds = str(self._builds or "")
        options = replace(
            self.options, languages=tuple(self._languages), builds=builds,
            interpreter=inspect(self.options.python),
        )  # fmt: skip
        if options.groups != "scope":
            # Known before it is begun: an interrupt may come right after.
            self._nursing |= not nursery.is_begun()
            with contextlib.suppress(OSError):  # then a worker imports for itself
                nursery.begin()
        with no_end_meanwhile():
            worker = _Worker(options)
            self._workers.append(worker)
            self._selector.register(worker.replies, selectors.EVENT_READ, worker)
        return worker

    def _retire(self, worker: _Worker) -> None:
        self._selector.unregister(worker.replies)
        self._workers.remove(worker)
        worker.close()
        worker.leave()

    def _replies(self) -> list[tuple[_Worker, bytes]]:
        """What workers say, once some do; nothing of one that is gone."""
        if self._meanwhile is not None:
            self._meanwhile()
            self._meanwhile = None
        growing = self._worth < self.workers
        heard = self._selector.select(_QUIET_S if growing else self._pulse)
        if growing and not heard and all(worker.ready for worker in self._workers):
            self._weigh()
        workers: list[_Worker] = [key.data for key, _ in heard]
        return [(worker, os.read(worker.replies, 1 << 20)) for worker in workers]

    def _weigh(self) -> None:
        """One more run at once, if the cores have time for it; one less, if they have none."""
        left = self._idle.share() if self.options.measured else 1.0
        if left >= _ROOM:
            self._worth = min(self._worth + 1, max(self._least, self.workers))
        elif left < _SCARCE:
            self._worth = max(self._worth - 1, self._least)

    def _distrust(self, worker: _Worker) -> None:
        """It says what no worker says: somebody speaks for it. Its end is seen at its pipe."""
        worker.process.kill()

    def _take(self, worker: _Worker, data: bytes, pieces: deque[Piece]) -> Iterator[Played]:
        if not data:
            yield from self._lost(worker, pieces)
            return
        try:
            words = list(worker.inbox.feed(data))
        except ValueError:
            self._distrust(worker)
            return
        for word in words:
            yield from self._hear(worker, word, pieces)
        if worker.piece is None and not worker.inbox.is_empty:
            self._distrust(worker)

    def _hear(self, worker: _Worker, word: messages.Word, pieces: deque[Piece]) -> Iterator[Played]:
        if isinstance(word, messages.Fault):
            raise HostError(word.problem)
        if isinstance(word, messages.Ready):
            worker.ready = True
            self._meter.started(time.perf_counter_ns() - worker.began)
            return
        piece, worker.piece = worker.piece, None
        runs, traced = worker.inbox.taken()
        if piece is None:
            self._distrust(worker)
            return
        self._played += len(runs)
        if self._played >= _RUNS_FOR_ONE_MORE:
            self._played = 0
            self._weigh()
        spent = word.spent if isinstance(word, messages.JobEnd) else {}
        self._meter.answered(piece.job.key, spent)
        yield from self._done(piece, runs, pieces, traced)

    def _lost(self, worker: _Worker, pieces: deque[Piece]) -> Iterator[Played]:
        """A worker died: what it played is tried once more, then given up as our fault."""
        self._selector.unregister(worker.replies)
        self._workers.remove(worker)
        status = nursery.wait_whole(worker.process)
        said = worker.last_words()
        worker.close()
        piece = worker.piece
        if not worker.ready and self.options.groups == "scope":
            # systemd may refuse one at any time: then it goes without.
            self.options = replace(self.options, groups="")
            pieces.extend(filter(None, (piece,)))
            return
        if not worker.ready:
            why = said.rpartition("\n")[2] or f"status {status}"
            raise HostError(f"a worker could not be started ({why})")
        if piece is None:
            return
        self._meter.answered(piece.job.key, {})
        if said:
            self._faults[piece.job.key, piece.job.role].append(said)
        if piece.job.strace is not None:
            # Its graded run may have been done: tracing must not cost it.
            pieces.append(replace(piece, job=replace(piece.job, strace=None)))
            return
        if piece.tries < _TRIES:
            pieces.append(replace(piece, tries=piece.tries + 1))
            return
        problem = f"the worker that played it ended (status {status})"
        yield from self._done(piece, self._unplayed_runs(piece.job, "not_run", problem), pieces)

    def not_run(self, job: Job, problem: str) -> Played:
        """What is said of a job that could not be played: `not_run`, by our fault."""
        return not_run(self.options, job, problem)

    def _unplayed_runs(self, job: Job, outcome: str, problem: str) -> tuple[PlayedRun, ...]:
        return unplayed_runs(self.options, job, outcome, problem)
