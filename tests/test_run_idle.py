"""What the cores have left, from what /proc/stat says at two moments."""

from __future__ import annotations

import os

import pytest

from grader.run.idle import Idle


def stat(*cores: tuple[int, int]) -> str:
    """/proc/stat of cores with so much busy and idle time; half of the idle one is iowait."""
    lines = [
        f"cpu{n} {busy - 3} 1 1 {idle - idle // 2} {idle // 2} 0 0 1 70 0"
        for n, (busy, idle) in enumerate(cores)
    ]
    return "\n".join(["cpu  9 9 9 9 9 9 9 9 0 0", *lines, "intr 5 0 1", "ctxt 9"])


class Told:
    """Says one text after the other."""

    def __init__(self, *texts: str) -> None:
        self._texts = list(texts)

    def __call__(self) -> str:
        return self._texts.pop(0)


@pytest.fixture(autouse=True)
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})


def test_it_is_of_the_time_between_two_looks() -> None:
    told = Told(stat((100, 900), (100, 900)), stat((180, 920), (160, 940)))
    idle = Idle(told)
    assert idle.share() == pytest.approx(60 / 200)


def test_cores_that_are_not_ours_do_not_count() -> None:
    told = Told(stat((100, 900), (100, 900), (5, 5)), stat((200, 900), (200, 900), (5, 999)))
    assert Idle(told).share() == 0


def test_between_two_looks_without_a_tick_nothing_is_known() -> None:
    same = stat((100, 900), (100, 900))
    assert Idle(Told(same, same)).share() == 1


def test_where_nothing_is_told_nothing_is_held_back() -> None:
    def refuse() -> str:
        raise PermissionError

    assert Idle(refuse).share() == 1
    assert Idle(lambda: "cpu0 what\n").share() == 1


def test_this_machine_tells_it() -> None:
    assert 0 <= Idle().share() <= 1
