"""Runs that were not played, and say why."""

from __future__ import annotations

from datetime import UTC, datetime

from grader import transcript as tr
from grader.lab.model import Scenario
from grader.lab.sweep import is_sweep
from grader.run.jobs import EngineOptions, Job, Played, PlayedRun
from grader.runids import run_id


def not_run(options: EngineOptions, job: Job, problem: str) -> Played:
    """What is said of a job that could not be played: `not_run`, by our fault."""
    runs = unplayed_runs(options, job, "not_run", problem)
    return Played(key=job.key, role=job.role, runs=runs)


def unplayed_runs(
    options: EngineOptions, job: Job, outcome: str, problem: str
) -> tuple[PlayedRun, ...]:
    """Every run of the job, with this outcome (`not_run`, `skipped`) and the reason."""
    ended = tr.Ended(t=0, outcome=outcome, problem=problem)
    return tuple(
        _unplayed_run(options, job, scenario, number, ended)
        for number in job.numbers
        for scenario in job.scenarios
        if number == 1 or not is_sweep(scenario)
    )


def _unplayed_run(
    options: EngineOptions, job: Job, scenario: Scenario, number: int, ended: tr.Ended
) -> PlayedRun:
    header = tr.Header(
        run=run_id(scenario.id, number), scenario=scenario.id, role=job.role,
        program=job.program, texts={}, port=job.lab.port, delivery="separate",
        seed=job.seed, isolation=options.isolation, facts=options.facts,
        interpreter="", started=datetime.now(UTC).isoformat(timespec="milliseconds"),
        partner=job.partner.program if job.partner else "",
    )  # fmt: skip
    return PlayedRun(transcript=tr.of(header, [ended]))
