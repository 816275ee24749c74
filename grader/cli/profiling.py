"""`grade --profile`: a meter where one is asked for, and what it has heard."""

from __future__ import annotations

import argparse
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from grader.cli.destination import refuse_other, refuse_unwritable, write
from grader.cli.streams import note
from grader.run.jobs import Job, Played, Plays
from grader.run.meter import OFF, Meter
from grader.transcript import UNPLAYED


def meter(given: argparse.Namespace) -> Meter:
    """One that listens, if a profile is asked for.

    Raises:
        CommandError: it could not be written, or not without loss of something else.
    """
    if given.profile is None:
        return OFF
    from grader.batch.profile import Profile
    from grader.formats.profile import is_profile

    if given.profile:
        refuse_unwritable(Path(given.profile), made=Path(given.out))
        refuse_other(Path(given.profile), is_profile)
    return Profile()


class Counted:
    """An engine, and how many runs it has played: those that were known are none of them."""

    def __init__(self, engine: Plays) -> None:
        self._engine = engine
        self.runs = 0

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        """As the engine does."""
        known: dict[tuple[str, str], Collection[str]] = {}
        for played in self._engine.play(self._noted(jobs, known)):
            of_before = known.pop((played.key, played.role), ())
            self.runs += sum(
                run.header.scenario not in of_before and run.end.outcome not in UNPLAYED
                for run in (*played.runs, *played.traced)
            )
            yield played

    def _noted(
        self, jobs: Iterable[Job], known: dict[tuple[str, str], Collection[str]]
    ) -> Iterator[Job]:
        for job in jobs:
            if job.known:
                known[job.key, job.role] = frozenset(job.known)
            yield job


def tell(given: argparse.Namespace, heard: Meter, workers: int, runs: int) -> None:
    """Say where the time went, on stderr, and write it where that is asked for.

    Raises:
        CommandError: it cannot be written.
    """
    from grader.batch.profile import Profile

    if not isinstance(heard, Profile):
        return
    from grader.formats import profile

    told = heard.told(runs, workers)
    shown = profile.text(told, given.lang)
    note("\n" + shown)
    if given.profile:
        path = Path(given.profile)
        whole = profile.document(told) if path.suffix == ".json" else shown + "\n"
        write(path, whole)
