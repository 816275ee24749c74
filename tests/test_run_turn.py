"""One run at a time at a port, whoever plays: no right server is refused it by another's."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import engine_tools as tools
import pytest
from samples import SUBMISSIONS

from grader import transcript as tr
from grader.run.engine import Engine
from grader.run.turn import Turn
from reference.endpoint import PortTakenError


@pytest.fixture
def port() -> Iterator[int]:
    """Nobody else's: a port that the system has just given."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        yield one.getsockname()[1]


def test_each_waits_for_the_one_before(port: int) -> None:
    first, second = Turn(), Turn()
    first.take(port)
    told: list[str] = []

    def wait() -> None:
        second.take(port)
        told.append("mine")

    waiting = threading.Thread(target=wait)
    waiting.start()
    told.append("given back")
    first.give_back()
    waiting.join(30)
    assert told == ["given back", "mine"]
    second.give_back()
    second.give_back()


def test_another_port_is_another_turn(port: int) -> None:
    first, second = Turn(), Turn(patience=0)
    first.take(port)
    second.take(port ^ 1)
    second.take(port ^ 2)  # and the one before is given back
    third = Turn(patience=0)
    third.take(port ^ 1)
    first.take(port)  # one's own holds nobody up
    for turn in (first, second, third):
        turn.give_back()


def test_who_never_gives_it_back_is_told_of(port: int) -> None:
    first = Turn()
    first.take(port)
    with pytest.raises(PortTakenError, match="another wiregrade"):
        Turn(patience=0.05).take(port)
    first.give_back()


def test_it_is_free_again_when_its_holder_has_ended(port: int) -> None:
    child = os.fork()
    if not child:
        Turn().take(port)
        os._exit(0)
    os.waitpid(child, 0)
    turn = Turn(patience=0)
    turn.take(port)
    turn.give_back()


def test_as_many_as_like_take_turns(port: int) -> None:
    inside = threading.Lock()

    def play(_: int) -> bool:
        turn = Turn()
        for _ in range(20):
            turn.take(port)
            alone = inside.acquire(blocking=False)
            inside.release()
            turn.give_back()
            if not alone:
                return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(play, range(8)))


def test_two_graders_beside_each_other_find_right_what_is_right() -> None:
    """Without a network of their own: each would refuse the other's server its port."""
    lab = tools.lab_for("none")
    server = (SUBMISSIONS / "juste_enonce" / "serveur.py").read_text().replace("65432", "PORT")
    job = tools.job(server, "server-nominal", lab=lab, certify=4)

    def outcomes(_: int) -> set[tuple[str, int | None]]:
        with Engine(tools.options("none")) as engine:
            (played,) = engine.play([job])
        ends = [tools.entries(run.transcript, tr.Exited) for run in played.runs]
        return {
            (run.end.outcome, end[0].status) for run, end in zip(played.runs, ends, strict=True)
        }

    with ThreadPoolExecutor(2) as pool:
        assert [*pool.map(outcomes, range(2))] == [{("completed", 0)}] * 2
