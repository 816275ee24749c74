"""Lists of steps that scenarios share."""

from __future__ import annotations

import pytest
from prove_tools import files

from grader.lab.load import load_lab_bytes
from grader.lab.model import Action, Lab
from grader.lab.problems import LabError
from grader.prove.places import places_of

STEPS = """\
steps:
  come: [connect, {receive: a, proves: server.a}]
  twice: [{repeat: {times: 2, steps: [{send: b}, {receive: c, proves: server.c}]}}]
"""
USED = {
    "server-one": "reference: [{use: come}, {use: twice}, receive: end]\n",
    "server-two": "reference: [{use: come, as: alice}, {use: come, as: bob},"
    " {use: twice, as: bob}, close: bob, {receive: end, as: alice}]\n",
    "server-last": "reference: [connect, {receive: a, proves: server.a},"
    " {send: b}, {receive: c, proves: server.c}]\n",
}


def lab_of(scenarios: dict[str, str], more: str = STEPS) -> Lab:
    return load_lab_bytes(files(scenarios, more))


def test_steps_are_as_if_they_had_been_written_out() -> None:
    one = lab_of(USED).scenario("server-one")
    plain = [(step.action, step.messages) for step in one.steps]
    told = [(Action.SEND, ("b",)), (Action.RECEIVE, ("c",))]
    come = [(Action.CONNECT, ()), (Action.RECEIVE, ("a",))]
    assert plain == [*come, *told, *told, (Action.END, ())]


def test_they_may_be_of_a_connection() -> None:
    two = lab_of(USED).scenario("server-two")
    assert [step.connection for step in two.steps] == [
        *["alice"] * 2, *["bob"] * 2, *["bob"] * 4, "bob", "alice",
    ]  # fmt: skip


def test_what_they_prove_has_its_place_in_the_lab_s_file() -> None:
    given = files(USED, STEPS)
    lines = places_of(load_lab_bytes(given), given).lines
    assert {(x.scenario, x.place.file) for x in lines if x.proves == "server.a"} == {
        ("server-one", "lab.yaml"), ("server-two", "lab.yaml"), ("server-last", "server-last.yaml"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ("{use: com}", "use: no 'com' in `steps:` of lab.yaml; did you mean 'come'?"),
        ("{use: come, within: 2 s}", "only 'as' may stand beside 'use', not 'within'"),
        ("use", "'use' needs what belongs to it"),
        ("repeat", "'repeat' needs what belongs to it"),
        ("{use: come, as: '?'}", "as"),
    ],
)
def test_what_is_wrong_is_told(step: str, problem: str) -> None:
    with pytest.raises(LabError) as told:
        lab_of({**USED, "server-wrong": f"reference: [{step}, connect, receive: a]\n"})
    assert problem in str(told.value)


def test_lists_do_not_use_each_other() -> None:
    with pytest.raises(LabError, match="a list of steps uses no other"):
        lab_of(USED, STEPS + "  both: [{use: come}]\n")
