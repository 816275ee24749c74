"""`wiregrade try`: each event of a run that needs nobody's program, and the points."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_tools import bwrap, python
from prove_tools import files
from test_cli_validate import WHOLE, lab

from grader.cli import app


def tried(*arguments: str) -> int:
    return app.main(["try", *arguments, "--python", python(), "--lang", "en"])


@pytest.mark.sandbox
def test_events_then_points(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bwrap()
    assert tried(lab(tmp_path, files(WHOLE)), "client-one") == 0
    out = capsys.readouterr().out
    told = ["client-one", "started", "connected", "first words 65432", "ends, status 0", "4/4"]
    places = [out.index(part) for part in told]
    assert places == sorted(places)


@pytest.mark.sandbox
def test_a_lab_that_takes_points_from_the_model_is_to_be_mended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bwrap()
    both = "  stdout: [{contains: a, proves: client.print}, {absent: a, proves: client.no}]\n"
    wrong = {"client-one": WHOLE["client-one"] + both}
    assert tried(lab(tmp_path, files(wrong))) == 2
    assert "5/6" in capsys.readouterr().out


def test_what_nobody_could_do_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "texts: {b: drawn}\nreference: [connect, {receive: a, proves: server.a}, {send: b}]\n"
    more = "reference: [connect, {receive: c, proves: server.c}]\n"
    assert tried(lab(tmp_path, files({"server-one": text, "server-two": more}))) == 2
    assert "no program can do all that is asked for" in capsys.readouterr().err


@pytest.mark.sandbox
def test_a_scenario_that_is_named_is_tried_by_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bwrap()
    text = "reference: [connect, {receive: a, proves: server.a}]\n"
    more = "reference: [connect, {receive: c, proves: server.c}]\n"
    folder = lab(tmp_path, files({"server-one": text, "server-two": more}))
    assert tried(folder, "server-two") == 0
    assert "1/1" in capsys.readouterr().out


def test_there_must_be_something_to_play(capsys: pytest.CaptureFixture[str]) -> None:
    assert tried("tp09", "own-pair") == 2
    assert "nothing to play here" in capsys.readouterr().err
