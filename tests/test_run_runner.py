"""Which of two plays of a run counts, where a message was waited for and something is lost."""

from __future__ import annotations

from typing import cast

import engine_tools as tools
import pytest
from batch_tools import run_of

from grader import transcript as tr
from grader.lab.model import Scenario
from grader.run.errors import HostError
from grader.run.jobs import Job, PlayedRun
from grader.run.program import Program
from grader.run.runner import Place, Runner
from reference.script import Script

JOB = tools.job("pass", "client-nominal")


def run(*statuses: str) -> PlayedRun:
    header = run_of(JOB, "client-nominal").transcript.header
    steps = [tr.Step(t=0, index=i, status=x, reason="ready") for i, x in enumerate(statuses)]
    return PlayedRun(
        transcript=tr.of(header, [*steps, tr.Ended(t=1, outcome="completed", problem="")])
    )


class Pretending(Runner[Program]):
    """Plays as it is told, patiently and not."""

    def __init__(self, patient: PlayedRun, other: PlayedRun | Exception, *, lost: bool) -> None:
        super().__init__(cast(Place[Program], None))
        self._patient, self._other, self._lost = patient, other, lost

    def _play_with(
        self,
        job: Job,
        scenario: Scenario,
        name: str,
        script: Script,
        texts: dict[str, str],
        told: list[tr.Dialed],
        *,
        patient: bool,
    ) -> tuple[PlayedRun, bool]:
        if patient:
            return self._patient, self._lost
        if isinstance(self._other, Exception):
            raise self._other
        return self._other, False

    def played(self) -> PlayedRun:
        return self._play_once(JOB, JOB.scenarios[0], "", cast(Script, None), {}, [])


def test_a_run_in_which_nothing_was_lost_is_played_once() -> None:
    whole = run("done", "done")
    assert Pretending(whole, AssertionError("played twice"), lost=False).played() is whole


def test_the_run_counts_that_comes_further_and_the_first_of_equals() -> None:
    one, two = run("done", "missed", "missed"), run("missed", "done", "done")
    assert Pretending(one, two, lost=True).played() is two
    assert Pretending(two, one, lost=True).played() is two
    again = run("done", "missed", "done")
    assert Pretending(two, again, lost=True).played() is two


@pytest.mark.parametrize("fault", [HostError("no"), OSError("no"), MemoryError()])
def test_what_the_machine_refuses_is_no_students_loss(fault: Exception) -> None:
    """Of two plays the worse one would count, by our wait: it is told as not run instead."""
    with pytest.raises(type(fault)):
        Pretending(run("missed", "missed"), fault, lost=True).played()
