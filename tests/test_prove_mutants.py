"""Mutants of a model student, from the lab alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from engine_tools import tp09
from prove_tools import lab_of

from grader.lab.model import Accents, Lab, Role
from grader.prove.case import Case
from grader.prove.model_student import model_student
from grader.prove.mutants import mutants
from grader.prove.plan import Crash, Exit, Hang, Listen, Print, Read, ReadEnd, Say, Send
from grader.prove.source import source_of


def made(lab: Lab, role: Role) -> tuple[dict[str, Case], dict[str, str]]:
    cases, skipped = mutants(lab, role, model_student(lab, role))
    return {case.id: case for case in cases}, {one.id: one.why for one in skipped}


@pytest.fixture(scope="module")
def server() -> dict[str, Case]:
    return made(tp09(), "server")[0]


@pytest.fixture(scope="module")
def client() -> dict[str, Case]:
    return made(tp09(), "client")[0]


def only_path(case: Case) -> tuple[object, ...]:
    (path,) = case.program.paths
    return path


def test_every_mutant_of_the_first_lab_differs_from_all_others() -> None:
    for role in ("server", "client"):
        model = model_student(tp09(), role)
        cases, _ = mutants(tp09(), role, model)
        texts = {source_of(case.program) for case in cases}
        assert len(texts) == len(cases) == len({case.id for case in cases})
        assert source_of(model) not in texts


def test_what_has_no_place_in_the_first_lab_is_left_out_and_said_so() -> None:
    assert set(made(tp09(), "server")[1]) == {
        "unaccent-send", "encoded-send", "constant-send", "swap-sends", "early-send",
    }  # fmt: skip
    skipped = made(tp09(), "client")[1]
    assert skipped["wrong-interface"] == "a client chooses no interface"
    assert all(skipped.values())


def test_order_and_turn(client: dict[str, Case], server: dict[str, Case]) -> None:
    hello, goodbye = (a for a in only_path(client["drop-read:greeting"]) if isinstance(a, Send))
    swapped = only_path(client["swap-sends:hello,goodbye"])
    assert swapped.index(goodbye) < swapped.index(hello)
    early = only_path(client["early-send:hello"])
    assert early.index(hello) < next(i for i, a in enumerate(early) if isinstance(a, Read))
    late = only_path(server["late-send:greeting"])
    reads = [i for i, a in enumerate(late) if isinstance(a, Read)]
    (greeting,) = (i for i, a in enumerate(late) if isinstance(a, Send))
    assert reads[0] < greeting < reads[1]


def test_reading_once_for_two(server: dict[str, Case]) -> None:
    assert "drop-read:hello" not in server  # the same program
    path = only_path(server["drop-read:goodbye"])
    assert len([a for a in path if isinstance(a, Read)]) == 1
    assert server["drop-read:goodbye"].touches == ("stdout:goodbye", "end")


def test_the_screen(server: dict[str, Case]) -> None:
    shown = {
        name: [a for a in only_path(server[name]) if isinstance(a, Print | Say)]
        for name in ("silent", "drop-print:hello", "constant-print:hello", "print-first-again")
    }
    assert shown["silent"] == []
    assert shown["drop-print:hello"] == [Print(messages=("goodbye",))]
    text = tp09().messages["hello"].text
    assert shown["constant-print:hello"] == [Say(text), Print(messages=("goodbye",))]
    assert shown["print-first-again"] == [Print(messages=("hello",))] * 2


def test_words(client: dict[str, Case]) -> None:
    text = tp09().messages["hello"].text
    wrong = {
        name: next(a.text for a in only_path(client[f"{name}:hello"]) if isinstance(a, Send))
        for name in ("alter-send", "misspell-send")
    }
    assert wrong["alter-send"] == text[::-1]
    assert sum(a != b for a, b in zip(wrong["misspell-send"], text, strict=True)) == 1


def test_addresses_and_endings(server: dict[str, Case]) -> None:
    assert only_path(server["wrong-port"])[0] == Listen(host="", port=65433)
    assert only_path(server["wrong-interface"])[0] == Listen(host="127.0.0.1", port=65432)
    assert only_path(server["datagrams"])[0] == Listen(host="", port=65432, datagrams=True)
    assert only_path(server["does-nothing"]) == (Exit(0),)
    assert only_path(server["never-ends"])[-2:] == (Hang(), Exit(0))
    assert only_path(server["crash-at-end"])[-2:] == (Crash(), Exit(0))
    assert only_path(server["wrong-status"])[-1] == Exit(1)
    assert isinstance(only_path(server["never-closes"])[-3], ReadEnd)
    assert server["close-before:hello"].touches == ("stdout:hello", "stdout:goodbye", "end")


def test_what_the_tolerance_does_not_promise_is_a_mutant() -> None:
    lab = tp09()
    strict = replace(lab.tolerance, accents=Accents.REQUIRED, encodings=("utf-8",))
    cases, _ = made(replace(lab, tolerance=strict), "server")
    assert {"unaccent-send:greeting", "latin-1-send", "cp1252-send"} <= set(cases)


def test_an_echo_may_be_a_constant() -> None:
    lab = lab_of(
        {
            "server-one": """
            texts: drawn
            reference: [connect, send: a, {receive: a, proves: server.echo}, receive: end]
            """
        }
    )
    cases, _ = made(lab, "server")
    (send,) = (a for a in only_path(cases["constant-send:a"]) if isinstance(a, Send))
    assert not send.echo


def test_a_mutant_that_could_not_know_its_scenario_is_left_out() -> None:
    answer = "reference: [connect, send: {}, {{receive: {}, proves: server.x}}, receive: end]"
    lab = lab_of({"server-one": answer.format("a", "b"), "server-two": answer.format("c", "a")})
    cases, skipped = made(lab, "server")
    assert "early-send:b" not in cases
    assert skipped["early-send"] == "then nothing tells one scenario from another"
