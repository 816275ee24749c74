"""The loader as a whole: right labs, and every error at its place with what was meant."""

from __future__ import annotations

import os
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.lab.load import MAX_FILES, lab_files, load_lab, load_lab_bytes
from grader.lab.model import (
    Accents,
    Action,
    Delivery,
    Drawn,
    ExpectBound,
    ExpectConnected,
    ExpectExit,
    ExpectListening,
    ExpectStdout,
    Lab,
    Level,
    Visibility,
)
from grader.lab.problems import LabError

LAB = """\
lab: echo
title: Écho
language: fr
port: 7000
messages:
  hello: Bonjour à tous
  reply: Au revoir tout le monde
  plain: all of this is ASCII
criteria:
  server.print: {points: 1.25, title: T, requirement: R, hint: H}
  server.off: {points: 1, title: T, requirement: R, hint: H, enabled: false}
  client.send: {points: 2, title: T, requirement: R, hint: H}
scenarios: [server-a, client-a]
"""
SERVER = """\
scenario: server-a
tests: server
title: S
reference:
  - connect
  - send: hello
  - receive: reply
  - receive: end
expect:
  stdout:
    - {contains: hello, proves: server.print}
"""
CLIENT = """\
scenario: client-a
tests: client
title: C
reference:
  - accept
  - receive: hello
    proves: client.send
  - close
"""


def load(lab: str = LAB, server: str = SERVER, client: str = CLIENT) -> Lab:
    files = {"lab.yaml": lab, "server-a.yaml": server, "client-a.yaml": client}
    return load_lab_bytes({name: text.encode() for name, text in files.items()})


def problems(lab: str = LAB, server: str = SERVER, client: str = CLIENT) -> list[str]:
    with pytest.raises(LabError) as caught:
        load(lab, server, client)
    return [str(problem) for problem in caught.value.problems]


def steps(*lines: str, more: str = "") -> str:
    """A server scenario that does this."""
    listed = "".join(f"  - {line}\n" for line in lines)
    return f"""\
scenario: server-a
tests: server
title: S
reference:
{listed}expect:
  stdout:
    - {{contains: hello, proves: server.print}}
{more}"""


def test_who_may_see_a_scenario() -> None:
    assert load().scenario("server-a").visibility is Visibility.VISIBLE
    for said in Visibility:
        hidden = load(server=f"{SERVER}visibility: {said.value}\n").scenario("server-a")
        assert hidden.visibility is said
    told = problems(server=f"{SERVER}visibility: after-due\n")
    assert told == [
        "server-a.yaml:12:13: visibility: unknown 'after-due'; did you mean 'after_due'?"
    ]


# --- right labs --------------------------------------------------------------------------


def test_a_small_lab() -> None:
    lab = load()
    assert (lab.id, lab.port, lab.title.in_language("en")) == ("echo", 7000, "Écho")
    assert lab.max_score == Fraction(13, 4)
    assert lab.criterion("server.print").points == Fraction(5, 4)
    assert not lab.criterion("server.off").enabled
    assert lab.criterion("client.send").role == "client"
    server = lab.scenario("server-a")
    assert server.level is Level.GRADED
    assert [step.action for step in server.steps] == [
        Action.CONNECT,
        Action.SEND,
        Action.RECEIVE,
        Action.END,
    ]
    assert server.expect == (ExpectStdout(message="hello", proves="server.print"),)
    assert lab.roles["server"].words == ("serveur", "server")
    assert lab.tolerance.accents is Accents.OPTIONAL


