"""Facts by the clock alone, on a clock of the test's."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import cast

import pytest

from grader import transcript as tr
from grader.run.look import Facts, Look
from grader.run.paced import KEYBOARD_NS, PATIENCE_NS, QUIET_NS, STILL_NS, PacedFacts
from grader.run.program import Program
from reference.endpoint import Endpoint

NOBODY = cast(Program, None)
"""Nothing is asked of the program: nothing can be read."""


class Clock:
    """A clock that is set by hand, in ns."""

    def __init__(self) -> None:
        self.t = 0

    def __call__(self) -> int:
        return self.t


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def facts(clock: Clock) -> PacedFacts:
    return PacedFacts(NOBODY, clock)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    made = Endpoint(lambda: 0)
    with socket.create_server(("127.0.0.1", 0)) as server:
        made.dial(*server.getsockname())
        while not made.connected:
            made.poll()
        yield made
        made.close_all()


def test_it_is_a_kind_of_facts(facts: PacedFacts) -> None:
    kind: Facts = facts
    assert kind.name == "paced"
    assert not kind.sees_listeners
    assert kind.state("waiting") is None
    assert kind.usage().memory == kind.usage().system == 0
    assert not kind.at_keyboard()
    kind.close()


def test_a_look_knows_nothing_unless_told() -> None:
    blank = Look()
    assert not any((blank.consumed, blank.ready, blank.reading, blank.waiting))


def looks_until(facts: PacedFacts, clock: Clock, endpoint: Endpoint, end: int) -> Look:
    """Look every 4 ms, as the player does on a machine that has time for it; the last look."""
    while clock.t + 4_000_000 < end:
        clock.t += 4_000_000
        facts.look(endpoint, wants_ready=True)
    clock.t = end
    return facts.look(endpoint, wants_ready=True)


def test_quiet_for_a_moment_is_ready(facts: PacedFacts, clock: Clock, endpoint: Endpoint) -> None:
    assert not looks_until(facts, clock, endpoint, QUIET_NS - 1).ready
    look = looks_until(facts, clock, endpoint, QUIET_NS)
    assert look.ready
    assert look.consumed
    assert not look.guaranteed
    assert not look.waiting
    assert not facts.look(endpoint, wants_ready=False).ready


def test_news_begins_the_quiet_anew(facts: PacedFacts, clock: Clock, endpoint: Endpoint) -> None:
    looks_until(facts, clock, endpoint, QUIET_NS - 1)
    facts.changed()
    assert not looks_until(facts, clock, endpoint, 2 * QUIET_NS - 2).ready
    assert looks_until(facts, clock, endpoint, 2 * QUIET_NS - 1).ready


def test_one_that_is_never_quiet_is_given_longer(
    facts: PacedFacts, clock: Clock, endpoint: Endpoint
) -> None:
    start = 8 * QUIET_NS
    looks_until(facts, clock, Endpoint(lambda: 0), start)  # not connected yet
    for tenth in range(40):
        facts.changed()
        assert not looks_until(facts, clock, endpoint, start + tenth * QUIET_NS // 10).ready
    assert looks_until(facts, clock, endpoint, start + 5 * QUIET_NS).ready


def test_where_we_wait_for_a_core_the_program_is_given_more_time(
    facts: PacedFacts, clock: Clock, endpoint: Endpoint
) -> None:
    """100 ms late once: 1.8 s more, and ever less where no other look is late."""
    clock.t = 110_000_000
    facts.look(endpoint, wants_ready=True)
    assert not looks_until(facts, clock, endpoint, 2 * QUIET_NS).ready
    assert looks_until(facts, clock, endpoint, 4 * QUIET_NS).ready
    clock.t = later = 10 * QUIET_NS
    facts.changed()
    clock.t += 1_000_000_000  # a second without a look: bounded all the same
    facts.look(endpoint, wants_ready=True)
    assert looks_until(facts, clock, endpoint, later + 2_000_000_000).ready


def test_quiet_for_very_long_is_waiting(
    facts: PacedFacts, clock: Clock, endpoint: Endpoint
) -> None:
    clock.t = PATIENCE_NS - 1
    assert not facts.look(endpoint, wants_ready=False).waiting
    clock.t = PATIENCE_NS
    assert facts.look(endpoint, wants_ready=False).waiting


def test_quiet_for_some_time_it_may_be_at_the_keyboard(
    facts: PacedFacts, clock: Clock, endpoint: Endpoint
) -> None:
    """Each Enter is given time; none makes it less quiet, so that waiting is told in time."""
    pressed = []
    for clock.t in range(0, PATIENCE_NS, KEYBOARD_NS // 4):
        look = facts.look(endpoint, wants_ready=False)
        if look.keyboard:
            assert not look.guaranteed
            pressed.append(clock.t)
            facts.typed()
    assert pressed == [KEYBOARD_NS, 2 * KEYBOARD_NS, 3 * KEYBOARD_NS]
    clock.t = PATIENCE_NS
    assert facts.look(endpoint, wants_ready=False).waiting


def test_listeners_are_those_that_somebody_tells_of(clock: Clock) -> None:
    seen = [tr.Listener(t=0, protocol="tcp", address="127.0.0.1", port=7)]
    assert PacedFacts(NOBODY, clock).listeners() == []
    assert PacedFacts(NOBODY, clock, listening=lambda: seen).listeners() == seen


def test_what_is_still_waiting_is_told_so_sooner(
    facts: PacedFacts, clock: Clock, endpoint: Endpoint
) -> None:
    facts.look(endpoint, wants_ready=False)
    clock.t = PATIENCE_NS
    assert facts.look(endpoint, wants_ready=False).waiting
    facts.changed()  # a step is given up
    facts.changed()  # another begins
    clock.t += STILL_NS - 1
    assert not facts.look(endpoint, wants_ready=False).waiting
    clock.t += 1
    assert facts.look(endpoint, wants_ready=False).waiting
    clock.t += STILL_NS
    facts.changed()  # it printed something
    clock.t += PATIENCE_NS - 1
    assert not facts.look(endpoint, wants_ready=False).waiting


def test_a_machine_that_keeps_us_from_looking_makes_it_unsure(
    facts: PacedFacts, clock: Clock, endpoint: Endpoint
) -> None:
    """A busy one does not: looks come late by less than a tenth of a second."""
    for _ in range(100):
        clock.t += 100_000_000
        facts.look(endpoint, wants_ready=False)
    assert facts.unsure() == ""
    for _ in range(3):
        clock.t += 1_000_000_000
        facts.look(endpoint, wants_ready=False)
    assert facts.unsure() == "this machine was too busy to tell (3 s lost): try again"
    # A small part of a long run is not.
    for _ in range(150):
        clock.t += 100_000_000
        facts.look(endpoint, wants_ready=False)
    assert facts.unsure() == ""


def test_nobody_is_ready_without_a_connection(facts: PacedFacts, clock: Clock) -> None:
    assert not looks_until(facts, clock, Endpoint(lambda: 0), QUIET_NS).ready


def test_whether_it_has_closed_is_not_known(facts: PacedFacts, endpoint: Endpoint) -> None:
    assert not facts.orphaned(endpoint, "")
    assert facts.in_flight(endpoint)


def test_a_connection_that_outlives_the_program_is_its_child_s(
    facts: PacedFacts, endpoint: Endpoint
) -> None:
    assert facts.left_behind(endpoint)
    endpoint.close_all()
    assert not facts.left_behind(endpoint)


def test_the_cpu_of_earlier_programs_is_not_its_own(clock: Clock) -> None:
    """The system tells of all children together; a program pays for its own only."""
    before = os.times().children_user
    count = "i=0; while [ $i -lt 9999 ]; do i=$((i+1)); done"
    while os.times().children_user < before + 0.02:
        pid = os.posix_spawn("/bin/sh", ["sh", "-c", count], {})
        os.waitpid(pid, 0)
    assert PacedFacts(NOBODY, clock).usage().cpu == 0
