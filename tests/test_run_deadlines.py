"""Times that steps ask for: what counts is the time that the program has had."""

from __future__ import annotations

import pytest

from grader.run.deadlines import Deadlines
from reference.script import ReceiveEnd

STEP = ReceiveEnd(connection="alice", within=2.0)
MS = 1_000_000


class Run:
    """A clock, what the program waited for a CPU, and the deadlines."""

    def __init__(self) -> None:
        self.now = self.starved = 0
        self.deadlines = Deadlines(lambda: self.now)
        self.deadlines.begun(0, STEP, lambda: self.starved)

    def look_until(self, ms: int) -> list[str]:
        """Look every 20 ms until then; what has passed."""
        passed: list[str] = []
        while self.now < ms * MS:
            self.now += 20 * MS
            passed += self.deadlines.passed(lambda: self.starved)
        return passed


def test_it_passes_once() -> None:
    run = Run()
    assert run.look_until(2000) == []
    assert run.look_until(4000) == ["alice"]


def test_a_step_that_is_over_has_no_deadline() -> None:
    run = Run()
    run.deadlines.over(0)
    assert run.look_until(4000) == []


def test_waiting_for_a_cpu_does_not_count() -> None:
    run = Run()
    run.starved = 1500 * MS
    assert run.look_until(3500) == []
    assert run.look_until(3600) == ["alice"]


def test_the_time_in_which_we_did_not_look_does_not_count() -> None:
    run = Run()
    run.now = 5000 * MS
    assert run.deadlines.passed(lambda: 0) == []
    assert run.look_until(6800) == []
    assert run.look_until(7000) == ["alice"]


@pytest.mark.parametrize("within", [None])
def test_without_a_time_there_is_none(within: float | None) -> None:
    deadlines = Deadlines(lambda: 0)
    deadlines.begun(0, ReceiveEnd(within=within), lambda: pytest.fail("asked for nothing"))
    assert deadlines.passed(lambda: pytest.fail("asked for nothing")) == []
