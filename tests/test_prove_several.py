"""Model students of several clients at once and of datagrams, and their own mistakes."""

from __future__ import annotations

import select
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from prove_tools import lab_of

from grader.lab.model import Role
from grader.prove.asked import UnservableError
from grader.prove.attention import Connections, Datagrams, is_turn
from grader.prove.changes import Model
from grader.prove.model_student import model_student
from grader.prove.mutants import mutants
from grader.prove.plan import Accept, Close, Exit, Nothing, On, Path, Program, Read, Rest, Send

ALONE = """
reference: [connect, send: a, {receive: a, proves: server.echo}, half-close,
            {receive: end, proves: server.close}]
"""
TWO = """
reference:
  - connect: alice
  - connect: bob
  - {send: b, as: bob}
  - {receive: b, as: bob, proves: server.both}
  - {send: a, as: alice}
  - {receive: a, as: alice, proves: server.both}
  - {silence: bob, proves: server.own}
"""
RESET = """
reference:
  - connect: one
  - connect: two
  - {send: a, as: two}
  - {receive: a, as: two}
  - reset: two
  - {send: b, as: one}
  - {receive: b, as: one, proves: server.stay}
"""
ASKED = """
protocol: udp
reference: [{receive: a, proves: client.ask}, send: b]
expect: {exit: {status: 0, proves: client.exit}}
"""
LOST = """
protocol: udp
reference: [drop: a, {receive: a, within: 300 ms, proves: client.again}, send: b]
expect: {exit: {status: 0, proves: client.exit}}
"""
NOBODY = """
protocol: udp
reference: [drop: a, drop: a]
expect: {stdout: [{line: c, proves: client.up}], exit: {status: 1, proves: client.up}}
"""


def server(**scenarios: str) -> Program:
    lab = lab_of({f"server-{name}": text for name, text in scenarios.items()}, "framing: line")
    return model_student(lab, "server")


def made(role: Role, scenarios: dict[str, str], more: str = "") -> dict[str, Program]:
    """The mutants by their ids."""
    lab = lab_of(scenarios, more)
    cases, _ = mutants(lab, role, model_student(lab, role))
    return {case.id: case.program for case in cases}


def test_whoever_comes_or_speaks_next_tells_one_exchange_from_another() -> None:
    program = server(alone=ALONE, two=TWO)
    assert program.style.attentive
    alone, two = program.paths
    assert [type(act) for act in alone[1:5]] == [On, Accept, On, Read]
    assert [act for act in two if isinstance(act, On)] == [
        On("1"), On("2"), On("2"), On("1"),
    ]  # fmt: skip
    assert two[-2:] == (Rest(), Exit(0))


def test_one_client_at_a_time_needs_no_attention() -> None:
    assert not server(alone=ALONE).style.attentive


def test_what_nobody_can_tell_apart_is_said_even_of_who_attends_to_all() -> None:
    other = TWO.replace("receive: b, as: bob", "receive: a, as: bob")
    with pytest.raises(UnservableError, match="nor who comes or speaks next, tells it"):
        server(two=TWO, other=other)


def test_udp_and_tcp_are_not_one_program() -> None:
    udp = "protocol: udp\nreference: [send: a, {receive: a, proves: server.echo}]"
    with pytest.raises(UnservableError, match="UDP is spoken here, and TCP in server-alone"):
        server(alone=ALONE, udp=udp)


def test_a_client_of_datagrams_asks_again_when_nothing_comes() -> None:
    scenarios = {"client-asked": ASKED, "client-lost": LOST, "client-nobody": NOBODY}
    paths = model_student(lab_of(scenarios), "client").paths
    assert [[type(act) for act in path[1:-1]] for path in paths][1] == [Send, Nothing, Send, Read]
    assert {act for path in paths for act in path if isinstance(act, Nothing)} == {Nothing(0.3)}
    assert [path[-1] for path in paths] == [Exit(0), Exit(0), Exit(1)]


