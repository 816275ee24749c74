"""Labs over Unix-domain sockets: programs in the real sandbox, right and wrong, and hostile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import engine_tools as tools
import pytest

from grader import transcript as tr
from grader.cli import app
from grader.judge.checks import check_facts
from grader.judge.diagnosis import Examined, diagnose
from grader.judge.facts import Facts
from grader.lab.load import load_lab, load_lab_bytes
from grader.lab.model import Action, Lab
from grader.prove.asked import UnservableError
from grader.prove.model_student import model_student
from grader.prove.mutants import mutants
from grader.prove.plan import Connect, Listen
from grader.run.alone import Alone
from grader.run.engine import Engine
from grader.submission import SourceFile
from grader.view.sequence import moments
from grader.wire.comments import comments
from grader.wire.frames import parse
from grader.wire.synthesis import synthesize
from reference import socketfile

LAB = Path(__file__).resolve().parent / "labs" / "local"


@cache
def lab() -> Lab:
    return load_lab(LAB)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    with tools.engine("full") as started:
        yield started


def play(engine: Engine, program: str, scenario: str, *files: SourceFile) -> tr.Transcript:
    source = (LAB / "programs" / f"{program}.py").read_bytes()
    return tools.run(engine, tools.job(source, lab().scenario(scenario), lab=lab(), files=files))


def lost(played: tr.Transcript) -> set[str]:
    """The expectations that do not hold."""
    found = check_facts(Facts(played, lab(), lab().scenario(played.header.scenario)))
    return {x.expectation for x in found if x.status.value != "pass"}


def named(played: tr.Transcript) -> list[tuple[str, str]]:
    """The mistakes that are named, with what is said in English."""
    facts = Facts(played, lab(), lab().scenario(played.header.scenario))
    told = diagnose(lab(), [Examined(facts, check_facts(facts))])
    return [(x.id, x.explanation.in_language("en")) for x in told if x.level == "error"]


@pytest.mark.parametrize(
    ("program", "scenario", "outcome"),
    [
        ("server_right", "server-two", "stuck"),
        ("client_right", "client-one", "completed"),
        ("client_right", "client-alone", "completed"),
    ],
)
def test_right_programs(engine: Engine, program: str, scenario: str, outcome: str) -> None:
    played = play(engine, program, scenario)
    assert lost(played) == set(), tools.summary(played)
    assert played.end.outcome == outcome, tools.summary(played)
    assert all(e.guaranteed for e in tools.entries(played, tr.Sent)), tools.summary(played)


OTHER, TAKEN = "other-port-or-host", "port-taken-by-another"


@pytest.mark.parametrize(
    ("program", "scenario", "missing", "mistake", "says"),
    [
        ("server_other_name", "server-two", {"listening"}, OTHER, "Unix socket autre.sock;"),
        ("server_abstract", "server-two", {"listening"}, OTHER, "The name @chat.sock begins"),
        ("server_tcp", "server-two", None, OTHER, "of the family AF_INET"),
        ("server_no_family", "server-two", None, OTHER, "of the family AF_INET"),
        ("server_tuple", "server-two", None, "address-not-a-tuple", "so a text (line 4)"),
        ("server_deaf", "server-two", None, "never-accepts", "The connection was made, but"),
        ("server_once", "server-two", {"receive:louder"}, "accept-once", "found nobody"),
        ("server_keeps_file", "server-two", None, TAKEN, "a file has that name already"),
        ("client_other_name", "client-one", {"connected"}, OTHER, "dials the Unix socket /tmp/c"),
        ("client_nowhere", "client-one", None, OTHER, "connect() fails (line 4)"),
        ("client_tcp", "client-one", None, OTHER, "of the family AF_INET"),
        ("client_no_newline", "client-one", {"receive:hello"}, "missing-terminator", "lacks"),
    ],
)  # fmt: skip
def test_wrong_programs_and_what_is_said_of_them(
    engine: Engine, program: str, scenario: str, missing: set[str] | None, mistake: str, says: str
) -> None:
    played = play(engine, program, scenario)
    if missing is None:
        assert len(lost(played)) >= 3, tools.summary(played)
    else:
        assert lost(played) == missing, tools.summary(played)
    told = named(played)
    assert [kind for kind, _ in told] == [mistake], tools.summary(played)
    assert says in told[0][1] or mistake == "missing-terminator"
    assert played.end.t < 5e9, "by proof, not by its deadline"


def test_a_link_is_not_followed_and_what_it_leads_to_is_told(engine: Engine) -> None:
    played = play(engine, "server_link", "server-two")
    assert "listening" in lost(played)
    (listener,) = tools.entries(played, tr.Listener)
    assert listener.address == "/tmp/real.sock"
    assert OTHER in dict(named(played))


def test_a_file_of_our_name_in_the_submission_is_in_the_way_of_a_server_only(
    engine: Engine,
) -> None:
    file = SourceFile(path="chat.sock/kept.txt", data=b"")
    assert lost(play(engine, "client_right", "client-one", file)) == set()
    played = play(engine, "server_other_name", "server-two", file)
    assert lost(played) == {"listening"}


def test_a_program_that_is_started_again_finds_us_in_its_new_folder(engine: Engine) -> None:
    one = lab().scenario("client-one")
    again = tools.scenario_of(Action.RESTART).steps
    twice = replace(one, steps=(*one.steps, *again, *one.steps), expect=())
    source = (LAB / "programs" / "client_right.py").read_bytes()
    played = tools.run(engine, tools.job(source, twice, lab=lab()))
    steps = [e.status for e in tools.entries(played, tr.Step) if e.status != "begun"]
    assert steps == ["done"] * 9, tools.summary(played)


def test_what_is_drawn_speaks_of_no_port(engine: Engine) -> None:
    played = play(engine, "server_right", "server-two")
    rows = [moment.label for moment in moments(played, "en")]
    assert "listens on the Unix socket chat.sock" in rows
    assert "connected" in rows
    assert not any(word in row for row in rows for word in ("SYN", "FIN", "port", ":0"))


def test_the_page_says_that_its_packets_are_drawn(tmp_path: Path) -> None:
    source = (LAB / "programs" / "client_no_newline.py").read_bytes()
    (tmp_path / "client.py").write_bytes(source)
    page = tmp_path.parent / f"{tmp_path.name}.html"
    given = [str(tmp_path), "--lab", str(LAB), "--only", "client-one", "--lang", "en"]
    assert app.main(["check", *given, "--python", tools.python(), "--html", str(page)]) == 1
    text = page.read_text("utf-8")
    page.unlink()
    assert "A Unix socket is on no network: packets drawn from the reference&#39;s own" in text
    assert "Every frame, to open in Wireshark" not in text


def test_its_packets_are_drawn_from_the_record_and_say_so(engine: Engine) -> None:
    played = play(engine, "server_right", "server-two")
    frames = synthesize(played)
    said = [line for lines in comments(frames, played, "en") for line in lines]
    assert sum("Unix socket chat.sock: packets drawn" in line for line in said) == 2
    sent = [s.payload for s in map(parse, frames) if s is not None and s.payload]
    assert b"bonjour\n" in sent
    assert b"ENCORE\n" in sent


def test_without_a_sandbox_it_is_played_in_the_work_folder() -> None:
    with tools.engine("none") as engine:
        for program, scenario in (("server_right", "server-two"), ("client_right", "client-one")):
            played = play(engine, program, scenario)
            assert lost(played) == set(), tools.summary(played)


def test_a_program_is_made_that_speaks_by_name_and_its_mistakes() -> None:
    server = {case.id: case for case in mutants(lab(), "server", model_student(lab(), "server"))[0]}
    assert server["wrong-port"].program.paths[0][0] == Listen(host="other-chat.sock", port=0)
    assert server["port"].program.paths[0][0] == Listen(host="localhost", port=65432)
    assert "bound" not in server["wrong-port"].touches
    client = model_student(lab(), "client")
    assert client.paths[0][0] == Connect(host="chat.sock", port=0)


def test_a_program_is_at_one_place() -> None:
    two = lab().scenario("server-two")
    mixed = replace(lab(), port=7000, scenarios=(two, replace(two, id="b", path="b.sock")))
    with pytest.raises(UnservableError, match=r"socket b\.sock here, and at the socket chat\.sock"):
        model_student(mixed, "server")


def test_an_interpreter_that_waited_is_given_its_own_folder_and_socket() -> None:
    """Each warm run has a new folder: what the one before left is not there."""
    with Engine(replace(tools.options("full"), warm="forced")) as engine:
        for program, scenario in (
            ("server_keeps_its_file", "server-two"),
            ("server_keeps_its_file", "server-two"),
            ("client_no_newline", "client-one"),
        ):
            source = (LAB / "programs" / f"{program}.py").read_bytes()
            one = replace(lab().scenario(scenario), args=())
            played = tools.run(engine, tools.job(source, one, lab=lab()))
            assert tools.entries(played, tr.Started)[0].warm, tools.summary(played)
            assert lost(played) == ({"receive:hello"} if one.tests == "client" else set())


def test_where_nothing_can_be_read_and_where_there_are_no_such_sockets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    options = tools.options("none", facts="paced")
    one = lab().scenario("client-one")
    source = (LAB / "programs" / "client_right.py").read_bytes()
    server = (LAB / "programs" / "server_right.py").read_bytes()
    two = lab().scenario("server-two")
    with Alone(options) as alone:
        for job in (tools.job(source, one, lab=lab()), tools.job(server, two, lab=lab())):
            played = next(iter(alone.play([job])))
            assert lost(played.runs[0].transcript.read()) == set()
        # As on Windows.
        monkeypatch.setattr(socketfile, "FAMILY", -1)
        played = next(iter(alone.play([tools.job(source, one, lab=lab())])))
    end = played.runs[0].transcript.end
    assert (end.outcome, end.problem) == ("not_run", "this system has no Unix-domain sockets")


SLOW_LAB = b"""
lab: slow
title: Slow
language: en
protocol: unix
path: chat.sock
framing: line
messages: {go: go, big: {generate: {size: 600 KiB, kind: text}}}
criteria: {server.bob: {points: 1, title: T, requirement: R, hint: H}}
scenarios: [slow]
"""
SLOW = b"""
scenario: slow
tests: server
title: One who does not read
reference:
  - connect: carol
  - stop-reading: carol
  - {send: big, as: carol}
  - connect: bob
  - {send: go, as: bob}
  - {receive: go, as: bob, proves: server.bob}
"""


def test_who_waits_in_send_for_one_that_does_not_read(engine: Engine) -> None:
    slow = load_lab_bytes({"lab.yaml": SLOW_LAB, "slow.yaml": SLOW})
    source = (LAB / "programs" / "server_right.py").read_bytes()
    played = tools.run(engine, tools.job(source, *slow.scenarios, lab=slow))
    (found,) = check_facts(Facts(played, slow, slow.scenarios[0]))
    assert found.status.value == "fail"
    assert "waits for carol (send(), line 15) while bob waits" in found.what.in_language("en")
