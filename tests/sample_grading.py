"""Grades the sample submissions for real: discovery, engine, judge. For tests and soaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from engine_tools import options, tp09
from samples import SUBMISSIONS

from grader.batch.judging import judge_run
from grader.batch.plan import jobs_of, seed_for
from grader.intake.discover import discover
from grader.intake.reading import read
from grader.judge.model import Grade
from grader.lab.model import Lab, Level, Role, RoleFiles
from grader.run.engine import Engine
from grader.run.jobs import Isolation, Played
from grader.submission import Submission


def submissions(
    only: Iterable[str] = (),
    roots: Iterable[Path] = (SUBMISSIONS,),
    roles: Mapping[Role, RoleFiles] | None = None,
) -> dict[str, Submission]:
    """The sample submissions below `roots` as intake reads them, by id; of tp09 by default."""
    wanted = frozenset(only)
    roles = roles or tp09().roles
    entries = [entry for root in roots for entry in discover(root, roles).entries]
    return {e.id: read(e, roles) for e in entries if not wanted or e.id in wanted}


def graded_only(lab: Lab) -> Lab:
    """The lab without its advice, which gives no verdict."""
    return replace(lab, scenarios=tuple(s for s in lab.scenarios if s.level is Level.GRADED))


def grade_all(
    found: dict[str, Submission],
    *,
    isolation: Isolation = "full",
    jobs: int = 4,
    lab: Lab | None = None,
) -> dict[str, Grade]:
    """Every submission's grade, by id; of tp09 unless another lab is given.

    Programs are started as by `grade`: warm where nothing can tell.
    """
    lab = lab or tp09()
    seeds = {key: seed_for(lab, submission, None) for key, submission in found.items()}
    work = [job for key, x in found.items() for job in jobs_of(lab, x, seeds[key])]
    played: dict[str, list[Played]] = {key: [] for key in found}
    with Engine(replace(options(isolation, jobs=jobs), warm="pays")) as engine:
        for result in engine.play(work):
            played[result.key].append(result)
    return {
        key: judge_run(
            lab,
            submission,
            seeds[key],
            [run.transcript for result in played[key] for run in result.runs],
        )
        for key, submission in found.items()
    }


def verdicts(grade: Grade) -> dict[str, str]:
    """Status by criterion id."""
    return {judged.criterion.id: str(judged.status) for judged in grade.criteria}
