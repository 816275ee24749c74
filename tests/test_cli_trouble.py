"""What of the machine keeps `check` from checking: each cause in its own words."""

from __future__ import annotations

import errno
import os
import sys
from dataclasses import replace

import pytest
from batch_tools import source

from grader.cli import trouble
from grader.cli.errors import FAULT, CommandError
from grader.cli.streams import in_words
from grader.run import ports
from grader.run.errors import HostError
from grader.run.host import Fact, HostReport

LAB = replace(source().lab, port=65001)


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine where nothing is wrong; tests say what is."""
    monkeypatch.setattr(ports, "holder", lambda port: None)
    monkeypatch.setattr(ports, "loopback_error", lambda: None)
    monkeypatch.setattr(ports, "bind_error", lambda port: None)
    return monkeypatch


def refused(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def told() -> tuple[str, str]:
    with pytest.raises(CommandError) as raised:
        trouble.look_at_network(LAB, "fr")
    assert raised.value.status == FAULT
    return in_words(raised.value.message, "fr"), in_words(raised.value.message, "en")


def test_a_machine_that_works_is_not_spoken_of(
    quiet: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    trouble.look_at_network(LAB, "fr")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("holder", "said"),
    [(ports.Holder(12, "python3 serveur.py"), "(pid 12)"), (ports.Holder(None, ""), "autre")],
)
def test_a_taken_port(quiet: pytest.MonkeyPatch, holder: ports.Holder, said: str) -> None:
    quiet.setattr(ports, "holder", lambda port: holder)
    french, english = told()
    assert said in french
    assert "port 65001 is taken" in english


def test_a_firewall_is_no_fault_of_the_programs(quiet: pytest.MonkeyPatch) -> None:
    quiet.setattr(ports, "loopback_error", lambda: refused(errno.ECONNREFUSED))
    french, english = told()
    assert "pare-feu" in french
    assert "firewall" in english


def test_a_reserved_port(quiet: pytest.MonkeyPatch) -> None:
    quiet.setattr(ports, "bind_error", lambda port: refused(errno.EACCES))
    assert "reserves port 65001" in told()[1]


def test_a_port_that_is_still_kept_is_a_note_only(
    quiet: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    quiet.setattr(ports, "bind_error", lambda port: refused(errno.EADDRINUSE))
    trouble.look_at_network(LAB, "en")
    assert "Address already in use" in capsys.readouterr().err


def test_who_asked_for_a_python_that_is_not_there() -> None:
    error = HostError("there is no program 'python9'")
    asked = trouble.python_trouble(error, "python9", "python3.12")
    assert "--python python9 does not start" in in_words(asked.message, "en")
    by_lab = trouble.python_trouble(error, None, "python3.12")
    assert "the lab asks for python3.12" in in_words(by_lab.message, "en")
    neither = trouble.python_trouble(error, None, None)
    assert "Name one" in in_words(neither.message, "en")
    assert asked.status == by_lab.status == neither.status == FAULT


def test_elsewhere_than_on_linux_there_is_none(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    host = HostReport(facts=(), python="", version="", bwrap=None)
    trouble.say_unisolated(host, "fr")
    trouble.say_unisolated(host, "en")
    said = capsys.readouterr().err
    assert "que sous Linux" in said
    assert "only Linux has it" in said


def test_what_cannot_be_seen_is_said_to_cost_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    trouble.say_paced("fr")
    trouble.say_paced("en")
    said = capsys.readouterr().err
    assert "est compté juste" in said
    assert "counts as right" in said


def test_no_isolation_is_said_with_its_cause(capsys: pytest.CaptureFixture[str]) -> None:
    lacking = Fact(name="network", ok=False, detail="not \x1b[1mpermitted")
    host = HostReport(facts=(lacking,), python="", version="", bwrap=None)
    trouble.say_unisolated(host, "en")
    said = capsys.readouterr().err
    assert "network: not " in said
    assert "\x1b" not in said
    assert "graded the same" in said
    assert "wiregrade doctor" in said
