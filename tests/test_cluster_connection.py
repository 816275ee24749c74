"""A connection to a cluster: who is there, and who plays as most of them do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from grader.cluster.connection import Cluster, fitting
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
