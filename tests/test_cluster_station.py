"""A station answers in bytes: what it can do, what it refuses, what it broke over."""

from __future__ import annotations

import contextlib
import os
import signal

import msgspec
import pytest
from batch_tools import source, submission

from grader.batch.plan import jobs_of
from grader.cluster import orders, task
from grader.cluster.orders import Ask, Broken, Described, Refused
from grader.cluster.station import Station


@pytest.mark.sandbox
def test_a_station_says_what_it_can_do_refuses_what_it_cannot_and_survives_nonsense() -> None:
    with contextlib.ExitStack() as stack:
        station = Station(stack)
        said = orders.reply(station.answer(orders.encoded(Ask(isolation="none", interpreter=None))))
        assert isinstance(said, Described)
        assert (said.how.isolation, said.weaker) == ("none", ())
        other = msgspec.structs.replace(said.how, python="2.7")
        order = orders.order_of(
            jobs_of(source().lab, submission("a"), "seed"), other,
            orders.packed_lab(source().files), interpreter=None, runs=1, cold=False,
        )  # fmt: skip
        refused = orders.reply(station.answer(orders.encoded(order)))
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