def test_everything_that_a_lab_may_say() -> None:
    lab = load(
        lab=LAB
        + """\
statement: {fr: Énoncé, en: Statement}
python: /usr/bin/python3
salt: secret
roles: {server: {words: [Srv], suffixes: [.py, .c]}}
tolerance: {encodings: [utf-8], accents: required, edits: 0}
limits: {wall: 2.5, promised: 2, cpu: 1, memory: 64 MiB, output: 4096, processes: 8}
""",
        server="""\
scenario: server-a
tests: server
level: graded
title: {fr: S, en: S}
texts: {hello: drawn, reply: {drawn: 1500}}
network: {time_wait: kept}
reference:
  - connect:
    on_miss: stop
  - send: [hello, reply]
  - send: [hello, reply]
    delivery: coalesced
  - send: hello
    delivery: {split: [3, 10]}
    on_miss: continue
  - send: hello
    delivery: {split: inside-character}
  - half-close
  - receive: end
    on_miss: stop
  - restart
  - connect
  - reset
expect:
  stdout:
    - {contains: hello, proves: server.print}
    - {contains: reply, after: hello}
  exit: {status: any}
  listening: {port: 7000, times: 2}
  bound: {address: 127.0.0.1}
""",
        client=CLIENT + "expect: {connected: {port: 7000}, exit: {status: 3}}\n",
    )
    assert (lab.python, lab.salt) == ("/usr/bin/python3", "secret")
    assert lab.roles["server"].words == ("srv",)
    assert lab.roles["server"].suffixes == (".py", ".c")
    assert lab.tolerance.encodings == ("utf-8",)
    assert lab.tolerance.edits == 0
    assert (lab.limits.wall, lab.limits.memory, lab.limits.output) == (2.5, 64 * 2**20, 4096)
    assert lab.limits.open_files == 256
    server, client = lab.scenarios
    assert server.texts == {"hello": Drawn(), "reply": Drawn(length=1500)}
    assert server.keep_time_wait
    assert [step.messages for step in server.steps if step.action is Action.SEND] == [
        ("hello",),
        ("reply",),
        ("hello", "reply"),
        ("hello",),
        ("hello",),
    ]
    assert [step.delivery for step in server.steps[3:6]] == [
        Delivery(mode="coalesced"),
        Delivery(mode="split", offsets=(3, 10)),
        Delivery(mode="split", inside=True),
    ]
    assert [step.stop_on_miss for step in server.steps] == [True] + [False] * 6 + [True] + [
        False
    ] * 3
    assert server.expect[2:] == (
        ExpectExit(status=None),
        ExpectListening(port=7000, times=2),
        ExpectBound(address="127.0.0.1"),
    )
    assert client.expect == (ExpectConnected(port=7000), ExpectExit(status=3))


SWEEP = """\
scenario: server-a
tests: server
level: LEVEL
title: {fr: S, en: S}
ADVICE
reference:
  - connect
  - send: hello
    delivery: {split: every}
"""


PAIR = """\
scenario: server-a
tests: both
level: advice
title: P
advice: A
expect:
  server:
    stdout: [{contains: hello}]
    exit: {status: any}
  client: {stdout: [{contains: reply}]}
"""


def pair_problems(pair: str) -> list[str]:
    lab = LAB.replace("  server.print: {", "  server.print: {enabled: false, ")
    return problems(lab=lab, server=pair)


def test_a_scenario_of_both_programs() -> None:
    lab = load(
        lab=LAB.replace("  server.print: {", "  server.print: {enabled: false, "), server=PAIR
    )
    pair = lab.scenario("server-a")
    assert (pair.tests, pair.roles, pair.steps, pair.expect) == (
        "both", ("server", "client"), (), (),
    )  # fmt: skip
    assert pair.expect_of == {
        "server": (ExpectStdout(message="hello"), ExpectExit(status=None)),
        "client": (ExpectStdout(message="reply"),),
    }


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("level: advice\n", "", "'level' is missing"),
        ("level: advice", "level: graded", "the level of both: unknown 'graded'"),
        ("expect:", "reference: [connect]\nexpect:", "unknown key 'reference'"),
        ("  client: {stdout: [{contains: reply}]}\n", "", "expect: 'client' is missing"),
        ("exit: {status: any}", "listening: {port: 7000}", "unknown key 'listening'"),
        ("contains: hello", "contains: hallo", "no message 'hallo'"),
        ("{contains: reply}", "{contains: reply, proves: client.send}", "gives no points"),
        ("advice: A\n", "", "'advice' is missing"),
    ],
)
def test_what_can_be_wrong_in_a_scenario_of_both(old: str, new: str, told: str) -> None:
    assert old in PAIR
    found = pair_problems(PAIR.replace(old, new))
    assert any(told in one for one in found), found


