"""Right variants: only what the lab's tolerance promises."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine_tools import tp09
from prove_tools import lab_of

from grader.lab.load import load_lab
from grader.lab.model import Accents, Lab, Role
from grader.prove.model_student import model_student
from grader.prove.mutants import mutants
from grader.prove.plan import Program, Send
from grader.prove.source import source_of
from grader.prove.variants import variants


def made(lab: Lab, role: Role) -> tuple[dict[str, Program], dict[str, str]]:
    cases, skipped = variants(lab, role, model_student(lab, role))
    assert len({source_of(case.program) for case in cases}) == len(cases)
    return {case.id: case.program for case in cases}, {one.id: one.why for one in skipped}


def test_the_first_lab_has_many() -> None:
    server, skipped = made(tp09(), "server")
    assert {"more-lines", "bytes-form", "byte-by-byte", "no-accents", "latin-1"} <= set(server)
    assert set(skipped) == {"one-send"}
    client, skipped = made(tp09(), "client")
    sends = [act for act in client["one-send"].paths[0] if isinstance(act, Send)]
    assert [send.messages for send in sends] == [("hello", "goodbye")]
    assert set(skipped) == {"reuse-address", "no-accents"}


def test_what_the_tolerance_does_not_promise_is_none() -> None:
    lab = tp09()
    strict = replace(lab.tolerance, accents=Accents.REQUIRED, encodings=("utf-8",))
    server, skipped = made(replace(lab, tolerance=strict), "server")
    assert not {"no-accents", "latin-1", "cp1252"} & set(server)
    assert skipped["no-accents"] == "the lab requires accents"
    assert skipped["latin-1"] == "the lab does not allow it"


def test_a_program_that_only_connects_has_few() -> None:
    lab = lab_of({"client-one": "reference: [accept, {receive: end, proves: client.x}]"})
    client, skipped = made(lab, "client")
    assert set(client) == {"time-limit", "thread", "shutdown", "no-close", "latin-1", "cp1252"}
    assert skipped["more-lines"] == "nothing is to be printed"


def test_what_the_model_does_anyhow_is_no_variant() -> None:
    twice = """
    reference: [connect, {receive: a, proves: server.x}, close, restart, connect, receive: a, close]
    """
    _, skipped = made(lab_of({"server-one": twice}), "server")
    assert skipped["reuse-address"] == "the model student does so"


def test_what_a_lab_lets_a_program_do_otherwise_is_a_variant_and_a_third_way_a_mutant() -> None:
    lab = load_lab(Path(__file__).resolve().parent / "labs" / "choices")
    server, _ = made(lab, "server")
    texts = {
        name: [act.messages for path in server[name].paths for act in path if isinstance(act, Send)]
        for name in ("two-pieces", "leaves-out", "other-way:2")
    }
    assert ("welcome",) not in texts["leaves-out"]
    assert ("ok",) in texts["two-pieces"]
    assert ("ok",) not in texts["other-way:2"]
    assert ("busy",) in texts["other-way:2"]
    cases, _ = mutants(lab, "server", model_student(lab, "server"))
    touches = {case.id: case.touches for case in cases}
    assert {*touches["third-send:welcome"]} == {"receive:hello", "receive:ok"}
    assert "drop-send:welcome" not in touches
