"""Mutants in time: what a lab gives room for, and how long a proof may wait for one."""

from __future__ import annotations

from prove_tools import lab_of

from grader.prove.model_student import model_student
from grader.prove.mutants import mutants
from grader.prove.plan import Close, Nothing, Pause, Program, Send

KEPT = "reference: [connect, {receive: a, proves: server.x}, {silence, lasts: 2 s}, close]"
IDLE = "reference: [connect, {receive: end, after: 1 s, within: %s, proves: server.x}]"
SOON = "reference: [connect, {receive: a, within: %s, proves: server.x}, close]"


def made(scenario: str) -> dict[str, Program]:
    lab = lab_of({"server-one": scenario})
    cases, _ = mutants(lab, "server", model_student(lab, "server"))
    return {case.id: case.program for case in cases}


def test_a_silence_that_lasts_is_broken_well_before_its_half() -> None:
    found = made(KEPT)
    assert found["leaves-idle"].style.impatient == 0.5
    said = [act.text for act in found["speaks-unasked"].paths[0] if isinstance(act, Send)]
    assert said[0] == said[-1] == "?\n"
    assert not {"leaves-idle", "speaks-unasked"} & made(SOON % "2 s").keys()
    assert "leaves-idle" not in made(KEPT.replace(", lasts: 2 s", ""))


def test_an_idle_client_is_sent_away_when_the_time_has_passed() -> None:
    lab = lab_of({"server-one": IDLE % "2 s"})
    (path,) = model_student(lab, "server").paths
    assert path[-3:-1] == (Nothing(1.0), Close(first=True))
    found = made(IDLE % "2 s")
    waits = {
        name: [act.seconds for act in found[name].paths[0] if isinstance(act, Nothing)]
        for name in ("far-too-soon", "waits-for-ever", "far-too-late")
    }
    assert waits == {"far-too-soon": [0.1], "waits-for-ever": [None], "far-too-late": [5.5]}


def test_no_proof_waits_long() -> None:
    assert "far-too-late" not in made(IDLE % "3 s")
    assert "answers-late" not in made(SOON % "3 s")
    (path,) = made(SOON % "2 s")["answers-late"].paths
    assert [act.seconds for act in path if isinstance(act, Pause)] == [5.5]
