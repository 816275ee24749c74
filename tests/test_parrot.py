"""A lab with every kind of message, played with real programs, right and wrong, and judged.

One submission of each kind of mistake: what it loses, what is said of it, what is not.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from engine_tools import SEED

from grader.judge.grade import judge
from grader.judge.model import Grade, Programs, Status
from grader.lab.load import load_lab
from grader.run.engine import Engine
from grader.run.jobs import Job
from grader.submission import SourceFile

HERE = Path(__file__).resolve().parent
LAB = load_lab(HERE / "labs" / "parrot")
RIGHT = (HERE / "parrots" / "right.py").read_text("utf-8")

pytestmark = pytest.mark.sandbox


@dataclass(frozen=True)
class Parrot:
    """A change of the right program, and what it comes to: criteria lost, diagnoses, words."""

    old: str
    new: str
    lost: dict[str, Status]
    diagnoses: tuple[str, ...] = ()
    said: str = ""


FAIL, PARTIAL = Status.FAIL, Status.PARTIAL
READ = 'lines.read(int.from_bytes(size, "big"))'
PARROTS = {
    "right": Parrot("", "", {}),
    "other-case": Parrot('b"ok"', 'b"oK\\r"', {}),
    "other-name": Parrot(
        "WELCOME {rest[0]}", "WELCOME you", {"server.welcome": FAIL, "server.proof": FAIL},
        said="Not reached: “Welcome” comes first.",
    ),
    "no-digits": Parrot(
        "4711", "none", {"server.welcome": FAIL, "server.proof": FAIL},
        said="WELCOME, the name, four digits",
    ),
    "wrong-sum": Parrot(
        "sum(map(int, rest))", "sum(map(int, rest)) + 1", {"server.add": FAIL},
        said="Another text arrived.",
    ),
    "little-endian": Parrot(
        "lines.write(size +", "lines.write(size[::-1] +", {"server.block": FAIL},
        ("length-prefix-wrong",), "The message announces 34835 bytes, and 5000 arrived.",
    ),
    "cut-block": Parrot(
        READ, f"{READ}[:-10]", {"server.block": FAIL},
        said="announces 5000 bytes, and 4990 arrived",
    ),
    "other-bytes": Parrot(
        READ, f'{READ}.replace(b"\\0", b"0")', {"server.block": FAIL}, said="Other bytes arrived",
    ),
    "no-line-end": Parrot(
        'answer + b"\\n"', "answer",
        {"server.welcome": PARTIAL, "server.proof": PARTIAL, "server.add": PARTIAL},
        ("missing-terminator",), "its end mark is missing",
    ),
    "tells-secret": Parrot(
        'print(count, "lines")', 'print("swordfish"); print(count, "lines")',
        {"server.screen": FAIL}, said="A text is printed, and should not be: “swordfish”.",
    ),
    "twice": Parrot(
        'print("from", line.decode().strip())', 'print(line.decode()); print(line.decode())',
        {"server.screen": PARTIAL}, said="printed 2 times instead of 1",
    ),
    "no-count": Parrot(
        'print(count, "lines")', 'print("many lines")', {"server.screen": FAIL},
        said="a number, then “lines”",
    ),
    "stays": Parrot(
        "connection.close()", "server.accept()", {"server.bye": PARTIAL},
    ),
    "other-port": Parrot(
        "5555", "5556",
        {"server.listen": FAIL, "server.welcome": FAIL, "server.proof": FAIL},
        ("other-port-or-host",), "Not reached: “Listen” comes first.",
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def grades(full_engine: Engine) -> dict[str, Grade]:
    """Every program, played once."""
    programs = {
        name: RIGHT.replace(one.old, one.new) if one.old else RIGHT for name, one in PARROTS.items()
    }
    jobs = [
        Job(
            key=name, lab=LAB, role="server", scenarios=LAB.scenarios, program="parrot.py",
            files=(SourceFile(path="parrot.py", data=text.encode()),), seed=SEED,
        )
        for name, text in programs.items()
    ]  # fmt: skip
    return {
        played.key: judge(
            LAB, played.key, played.key, SEED, Programs(server="parrot.py", client=None),
            [run.transcript for run in played.runs],
        )
        for played in full_engine.play(jobs)
    }  # fmt: skip


@pytest.mark.parametrize("name", PARROTS)
def test_each_loses_what_it_should(name: str, grades: dict[str, Grade]) -> None:
    judged = grades[name].criteria
    lost = {j.criterion.id: j.status for j in judged if j.status is not Status.PASS}
    assert lost == PARROTS[name].lost


@pytest.mark.parametrize("name", PARROTS)
def test_each_mistake_is_named_and_no_other(name: str, grades: dict[str, Grade]) -> None:
    errors = [d.id for d in grades[name].diagnoses if d.level == "error"]
    allowed = {"stays": {"endless-loop", "never-closes", "waits-for-end-of-stream"}}
    assert set(errors) - allowed.get(name, set()) == {*PARROTS[name].diagnoses}


@pytest.mark.parametrize("name", [name for name, one in PARROTS.items() if one.said])
def test_what_is_said(name: str, grades: dict[str, Grade]) -> None:
    findings = [f for j in grades[name].criteria for f in j.findings if f.status is not Status.PASS]
    assert any(PARROTS[name].said in f.what.in_language("en") for f in findings)
    assert all(f.what.in_language("fr") for f in findings)


def test_evidence_of_long_messages_is_bounded(grades: dict[str, Grade]) -> None:
    findings = [f for j in grades["other-bytes"].criteria for f in j.findings]
    (first, second) = [f for f in findings if f.expectation.startswith("receive:block")]
    assert first.expected != second.expected  # drawn anew in each round
    for finding in (first, second):
        assert finding.expected is not None
        assert finding.actual is not None
        assert len(finding.expected) <= 4096
        at = next(i for i, (a, b) in enumerate(zip(finding.expected, finding.actual, strict=False))
                  if a != b)  # fmt: skip
        assert finding.expected[at] == 0
        assert finding.actual[at] == ord("0")


def test_advice_costs_nothing_and_is_said(grades: dict[str, Grade]) -> None:
    assert [r.code for r in grades["stays"].remarks] == ["advice"]
    assert grades["right"].remarks == ()
