"""Facts by the clock alone, on a clock of the test's."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from typing import cast

import pytest

from grader.run.look import Facts, Look
from grader.run.paced import PATIENCE_NS, QUIET_NS, PacedFacts
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
    return PacedFacts(NOBODY, 65432, clock)


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


def test_quiet_for_a_moment_is_ready(facts: PacedFacts, clock: Clock, endpoint: Endpoint) -> None:
    clock.t = QUIET_NS - 1
    assert not facts.look(endpoint, wants_ready=True).ready
    clock.t = QUIET_NS
    look = facts.look(endpoint, wants_ready=True)
    assert look.ready
    assert look.consumed
    assert not look.guaranteed
    assert not look.waiting
    assert not facts.look(endpoint, wants_ready=False).ready


def test_news_begins_the_quiet_anew(facts: PacedFacts, clock: Clock, endpoint: Endpoint) -> None:
    clock.t = QUIET_NS
    facts.changed()
    assert not facts.look(endpoint, wants_ready=True).ready
    clock.t = 2 * QUIET_NS
    assert facts.look(endpoint, wants_ready=True).ready


def test_quiet_for_very_long_is_waiting(
    facts: PacedFacts, clock: Clock, endpoint: Endpoint
) -> None:
    clock.t = PATIENCE_NS - 1
    assert not facts.look(endpoint, wants_ready=False).waiting
    clock.t = PATIENCE_NS
    assert facts.look(endpoint, wants_ready=False).waiting


def test_nobody_is_ready_without_a_connection(facts: PacedFacts, clock: Clock) -> None:
    clock.t = QUIET_NS
    assert not facts.look(Endpoint(lambda: 0), wants_ready=True).ready


def test_whether_it_has_closed_is_not_known(facts: PacedFacts, endpoint: Endpoint) -> None:
    assert not facts.orphaned(endpoint, "")
    assert facts.in_flight(endpoint)


def test_the_cpu_of_earlier_programs_is_not_its_own(clock: Clock) -> None:
    """The system tells of all children together; a program pays for its own only."""
    before = os.times().children_user
    count = "i=0; while [ $i -lt 9999 ]; do i=$((i+1)); done"
    while os.times().children_user < before + 0.02:
        pid = os.posix_spawn("/bin/sh", ["sh", "-c", count], {})
        os.waitpid(pid, 0)
    assert PacedFacts(NOBODY, 65432, clock).usage().cpu == 0