def test_a_sweep_is_advice() -> None:
    graded = SWEEP.replace("LEVEL", "graded").replace("ADVICE", "")
    found = problems(server=graded)
    assert any("played on request only, so it gives no points" in one for one in found), found
    advice = SWEEP.replace("LEVEL", "advice").replace("ADVICE", "advice: {fr: A, en: A}")
    twice = advice + "  - send: reply\n    delivery: {split: every}\n"
    assert any("once in a scenario" in one for one in problems(server=twice))
    assert not any("split" in one for one in problems(server=advice))


def test_a_sweep_needs_two_bytes() -> None:
    advice = SWEEP.replace("LEVEL", "advice").replace("ADVICE", "advice: {fr: A, en: A}")
    lab = LAB.replace("hello: Bonjour à tous", "hello: a")
    assert lab != LAB
    assert any("two bytes" in one for one in problems(lab=lab, server=advice))


def test_texts_drawn_are_those_that_the_reference_sends() -> None:
    lab = load(server=SERVER.replace("reference:", "texts: drawn\nreference:"))
    assert lab.scenario("server-a").texts == {"hello": Drawn()}


# --- wrong labs --------------------------------------------------------------------------


def test_all_problems_at_once_sorted() -> None:
    found = problems(
        lab=LAB.replace("port: 7000", "port: 70000").replace("title: Écho", "titel: Écho"),
        server=SERVER.replace("send: hello", "send: helo").replace("server.print", "server.prin"),
        client=CLIENT.replace("- accept", "- acept").replace("title: C", "title: 3"),
    )
    assert found == [
        "client-a.yaml:3:8: title must be a text, not the number 3 (put it in quotes)",
        "client-a.yaml:5:5: a step: unknown action 'acept'; did you mean 'accept'?",
        "client-a.yaml:6:5: 'receive': there is no connection here; connect or accept first",
        "lab.yaml:1:1: the lab: 'title' is missing",
        "lab.yaml:2:1: the lab: unknown key 'titel'; did you mean 'title'?",
        "lab.yaml:4:7: port must be a whole number from 1 to 65535, not the number 70000",
        "lab.yaml:10:3: no graded scenario proves 'server.print'; write `proves: server.print`"
        " where its evidence is, or take it out with `enabled: false`",
        "server-a.yaml:6:11: send: no message 'helo' in lab.yaml; did you mean 'hello'?",
        "server-a.yaml:11:33: proves: no criterion 'server.prin' in lab.yaml;"
        " did you mean 'server.print'?",
    ]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("lab: echo", "lab: é", "lab.yaml:1:6: lab must be an id"),
        ("language: fr", "language: french", "language must be a language code"),
        ("hello: Bonjour à tous", "hello: 65432", "lab.yaml:6:10: the message 'hello' must be"),
        ("hello: Bonjour à tous", "hello: '?!'", "a message needs a letter or a digit"),
        ("hello: Bonjour à tous", f"hello: {'é' * 20_000}", "a message takes at most 32768 bytes"),
        ("plain: all", "end: all", "lab.yaml:8:3: 'end' means the end of the connection"),
        ("plain: all", "Not a name: all", "a message's name is made of"),
        ("points: 1.25", "points: 1.3", "lab.yaml:10:26: points must be more than 0"),
        ("points: 1.25", "points: 0", "points must be more than 0"),
        ("points: 1.25, ", "", "lab.yaml:10:17: criterion 'server.print': 'points' is missing"),
        ("hint: H, enabled: false", "hint: H, enabled: no", "did you mean false?"),
        ("hint: H, enabled", "hnit: H, enabled", "unknown key 'hnit'; did you mean 'hint'?"),
        ("client.send:", "clientsend:", "a criterion's id begins with the role"),
        ("client.send:", "server.print:", "the key 'server.print' stands twice, first in line 10"),
        ("[server-a, client-a]", "[server-a, client-a, server-a]", "stands twice, first in line"),
        ("[server-a, client-a]", "[server-a, clint-a]", "did you mean 'client-a'?"),
        ("[server-a, client-a]", "[server-a, ../secret]", "a scenario must be an id"),
        ("[server-a, client-a]", "[]", "lab.yaml:13:12: scenarios is empty"),
        ("port: 7000", "port: 7000\nlimits: {wall: 5}", "'wall' must be at least the 'promised'"),
        ("port: 7000", "port: 7000\nlimits: {memory: 1 MB}", "512 MiB, not the text '1 MB'"),
        ("port: 7000", "port: 7000\nlimits: {wal: 5}", "did you mean 'wall'?"),
        ("port: 7000", "port: 7000\ntolerance: {accents: no}", "there are: optional, required"),
        ("port: 7000", "port: 7000\ntolerance: {encodings: [utf8]}", "did you mean 'utf-8'?"),
        ("port: 7000", "port: 7000\nroles: {serveur: {words: [a]}}", "did you mean 'server'?"),
        ("port: 7000", "port: 7000\nroles: {server: {words: []}}", "words is empty"),
        ("port: 7000", "port: 7000\nroles: {server: {words: [a], suffixes: [py]}}", "such as .py"),
    ],
)
def test_what_can_be_wrong_in_lab_yaml(old: str, new: str, told: str) -> None:
    assert old in LAB
    found = problems(lab=LAB.replace(old, new))
    assert any(told in problem for problem in found), found


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("scenario: server-a", "scenario: server-b", "'server-b' stands in server-a.yaml"),
        ("tests: server", "tests: sever", "server-a.yaml:2:8: tests: unknown 'sever'; did you"),
        ("title: S", "level: advise", "level: unknown 'advise'; did you mean 'advice'?"),
        ("title: S", "title: S\nadvice: A", "advice: only for `level: advice`"),
        ("title: S", "title: S\nlevel: advice", "the scenario: 'advice' is missing"),
        ("title: S", "title: S\nlevel: advice", "12:33: advice gives no points: leave 'proves'"),
        ("title: S", "title: S\nnetwork: {time_wait: keep}", "did you mean 'kept'?"),
        ("title: S", "title: S\ntexts: draw", "texts must be 'drawn' (all that the reference"),
        ("title: S", "title: S\ntexts: {reply: drawn}", "the reference doesn't send 'reply' here"),
        ("title: S", "title: S\ntexts: {helo: drawn}", "4:9: texts: no message 'helo' in lab.yaml"),
        ("title: S", "title: S\ntexts: {hello: {drawn: 0}}", "drawn (bytes) must be a whole"),
        ("title: S", "title: S\ntexts: {hello: new}", "texts: unknown 'new'"),
        (
            "server.print}",
            "client.send}",
            "is about the other role; this scenario tests the server",
        ),
        ("contains: hello", "containing: hello", "did you mean 'contains'?"),
        (
            "hello, proves",
            "hello, after: reply, proves",
            "'reply' must be expected in a line above",
        ),
        ("stdout:", "connected: {port: 1}\n  stdout:", "'connected' is nothing that a server does"),
        ("stdout:", "stdot: {port: 1}\n  stdout:", "did you mean 'stdout'?"),
        ("stdout:", "exit: {status: 300}\n  stdout:", "status must be a whole number"),
        ("stdout:", "exit: {status: ok}\n  stdout:", "status: unknown 'ok'; there are: any"),
        ("stdout:", "exit: {proves: server.print}\n  stdout:", "exit: 'status' is missing"),
        (
            "stdout:",
            "bound: {address: all}\n  stdout:",
            "must be 'any' or an IP address, not 'all'",
        ),
        ("stdout:", "listening: {port: 0}\n  stdout:", "port must be a whole number"),
        ("stdout:", "listening: {port: 1, times: 0}\n  stdout:", "times must be a whole number"),
        ("reference:", "reference: []\nexpect: {}\nx:", "reference is empty"),
    ],
)
def test_what_can_be_wrong_in_a_scenario(old: str, new: str, told: str) -> None:
    assert old in SERVER
    found = problems(server=SERVER.replace(old, new))
    assert any(told in problem for problem in found), found


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["accept"], "5:5: 'accept' is for the test of the other role: here the server is tested,"
         " so did you mean 'connect'?"),
        (["refuse"], "'refuse' is for the test of the other role"),
        (["conect"], "a step: unknown action 'conect'; did you mean 'connect'?"),
        (["end"], "the end of the connection is awaited by `receive: end`"),
        (["connect", "send"], "6:5: send must be a text, not nothing"),
        (["connect", "send: []"], "6:11: send: no message"),
        (["connect", "receive: [hello]"], "receive must be a text, not a list"),
        (["connect", "close: now"], "('now' stands for a connection, and none of that name"),
        (["connect", "{send: hello, receive: reply}"], "6:19: 'receive' stands beside 'send'"),
        (["connect", "{send: hello, proves: server.print}"], "only 'receive' can prove something"),
        (["connect", "{receive: reply, delivery: split}"], "only 'send' has a delivery"),
        (["connect", "{send: hello, dilevery: split}"], "did you mean 'delivery'?"),
        (["connect", "{on_miss: stop}"], "a step needs an action, one of: connect"),
        (["connect", "[send, hello]"], "a step must be such as `connect`"),
        (["connect", "{close: , on_miss: halt}"], "on_miss: unknown 'halt'"),
        (["connect", "connect"], "'connect': the connection is still open; 'close' it before"),
        (["send: hello"], "5:5: 'send': there is no connection here"),
        (["connect", "close", "receive: end"], "'receive: end': there is no connection here"),
        (["connect", "half-close", "send: hello"], "nothing more can be sent"),
        (["connect", "receive: end", "receive: reply"], "nothing more can come"),
        (["restart", "connect"], "'restart' comes after something was played"),
        (["connect", "{send: hello, delivery: splt}"], "delivery: unknown 'splt'; did you mean"),
        (["connect", "{send: hello, delivery: split}"], "where to split?"),
        (["connect", "{send: hello, delivery: coalesced}"], "coalesced needs several messages"),
        (["connect", "{send: hello, delivery: {split: often}}"], "split: unknown 'often'"),
        (["connect", "{send: hello, delivery: {split: []}}"], "split is empty"),
        (["connect", "{send: hello, delivery: {split: [0]}}"], "an offset (bytes) must be"),
        (["connect", "{send: hello, delivery: {split: [4, 4]}}"], "the offsets must grow"),
        (["connect", "{send: hello, delivery: {split: [15]}}"],
         "6:5: split: 15 is outside; the text has 15 bytes"),
        (["connect", "{send: plain, delivery: {split: inside-character}}"],
         "no character of this text takes several bytes"),
    ],
)  # fmt: skip
def test_steps_that_make_no_sense(lines: list[str], told: str) -> None:
    found = problems(server=steps(*lines))
    assert any(f"{told}" in problem for problem in found), found
    assert len(found) == 1, found


