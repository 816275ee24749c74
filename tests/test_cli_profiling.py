"""Of the runs in a profile, those that were played."""

from __future__ import annotations

from dataclasses import replace

from batch_tools import FakeEngine, run_of, source, submission

from grader.batch.plan import jobs_of
from grader.cli.profiling import Counted

JOBS = jobs_of(source().lab, submission("dupont"), "seed")


def test_all_that_is_played_is_counted() -> None:
    engine = Counted(FakeEngine())
    assert [one.key for one in engine.play(JOBS)] == ["dupont"] * len(JOBS)
    assert engine.runs == sum(len(job.scenarios) for job in JOBS)


def test_what_was_known_or_left_out_was_not_played() -> None:
    for outcome in ("skipped", "not_run"):
        engine = Counted(FakeEngine(outcome=outcome))
        list(engine.play(JOBS))
        assert engine.runs == 0
    job = JOBS[0]
    known = {one.id: [run_of(job, one.id, "completed")] for one in job.scenarios[:1]}
    engine = Counted(FakeEngine())
    list(engine.play([replace(job, known=known)]))
    assert engine.runs == len(job.scenarios) - 1


def test_what_was_traced_was_played_besides() -> None:
    engine = Counted(FakeEngine())
    list(engine.play([replace(JOBS[0], strace="/bin/strace")]))
    assert engine.runs == len(JOBS[0].scenarios) + 1
