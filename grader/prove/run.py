"""Plays the made-up programs of a lab, as submissions of students are played."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from grader.lab.model import Lab
from grader.lab.texts import seed_of
from grader.prove.asked import graded
from grader.prove.case import Case
from grader.prove.places import places_of
from grader.prove.proof import Planned, Proof, Trial, conclude, examine, plan, program_name
from grader.prove.source import source_of
from grader.run.engines import Engine
from grader.run.jobs import EngineOptions, Job
from grader.submission import SourceFile


def prove(
    lab: Lab,
    files: Mapping[str, bytes],
    options: EngineOptions,
    where: Path | None = None,
    watcher: Watcher | None = None,
    *,
    part: bool = False,
) -> Proof:
    """Prove the lab that was loaded from `files` (in the folder `where`).

    What could not be played is in the proof's `faults`. Ctrl-C ends the playing: the proof is
    that of what was played by then, and `unplayed` says what was not. `part` says that `lab`
    has some of its scenarios only (`conclude`).

    Raises:
        HostError: nothing can be played on this machine.
    """
    places = places_of(lab, files, where)
    work = plan(lab, places)
    watcher = watcher or _Nobody()
    trials: list[Trial] = []
    by_key = {_key(case): case for case in work.cases}

    def jobs() -> Iterator[Job]:
        for case in work.cases:
            watcher.begun(case)
            yield _job(lab, case)

    with suppress(KeyboardInterrupt):
        watcher.planned(work)
        with Engine(options) as engine:
            for played in engine.play(jobs()):
                case = by_key[played.key]
                trial = examine(lab, case, [run.transcript for run in played.runs])
                trials.append(trial)
                watcher.done(trial)
    return conclude(lab, places, work, trials, part=part)


class Watcher(Protocol):
    """Hears how far a proof is."""

    def planned(self, work: Planned) -> None:
        """Nothing has been played yet."""

    def begun(self, case: Case) -> None:
        """This one is played now, maybe beside others."""

    def done(self, trial: Trial) -> None:
        """One more has been played."""


class _Nobody:
    def planned(self, work: Planned) -> None:
        pass

    def begun(self, case: Case) -> None:
        pass

    def done(self, trial: Trial) -> None:
        pass


def _key(case: Case) -> str:
    return f"{case.role}/{case.id}"


def _job(lab: Lab, case: Case) -> Job:
    """All graded scenarios of the program's role; the same texts for every program."""
    name = program_name(lab, case.role)
    return Job(
        key=_key(case),
        lab=lab,
        role=case.role,
        scenarios=graded(lab, case.role),
        program=name,
        files=(SourceFile(path=name, data=source_of(case.program)),),
        seed=seed_of(lab.salt, "proof"),
    )
