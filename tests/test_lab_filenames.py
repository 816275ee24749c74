"""Names of files with values in them: made as messages are, and never a way out of the folder."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prove_tools import files, lab_of

from grader import transcript as tr
from grader.judge.checks import check
from grader.judge.model import Status
from grader.lab.filenames import LONGEST, is_plain, name_of
from grader.lab.load import load_lab_bytes
from grader.lab.model import ExpectFile
from grader.lab.problems import LabError
from grader.lab.words import words_of
from grader.prove.model_student import model_student
from grader.prove.plan import Write
from grader.prove.source import source_of
from grader.run.engine import Engine
from grader.run.jobs import Job
from grader.submission import SourceFile

SCENARIO = """\
messages:
  nick: {pattern: 'NICK (?P<nick>.*)', framing: line}
  room: {draw: name}
  join: {text: "JOIN {{room}}", framing: line}
reference: [accept, {receive: nick, proves: client.nick}, send: join, close]
expect:
  files:
    - {name: "logs/{{nick}}.log", proves: client.log}
    - {name: "{{room | upper}}-{{port}}", holds: room, proves: client.log}
"""
LAB = lab_of({"client-one": SCENARIO})
LOG, ROOM = (e for e in LAB.scenarios[0].expect if isinstance(e, ExpectFile))
WORDS = words_of(LAB, LAB.scenarios[0], {"room": "Zoé"})


def test_a_name_is_made_of_what_was_captured_drawn_or_is_the_port() -> None:
    assert name_of(LOG, WORDS, {"nick": b"zo\xc3\xa9"}) == "logs/zoé.log"
    assert name_of(ROOM, WORDS, {}) == "ZOÉ-65432"
    assert name_of(LOG, WORDS, {}) is None  # it never came


HOSTILE = (
    b"../../etc/passwd", b"/etc/passwd", b"a/b", b"..", b"x\0y", b"x" * 300, b"\xff", b"a\\b",
    b"c:d", b"a\nb", b"\x1b[2J",
)  # fmt: skip


@pytest.mark.parametrize("nick", HOSTILE)
def test_a_hostile_value_names_nothing(nick: bytes) -> None:
    assert name_of(LOG, WORDS, {"nick": nick}) in (None, "logs/...log" if nick == b".." else None)


@given(st.binary(max_size=LONGEST * 2))
def test_no_value_leads_out_of_the_folder(nick: bytes) -> None:
    name = name_of(LOG, WORDS, {"nick": nick})
    assert name is None or (
        is_plain(name) and name.split("/")[0] == "logs" and name.count("/") == 1
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("../{{nick}}", "name must be a file below the program's folder"),
        ("/{{nick}}", "name must be a file below"),
        ("{{nobody}}.log", "name: no value 'nobody' here"),
        ("{{nick.log", "name: in '{{nick.log': '{{' without '}}'"),
        ("{{i}}.log", "name: no value 'i' here"),
    ],
)
def test_what_is_wrong_in_a_name_is_told(name: str, said: str) -> None:
    given = files({"client-one": SCENARIO.replace("logs/{{nick}}.log", name)})
    with pytest.raises(LabError) as caught:
        load_lab_bytes(given)
    assert [p for p in caught.value.problems if p.message.startswith(said)], caught.value


def test_a_name_that_is_none_is_a_file_that_is_not_there() -> None:
    header = tr.Header(
        run="client-one", scenario="client-one", role="client", program="c.py",
        texts={"room": "Zoé"}, port=65432, delivery="separate", seed="0", isolation="none",
        facts="kernel", interpreter="", started="",
    )  # fmt: skip
    entries: list[tr.AnyEntry] = [
        tr.Connected(t=0, local=("a", 1), remote=("b", 2)),
        tr.Received(t=1, data=b"NICK ../x\n"),
        tr.Step(t=1, index=1, status="done", reason="received"),
        tr.LeftFile(t=2, name="logs/{{nick}}.log", kind="absent"),
        tr.Exited(t=3, status=0),
        tr.Ended(t=4, outcome="completed", status=0),
    ]
    found = check(tr.of(header, entries), LAB, LAB.scenarios[0])
    finding = next(f for f in found if f.expectation == "file:logs/{{nick}}.log")
    assert finding.status is Status.FAIL
    assert finding.evidence == (3,)
    assert "a value of that name did not come, or is none" in finding.what.in_language("en")


@pytest.mark.sandbox
def test_files_are_found_under_the_names_that_were_said(full_engine: Engine) -> None:
    model = model_student(LAB, "client")
    assert [a.name for a in model.paths[0] if isinstance(a, Write)] == [LOG.name, ROOM.name]
    job = Job(
        key="c", lab=LAB, role="client", scenarios=LAB.scenarios, program="client.py",
        files=(SourceFile(path="client.py", data=source_of(model)),), seed="0" * 32,
    )  # fmt: skip
    (played,) = full_engine.play([job])
    transcript = played.runs[0].transcript
    found = check(transcript, LAB, LAB.scenarios[0])
    assert [f.expectation for f in found if f.status is not Status.PASS] == []
    names = [e.name for e in transcript.entries if isinstance(e, tr.LeftFile)]
    assert names[0].startswith("logs/")
    assert "{{" not in "".join(names)


HOSTILE_CLIENT = """
import pathlib, socket
pathlib.Path("logs").mkdir()
pathlib.Path("x.log").write_text("mine")
s = socket.create_connection(("localhost", PORT))
s.sendall(b"NICK ../x\\\\n")
s.recv(100)
"""


@pytest.mark.sandbox
def test_a_program_that_names_another_folder_is_looked_at_in_none(full_engine: Engine) -> None:
    source = HOSTILE_CLIENT.replace("PORT", str(LAB.port)).encode().replace(b"\\\\n", b"\\n")
    job = Job(
        key="h", lab=LAB, role="client", scenarios=LAB.scenarios, program="client.py",
        files=(SourceFile(path="client.py", data=source),), seed="0" * 32,
    )  # fmt: skip
    (played,) = full_engine.play([job])
    left = [e for e in played.runs[0].transcript.entries if isinstance(e, tr.LeftFile)]
    assert (left[0].name, left[0].kind) == (LOG.name, "absent")
