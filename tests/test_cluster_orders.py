"""What travels comes out as it went in; what was not asked for is not believed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from batch_tools import run_of, source, submission

from grader.batch.plan import jobs_of
from grader.cluster import orders
from grader.cluster.orders import Answer, How, Order, PlayedJob
from grader.judge.model import Programs
from grader.run.jobs import Job, Played
from grader.run.spool import Spool

HOW = How(tool="1", isolation="full", facts="kernel", python="3.11.7")
ONE = replace(submission("a"), programs=Programs(server="serveur.py", client="serveur.py"))
JOBS = jobs_of(source().lab, ONE, "seed")


def sent(jobs: list[Job]) -> Order:
    lab = orders.packed_lab(source().files)
    order = orders.order_of(jobs, HOW, lab, interpreter=None, runs=0, cold=False)
    told = orders.question(orders.encoded(order))
    assert isinstance(told, Order)
    return told


def test_what_is_to_start_cold_is_told() -> None:
    lab = orders.packed_lab(source().files)
    for cold in (True, False):
        order = orders.order_of(JOBS, HOW, lab, interpreter=None, runs=0, cold=cold)
        told = orders.question(orders.encoded(order))
        assert isinstance(told, Order)
        assert told.cold is cold


def test_that_phases_are_to_be_counted_is_told_and_what_they_took_comes_back() -> None:
    lab = orders.packed_lab(source().files)
    order = orders.order_of(
        JOBS, HOW, lab, interpreter=None, runs=0, cold=False, metered=True
    )  # fmt: skip
    told = orders.question(orders.encoded(order))
    assert isinstance(told, Order)
    assert told.metered
    made = msgspec.structs.replace(answer(), took=5, spent={"sandbox": (3, 1)})
    assert orders.reply(orders.encoded(made)) == made
    strange = msgspec.structs.replace(made, spent={"sandbox": "long"})
    with pytest.raises(ValueError, match="spent"):
        orders.reply(orders.encoded(strange))


def test_jobs_arrive_as_they_were_sent() -> None:
    known = {"server-nominal": [run_of(JOBS[0], "server-nominal")]}
    first = replace(JOBS[0], known=known, strace="here")
    arrived = orders.jobs_of(sent([first, *JOBS[1:]]), "there")
    assert arrived == [replace(JOBS[0], strace="there"), *JOBS[1:]]
    assert arrived[0].known["server-nominal"][0].read() == known["server-nominal"][0].read()


def played(job: Job) -> Played:
    return Played(key=job.key, role=job.role, runs=tuple(run_of(job, s.id) for s in job.scenarios))


def answer() -> Answer:
    made = orders.answer_of("a", map(played, JOBS))
    told = orders.reply(orders.encoded(made))
    assert isinstance(told, Answer)
    return told


def test_what_was_played_arrives_as_it_was() -> None:
    back = orders.played_of(answer(), list(JOBS), "full", Spool())
    assert [one.role for one in back] == [job.role for job in JOBS]
    for job, one in zip(JOBS, back, strict=True):
        assert [run.read() for run in one.runs] == [run.read() for run in played(job).runs]
        assert all(b"".join(run.wire()) == b"wire" for run in one.runs)


def first(change: Callable[[PlayedJob], PlayedJob]) -> Callable[[Answer], Answer]:
    def changed(made: Answer) -> Answer:
        return msgspec.structs.replace(made, jobs=(change(made.jobs[0]), *made.jobs[1:]))

    return changed


def other_run(**fields: Any) -> Callable[[Answer], Answer]:
    """The first run says something else of itself."""

    def changed(job: PlayedJob) -> PlayedJob:
        run = run_of(JOBS[0], "server-nominal")
        header = msgspec.structs.replace(run.header, **fields)
        told = replace(run, transcript=replace_header(run.transcript, header))
        body = orders.answer_of("a", [replace(played(JOBS[0]), runs=(told,))]).jobs[0].runs[0]
        return msgspec.structs.replace(job, runs=(body, *job.runs[1:]))

    return first(changed)


def replace_header(transcript: Any, header: Any) -> Any:
    from grader import transcript as tr

    return tr.of(header, transcript.entries)


@pytest.mark.parametrize(
    "change",
    [
        lambda made: msgspec.structs.replace(made, key="b"),
        lambda made: msgspec.structs.replace(made, jobs=made.jobs[:-1]),
        lambda made: msgspec.structs.replace(made, jobs=(*made.jobs, made.jobs[0])),
        first(lambda job: msgspec.structs.replace(job, runs=job.runs[1:])),
        first(lambda job: msgspec.structs.replace(job, runs=(*job.runs, job.runs[0]))),
        first(lambda job: msgspec.structs.replace(job, traced=job.runs[:1])),
        first(lambda job: msgspec.structs.replace(job, runs=((b"x", b""), *job.runs[1:]))),
        other_run(seed="mine"), other_run(isolation="none"), other_run(program="other.py"),
        other_run(scenario="server-drawn"), other_run(run="../../x"), other_run(role="client"),
    ],
)  # fmt: skip
def test_what_was_not_asked_for_is_not_believed(change: Callable[[Answer], Answer]) -> None:
    with pytest.raises(ValueError, match=r"."):
        orders.played_of(change(answer()), list(JOBS), "full", Spool())


@pytest.mark.parametrize("data", [b"", b"x", orders.encoded(answer())])
def test_nonsense_is_no_question_and_no_lab(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        orders.question(data)
    assert orders.difference(HOW, msgspec.structs.replace(HOW, python="3.9")) == (
        "python 3.9, not 3.11.7"
    )
