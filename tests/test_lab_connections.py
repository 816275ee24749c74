"""Names of connections, side by side, datagrams, times: read, and every error at its place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from grader.lab.load import load_lab_bytes
from grader.lab.model import Action, ExpectListening, Scenario
from grader.lab.problems import LabError
from grader.lab.words import words_of

LAB = """\
lab: small
title: {fr: Petit, en: Small}
port: 65432
messages:
  hello: Bonjour
  answer: Salut
criteria:
  server.answer:
    points: 1
    title: {fr: Répondre, en: Answer}
    requirement: {fr: Répondre., en: Answer.}
    hint: {fr: "?", en: "?"}
scenarios: [server-a]
"""
UNIX = "protocol: unix\npath: a.sock\n"
SERVER = """\
scenario: server-a
tests: server
title: {fr: Essai, en: Trial}
"""


def files(reference: str, more: str = "") -> dict[str, bytes]:
    text = f"{SERVER}{more}reference:\n{reference}"
    return {"lab.yaml": LAB.encode(), "server-a.yaml": text.encode()}


def read(reference: str, more: str = "") -> Scenario:
    proof = "  - connect: judge\n  - {receive: answer, as: judge, proves: server.answer}\n"
    if "udp" in more:
        proof = "  - {receive: answer, as: judge, proves: server.answer}\n"
    return load_lab_bytes(files(reference + proof, more)).scenario("server-a")


def problems(reference: str, more: str = "") -> list[str]:
    with pytest.raises(LabError) as caught:
        load_lab_bytes(files(reference, more))
    return [str(problem) for problem in caught.value.problems]


def test_a_name_stands_behind_the_verb_or_as_an_option() -> None:
    steps = read("  - connect: alice\n  - {send: hello, as: alice}\n  - {close, as: alice}\n").steps
    assert [(s.action, s.connection) for s in steps[:3]] == [
        (Action.CONNECT, "alice"), (Action.SEND, "alice"), (Action.CLOSE, "alice"),
    ]  # fmt: skip


def test_side_by_side() -> None:
    steps = read(
        "  - together:\n      alice: [connect, send: hello]\n      bob: [connect]\n"
        "  - together:\n      alice: [send: hello]\n      bob: [send: hello]\n"
    ).steps
    assert [(s.connection, s.together) for s in steps[:5]] == [
        ("alice", 1), ("alice", 1), ("bob", 1), ("alice", 2), ("bob", 2),
    ]  # fmt: skip


def test_over_udp_sockets_come_by_themselves() -> None:
    steps = read("  - {send: hello, times: 2}\n  - drop: answer\n", "protocol: udp\n").steps
    assert [s.action for s in steps] == [
        Action.CONNECT, Action.SEND, Action.SEND, Action.DROP, Action.CONNECT, Action.RECEIVE,
    ]  # fmt: skip


def test_times_arguments_environment() -> None:
    read_ = read(
        "  - connect\n  - {receive: answer, within: 2 s}\n  - {receive: end, after: 500 ms}\n",
        'program: {args: ["{{port}}", 7], env: {SERVER_PORT: "{{port}}"}}\n'
        "network: {family: ipv6}\n",
    )
    assert (read_.steps[1].within, read_.steps[2].after) == (2.0, 0.5)
    assert (read_.args, read_.env) == (("{{port}}", "7"), {"SERVER_PORT": "{{port}}"})
    assert read_.family == "ipv6"


def test_over_unix_domain_sockets() -> None:
    expect = "expect: {listening: {path: chat.sock}}\n"
    program = 'program: {args: ["{{path}}"], env: {WHERE: "{{path}}:{{port}}"}}\n'
    found = read("", f"protocol: unix\npath: chat.sock\n{program}{expect}")
    assert (found.protocol, found.path) == ("unix", "chat.sock")
    (listening,) = found.expect
    assert isinstance(listening, ExpectListening)
    assert (listening.port, listening.path) == (0, "chat.sock")


def test_the_name_may_be_said() -> None:
    local = LAB.replace("port: 65432", "protocol: unix\npath: chat.sock")
    local = local.replace("hello: Bonjour", 'hello: "Bonjour {{path}}"')
    text = (
        f"{SERVER}reference: [connect, send: hello, {{receive: answer, proves: server.answer}}]\n"
    )
    files = {"lab.yaml": local.encode(), "server-a.yaml": text.encode()}
    lab = load_lab_bytes(files)
    for path in ("chat.sock", "other.sock"):
        scenario = replace(lab.scenario("server-a"), path=path)
        assert words_of(lab, scenario, {}).framed("hello") == f"Bonjour {path}".encode()
    # Over TCP it is a value like another, which nobody has captured.
    with_port = files["lab.yaml"].replace(b"protocol: unix", b"port: 7")
    with pytest.raises(LabError) as caught:
        load_lab_bytes({**files, "lab.yaml": with_port})
    assert "made of 'path': no message received above captures it" in str(caught.value)


def test_nobody_sees_that_a_refused_program_tries_again() -> None:
    local = LAB.replace("port: 65432", "protocol: unix\npath: chat.sock")
    head = "scenario: server-a\ntests: client\ntitle: {fr: Essai, en: Trial}\nreference: "
    for steps, count in (("[refuse, accept]", 1), ("[refuse, restart, accept]", 0)):
        files = {"lab.yaml": local.encode(), "server-a.yaml": (head + steps + "\n").encode()}
        with pytest.raises(LabError) as caught:
            load_lab_bytes(files)
        told = [str(problem) for problem in caught.value.problems]
        assert sum("nobody sees that the program tries again" in one for one in told) == count


def test_a_lab_that_speaks_of_no_port_has_none() -> None:
    local = LAB.replace("port: 65432", "protocol: unix\npath: chat.sock")
    text = f"{SERVER}reference: [connect, {{receive: answer, proves: server.answer}}]\n"
    lab = load_lab_bytes({"lab.yaml": local.encode(), "server-a.yaml": text.encode()})
    assert (lab.port, lab.path, lab.scenario("server-a").path) == (0, "chat.sock", "chat.sock")
    for more, told in (
        ("protocol: tcp\n", "over tcp lab.yaml needs a `port`"),
        ('program: {args: ["{{port}}"]}\n', "{{port}} needs a `port` in lab.yaml"),
    ):
        with pytest.raises(LabError) as caught:
            load_lab_bytes({"lab.yaml": local.encode(), "server-a.yaml": (more + text).encode()})
        assert told in str(caught.value.problems[0])
    both = text.replace("tests: server", "tests: both\nlevel: advice\nadvice: Read it.")
    with pytest.raises(LabError) as caught:
        load_lab_bytes({"lab.yaml": local.encode(), "server-a.yaml": both.encode()})
    assert any("over TCP only" in str(problem) for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("reference", "more", "told"),
    [
        ("  - connect: alice\n  - {send: hello, as: alcie}\n", "",
         "6:5: 'send': there is no connection here; connect or accept first ('alcie' stands for"
         " a connection, and none of that name is there; did you mean 'alice'?)"),
        ("  - connect: alice\n  - send: hello\n", "", "or say whose step it is: `as: NAME`"),
        ("  - connect: Alice B\n", "", "as must be a short name in lower case"),
        ("  - {connect: alice, as: bob}\n", "", "the name stands behind 'connect' already"),
        ("  - connect: alice\n  - connect: alice\n", "", "the connection is still open"),
        ("  - together: [connect]\n", "", "together must be two or more names"),
        ("  - together:\n      a: [connect]\n      b: [{connect, as: c}]\n", "",
         "it stands under 'b'"),
        ("  - together:\n      a: [connect]\n      b: [connect, restart]\n", "",
         "'restart' is for the whole program"),
        ("  - {type: yes, as: alice}\n", "", "the keyboard belongs to no connection"),
        ("  - connect\n  - {send: hello, within: 2 s}\n", "", "within: only what is received"),
        ("  - connect\n  - {receive: answer, after: 2 s}\n", "", "after: only for 'receive: end'"),
        ("  - connect\n  - {receive: answer, lasts: 2 s}\n", "", "only a 'silence' lasts"),
        ("  - connect\n  - {receive: answer, within: soon}\n", "", "a time such as 2 s or 500 ms"),
        ("  - {connect, times: 2}\n", "", "times: only for 'send' and 'receive'"),
        ("  - connect\n", "protocol: udp\n", "leave 'connect' out"),
        ("  - send: hello\n  - receive: end\n", "protocol: udp\n", "nothing tells an end"),
        ("  - {send: [hello, answer], delivery: coalesced}\n", "protocol: udp\n",
         "each message is a datagram"),
        ("  - send: hello\n", "protocol: upd\n", "protocol: unknown 'upd'; did you mean 'udp'?"),
        ("  - connect\n", "protocol: unix\n", "the socket has a name: `path: chat.sock`"),
        ("  - connect\n", "path: chat.sock\n", "write `protocol: unix` beside it"),
        ("  - connect\n", "protocol: unix\npath: a/chat.sock\n", "(no folder, 80 bytes)"),
        ("  - connect\n", "protocol: unix\npath: ..\n", "(no folder, 80 bytes)"),
        ("  - connect\n", "protocol: unix\npath: '@chat'\n", "(no folder, 80 bytes)"),
        ("  - connect\n  - reset\n", UNIX, "'reset' over Unix-domain sockets: such a"),
        ("  - connect\n", f"{UNIX}network: {{time_wait: kept}}\n", "is on none; leave it out"),
        ("  - connect\n", f"{UNIX}expect: {{bound: {{address: any}}}}\n", "no interface"),
        ("  - connect\n", f"{UNIX}expect: {{listening: {{port: 7}}}}\n", "there is no port"),
        ("  - connect\n", f"{UNIX}expect: {{listening: {{path: x}}}}\n", "the scenario's 'a.sock'"),
        ("  - connect\n", "expect: {listening: {path: x, port: 7}}\n", "here there is a port"),
        ("  - connect\n", 'program: {args: ["{{path}}"]}\n', "{{path}} needs `protocol: unix`"),
        ("  - connect\n", "network: {family: ipv5}\n", "family: unknown 'ipv5'"),
        ("  - connect\n", "program: {args: 7}\n", "args must be a list"),
        ("  - connect\n", "program: {env: {path: x}}\n", "a name such as SERVER_PORT"),
        ("  - connect\n", "program: {env: {PATH: x}}\n", "PATH belongs to the sandbox"),
        ("  - connect\n", "program: {arg: [x]}\n", "did you mean 'args'?"),
    ],
)  # fmt: skip
def test_what_can_be_wrong(reference: str, more: str, told: str) -> None:
    found = problems(reference, more)
    assert any(told in problem for problem in found), found
