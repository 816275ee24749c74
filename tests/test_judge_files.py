"""Files that a program has to leave: from the scenario's words to the finding."""

from __future__ import annotations

import hashlib

import pytest
from msgspec.structs import replace
from prove_tools import files, lab_of

from grader import transcript as tr
from grader.judge.checks import check
from grader.judge.model import Finding, Status
from grader.lab.draws import generated
from grader.lab.load import LabError, load_lab_bytes
from grader.prove.model_student import model_student
from grader.prove.mutants import mutants
from grader.prove.places import places_of
from grader.prove.plan import Write
from grader.prove.source import source_of
from grader.run.engine import Engine
from grader.run.jobs import Job
from grader.submission import SourceFile
from grader.view.scripted import files_of

SCENARIO = """\
messages: {big: {generate: {size: 100 KiB}}, form: {pattern: 'ID [0-9]+', framing: line}}
reference: [accept, {receive: a, proves: client.a}, send: b, close]
expect:
  files:
    - {name: copy/b.txt, holds: b, proves: client.b}
    - {name: big.bin, holds: big, level: advice}
    - {name: log, proves: client.log}
    - {name: id.txt, holds: form, proves: client.id}
    - {name: part, absent: true, proves: client.b}
"""
KNOWN = SCENARIO.replace("    - {name: big.bin, holds: big, level: advice}\n", "")
"""Nobody sends the program the large one, so that none could write it."""
LAB = lab_of({"client-one": SCENARIO})
B = LAB.messages["b"].text.encode()


def found(name: str, *left: tr.LeftFile) -> Finding:
    header = tr.Header(
        run="client-one", scenario="client-one", role="client", program="c.py",
        texts={"a": LAB.messages["a"].text, "b": B.decode(), "big": "00" * 16}, port=65432,
        delivery="separate", seed="0", isolation="none", facts="kernel", interpreter="",
        started="",
    )  # fmt: skip
    entries: list[tr.AnyEntry] = [
        *left,
        tr.Exited(t=2, status=0),
        tr.Ended(t=3, outcome="completed", status=0),
    ]
    findings = check(tr.of(header, entries), LAB, LAB.scenarios[0])
    return next(f for f in findings if f.expectation == name)


def file(name: str, data: bytes, size: int | None = None) -> tr.LeftFile:
    digest = hashlib.sha256(data).hexdigest()
    return tr.LeftFile(t=1, name=name, kind="file", data=data, digest=digest,
                       size=len(data) if size is None else size)  # fmt: skip


@pytest.mark.parametrize(
    ("left", "status", "said"),
    [
        (file("copy/b.txt", B), Status.PASS, "holds what it should"),
        (file("copy/b.txt", B + b"\n"), Status.PASS, "holds what it should"),
        (file("copy/b.txt", b""), Status.FAIL, "is empty"),
        (file("copy/b.txt", B[:5]), Status.FAIL, "ends too soon: 5 bytes"),
        (file("copy/b.txt", B + B), Status.FAIL, "holds too much"),
        (file("copy/b.txt", b"no" + B), Status.FAIL, "holds something else"),
        (tr.LeftFile(t=1, name="copy/b.txt", kind="absent"), Status.FAIL, "was not written"),
        (tr.LeftFile(t=1, name="copy/b.txt", kind="link"), Status.FAIL, "is a link"),
        (tr.LeftFile(t=1, name="copy/b.txt", kind="other"), Status.FAIL, "is no plain file"),
        (tr.LeftFile(t=1, name="copy/b.txt", kind="unreadable"), Status.FAIL, "can’t be read"),
        (file("other", B), Status.FAIL, "was not written"),
    ],
)
def test_what_it_holds(left: tr.LeftFile, status: Status, said: str) -> None:
    finding = found("file:copy/b.txt", left)
    assert (finding.status, said in finding.what.in_language("en")) == (status, True)
    assert finding.evidence


def test_a_pattern_any_content_and_none() -> None:
    assert found("file:id.txt", file("id.txt", b"ID 7")).status is Status.PASS
    assert found("file:id.txt", file("id.txt", b"ID x")).status is Status.FAIL
    assert found("file:log", file("log", b"")).status is Status.PASS
    gone = tr.LeftFile(t=1, name="part", kind="absent")
    assert found("file-absent:part", gone).status is Status.PASS
    assert found("file-absent:part", file("part", b"")).status is Status.FAIL
    assert found("file-absent:part").status is Status.FAIL  # nobody has looked


def test_a_large_file_is_known_by_its_sum() -> None:
    data = generated("00" * 16, 100 << 10, "bytes")
    right = replace(file("big.bin", data), data=data[:65536])
    assert found("file:big.bin", right).status is Status.PASS
    wrong = replace(right, digest=hashlib.sha256(data[::-1]).hexdigest())
    assert found("file:big.bin", wrong).status is Status.FAIL


def test_the_model_student_writes_them_and_mutants_do_not() -> None:
    lab = lab_of({"client-one": KNOWN})
    model = model_student(lab, "client")
    assert [a.name for a in model.paths[0] if isinstance(a, Write)] == [
        "copy/b.txt", "log", "id.txt",
    ]  # fmt: skip
    made = {case.id: case.touches for case in mutants(lab, "client", model)[0]}
    assert made["no-file:log"] == ("file:log",)
    assert made["half-file:copy/b.txt"] == made["other-file:copy/b.txt"] == ("file:copy/b.txt",)
    assert "half-file:log" not in made  # it may hold anything
    assert made["leaves-file:part"] == ("file-absent:part",)


@pytest.mark.sandbox
def test_they_are_read_in_the_sandbox(full_engine: Engine) -> None:
    lab = lab_of({"client-one": KNOWN})
    source = source_of(model_student(lab, "client"))
    job = Job(
        key="c", lab=lab, role="client", scenarios=lab.scenarios, program="deep/client.py",
        files=(SourceFile(path="deep/client.py", data=source),), seed="0" * 32,
    )  # fmt: skip
    (played,) = full_engine.play([job])
    found = check(played.runs[0].transcript, lab, lab.scenarios[0])
    assert [f.expectation for f in found if f.status is not Status.PASS] == []
    assert {f.expectation for f in found} >= {"file:copy/b.txt", "file:log", "file-absent:part"}


def test_where_they_stand_and_what_students_are_told() -> None:
    given = files({"client-one": SCENARIO})
    lines = places_of(load_lab_bytes(given), given).lines
    assert [x.name for x in lines if x.name.startswith("file")] == [
        "file:copy/b.txt", "file:log", "file:id.txt", "file-absent:part",
    ]  # fmt: skip
    told = [text for text, _ in files_of(LAB, LAB.scenarios[0], "en")]
    assert told[0] == "writes the file copy/b.txt, which holds b: “other words, déjà vu”"
    assert told[-1] == "writes no file part"


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a//b", "a/./b", "c:x", '"\\e[0m"', "a/"])
def test_names_stay_below_the_programs_folder(name: str) -> None:
    scenario = SCENARIO.replace("name: log", f"name: {name}")
    with pytest.raises(LabError, match="name must be a file below the program's folder"):
        lab_of({"client-one": scenario})
