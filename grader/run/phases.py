"""Plays every run several times, alternately idle and under load: what `--certify` asks for.

The odd repeats of a run are played on the machine as it is, the even ones beside busy
processes (`grader.run.load`). Workers play side by side, so load for one is load for all: a
repeat is only idle if no other is loaded meanwhile. So jobs are taken in batches; all odd
repeats of a batch are played, then the load begins, then all even ones. A batch is small
enough that a class of any size fits in memory, and big enough that the workers seldom wait
for the last one of a phase.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from grader.run.jobs import NOTHING, Job, Played, Plays
from grader.run.load import busy
from grader.runids import is_loaded, number_of

BATCH = 32
"""Jobs of a batch: a job is one role of one submission, with all repeats of all its runs."""


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A phase begins: `jobs` are played in each of `repeats`, beside `processes` busy ones."""

    name: Literal["idle", "loaded"]
    jobs: int
    repeats: tuple[int, ...]
    processes: int


class InPhases:
    """Plays jobs with `engine`, all repeats of `job.certify`, in two phases.

    `processes` is how many busy processes make the load, `tell` hears of each phase.
    """

    def __init__(
        self, engine: Plays, processes: int, tell: Callable[[Phase], None] = lambda phase: None
    ) -> None:
        self._engine = engine
        self._processes = processes
        self._tell = tell

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        """Each job once, with the runs of both phases in the order of their repeats.

        Raises:
            HostError: workers can't be prepared on this machine, or no load be made.
        """
        waiting = iter(jobs)
        while batch := list(islice(waiting, BATCH)):
            yield from self._play_batch(batch)

    def _play_batch(self, batch: Sequence[Job]) -> Iterator[Played]:
        idle = {
            (played.key, played.role): played
            for played in self._play_phase("idle", batch, processes=0)
            if played is not NOTHING
        }
        if any(_repeats(job, loaded=True) for job in batch):
            with busy(self._processes):
                for played in self._play_phase("loaded", batch, processes=self._processes):
                    if played is NOTHING:
                        continue
                    first = idle.pop((played.key, played.role), None)
                    yield played if first is None else _together(first, played)
        yield from idle.values()

    def _play_phase(
        self, name: Literal["idle", "loaded"], batch: Sequence[Job], *, processes: int
    ) -> Iterator[Played]:
        # Tracing is no repeat: the idle half has it.
        halves = [
            replace(job, repeats=repeats, strace=None if name == "loaded" else job.strace)
            for job in batch
            if (repeats := _repeats(job, loaded=name == "loaded"))
        ]
        numbers = sorted({number for job in halves for number in job.repeats})
        self._tell(Phase(name=name, jobs=len(halves), repeats=tuple(numbers), processes=processes))
        yield from self._engine.play(halves)


def _repeats(job: Job, *, loaded: bool) -> tuple[int, ...]:
    return tuple(number for number in job.numbers if is_loaded(number) is loaded)


def _together(idle: Played, loaded: Played) -> Played:
    """One job's runs of both phases, in the order of their repeats."""
    runs = sorted((*idle.runs, *loaded.runs), key=lambda run: number_of(run.header.run))
    return replace(idle, runs=tuple(runs))
