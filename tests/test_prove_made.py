"""Model students and mutants of labs whose messages are no plain words."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_tools import SEED

from grader.judge.grade import judge
from grader.judge.model import Programs, Status
from grader.lab.load import load_lab, load_lab_bytes
from grader.prove.asked import UnservableError
from grader.prove.forms import CannotKnowError, Knowledge, with_port
from grader.prove.model_student import model_student
from grader.prove.mutants import mutants
from grader.prove.plan import On, Read, Send
from grader.prove.source import source_of
from grader.run.engine import Engine
from grader.run.jobs import Job
from grader.submission import SourceFile
from reference.framing import Line
from reference.patterns import compiled
from reference.templates import Name

LAB = load_lab(Path(__file__).resolve().parent / "labs" / "parrot")
MODEL = model_student(LAB, "server")
MUTANTS = {case.id: case.program for case in mutants(LAB, "server", MODEL)[0]}
CLIENT = """\
lab: shy
title: Shy
language: en
port: 7000
framing: line
messages:
  ask: {text: "ASK {{one}}"}
  one: {draw: number}
  answer: {text: "{{product(one, 2)}} of {{nick}}"}
  nick: {draw: name}
  ticket: {pattern: '(?P<token>T[0-9]{3}|never)'}
  again: {text: "{{token}}!"}
criteria:
  client.a: {points: 1, title: T, requirement: R, hint: H}
scenarios: [s]
"""
SCENARIO = """\
scenario: s
tests: client
title: S
reference:
  - accept
  - receive: ticket
  - send: again
  - send: ask
  - receive: answer
    proves: client.a
"""


def test_what_is_read_is_taken_apart() -> None:
    knowledge = Knowledge(with_port(LAB.messages, LAB.port))
    form = knowledge.read("hello")
    assert form.framing == Line()
    found = compiled(form.pattern).match("HELLO Zoé".encode())
    assert found == {"v0_0": "Zoé".encode()}
    assert knowledge.said("visitor").parts == (b"visitor: ", Name("v0_0")) or (
        knowledge.said("visitor").render({"v0_0": b"Zoe"}) == b"visitor: Zoe"
    )


def test_an_example_of_a_pattern_matches_it_and_is_remembered() -> None:
    knowledge = Knowledge(with_port(LAB.messages, LAB.port))
    knowledge.read("hello")
    said = knowledge.said("welcome").render({"v0_0": "Zoé".encode()})
    assert said.decode() == "WELCOME Zoé 0000"
    assert knowledge.said("proof").render({}) == b"PROOF 0000"


def test_nobody_can_say_what_was_drawn_and_not_sent() -> None:
    lab = load_lab_bytes({"lab.yaml": CLIENT.encode(), "s.yaml": SCENARIO.encode()})
    with pytest.raises(UnservableError, match="no program can know nick, which is in answer"):
        model_student(lab, "client")
    with pytest.raises(CannotKnowError):
        Knowledge(lab.messages).said("answer")


def test_a_client_may_choose_what_it_is_asked_for_later() -> None:
    lab = CLIENT.replace(" of {{nick}}", "")
    made = model_student(
        load_lab_bytes({"lab.yaml": lab.encode(), "s.yaml": SCENARIO.encode()}), "client"
    )
    (path,) = made.paths
    sends = [act for act in path if isinstance(act, Send)]
    assert sends[0].made is not None
    assert sends[0].made.render({}) == b"T000"
    reads = [act for act in path if isinstance(act, Read)]
    assert [read.messages for read in reads] == [("again",), ("ask",)]


def test_a_server_of_several_goes_on_with_whom_the_scenario_names() -> None:
    scenario = """\
scenario: s
tests: server
title: S
reference:
  - connect: alice
  - connect: bob
  - {send: ask, as: bob}
  - {receive: reply, as: alice, proves: server.a}
  - close: alice
  - close: bob
expect:
  exit: {status: 0, level: advice}
"""
    text = CLIENT.replace("client.a", "server.a").replace(
        "criteria:", '  reply: {text: "{{one}}?"}\ncriteria:'
    )
    lab = load_lab_bytes({"lab.yaml": text.encode(), "s.yaml": scenario.encode()})
    (path,) = model_student(lab, "server").paths
    names = [act.name for act in path if isinstance(act, On)]
    assert names == ["alice", "bob", "alice", "bob"]
    assert [type(act).__name__ for act in path if not isinstance(act, On)] == [
        "Listen", "Accept", "Accept", "Read", "Send", "ReadEnd", "Close", "ReadEnd", "Close",
        "Exit",
    ]  # fmt: skip


def test_framing_has_mutants_where_it_adds_something() -> None:
    kinds = {name.partition(":")[0] for name in MUTANTS}
    assert {
        "alter-bytes",
        "cut-bytes",
        "unframed",
        "length-order",
        "length-count",
        "tells",
    } <= kinds
    assert {name for name in MUTANTS if name.startswith("length-")} == {
        "length-order:block-1", "length-order:block-2", "length-count:block-1",
        "length-count:block-2",
    }  # fmt: skip


@pytest.mark.sandbox
def test_the_model_student_earns_all_and_mutants_lose(full_engine: Engine) -> None:
    wanted = {
        "model": (MODEL, set[str]()),
        "alter-bytes:total-2": (MUTANTS["alter-bytes:total-2"], {"server.add"}),
        "length-order:block-1": (MUTANTS["length-order:block-1"], {"server.block"}),
        "length-count:block-2": (MUTANTS["length-count:block-2"], {"server.block"}),
        "unframed:ok": (MUTANTS["unframed:ok"], {"server.proof"}),
        "tells:secret": (MUTANTS["tells:secret"], {"server.screen"}),
    }
    jobs = [
        Job(
            key=name, lab=LAB, role="server", scenarios=LAB.scenarios, program="parrot.py",
            files=(SourceFile(path="parrot.py", data=source_of(program)),), seed=SEED,
        )
        for name, (program, _) in wanted.items()
    ]  # fmt: skip
    programs = Programs(server="parrot.py", client=None)
    for played in full_engine.play(jobs):
        runs = [run.transcript for run in played.runs]
        grade = judge(LAB, played.key, played.key, SEED, programs, runs)
        lost = {j.criterion.id for j in grade.criteria if j.status is not Status.PASS}
        assert wanted[played.key][1] <= lost, played.key
        assert wanted[played.key][1] or not lost


ECHO = """\
lab: short
title: Short
language: en
port: 7000
framing: line
messages:
  word: {draw: word}
  empty: {text: "\\n"}
  bye: {text: "bye\\r\\n"}
