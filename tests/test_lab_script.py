from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.lab.load import load_lab
from grader.lab.model import Delivery
from grader.lab.script import delivery_of, pieces_of, script_of
from grader.lab.texts import texts_of
from grader.resources import scenarios_root
from reference.script import (
    Accept,
    Close,
    Connect,
    OnMiss,
    Receive,
    ReceiveEnd,
    Refuse,
    Restart,
    Script,
    Send,
)

LAB = load_lab(scenarios_root() / "tp09")


def script(identifier: str) -> Script:
    scenario = LAB.scenario(identifier)
    return script_of(LAB, scenario, texts_of(LAB, scenario, "0" * 32))


def test_the_exchange_of_the_statement() -> None:
    made = script("server-nominal")
    assert made.port == 65432
    connect, greeting, hello, goodbye, end = made.steps
    assert isinstance(connect, Connect)
    assert isinstance(end, ReceiveEnd)
    assert hello == Send(messages=("hello",), pieces=(LAB.messages["hello"].text.encode(),))
    assert isinstance(goodbye, Send)
    assert isinstance(greeting, Receive)
    text = LAB.messages["greeting"].text.encode()
    assert greeting.length_in(text + b"more") == len(text)
    assert greeting.length_in(text[:-5]) is None
    assert {step.on_miss for step in made.steps} == {OnMiss.CONTINUE}


@pytest.mark.parametrize(
    ("identifier", "index", "kind"),
    [
        ("client-nominal", 0, Accept),
        ("client-no-server", 0, Refuse),
        ("server-client-leaves", 2, Close),
        ("server-restart", 5, Restart),
    ],
)
def test_other_steps(identifier: str, index: int, kind: type) -> None:
    assert isinstance(script(identifier).steps[index], kind)


def test_a_script_has_the_scenarios_steps_one_by_one() -> None:
    for scenario in LAB.scenarios:
        assert len(script(scenario.id).steps) == len(scenario.steps)


def sends(identifier: str) -> Send:
    return next(step for step in script(identifier).steps if isinstance(step, Send))


def test_deliveries() -> None:
    hello, goodbye = (LAB.messages[name].text.encode() for name in ("hello", "goodbye"))
    together = sends("server-coalesced")
    assert (together.messages, together.pieces) == (("hello", "goodbye"), (hello + goodbye,))
    assert sends("server-split").pieces == (hello[:22], hello[22:])
    first, second = sends("client-split-character").pieces
    assert first.endswith("la connexion est é".encode()[:-1])
    assert second == "é".encode()[1:] + b"tablie"
    assert len(sends("server-long").pieces[0]) >= 1500
    drawn = sends("server-split-character").pieces
    with pytest.raises(UnicodeDecodeError):
        drawn[0].decode()
    assert b"".join(drawn).decode()


def test_the_delivery_of_a_scenario() -> None:
    assert [delivery_of(LAB.scenario(name)) for name in (
        "server-nominal", "server-coalesced", "client-split-character", "client-no-server",
    )] == ["separate", "coalesced", "split", "separate"]  # fmt: skip


def test_a_step_that_stops() -> None:
    scenario = LAB.scenario("server-nominal")
    steps = tuple(replace(step, stop_on_miss=True) for step in scenario.steps)
    made = script_of(LAB, replace(scenario, steps=steps), texts_of(LAB, scenario, "0"))
    assert {step.on_miss for step in made.steps} == {OnMiss.STOP}


@given(
    st.text(min_size=1, alphabet=st.characters(codec="utf-8")).map(str.encode),
    st.sets(st.integers(1, 50)).map(sorted).map(tuple),
    st.booleans(),
    st.booleans(),
)
def test_pieces_are_the_whole_and_none_is_empty(
    data: bytes, offsets: tuple[int, ...], every: bool, inside: bool
) -> None:
    delivery = Delivery(mode="split", offsets=offsets, every=every, inside=inside)
    pieces = pieces_of(data, delivery)
    assert b"".join(pieces) == data
    assert all(pieces)
    if every:
        assert {len(piece) for piece in pieces} == {1}