def test_steps_that_do_make_sense() -> None:
    for lines in (
        ["connect", "receive: end", "send: hello", "close"],  # half-closed by the program
        ["connect", "receive: end", "connect"],  # a second client, after the first
        ["connect", "reset", "connect", "half-close", "receive: reply"],
        ["connect", "{send: hello, delivery: {split: [14]}}"],
    ):
        load(server=steps(*lines))


def test_an_offset_must_lie_inside_any_text_that_may_be_drawn() -> None:
    scenario = steps("connect", "{send: hello, delivery: {split: [40]}}")
    found = problems(server=scenario.replace("title: S", "title: S\ntexts: drawn"))
    assert "split: 40 is outside; the text surely has 32 bytes" in found[0]
    load(server=scenario.replace("title: S", "title: S\ntexts: {hello: {drawn: 41}}"))


def test_too_much_for_one_send() -> None:
    big = LAB.replace("Bonjour à tous", "b" * 32_768)
    scenario = steps("connect", "{send: [hello, hello, reply], delivery: coalesced}")
    assert "coalesced takes at most 65536 bytes" in problems(lab=big, server=scenario)[0]


def test_nobody_can_connect_where_the_reference_does_not_listen() -> None:
    told = "connected: port is 7001, and the reference server listens on the lab's, 7000"
    found = problems(client=CLIENT + "expect: {connected: {port: 7001}}\n")
    assert told in found[0], found


