"""Samples of a lab against what is expected of them, and how the command tells it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from engine_tools import bwrap, python

from grader.cli import app

RIGHT = """\
import socket
with socket.create_server(("", 7000)) as listener:
    connection, address = listener.accept()
    with connection:
        connection.sendall(b"hello my dear client\\n")
"""
LAB = """\
lab: small
title: Small
language: en
port: 7000
messages: {hello: hello my dear client}
criteria:
  server.hello: {points: 2, title: T, requirement: R, hint: H}
scenarios: [server-one]
"""
SCENARIO = """\
scenario: server-one
tests: server
title: One
reference: [connect, {receive: hello, proves: server.hello}, receive: end]
"""


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    (tmp_path / "lab.yaml").write_text(LAB, "utf-8")
    (tmp_path / "server-one.yaml").write_text(SCENARIO, "utf-8")
    programs = {
        "right": RIGHT,
        "wrong": RIGHT.replace("dear", "new"),
        "empty": "import socket\nprint(socket.AF_INET)\n",
    }
    expected = {
        "right": "score: 2\ndiagnoses: []\nruns: {server-one: completed}\n",
        "wrong": "score: 2\ncriteria: {server.hello: pass}\ndiagnoses: [never-closes]\n",
        "empty": "score: 0\nruns: {server-one: crashed}\n",
    }
    for name, program in programs.items():
        folder = tmp_path / "samples" / name
        folder.mkdir(parents=True)
        (folder / "server.py").write_text(program, "utf-8")
        (folder / "expected.yaml").write_text(expected[name], "utf-8")
    return tmp_path


def validate(*arguments: object) -> int:
    how = ["--python", python(), "--isolation", "full"]
    return app.main(["validate", *map(str, arguments), *how])


@pytest.mark.sandbox
def test_what_is_not_as_expected_is_told(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bwrap()
    assert validate(lab, "--samples") == 2
    out, err = capsys.readouterr()
    lines = out.splitlines()
    assert "wrong: 0 points, expected 2" in lines
    assert any(line.startswith("wrong: server.hello: fail, expected pass (") for line in lines)
    assert any(line.startswith("wrong: never-closes is not named; what is: ") for line in lines)
    assert "empty: server-one: completed, expected crashed" in lines
    assert lines[-1] == "small: 1 of 3 samples are as expected, 2 not."
    assert sorted(line.partition("] ")[2] for line in err.splitlines()) == [
        "empty: differs", "right: as expected", "wrong: differs",
    ]  # fmt: skip


@pytest.mark.sandbox
def test_one_sample_as_data(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bwrap()
    assert validate(lab, "--samples", "--only", "right", "--format", "json") == 0
    (sample,) = json.loads(capsys.readouterr().out)["samples"]
    assert sample == {
        "name": "right", "score": "2", "expected": "2", "differences": [], "fault": None,
    }  # fmt: skip


def test_a_sample_says_what_is_expected(lab: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (lab / "samples" / "right" / "expected.yaml").unlink()
    assert validate(lab, "--samples") == 2
    assert "samples/right/expected.yaml:1:1: it can't be read" in capsys.readouterr().err
    assert validate(lab, "--samples", "--only", "lost") == 2
    assert "pas d’exemple lost" in capsys.readouterr().err
