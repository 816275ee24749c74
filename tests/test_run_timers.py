"""Whether a thread may be about to act by a timer of its own, from calls and run counters."""

from __future__ import annotations

from typing import cast

import pytest

from grader.run.proc import ThreadCall
from grader.run.syscalls import CallFacts
from grader.run.threads import Thread
from grader.run.timers import Timers, sleeps, waits_for_timers_too

LOOP = CallFacts("epoll_wait", "poll", limited=True, fd=3, reads=frozenset((4, 5)))
TIMER = CallFacts("futex", "futex", limited=True)


class Clock:
    """A second has passed whenever it is asked."""

    def __init__(self, step: float = 1.0) -> None:
        self._step, self._now = step, 0.0

    def __call__(self) -> float:
        self._now += self._step
        return self._now


class Call:
    """Of a thread with this number."""

    def __init__(self, tid: int) -> None:
        self.tid = tid


def thread(facts: CallFacts, runs: int | None = 1, tid: int = 1) -> Thread:
    counter = None if runs is None else (runs, runs)
    return Thread(cast(ThreadCall, Call(tid)), facts, counter, still=True)


@pytest.mark.parametrize("facts", [LOOP, TIMER])
def test_until_it_has_come_back_twice_it_may_act(facts: CallFacts) -> None:
    timers = Timers(waits_for_timers_too, Clock())
    told = [timers.pending([thread(facts, runs)], "sent") for runs in (1, 1, 2, 2, 3)]
    assert told == [True, True, True, True, False]


def test_what_is_sent_may_set_a_timer_again() -> None:
    timers = Timers(waits_for_timers_too, Clock())
    for runs in (1, 2, 3):
        timers.pending([thread(LOOP, runs)], "sent")
    assert timers.pending([thread(LOOP, 3)], "sent once more")


def test_one_that_comes_back_every_moment_may_have_another_timer() -> None:
    timers = Timers(waits_for_timers_too, Clock(0.02))
    assert all(timers.pending([thread(LOOP, runs)], "sent") for runs in range(20))
    assert not all(timers.pending([thread(LOOP, runs)], "sent") for runs in range(20, 40))


def test_each_thread_counts_for_itself() -> None:
    timers = Timers(waits_for_timers_too, Clock())
    for runs in (1, 2, 3):
        looks_around = timers.pending([thread(LOOP, runs), thread(TIMER, 1, tid=2)], "sent")
        assert looks_around
    assert not timers.pending([thread(LOOP, 3)], "sent")


@pytest.mark.parametrize(
    "facts",
    [
        CallFacts("epoll_wait", "poll", fd=3, reads=frozenset((4, 5))),
        CallFacts("futex", "futex"),
        CallFacts("poll", "poll", limited=True, reads=frozenset((4,))),
        CallFacts("recvfrom", "read", limited=True, fd=4, reads=frozenset((4,))),
        CallFacts("clock_nanosleep", "sleep", limited=True),
    ],
)
def test_other_calls_are_no_timers_of_this_kind(facts: CallFacts) -> None:
    assert not Timers(waits_for_timers_too).pending([thread(facts)], "sent")


def test_of_one_whose_counter_is_not_told_nothing_is_expected() -> None:
    assert not Timers(waits_for_timers_too).pending([thread(LOOP, None)], "sent")


def test_a_thread_that_sleeps_again_and_again_is_looking_around() -> None:
    timers = Timers(sleeps, Clock())
    nap = CallFacts("clock_nanosleep", "sleep", limited=True)
    told = [timers.pending([thread(nap, runs), thread(LOOP)], "sent") for runs in (1, 2, 3)]
    assert told == [True, True, False]
    other = Timers(sleeps, Clock())
    one_long_sleep = [other.pending([thread(nap, 9, tid=2)], "sent") for _ in range(9)]
    assert all(one_long_sleep)


def test_one_that_came_back_in_vain_is_told_from_none_at_all() -> None:
    timers = Timers(sleeps, Clock())
    assert not timers.pending([thread(LOOP, 1)], "sent")
    assert not timers.in_vain
    asleep = CallFacts("clock_nanosleep", "sleep", limited=True)
    told = []
    for runs in (1, 2, 3):
        timers.pending([thread(asleep, runs)], "sent")
        told.append(timers.in_vain)
    assert told == [False, False, True]
    timers.pending([thread(asleep, 4)], "sent once more")
    assert not timers.in_vain


def test_how_long_it_may_act_in_any_case_can_be_said() -> None:
    timers = Timers(sleeps, Clock(), at_least=5)
    asleep = CallFacts("clock_nanosleep", "sleep", limited=True)
    told = [timers.pending([thread(asleep, runs)], "sent") for runs in range(6)]
    assert told == [True, True, True, True, False, False]
    assert timers.quiet()
    timers.pending([thread(asleep, 9)], "sent once more")
    assert not timers.quiet()


def test_a_timer_that_is_set_anew_is_a_new_thread_each_time() -> None:
    timers = Timers(waits_for_timers_too, Clock())
    told = [timers.pending([thread(TIMER, runs, tid=9 + runs)], "sent") for runs in (1, 2, 3)]
    assert told == [True, True, False]
    beside = Timers(waits_for_timers_too, Clock())
    for runs in (1, 2, 3):
        assert beside.pending([thread(LOOP, 1), thread(TIMER, runs, tid=9 + runs)], "sent")