def test_a_criterion_without_evidence() -> None:
    found = problems(client=CLIENT.replace("    proves: client.send\n", ""))
    assert [problem.split(";")[0] for problem in found] == [
        "lab.yaml:12:3: no graded scenario proves 'client.send'"
    ]


def test_a_scenario_that_cannot_be_read_is_not_blamed_twice() -> None:
    found = problems(client="a: b: c")
    assert len(found) == 1
    assert found[0].startswith("client-a.yaml:1:5: not readable as YAML")


def test_all_criteria_taken_out() -> None:
    found = problems(lab=LAB.replace("hint: H}", "hint: H, enabled: false}"))
    assert found == ["lab.yaml:10:3: every criterion is taken out: no points left"]


def test_a_lab_without_its_first_file() -> None:
    with pytest.raises(LabError, match=r"lab\.yaml:1:1: there is no such file"):
        load_lab_bytes({})


def test_lists_where_lines_were_expected() -> None:
    found = problems(lab="[1]")
    assert found == [
        "lab.yaml:1:1: the lab must be `key: value` lines (lab, title, language, statement,"
        " port, protocol, path, framing, messages, steps, roles, criteria, tolerance, limits,"
        " python, languages, salt, notions, passages, diagnoses, late, scenarios), not a list"
    ]


