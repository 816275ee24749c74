"""One run at a time at a port, whoever plays: no right server is refused it by another's."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import engine_tools as tools
import pytest
from samples import SUBMISSIONS

from grader import transcript as tr
from grader.run import turn as turns
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


class Counting(Turn):
    """Counts how often it asks for the name."""

    asked = 0

    def _has(self, name: str) -> bool:
        self.asked += 1
        return super()._has(name)


@pytest.mark.parametrize("waiting", [None, 1])
def test_who_holds_it_without_a_word_is_not_asked_all_the_time(
    port: int, waiting: int | None
) -> None:
    """A name that does not listen, or has more who wait than it takes."""
    name = f"\0wiregrade-port-{port}"
    with contextlib.ExitStack() as stack:
        holder, *others = (
            stack.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) for _ in range(3)
        )
        holder.bind(name)
        if waiting:
            holder.listen(waiting)
            for one in others:
                one.connect(name)
        turn = Counting(patience=0.25)
        with pytest.raises(PortTakenError):
            turn.take(port)
        assert 2 <= turn.asked < 6


def test_patience_is_for_each_who_is_before(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits among many does not lose a run, as long as they get on."""
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    answers = iter([False, False, False, True])
    turn = Turn(patience=10)
    monkeypatch.setattr(turn, "_has", lambda _: next(answers))

    def sees(_name: str, patience: float) -> bool:
        nonlocal now
        assert patience == 10
        now += 9
        return True

    monkeypatch.setattr(turns, "_sees_the_end", sees)
    turn.take(port)
    assert now == 27


def test_where_no_such_names_are_to_be_had_there_are_no_turns(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "not here")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    Turn(patience=0).take(port)


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
