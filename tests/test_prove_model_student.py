"""The model student: what it does for a lab, and labs that no student could pass."""

from __future__ import annotations

import pytest
from engine_tools import tp09
from prove_tools import PORT, lab_of

from grader.lab.model import Role
from grader.prove.asked import UnservableError
from grader.prove.model_student import model_student
from grader.prove.plan import (
    UNTIL_END,
    Accept,
    Act,
    Close,
    Connect,
    Exit,
    Listen,
    Print,
    Read,
    ReadEnd,
    Say,
    Send,
    Shut,
)

A, B = f"first words {PORT}", "other words, déjà vu"


def paths(scenarios: dict[str, str], role: Role = "server") -> list[list[Act]]:
    program = model_student(lab_of(scenarios), role)
    return [list(path) for path in program.paths]


def one_path(scenarios: dict[str, str], role: Role = "server") -> list[Act]:
    (path,) = paths(scenarios, role)
    return path


def test_the_first_lab_has_one_path_for_each_role() -> None:
    lab = tp09()
    (server,), (client,) = (model_student(lab, role).paths for role in ("server", "client"))
    assert [type(act) for act in server] == [
        Listen, Accept, Send, Read, Print, Read, Print, Close, Exit,
    ]  # fmt: skip
    assert [type(act) for act in client] == [Connect, Read, Print, Send, Send, Close, Exit]
    assert server[0] == Listen(host="", port=65432)
    assert client[0] == Connect(host="localhost", port=65432)
    assert (server[-1], client[-1]) == (Exit(0), Exit(0))


def test_addresses_ports_and_status_are_those_asked_for() -> None:
    path = one_path(
        {
            "server-one": """
            reference: [connect, close]
            expect:
              listening: {port: 4000, proves: server.listen}
              bound: {address: 127.0.0.1, proves: server.bound}
              exit: {status: 3, proves: server.exit}
            """
        }
    )
    assert path == [
        Listen(host="127.0.0.1", port=4000), Accept(), ReadEnd(), Close(first=False), Exit(3),
    ]  # fmt: skip


def test_two_ports_are_two_many() -> None:
    scenario = "reference: [connect, close]\nexpect:\n  listening: {{port: {}, proves: server.x}}\n"
    lab = lab_of({"server-one": scenario.format(1), "server-two": scenario.format(2)})
    with pytest.raises(
        UnservableError, match="port 2 is asked for here, and 1 in server-one"
    ) as hit:
        model_student(lab, "server")
    assert hit.value.scenario == "server-two"


def test_what_nothing_comes_behind_is_read_to_the_end() -> None:
    path = one_path(
        {
            "server-one": """
            reference: [connect, {send: [a, b], delivery: coalesced}, close]
            expect:
              stdout: [{contains: a, proves: server.a}, {contains: b, proves: server.b}]
            """
        }
    )
    assert path[2] == Read(messages=("a", "b"), amount=UNTIL_END, known=None)
    assert path[3:] == [Print(messages=("a", "b")), Close(first=False), Exit(0)]


def test_a_text_that_is_known_is_read_to_its_length() -> None:
    path = one_path(
        {
            "server-one": """
            reference:
              - connect
              - {send: b, delivery: {split: [3]}}
              - {receive: a, proves: server.a}
              - receive: end
            """
        }
    )
    assert path[2] == Read(messages=("b",), amount=len(B.encode()), known=None)
    assert path[3:] == [Send(messages=("a",), text=A), Close(first=True), Exit(0)]


def test_nobody_knows_where_a_drawn_text_ends_that_comes_in_pieces() -> None:
    lab = lab_of(
        {
            "server-one": """
            texts: drawn
            reference:
              - connect
              - {send: b, delivery: {split: [3]}}
              - {receive: end, proves: server.close}
            """
        }
    )
    with pytest.raises(UnservableError, match="no program can know where b ends"):
        model_student(lab, "server")


def test_scenarios_are_told_apart_by_what_they_send() -> None:
    answer = "reference: [connect, send: {}, {{receive: {}, proves: server.x}}, receive: end]"
    known = {"server-one": answer.format("a", "b"), "server-two": answer.format("c", "a")}
    assert len(paths(known)) == 2
    unknown = {"server-one": answer.format("a", "b"), "server-two": answer.format("a", "c")}
    with pytest.raises(UnservableError, match="here and in server-one: nothing that the server"):
        paths(unknown)