criteria:
  server.a: {points: 1, title: T, requirement: R, hint: H}
scenarios: [s]
"""
ECHOED = """\
scenario: s
tests: server
title: S
reference:
  - connect
  - send: word
  - receive: word
  - send: empty
  - receive: empty
    proves: server.a
  - send: bye
  - receive: bye
"""


def test_an_empty_line_has_no_bytes_to_spoil() -> None:
    lab = load_lab_bytes({"lab.yaml": ECHO.encode(), "s.yaml": ECHOED.encode()})
    made = {case.id for case in mutants(lab, "server", model_student(lab, "server"))[0]}
    assert {"drop-send:empty", "unframed:empty", "alter-bytes:word", "cut-bytes:bye"} <= made
    assert not made & {"alter-bytes:empty", "cut-bytes:empty"}


def test_a_line_is_known_without_its_end() -> None:
    lab = load_lab_bytes({"lab.yaml": ECHO.encode(), "s.yaml": ECHOED.encode()})
    (path,) = model_student(lab, "server").paths
    forms = {act.messages[0]: act.form for act in path if isinstance(act, Read)}
    form = forms["bye"]
    assert form is not None
    assert compiled(form.pattern).match(b"bye") is not None


def test_what_a_client_may_leave_unread_is_no_mutant() -> None:
    lab = load_lab_bytes(
        {
            "lab.yaml": CLIENT.encode(),
            "s.yaml": b"scenario: s\ntests: client\ntitle: S\nreference:\n  - accept\n"
            b"  - send: nick\n  - receive: ticket\n    proves: client.a\n"
            b"  - send: again\n  - receive: end\n    proves: client.a\n",
        }
    )
    made = {case.id for case in mutants(lab, "client", model_student(lab, "client"))[0]}
    assert "drop-read:nick" in made
    assert "drop-read:again" not in made


POST = """\
lab: post
title: Post
language: en
port: 7000
framing: {until: "\\r\\n"}
messages:
  name: {draw: name}
  one: {draw: text}
  other: {draw: text}
  amount: {draw: number}
  user: {text: "USER {{name}}"}
  hello: {pattern: '\\+OK {{name | upper}} [a-z]+'}
  store: {text: "{{one}}\\r\\n{{other}}\\r\\n.\\r\\n", framing: {until: "\\r\\n.\\r\\n"}}
  sized: {pattern: '\\+OK (?P<size>{{one | length}})'}
  pay: {text: "PAY {{amount | u32 | hex}}"}
  paid: {text: "{{sum(amount, 1)}}"}
criteria:
  server.a: {points: 1, title: T, requirement: R, hint: H}
scenarios: [s]
"""
POSTED = """\
scenario: s
tests: server
title: S
reference:
  - connect
  - send: user
  - {receive: hello, proves: server.a}
  - send: store
  - {receive: sized, proves: server.a}
  - send: pay
  - {receive: paid, proves: server.a}
"""


def test_a_body_up_to_a_mark_is_taken_apart_and_computed_values_are_said() -> None:
    lab = load_lab_bytes({"lab.yaml": POST.encode(), "s.yaml": POSTED.encode()})
    knowledge = Knowledge(with_port(lab.messages, lab.port))
    for name in ("user", "store", "pay"):
        knowledge.read(name)
    taken = {"v0_0": b"Ada L.", "v1_0": b"four", "v2_0": b"00000100"}
    assert knowledge.said("hello").render(taken) == b"+OK ADA L. a"
    assert knowledge.said("sized").render(taken) == b"+OK 4"
    assert knowledge.said("paid").render(taken) == b"257"


def test_the_end_of_a_body_is_no_part_of_it() -> None:
    lab = load_lab_bytes({"lab.yaml": POST.encode(), "s.yaml": POSTED.encode()})
    form = Knowledge(lab.messages).read("store")
    assert form.framing is not None
    body = form.framing.body_in(b"a b\r\nc\r\n.\r\n")
    assert compiled(form.pattern).match(body) == {"v0_0": b"a b", "v0_1": b"c"}


def test_messages_in_pieces_are_not_what_one_recv_returns() -> None:
    split = SCENARIO.replace("  - send: ask\n", "  - {send: ask, delivery: {split: [2]}}\n")
    text = CLIENT.replace(" of {{nick}}", "").encode()
    for scenario, ids in ((split, {"one-recv"}), (SCENARIO, set())):
        lab = load_lab_bytes({"lab.yaml": text, "s.yaml": scenario.encode()})
        cases, _ = mutants(lab, "client", model_student(lab, "client"))
        found = [case.program for case in cases if case.id == "one-recv"]
        assert {case.id for case in cases if case.id == "one-recv"} == ids
        reads = [act for program in found for act in program.paths[0] if isinstance(act, Read)]
        assert all(act.form is not None and act.form.framing is None for act in reads)
