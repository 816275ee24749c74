"""A connection to a cluster: who is there, and who plays as most of them do."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from grader.cluster import connection
from grader.cluster.connection import Cluster, fitting, refuse_unfit_settings
from grader.cluster.orders import Described, How
from grader.run.errors import HostError

HOW = How(tool="1", isolation="full", facts="kernel", python="3.11.7")


class FakeClient:
    """What Dask's client says of its workers, in each state that it has."""

    def __init__(self, status: str, info: Mapping[str, Any]) -> None:
        self.status = status
        self.info = info

    def scheduler_info(self, n_workers: int) -> Mapping[str, Any]:
        return self.info


@pytest.mark.parametrize(
    ("status", "info", "there"),
    [
        ("running", {"workers": {"tcp://a": {"nthreads": 2}}}, {"tcp://a": 2}),
        # While it looks for its scheduler it tells of the workers of before.
        ("connecting", {"workers": {"tcp://a": {"nthreads": 2}}}, {}),
        ("running", {}, {}),
    ],
)
def test_whoever_is_there_is_there_now(
    status: str, info: Mapping[str, Any], there: dict[str, int]
) -> None:
    cluster = Cluster("tcp://nowhere:1")
    cluster._client = FakeClient(status, info)
    assert cluster.workers() == there


class Waited(FakeClient):
    """To wait for workers takes `clock` on; `comes` says what is there after each time."""

    def __init__(self, clock: SimpleNamespace, *comes: Mapping[str, Any] | BaseException) -> None:
        super().__init__("running", {})
        self.clock = clock
        self.comes = list(comes)
        self.waited: list[float] = []

    def wait_for_workers(self, n_workers: int, timeout: float) -> None:
        self.waited.append(timeout)
        came = self.comes.pop(0) if self.comes else {}
        if isinstance(came, BaseException):
            raise came
        self.info = {"workers": came}
        if not came:
            self.clock.now += timeout
            raise TimeoutError

    def close(self, timeout: float) -> None:
        self.status = "closed"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Moved on by who waits."""
    made = SimpleNamespace(now=0.0)
    monkeypatch.setattr(connection, "time", SimpleNamespace(monotonic=lambda: made.now))
    return made


def test_that_there_is_no_worker_yet_is_said_soon_and_one_is_awaited(
    clock: SimpleNamespace,
) -> None:
    cluster, told = Cluster("tcp://h:1"), list[int]()
    cluster._client = client = Waited(clock, {}, {"tcp://a": {"nthreads": 2}})
    assert cluster._awaited(told.append) == {"tcp://a": 2}
    assert (told, client.waited) == ([10], [2.0, 598.0])


def test_who_is_there_is_not_waited_for(clock: SimpleNamespace) -> None:
    cluster, told = Cluster("tcp://h:1"), list[int]()
    cluster._client = Waited(clock, {"tcp://a": {"nthreads": 1}})
    assert cluster._awaited(told.append) == {"tcp://a": 1}
    assert told == []


def test_where_nobody_comes_that_ends_after_ten_minutes(clock: SimpleNamespace) -> None:
    cluster, told = Cluster("tcp://h:1"), list[int]()
    cluster._client = Waited(clock)
    with pytest.raises(HostError, match="tcp://h:1 has no worker"):
        cluster._awaited(told.append)
    assert (told, clock.now) == ([10], connection.PATIENCE_S)


@pytest.mark.parametrize("lost", [OSError("reset"), asyncio.CancelledError(), KeyError("workers")])
def test_a_scheduler_that_starts_anew_meanwhile_is_called_again(
    lost: BaseException, clock: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster = Cluster("tcp://h:1")
    cluster._client = Waited(clock, lost)
    anew = Waited(clock, {"tcp://b": {"nthreads": 1}})
    monkeypatch.setattr(cluster, "_connect", lambda: anew)
    assert cluster._awaited(lambda minutes: None) == {"tcp://b": 1}

    def nobody() -> Any:
        raise HostError("no Dask scheduler answers")

    cluster._client = Waited(clock, lost)
    monkeypatch.setattr(cluster, "_connect", nobody)
    with pytest.raises(HostError, match="no Dask scheduler answers"):
        cluster._awaited(lambda minutes: None)


def test_tls_and_the_settings_of_dask_have_to_fit(tmp_path: Path) -> None:
    import dask
    import distributed  # brings the settings that there are

    assert distributed.__version__

    def settings(file: str | None, *, wanted: bool = False) -> Any:
        tls, comm = "distributed.comm.tls", "distributed.comm.require-encryption"
        return dask.config.set({f"{tls}.ca-file": file, f"{tls}.client.cert": file, comm: wanted})

    with settings(None):
        refuse_unfit_settings("tcp://h:1")
        with pytest.raises(HostError, match=r"ca-file, distributed.*client.cert"):
            refuse_unfit_settings("tls://h:1")
    with settings(str(tmp_path / "ca.pem")), pytest.raises(HostError, match="are of no use"):
        refuse_unfit_settings("tls://h:1")
    with settings(None, wanted=True), pytest.raises(HostError, match="wants TLS"):
        refuse_unfit_settings("tcp://h:1")


def described(**other: str) -> Described:
    return Described(how=replace_how(**other), weaker=("groups",))


def replace_how(**other: str) -> How:
    return msgspec.structs.replace(HOW, **other)


def test_most_threads_say_how_it_is_played_and_the_others_are_named() -> None:
    told: dict[str, Described | str] = {
        "a": described(),
        "b": described(python="3.9"),
        "c": described(),
        "d": "no bubblewrap",
    }
    found = fitting(told, {"a": 1, "b": 1, "c": 1, "d": 8})
    assert (found.how, found.fit, found.weaker) == (HOW, ("a", "c"), ("groups",))
    assert found.unfit == {"b": "python 3.9, not 3.11.7", "d": "no bubblewrap"}
    with pytest.raises(HostError, match="d: no bubblewrap"):
        fitting({"d": "no bubblewrap"}, {"d": 1})