def test_mistakes_of_who_waits_for_an_answer() -> None:
    found = made("client", {"client-asked": ASKED, "client-lost": LOST, "client-nobody": NOBODY})
    limits = {name: _limits(found[name]) for name in ("waits-for-ever", "waits-long")}
    assert limits == {"waits-for-ever": {None}, "waits-long": {3.2}}
    assert all(path[-1] == Exit(1) for path in found["gives-up"].paths if _has_nothing(path))
    assert "stream" in found
    assert "datagrams" not in found


def _limits(program: Program) -> set[float | None]:
    return {act.seconds for path in program.paths for act in path if isinstance(act, Nothing)}


def _has_nothing(path: Path) -> bool:
    return any(isinstance(act, Nothing) for act in path)


def test_mistakes_of_who_attends_to_several() -> None:
    scenarios = {"server-alone": ALONE, "server-two": TWO, "server-reset": RESET}
    found = made("server", scenarios, "framing: line")
    assert {"one-by-one", "to-all", "to-last", "to-first", "ends-with-one", "brittle"} <= {*found}
    two = next(path for path in found["one-by-one"].paths if path.count(Accept()) == 2)
    turns = [act.name for act in two if isinstance(act, On)]
    assert turns == sorted(turns)
    assert two.count(Close(first=True)) == 2
    echo = next(path for path in found["to-all"].paths if path.count(Accept()) == 2)
    assert sum(isinstance(act, Send) for act in echo) == 4
    assert found["brittle"].style.brittle


def test_a_lab_of_one_client_has_none_of_these_mistakes() -> None:
    lab = lab_of({"server-alone": ALONE}, "framing: line")
    program = model_student(lab, "server")
    cases, skipped = mutants(lab, "server", program)
    ids = {one.id for one in cases} | {one.id for one in skipped}
    assert not {"one-by-one", "to-all"} & ids
    assert not Model(lab, "server", program).datagrams


# --- the program that plays it -----------------------------------------------------------


@contextmanager
def two_clients() -> Iterator[tuple[Any, list[socket.socket]]]:
    """A student with two clients, `1` and `2`, and their far ends."""
    pairs = [socket.socketpair() for _ in range(2)]
    ours, theirs = ([pair[side] for pair in pairs] for side in (0, 1))
    held = {str(n): (s, b"") for n, s in enumerate(ours, 1)}
    student = SimpleNamespace(
        others=held, on="", connection=None, unread=b"", listener=None, there=lambda: ours[0],
        wait_for=lambda watched: select.select(watched, [], [])[0],
    )  # fmt: skip
    try:
        yield student, theirs
    finally:
        for sock in (*ours, *theirs):
            sock.close()


def paths(*turns: tuple[str, list[object]]) -> list[list[list[Any]]]:
    return [[["on", name], op] for name, op in turns]


def test_it_is_the_turn_of_who_speaks() -> None:
    with two_clients() as (student, theirs):
        one, two = paths(("1", ["read-end"]), ("2", ["read-end"]))
        assert is_turn([one, two], 0)
        theirs[1].close()
        assert Connections(student).turn([one, two], 0) == [two]


def test_who_has_left_is_sent_to_in_vain() -> None:
    with two_clients() as (student, theirs):
        theirs[0].close()
        connections = Connections(student)
        connections.send(b"a")
        connections.send(b"b")  # broken by now, and no reason to end
        assert not is_turn(paths(("1", ["make"])), 0)


def test_datagrams_are_told_apart_by_who_sent_them() -> None:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as own,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as two,
    ):
        own.bind(("127.0.0.1", 0))
        student = SimpleNamespace(there=lambda: own, on="", datagram=None)
        datagrams = Datagrams(student)
        first, second = paths(("1", ["take"]), ("2", ["take"]))
        for sender, said, path in ((one, b"a", first), (two, b"b", second), (one, b"c", first)):
            sender.sendto(said, own.getsockname())
            assert datagrams.turn([first, second], 0) == [path]
            assert student.datagram == said
        student.on = "2"
        datagrams.send(b"for two")
        assert two.recv(100) == b"for two"