def test_what_is_drawn_and_asked_for_again_is_an_echo() -> None:
    path = one_path(
        {
            "server-one": """
            texts: drawn
            reference: [connect, send: a, {receive: a, proves: server.echo}, receive: end]
            """,
            "server-two": "reference: [connect, send: a, receive: a, receive: end]",
        }
    )
    assert path[3] == Send(messages=("a",), text=A, echo=True)


def test_half_closes_and_what_is_said_after_them() -> None:
    path = one_path(
        {
            "server-one": """
            reference:
              - connect
              - send: a
              - half-close
              - {receive: b, proves: server.b}
              - receive: end
            """
        }
    )
    assert path[2:4] == [Read(messages=("a",)), ReadEnd()]
    assert path[4:] == [Send(messages=("b",), text=B), Close(first=True), Exit(0)]


def test_an_end_before_the_last_message_is_a_half_close() -> None:
    path = one_path(
        {"server-one": "reference: [connect, {receive: end, proves: server.x}, send: a, close]"}
    )
    ends = [ReadEnd(), Close(first=False), Exit(0)]
    assert path[2:] == [Shut(), Read(messages=("a",)), *ends]


def test_connections_one_after_the_other_and_a_second_life() -> None:
    scenario = """
    reference: [connect, receive: a, close, connect, receive: a, receive: end, restart,
                connect, receive: a, close, connect, receive: a, {receive: end, proves: server.x}]
    """
    lab = lab_of({"server-one": scenario})
    program = model_student(lab, "server")
    assert [type(act) for act in program.paths[0]] == [
        Listen, Accept, Send, ReadEnd, Close, Accept, Send, Close, Exit,
    ]  # fmt: skip
    assert len(program.paths) == 1
    assert program.style.reuse_address


def test_a_server_that_nobody_asks_to_end_awaits_one_more_client() -> None:
    """So that it is the same program, whether another scenario has one client or two."""
    two = """
    reference: [connect, send: b, receive: a, close,
                connect, send: b, {receive: a, proves: server.x}, close]
    """
    one = "reference: [connect, send: b, {receive: a, proves: server.x}, close]"
    program = model_student(lab_of({"server-two": two, "server-one": one}), "server")
    ends = [[type(act) for act in path[-3:]] for path in program.paths]
    assert ends == [[Accept, ReadEnd, Exit]] * len(ends)
    lab = lab_of(
        {"server-two": two, "server-one": one + "\nexpect: {exit: {status: 0, proves: server.x}}"}
    )
    with pytest.raises(UnservableError):
        model_student(lab, "server")


def test_lives_that_must_differ_are_no_program() -> None:
    with pytest.raises(UnservableError, match="in two lives"):
        paths(
            {
                "server-one": """
                reference: [connect, receive: a, receive: end, restart, connect, receive: b,
                            {receive: end, proves: server.x}]
                """
            }
        )


def test_a_client_that_is_refused_tries_again() -> None:
    lab = lab_of(
        {"client-one": "reference: [refuse, accept, {receive: a, proves: client.a}, receive: end]"}
    )
    program = model_student(lab, "client")
    assert program.style.patient
    assert [type(act) for act in program.paths[0]] == [Connect, Send, Close, Exit]


def test_prints_come_in_the_order_asked_for() -> None:
    path = one_path(
        {
            "server-one": """
            reference: [connect, send: a, send: b, receive: end]
            expect:
              stdout:
                - {contains: c, proves: server.c}
                - {contains: b, proves: server.b, after: c}
                - {contains: a, proves: server.a, after: b}
            """
        }
    )
    shown = [act for act in path if isinstance(act, Print | Say)]
    assert shown == [Say("the last of them"), Print(messages=("b",)), Print(messages=("a",))]
    assert path.index(shown[-1]) == path.index(shown[-2]) + 1


def test_what_must_not_be_printed_is_not() -> None:
    path = one_path(
        {
            "client-one": """
            reference: [accept, {receive: a, proves: client.a}, send: b, close]
            expect: {stdout: [{contains: b, proves: client.b}, {absent: c, proves: client.b}]}
            """
        },
        "client",
    )
    assert [act.messages for act in path if isinstance(act, Print)] == [("b",)]
    assert not [act for act in path if isinstance(act, Say)]
