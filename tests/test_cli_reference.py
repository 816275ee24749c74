"""`wiregrade reference`: each step in words."""

from __future__ import annotations

import pytest
from batch_tools import source

from grader.cli import app, reference
from grader.lab.script import script_of
from grader.lab.texts import texts_of
from reference import commands as c
from reference import events as e

LAB = source().lab


def teller(scenario: str, language: str) -> tuple[reference.Teller, list[str]]:
    lines: list[str] = []
    one = LAB.scenario(scenario)
    script = script_of(LAB, one, texts_of(LAB, one, "0"))
    return reference.Teller(script, reference._words(language), lines.append), lines


def test_a_scenario_step_by_step() -> None:
    told, lines = teller("client-nominal", "fr")
    told.begin("L'échange", "client", 5.0)
    for what in (
        c.Listen(),
        e.Connected(1, ("127.0.0.1", 65432), ("127.0.0.1", 40000)),
        c.Note(0, c.StepStatus.DONE, "connected"),
        c.Transmit(b"Bonjour", ("greeting",), True),
        e.Received(2, b"hello\x1b[31m\xff"),
        c.Note(2, c.StepStatus.MISSED, "stuck"),
        e.EndOfStream(3),
        e.ConnectionReset(4),
        c.CloseConnection(),
        c.Finish(),
    ):
        told.tell(what)
    text = "\n".join(lines)
    assert "J’écoute sur le port 65432" in text
    assert "→ envoyé (7 octets)\u00a0: « Bonjour »" in text
    assert "hello\\x1b[31m\\xff" in text
    assert "✗ message hello\u00a0: n’est pas venu" in text
    assert lines[-1] == "Fini\u00a0: 1 étapes sur 5."
    assert "\x1b" not in text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_event_and_command_can_be_told(language: str) -> None:
    for scenario in LAB.scenarios:
        told, _ = teller(scenario.id, language)
        for step in range(len(told.script.steps)):
            for status in c.StepStatus:
                told.tell(c.Note(step, status, "script"))
        for command in (c.ShutdownWrite(), c.Abort(), c.RestartProgram(), c.AwaitReady()):
            told.tell(command)
        for event in (e.Listening(0, "127.0.0.1", 1), e.Ready(0), e.Refused(0, "x")):
            told.tell(event)


def test_the_wrong_side_is_told_the_right_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["reference", "client", "tp09/client-nominal", "--lang", "en"]) == 2
    assert "wiregrade reference server tp09/client-nominal" in capsys.readouterr().err


def test_an_unknown_scenario_names_the_near_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["reference", "server", "tp09/client-nomnal"]) == 2
    assert "client-nominal" in capsys.readouterr().err
