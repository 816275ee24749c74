"""Jobs cut into pieces that several workers play at once, and put together again.

A piece is one scenario of a job with all its repeats. Most of a slow program's runs is
waiting: side by side they take the time of one of them, so that the last submission of a
class does not keep one worker busy and the others idle. What gives points comes first;
advice comes when it is done, for what lost a graded run would only lose another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from grader.lab.model import Lab, Level, Scenario
from grader.lab.sweep import is_sweep
from grader.run.jobs import Job, Played, Run
from grader.runids import number_of


@dataclass(eq=False)
class _Whole:
    """A job whose pieces are being played."""

    job: Job
    left: int
    """Pieces that are to be played yet, without those of `later`."""
    later: list[Scenario]
    """Advice, until all that is graded is done."""
    runs: list[Run] = field(default_factory=list)
    traced: list[Run] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """What a worker is ordered to play: a job of one scenario. `skip`: why it need not be."""

    job: Job
    whole: _Whole
    skip: str = ""
    known: tuple[Run, ...] = ()
    """Its runs, where they were played before: no worker is asked."""
    tries: int = 1
    """The how many-th worker this is that plays it: those before it died of it."""

    def is_of(self, other: Piece | None) -> bool:
        """Both are of one job."""
        return other is not None and self.whole is other.whole

    def followed(self, waiting: Iterable[Piece]) -> Piece:
        """The same, its job told how many runs of its program may follow."""
        more = sum(self.is_of(piece) for piece in waiting) + len(self.whole.later)
        return replace(self, job=replace(self.job, follow=more))


def choose(waiting: Sequence[Piece], last: Piece | None, taken: Iterable[Piece]) -> Piece | None:
    """The piece for a worker that has played `last`: the next of that job, else of a fresh one.

    A worker that stays with a program can start it warm. None: all that waits belongs to jobs
    that other workers are at (`taken`: what they play, or have played last).
    """
    for piece in waiting:
        if piece.is_of(last):
            return piece
    others = list(taken)
    return next((p for p in waiting if not any(p.is_of(other) for other in others)), None)


def cut(job: Job, skip: str = "") -> list[Piece]:
    """The pieces that can be played now: one for each graded scenario, else for each.

    `skip` says why none of the job need be played.
    """
    first = [s for s in job.scenarios if s.level is Level.GRADED]
    later = [s for s in job.scenarios if s.level is not Level.GRADED]
    if not first or skip:
        first, later = list(job.scenarios), []
    whole = _Whole(job, left=len(first), later=later)
    return [_piece(whole, scenario, skip) for scenario in first]


def done(
    piece: Piece, runs: Iterable[Run], traced: Iterable[Run] = ()
) -> tuple[list[Piece], Played | None]:
    """Take what a piece gave: the pieces that waited for it, and the job if it was the last."""
    whole = piece.whole
    whole.runs += runs
    whole.traced += traced
    whole.left -= 1
    if whole.left:
        return [], None
    if whole.later:
        later, whole.later = whole.later, []
        whole.left = len(later)
        return [_piece(whole, scenario, _in_vain(whole, scenario)) for scenario in later], None
    return [], _together(whole)


def so_far(piece: Piece) -> Played:
    """What is known of its job: all graded runs, once `done` gives what comes after them."""
    return _together(piece.whole)


def _piece(whole: _Whole, scenario: Scenario, skip: str) -> Piece:
    job = whole.job
    known = () if skip else tuple(job.known.get(scenario.id, ()))
    lab = alone(job.lab, scenario)
    only = replace(job, lab=lab, scenarios=(scenario,), known={})
    return Piece(job=only, whole=whole, skip=skip, known=known)


def alone(lab: Lab, scenario: Scenario) -> Lab:
    """The lab as a worker needs it for this one: an order is as small as what it asks for.

    What nobody plays by stays here.
    """
    return replace(lab, scenarios=(scenario,), criteria=(), diagnoses={}, notions={})


def _in_vain(whole: _Whole, scenario: Scenario) -> str:
    """Why this advice need not be played after the graded runs; empty: it is to be played."""
    sweep = is_sweep(scenario)
    whys = (run.causes.sweep if sweep else run.causes.advice for run in whole.runs)
    return next(filter(None, whys), "")


def _together(whole: _Whole) -> Played:
    """The job's runs in the order of its repeats and scenarios, however they came."""
    job = whole.job
    order = {scenario.id: place for place, scenario in enumerate(job.scenarios)}

    def place(run: Run) -> tuple[int, int]:
        header = run.header
        return number_of(header.run), order[header.scenario]

    return Played(
        key=job.key,
        role=job.role,
        runs=tuple(sorted(whole.runs, key=place)),
        traced=tuple(sorted(whole.traced, key=place)),
    )