# --- folders -----------------------------------------------------------------------------


def write(folder: Path) -> None:
    for name, text in (("lab", LAB), ("server-a", SERVER), ("client-a", CLIENT)):
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def test_a_folder_and_its_snapshot_load_the_same(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "notes.txt").write_text("not a lab's")
    (tmp_path / "folder.yaml").mkdir()
    files = lab_files(tmp_path)
    assert list(files) == ["client-a.yaml", "lab.yaml", "server-a.yaml"]
    assert load_lab_bytes(files) == load_lab(tmp_path)


def test_problems_name_the_folder(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "client-a.yaml").write_text("x: 1\n")
    with pytest.raises(LabError) as caught:
        load_lab(tmp_path)
    assert str(caught.value).startswith(f"{tmp_path / 'client-a.yaml'}:1:1: ")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="No such file or directory"):
        load_lab(tmp_path / "nowhere")


def test_special_files_and_huge_ones_do_no_harm(tmp_path: Path) -> None:
    write(tmp_path)
    os.mkfifo(tmp_path / "pipe.yaml")
    with (tmp_path / "client-a.yaml").open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(LabError, match=r"client-a\.yaml:1:1: the file is larger than 256 KiB"):
        load_lab(tmp_path)


def test_too_many_files(tmp_path: Path) -> None:
    for number in range(MAX_FILES + 1):
        (tmp_path / f"{number}.yaml").touch()
    with pytest.raises(LabError, match="more than 200 YAML files"):
        lab_files(tmp_path)


# --- anything ----------------------------------------------------------------------------

_LINES = st.lists(st.sampled_from((LAB + SERVER + CLIENT).splitlines()), max_size=25)


@given(
    lab=_LINES,
    server=_LINES,
    at=st.integers(0, 400),
    what=st.text(st.characters(codec="utf-8"), max_size=3),
)
def test_any_files_make_a_lab_or_a_lab_error(
    lab: list[str], server: list[str], at: int, what: str
) -> None:
    mutated = LAB[:at] + what + LAB[at + 1 :]
    for first in ("\n".join(lab), mutated):
        for second in ("\n".join(server), SERVER[:at] + what + SERVER[at + 1 :]):
            with suppress(LabError):
                load(lab=first, server=second)
