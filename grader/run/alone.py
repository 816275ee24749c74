"""The engine where there are no workers: plays in this process, one run at a time.

A worker of its own (a user, a network) is what Linux alone can give; without it one more
process would keep nothing apart. Ctrl-C comes here as anywhere and unwinds the run that is
played: its program is ended, its folder removed.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from types import TracebackType
from typing import Self

from grader.run.errors import HostError
from grader.run.followers import Followers
from grader.run.interpreter import inspect
from grader.run.jobs import EngineOptions, Job, Played, Run
from grader.run.meter import OFF, Meter
from grader.run.pieces import Piece, cut, done
from grader.run.portable import PortableProgram
from grader.run.portable_place import PortablePlace
from grader.run.runner import Runner
from grader.run.unplayed import unplayed_runs


class Alone:
    """A context manager, as `grader.run.engine.Engine` is.

    Raises:
        HostError: on the first use, where no program can be played on this machine.
    """

    workers = 1
    """Runs at once: a port has one owner."""

    def __init__(
        self,
        options: EngineOptions,
        _meter: Meter = OFF,
        *,
        meanwhile: Callable[[], None] = lambda: None,
        pulse: float | None = None,
        once: bool = False,
    ) -> None:
        """What runs spend is counted by workers alone; `meanwhile` is now: nothing runs beside."""
        del pulse, once  # nor does anybody wait, or leave
        self.options = replace(options, facts="paced")
        meanwhile()
        self._followers = Followers()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Nothing is held between two runs."""

    def dismiss(self) -> None:
        """Nobody is there who could leave."""

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        """Play jobs, yield each as it is done.

        Raises:
            HostError: isolation `full` is asked for, or the interpreter does not run.
        """
        if self.options.isolation == "full":
            raise HostError("isolation full needs Linux", "use --isolation none")
        runner = Runner(PortablePlace(self.options, inspect(self.options.python)))
        waiting = iter(jobs)
        pieces: deque[Piece] = deque()
        while pieces or self._cut_next(waiting, pieces):
            piece = pieces.popleft()
            more, played = done(piece, self._runs(runner, piece))
            pieces += more
            if played is not None:
                for job in self._followers.done(played):
                    pieces += cut(job, self._followers.why_skipped(job))
                yield played

    def _cut_next(self, waiting: Iterator[Job], pieces: deque[Piece]) -> bool:
        """Take jobs until one is to be played now; False: there is none left."""
        for job in waiting:
            if not self._followers.keeps(job):
                pieces += cut(job, self._followers.why_skipped(job))
                return True
        return False

    def _runs(self, runner: Runner[PortableProgram], piece: Piece) -> list[Run]:
        if piece.skip:
            return list(unplayed_runs(self.options, piece.job, "skipped", piece.skip))
        if piece.known:
            return list(piece.known)
        return list(runner.play(piece.job))

    def not_run(self, job: Job, problem: str) -> Played:
        """What is said of a job that could not be played: `not_run`, by our fault."""
        runs = unplayed_runs(self.options, job, "not_run", problem)
        return Played(key=job.key, role=job.role, runs=runs)
