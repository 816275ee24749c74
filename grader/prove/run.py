"""Plays the made-up programs of a lab, as submissions of students are played."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from grader.lab.model import Lab
from grader.lab.texts import seed_of
from grader.prove.case import Case
from grader.prove.model_student import graded
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
    planned: Callable[[Planned], None] = lambda _: None,
    done: Callable[[Trial], None] = lambda _: None,
) -> Proof:
    """Prove the lab that was loaded from `files` (in the folder `where`).

    `planned` is called once before anything is played, `done` after each program. What
    could not be played is in the proof's `faults`.

    Raises:
        HostError: nothing can be played on this machine.
    """
    places = places_of(lab, files, where)
    work = plan(lab, places)
    planned(work)
    trials: list[Trial] = []
    by_key = {_key(case): case for case in work.cases}
    with Engine(options) as engine:
        for played in engine.play(_job(lab, case) for case in work.cases):
            case = by_key[played.key]
            trial = examine(lab, case, [run.transcript for run in played.runs])
            trials.append(trial)
            done(trial)
    return conclude(lab, places, work, trials)


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
