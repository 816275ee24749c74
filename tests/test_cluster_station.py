"""A station answers in bytes: what it can do, what it refuses, what it broke over."""

from __future__ import annotations

import contextlib
import os
import signal
from typing import Any

import msgspec
import pytest
from batch_tools import source, submission

from grader.batch.plan import jobs_of
from grader.cluster import orders, task
from grader.cluster.orders import Answer, Ask, Broken, Described, How, Order, Refused
from grader.cluster.station import Station, Tally, options_of
from grader.run.host import HostReport
from grader.run.options import RUNS_PER_CORE

HOST = HostReport(facts=(), python="python3", version="3.11", bwrap="bwrap")
HOW = How(tool="1", isolation="full", facts="kernel", python="3.11")


def order(how: How, **more: Any) -> Order:
    return orders.order_of(
        jobs_of(source().lab, submission("a"), "seed"), how, orders.packed_lab(source().files),
        interpreter=None, **{"runs": 1, "cold": False, **more},
    )  # fmt: skip


def test_a_station_has_the_runs_of_one_core_as_far_as_the_cores_bear_them() -> None:
    found = options_of(HOST, "full", order(HOW, runs=0))
    assert (found.jobs, found.at_first, found.measured) == (RUNS_PER_CORE, 1, True)
    assert found.warm == "pays"
    found = options_of(HOST, "full", order(HOW, runs=7, cold=True))
    assert (found.jobs, found.measured, found.warm) == (7, False, "never")


def test_what_workers_spend_is_added_up_and_taken_once() -> None:
    tally = Tally()
    tally.started(5)
    tally.answered("a", {"sandbox": (3, 1)})
    tally.answered("b", {"sandbox": (4, 1), "programs": (0, 2)})
    assert tally.taken() == {"start": (5, 0), "sandbox": (7, 2), "programs": (0, 2)}
    assert tally.taken() == {}


@pytest.mark.sandbox
def test_a_station_counts_what_is_spent_where_that_is_asked_for() -> None:
    with contextlib.ExitStack() as stack:
        station = Station(stack)
        said = orders.reply(station.answer(orders.encoded(Ask(isolation="full", interpreter=None))))
        assert isinstance(said, Described)
        asked = order(said.how, metered=True)
        phases = {"sandbox", "program", "watching", "programs"}
        for begun in ({"start"}, set[str]()):  # workers stay from one order to the next
            told = orders.reply(station.answer(orders.encoded(asked)))
            assert isinstance(told, Answer)
            assert told.took > 0
            assert phases | begun <= told.spent.keys()
        silent = orders.reply(station.answer(orders.encoded(order(said.how))))
        assert isinstance(silent, Answer)
        assert (silent.took, silent.spent) == (0, {})


@pytest.mark.sandbox
def test_a_station_says_what_it_can_do_refuses_what_it_cannot_and_survives_nonsense() -> None:
    with contextlib.ExitStack() as stack:
        station = Station(stack)
        said = orders.reply(station.answer(orders.encoded(Ask(isolation="none", interpreter=None))))
        assert isinstance(said, Described)
        assert (said.how.isolation, said.weaker) == ("none", ())
        other = msgspec.structs.replace(said.how, python="2.7")
        refused = orders.reply(station.answer(orders.encoded(order(other))))
        assert refused == Refused(why=f"python {said.how.python}, not 2.7")
        assert isinstance(orders.reply(station.answer(b"nonsense")), Broken)


def test_a_station_that_ends_is_told_and_the_next_question_has_another() -> None:
    assert isinstance(orders.reply(task.ask(b"nonsense")), Broken)
    process = task._mine.station._process
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    with pytest.raises(task.StationLostError):
        task.ask(b"nonsense")
    assert isinstance(orders.reply(task.ask(b"nonsense")), Broken)
    task.close()
