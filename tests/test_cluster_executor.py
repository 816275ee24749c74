"""Work that a cluster loses, refuses or breaks over is given out again; nothing is lost of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import CancelledError
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from batch_tools import run_of, source, submission

from grader.batch.plan import jobs_of
from grader.cluster import executor, orders
from grader.cluster.connection import Cluster, Future, Workers
from grader.cluster.executor import DaskEngine
from grader.cluster.orders import Broken, How, Order, Refused
from grader.judge.model import Programs
from grader.run.errors import HostError
from grader.run.jobs import EngineOptions, Job, Played
from grader.run.meter import Meter, Spent

HOW = How(tool="1", isolation="full", facts="kernel", python="3.11.7")
OPTIONS = EngineOptions(isolation="full", python="", bwrap=None)
BOTH = Programs(server="serveur.py", client="serveur.py")


def jobs(*names: str) -> list[Job]:
    return [
        job
        for name in names
        for job in jobs_of(source().lab, replace(submission(name), programs=BOTH), "seed")
    ]


class Ended:
    """A future that has come to something already."""

    def __init__(self, key: str, worker: str, outcome: bytes | BaseException) -> None:
        self.key, self.worker, self.outcome = key, worker, outcome
        self.status = "finished"
        if isinstance(outcome, CancelledError):
            self.status = "cancelled"
        elif isinstance(outcome, BaseException):
            self.status = "error"

    def result(self, timeout: float | None = None) -> bytes:
        if isinstance(self.outcome, BaseException):
            raise self.outcome
        return self.outcome

    def exception(self, timeout: float | None = None) -> BaseException | None:
        return self.outcome if isinstance(self.outcome, BaseException) else None

    def add_done_callback(self, told: Callable[[Future], None]) -> None:
        if self.status in ("finished", "error"):  # of what is forgotten nobody tells
            told(self)


def played(order: Order) -> bytes:
    asked = orders.jobs_of(order, None)
    made = (
        Played(key=job.key, role=job.role, runs=tuple(run_of(job, s.id) for s in job.scenarios))
        for job in asked
    )
    return orders.encoded(orders.answer_of(order.key, made))


Plays = Callable[[Order, str], bytes | BaseException]


class FakeCluster:
    """Workers that do with an order what they are told to; those of a restriction first."""

    address = "dask://nowhere:1"

    def __init__(self, plays: Plays, *workers: str) -> None:
        self.plays = plays
        self.threads = dict.fromkeys(workers or ("one", "two"), 1)
        self.asked: list[tuple[str, str]] = []
        self.futures: dict[str, Ended] = {}

    def workers(self) -> dict[str, int]:
        return self.threads

    def submit(self, question: bytes, workers: Sequence[str] = ()) -> Ended:
        order = orders.question(question)
        assert isinstance(order, Order)
        able = [*workers] or [*self.threads]
        worker = able[len(self.asked) % len(able)]
        self.asked.append((order.key, worker))
        future = Ended(f"f{len(self.asked)}", worker, self.plays(order, worker))
        self.futures[future.key] = future
        return future

    @property
    def client(self) -> Any:
        return SimpleNamespace(
            who_has=lambda futures: {f.key: [self.futures[f.key].worker] for f in futures}
        )


def graded(
    cluster: FakeCluster,
    *names: str,
    told: list[tuple[str, str]] | None = None,
    unfit: Sequence[str] = (),
) -> list[Played]:
    heard = told if told is not None else []
    fit = tuple(one for one in cluster.threads if one not in unfit)
    workers = Workers(how=HOW, fit=fit, unfit=dict.fromkeys(unfit, "old"), weaker=())
    engine = DaskEngine(
        cast("Cluster", cluster), workers, OPTIONS, source().files, interpreter=None, runs=1,
        tell=lambda address, why: heard.append((address, why)),
    )  # fmt: skip
    return list(engine.play(jobs(*names)))


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(executor, "LOOK_S", 0.001)


def whole(made: list[Played], *names: str) -> bool:
    return sorted((one.key, one.role) for one in made) == sorted(
        (job.key, job.role) for job in jobs(*names)
    )


def test_everything_comes_back_a_submission_at_a_time() -> None:
    cluster = FakeCluster(lambda order, _: played(order))
    assert whole(graded(cluster, "a", "b", "c"), "a", "b", "c")
    assert [key for key, _ in cluster.asked] == ["a", "b", "c"]


class Heard(Meter):
    """Keeps what was spent elsewhere."""

    listens = True

    def __init__(self) -> None:
        self.spent: list[tuple[str, int, Spent]] = []

    def elsewhere(self, key: str, wall: int, spent: Spent) -> None:
        self.spent.append((key, wall, spent))


def test_what_workers_have_spent_is_heard_where_it_is_asked_for() -> None:
    asked: list[bool] = []

    def plays(order: Order, _: str) -> bytes:
        asked.append(order.metered)
        answer = orders.reply(played(order))
        assert isinstance(answer, orders.Answer)
        spent = {"sandbox": (7, 1)}
        return orders.encoded(msgspec.structs.replace(answer, took=9, spent=spent))

    heard = Heard()
    workers = Workers(how=HOW, fit=("one",), unfit={}, weaker=())
    engine = DaskEngine(
        cast("Cluster", FakeCluster(plays, "one")), workers, OPTIONS, source().files,
        interpreter=None, runs=1, meter=heard,
    )  # fmt: skip
    assert whole(list(engine.play(jobs("a", "b"))), "a", "b")
    assert heard.spent == [("a", 9, {"sandbox": (7, 1)}), ("b", 9, {"sandbox": (7, 1)})]
    graded(FakeCluster(plays, "one"), "a")
    assert asked == [True, True, False]


def test_no_more_is_out_than_there_is_room_for() -> None:
    pulled: list[str] = []

    def listed() -> Any:
        for job in jobs(*"abcdefghij"):
            pulled.append(job.key)
            yield job

    cluster = FakeCluster(lambda order, _: played(order), "one")
    workers = Workers(how=HOW, fit=("one",), unfit={}, weaker=())
    engine = DaskEngine(
        cast("Cluster", cluster), workers, OPTIONS, source().files, interpreter=None, runs=1
    )
    next(engine.play(listed()))
    assert len(set(pulled)) <= 3


@pytest.mark.parametrize(
    "trouble",
    [
        CancelledError(), RuntimeError("killed worker"), b"nonsense",
        orders.encoded(Broken(said="Traceback")),
        AttributeError("what Dask says of a scheduler that is gone"),
        orders.encoded(orders.answer_of("other", [])),
    ],
)  # fmt: skip
def test_what_is_lost_once_is_played_again(trouble: bytes | BaseException) -> None:
    lost = [trouble]
    cluster = FakeCluster(lambda order, _: lost.pop() if lost else played(order))
    made = graded(cluster, "a", "b")
    assert whole(made, "a", "b")
    assert all(run.end.outcome == "completed" for one in made for run in one.runs)
    assert len(cluster.asked) == 3


def test_what_takes_down_one_worker_after_the_other_is_our_fault_alone() -> None:
    def plays(order: Order, _: str) -> bytes | BaseException:
        return RuntimeError("killed worker") if order.key == "a" else played(order)

    made = graded(FakeCluster(plays), "a", "b")
    assert whole(made, "a", "b")
    outcomes = {one.key: {run.end.outcome for run in one.runs} for one in made}
    assert outcomes == {"a": {"not_run"}, "b": {"completed"}}
    faults = {one.key: one.faults for one in made}
    assert faults == {"a": ("RuntimeError: killed worker",), "b": ()}


def test_who_refuses_is_said_and_not_asked_again() -> None:
    def plays(order: Order, worker: str) -> bytes:
        return orders.encoded(Refused(why="no isolation")) if worker == "two" else played(order)

    told: list[tuple[str, str]] = []
    cluster = FakeCluster(plays)
    assert whole(graded(cluster, *"abcd", told=told), *"abcd")
    assert told == [("two", "no isolation")]
    assert [worker for _, worker in cluster.asked].count("two") <= 2


def test_where_all_refuse_the_host_is_told_why() -> None:
    cluster = FakeCluster(lambda *_: orders.encoded(Refused(why="no isolation")))
    with pytest.raises(HostError, match="one: no isolation; two: no isolation"):
        graded(cluster, "a")


def test_a_cluster_without_workers_is_waited_for_and_then_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(executor, "_SAY_AFTER_S", 0)
    monkeypatch.setattr(executor, "PATIENCE_S", 0.01)
    cluster = FakeCluster(lambda order, _: played(order), "one")
    cluster.threads.clear()
    workers = Workers(how=HOW, fit=("one",), unfit={}, weaker=())
    told: list[int] = []
    engine = DaskEngine(
        cast("Cluster", cluster), workers, OPTIONS, source().files, interpreter=None, runs=1,
        tell_alone=told.append,
    )  # fmt: skip
    with pytest.raises(HostError, match="no worker any more"):
        list(engine.play(jobs("a")))
    assert told == [0]


def test_a_scheduler_that_is_lost_when_it_is_asked_is_asked_again() -> None:
    class Restarted(FakeCluster):
        gone = 0

        def submit(self, question: bytes, workers: Sequence[str] = ()) -> Ended:
            if len(self.asked) == 1 and self.gone < 3:
                self.gone += 1
                raise HostError("no Dask scheduler answers")
            return super().submit(question, workers)

        def workers(self) -> dict[str, int]:
            if self.gone == 1:
                self.gone = 2
                raise KeyError("workers")
            return super().workers()

    cluster = Restarted(lambda order, _: played(order))
    assert whole(graded(cluster, *"abc"), *"abc")
    assert cluster.gone == 3


def test_what_waits_for_workers_that_are_gone_is_given_to_others() -> None:
    """Where one is not asked, work goes to the others by name; they may come back as others."""

    class Replaced(FakeCluster):
        def submit(self, question: bytes, workers: Sequence[str] = ()) -> Ended:
            future = super().submit(question, workers)
            if "one" in self.threads:
                self.threads = {"two": 1, "three": 1}
                future.status = "pending"
            return future

    cluster = Replaced(lambda order, _: played(order))
    assert whole(graded(cluster, "a", unfit=("two",)), "a")
    assert [worker for _, worker in cluster.asked] == ["one", "three"]
