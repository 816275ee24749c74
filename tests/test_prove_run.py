"""Labs proved by programs that are really played, through the real sandbox.

The built-in lab is proved here, in CI; so are small labs for the parts of the language that
it does not use. That each single `proves:` counts: `tests/soak/prove_labs.py`, and a sample.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from engine_tools import options, tp09
from prove_tools import Files, all_proves, files, of_role, tp09_files, without_proves

from grader.lab.library import find_lab
from grader.lab.load import LabError, lab_files, load_lab_bytes
from grader.lab.model import Lab, Role
from grader.prove import run
from grader.prove.places import Places
from grader.prove.proof import Planned, Proof, plan

pytestmark = pytest.mark.sandbox


def prove(given: Files, lab: Lab | None = None) -> Proof:
    return run.prove(lab or load_lab_bytes(given), given, options("full", jobs=4))


def summary(proof: Proof) -> str:
    """For the message of a failed assertion."""
    lines = [*map(str, proof.problems), *proof.faults]
    lines += [f"{t.case.role} {t.case.id}: {t.lost} {t.reasons}" for t in proof.trials if t.lost]
    return "\n".join(lines)


def test_the_first_lab_is_proved() -> None:
    """The other built-in labs take minutes each: `tests/soak/prove_labs.py`."""
    given = lab_files(find_lab("tp09"))
    proof = prove(given)
    assert proof.proved, summary(proof)
    assert proof.remarks == ()
    mutants = [trial for trial in proof.trials if trial.case.kind == "mutant"]
    assert all(trial.lost for trial in mutants)


def test_the_first_lab_without_one_line_is_not_proved() -> None:
    # Which one: a seeded draw; the soak job takes them all.
    found = all_proves(tp09_files())
    twice = [x for x in found if [c for _, _, c in found].count(x[2]) > 1]
    draw = int.from_bytes(hashlib.sha256(b"one line").digest()[:4], "big")
    file, number, criterion = twice[draw % len(twice)]
    given, _ = without_proves(tp09_files(), file, number)
    role: Role = "server" if criterion.startswith("server.") else "client"
    proof = prove(given, of_role(load_lab_bytes(given), role))
    assert [p for p in proof.problems if p.place.file == file], summary(proof)


@pytest.mark.parametrize(
    ("file", "number", "criterion"),
    [x for x in all_proves(tp09_files())
     if [c for _, _, c in all_proves(tp09_files())].count(x[2]) == 1],
)  # fmt: skip
def test_a_criterion_s_only_line_is_missed_when_the_lab_is_read(
    file: str, number: int, criterion: str
) -> None:
    given, _ = without_proves(tp09_files(), file, number)
    with pytest.raises(LabError, match=f"no graded scenario proves '{criterion}'"):
        load_lab_bytes(given)


def test_a_lab_without_drawn_texts_lets_hard_coded_prints_through() -> None:
    text = tp09_files()["client-drawn.yaml"].decode()
    given = {**tp09_files(), "client-drawn.yaml": text.replace("texts: drawn\n", "").encode()}
    proof = prove(given, of_role(load_lab_bytes(given), "client"))
    assert {p.place.file for p in proof.problems} == {"client-drawn.yaml", "client-nominal.yaml"}
    assert all("constant-print:greeting" in p.message for p in proof.problems), summary(proof)


def test_an_exit_that_is_not_graded_may_be_anything() -> None:
    text = tp09_files()["lab.yaml"].decode()
    out = text.replace("  client.exit:\n", "  client.exit:\n    enabled: false\n")
    given = {**tp09_files(), "lab.yaml": out.encode()}
    proof = prove(given, of_role(load_lab_bytes(given), "client"))
    assert proof.proved, summary(proof)
    remarks = " ".join(p.message for p in proof.remarks)
    assert "(crash-at-end)" in remarks
    assert "(wrong-status)" in remarks
    assert "(never-ends)" in remarks


LABS = {
    "questions": {
        "server-one": """
        reference: [connect, send: a, {receive: b, proves: server.answer}, send: c,
                    {receive: a, proves: server.other}, {receive: end, proves: server.close}]
        expect:
          exit: {status: 3, proves: server.exit}
        """,
        "server-two": """
        reference: [connect, send: c, {receive: a, proves: server.other},
                    {receive: end, proves: server.close}]
        """,
    },
    "echo, and a half-close": {
        "server-one": """
        texts: drawn
        reference: [connect, send: a, {receive: a, proves: server.echo}, half-close,
                    {receive: end, proves: server.close}]
        expect:
          listening: {port: 65432, proves: server.listen}
          bound: {address: 127.0.0.1, proves: server.bound}
          exit: {status: 0, proves: server.exit}
        """,
    },
    "together, to the end": {
        "server-one": """
        texts: drawn
        reference: [connect, {send: [a, b], delivery: coalesced}, close]
        expect:
          stdout: [{contains: a, proves: server.a}, {contains: b, proves: server.b, after: a}]
          exit: {status: any, proves: server.exit}
        """,
    },
    "in pieces, of a known length": {
        "client-one": """
        reference: [accept, {send: a, delivery: {split: [3, 9]}},
                    {receive: b, proves: client.b}, {receive: end, proves: client.close}]
        expect:
          connected: {port: 65432, proves: client.connect}
          exit: {status: 0, proves: client.exit}
        """,
    },
    "two clients, and a second life": {
        "server-one": """
        reference: [connect, {receive: a, proves: server.a}, close, connect, receive: a,
                    {receive: end, proves: server.close}, restart,
                    connect, receive: a, close, connect, receive: a, receive: end]
        expect:
          listening: {port: 65432, times: 2, proves: server.listen}
          exit: {status: 0, proves: server.exit}
        """,
    },
    "refused at first, and reset at last": {
        "client-one": """
        reference: [refuse, accept, {receive: a, proves: client.a}, send: b, reset]
        expect:
          stdout: [{contains: b, proves: client.b}]
        """,
        "client-two": """
        texts: drawn
        reference: [accept, {receive: a, proves: client.a}, send: b, reset]
        expect:
          stdout: [{contains: b, proves: client.b}]
        """,
    },
}


@pytest.mark.parametrize("name", LABS)
def test_small_labs_have_a_model_student_and_mutants_that_lose(name: str) -> None:
    given = files(LABS[name])
    proof = prove(given)
    right = [trial for trial in proof.trials if trial.case.kind != "mutant"]
    assert right
    assert not [trial.case.id for trial in right if trial.lost], summary(proof)
    assert proof.faults == (), summary(proof)
    assert proof.proved, summary(proof)


OF_TIME = {
    "server-kept": """
    reference: [connect, {send: a}, {receive: b, within: 300 ms, proves: server.soon},
                {silence, lasts: 800 ms, proves: server.kept}, close]
    """,
    "server-idle": """
    reference: [connect, {receive: end, after: 600 ms, within: 800 ms, proves: server.idle}]
    """,
}
ON_THE_SCREEN = {
    "client-one": """
    reference: [accept, {receive: a, proves: client.a}, send: b, send: c, close]
    expect:
      stdout: [{line: b, proves: client.b},
               {contains: c, after: b, times: 2, proves: client.c}]
    """,
    "client-two": """
    texts: drawn
    reference: [accept, {receive: a, proves: client.a}, send: b, send: c, close]
    expect:
      stdout: [{line: b, proves: client.b},
               {contains: c, after: b, times: 2, proves: client.c}]
    """,
}


@pytest.mark.parametrize(
    ("scenarios", "ids"),
    [(OF_TIME, "leaves-idle speaks-unasked far-too-soon waits-for-ever far-too-late answers-late"),
     (ON_THE_SCREEN, "print-again:c print-late:b print-beside:b")],
)  # fmt: skip
def test_some_mistakes_that_few_labs_leave_room_for(
    scenarios: dict[str, str], ids: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of all programs only these: a whole proof takes long."""
    wanted = {"model", *ids.split()}

    def some(lab: Lab, places: Places) -> Planned:
        planned = plan(lab, places)
        cases = tuple(case for case in planned.cases if case.id in wanted)
        return replace(planned, cases=cases)

    monkeypatch.setattr(run, "plan", some)
    trials = {trial.case.id: trial for trial in prove(files(scenarios)).trials}
    assert trials.keys() == wanted
    assert {name for name, trial in trials.items() if not trial.lost} == {"model"}
    assert not any(trial.fault for trial in trials.values())


def test_what_stands_behind_a_refusal_only_is_not_judged_of_who_gives_up() -> None:
    scenario = "reference: [refuse, accept, {receive: a, proves: client.a}, receive: end]\n"
    proof = prove(files({"client-one": scenario}))
    assert proof.faults == ()
    messages = [str(p) for p in proof.problems if "neither earned nor lost" in p.message]
    assert len(messages) == 1, summary(proof)
    assert messages[0].startswith("client-one.yaml:4:29: client.a is neither earned nor lost")


def test_the_program_that_does_nothing_loses_everything() -> None:
    proof = prove(tp09_files(), of_role(tp09(), "client"))
    (idle,) = (trial for trial in proof.trials if trial.case.id == "does-nothing")
    assert len(idle.lost) == len(idle.statuses) == 6
