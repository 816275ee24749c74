"""The rules that give a step up where nothing can be proved, on a clock of our own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import pytest

from grader.lab.model import Limits
from grader.run.look import Facts
from grader.run.patience import Patience
from grader.run.usage import Usage
from reference.endpoint import Endpoint

S = 1_000_000_000
LIMITS = Limits(cpu=5, wall=15, promised=10)


@dataclass
class FakeFacts:
    """All that patience asks of a program."""

    does_not_block: bool = True

    def nonblocking(self, _endpoint: Endpoint) -> bool:
        return self.does_not_block


class Run:
    """A clock, facts and the patience under test."""

    def __init__(self, limits: Limits = LIMITS) -> None:
        self.now = 0
        self.fake = FakeFacts()
        self.facts = cast(Facts, self.fake)
        self.patience = Patience(limits, Endpoint(lambda: self.now), lambda: self.now)

    def uses(self, seconds: float, in_calls: float = 0.0) -> None:
        """It has used so much CPU until now."""
        self.patience.used(Usage(int(seconds * S), int(in_calls * S), 0))


@pytest.fixture
def run() -> Run:
    return Run()


def test_a_message_may_cost_a_fifth_of_the_cpu_time(run: Run) -> None:
    run.uses(0.5)
    run.patience.message_wanted()
    run.uses(1.4)
    assert not run.patience.budget_spent(run.facts)
    run.uses(1.6)
    assert run.patience.budget_spent(run.facts)


def test_the_budget_of_each_message_begins_anew(run: Run) -> None:
    run.patience.message_wanted()
    run.uses(1.6)
    assert run.patience.budget_spent(run.facts)
    run.patience.message_wanted()
    assert not run.patience.budget_spent(run.facts)


def test_one_that_polls_without_a_pause_is_told_by_its_time_in_calls(run: Run) -> None:
    run.patience.step_begun()
    run.uses(0.3, in_calls=0.2)
    assert run.patience.spins(run.facts)
    assert run.patience.budget_spent(run.facts)
    assert not run.patience.polls_in_vain(run.facts)
    run.uses(2.1, in_calls=1.0)
    assert run.patience.polls_in_vain(run.facts)


def test_one_that_computes_is_in_no_call(run: Run) -> None:
    run.patience.step_begun()
    run.uses(0.9, in_calls=0.01)
    assert not run.patience.spins(run.facts)


def test_one_whose_socket_blocks_does_not_poll_it(run: Run) -> None:
    run.patience.step_begun()
    run.uses(0.9, in_calls=0.5)
    run.fake.does_not_block = False
    assert not run.patience.spins(run.facts)


def test_what_was_used_before_the_step_is_not_held_against_it(run: Run) -> None:
    run.uses(3, in_calls=2)
    run.patience.step_begun()
    run.uses(3.1, in_calls=2.1)
    assert not run.patience.spins(run.facts)


def test_a_program_that_has_ended_shows_less_than_before(run: Run) -> None:
    run.uses(2)
    run.uses(0.5)
    assert run.patience.cpu == 2 * S


@pytest.mark.parametrize(
    ("limits", "over_at"),
    [(LIMITS, 10), (Limits(cpu=5, wall=6, promised=10), 4)],
    ids=["as promised", "advice has less: two thirds of its wall time"],
)
def test_the_promised_time(limits: Limits, over_at: int) -> None:
    run = Run(limits)
    run.now = over_at * S
    assert not run.patience.promise_over()
    run.now += 1
    assert run.patience.promise_over()


def test_what_follows_news_has_half_a_second(run: Run) -> None:
    run.now = 11 * S
    run.patience.news()
    assert run.patience.fresh_news()
    run.now += S // 2
    assert not run.patience.fresh_news()


def test_what_we_wait_for_a_program_to_be_ready_takes_it_no_time(run: Run) -> None:
    run.patience.message_wanted()
    run.now = S // 2
    run.patience.wait_over(more=False)
    run.now = 10 * S
    assert not run.patience.promise_over()
    run.now = 10 * S + S // 2
    assert not run.patience.promise_over()
    run.now += 1
    assert run.patience.promise_over()
    run.now = 15 * S + S // 2
    assert not run.patience.time_over()
    run.now += 1
    assert run.patience.time_over()


def test_a_limit_is_not_passed_by_the_wait_that_is_not_counted(run: Run) -> None:
    run.now = 9 * S + S // 2
    run.patience.message_wanted()
    run.now = 12 * S + S // 2
    assert run.patience.waited_enough()
    assert not run.patience.promise_over()
    run.now += 1
    assert run.patience.promise_over()


def test_a_program_that_is_never_ready_is_not_waited_for_without_end(run: Run) -> None:
    run.patience.message_wanted()
    run.now = 8 * S
    run.patience.wait_over(more=True)
    run.now = 8 * S + S // 4
    run.patience.message_wanted()
    run.patience.wait_over(more=False)
    run.patience.wait_over(more=False)
    run.now = 12 * S + S // 2 + S // 4
    assert not run.patience.promise_over()
    run.now += 1
    assert run.patience.promise_over()


def test_it_is_waited_for_its_own_clock_as_long_as_promised_in_all(run: Run) -> None:
    assert run.patience.rests_by_its_clock()
    run.now = 6 * S
    assert run.patience.rests_by_its_clock()
    run.patience.waited_in_vain()
    run.now = 7 * S
    assert run.patience.rests_by_its_clock()
    run.now = 11 * S - 1
    assert run.patience.rests_by_its_clock()
    run.now += 1
    assert not run.patience.rests_by_its_clock()


def test_what_was_waited_in_vain_takes_it_no_time(run: Run) -> None:
    run.now = 5 * S
    run.patience.rests_by_its_clock()
    run.now = 9 * S
    run.patience.waited_in_vain()
    run.now = 14 * S
    assert not run.patience.promise_over()
    run.now += 1
    assert run.patience.promise_over()


def test_a_pause_after_which_it_went_on_is_its_own_time(run: Run) -> None:
    run.patience.rests_by_its_clock()
    run.now = 6 * S
    run.patience.news()
    run.patience.waited_in_vain()
    run.now = 10 * S + 1
    assert run.patience.promise_over()


def test_while_it_is_waited_for_no_limit_is_reached(run: Run) -> None:
    run.now = 9 * S
    run.patience.rests_by_its_clock()
    run.now = 18 * S
    assert not run.patience.promise_over()
    assert not run.patience.time_over()
    run.patience.news()
    assert run.patience.time_over()


def test_who_rests_and_is_not_looked_at_again_has_no_more_time_than_that(run: Run) -> None:
    run.patience.rests_by_its_clock()
    run.now = 25 * S
    assert not run.patience.time_over()
    run.now += 1
    assert run.patience.time_over()


def test_for_one_that_only_looks_around_it_is_waited_long_enough_once(run: Run) -> None:
    assert not run.patience.waited_enough()
    run.patience.message_wanted()
    run.now = 2 * S
    assert not run.patience.waited_enough()
    run.now += S // 2
    assert run.patience.waited_enough()
    run.patience.wait_over(more=False)
    assert not run.patience.waited_enough()
