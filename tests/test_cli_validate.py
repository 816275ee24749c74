"""`wiregrade validate`: what it says, on which stream, and its exit status."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from engine_tools import bwrap, python
from prove_tools import Files, files

from grader.cli import app
from grader.prove import run as prove_run
from grader.prove.proof import Proof
from grader.run.errors import HostError

ROOT = Path(__file__).resolve().parent.parent
WHOLE = {
    "client-one": """\
reference:
  - accept
  - receive: a
    proves: client.a
  - receive: end
    proves: client.close
expect:
  connected: {port: 65432, proves: client.connect}
  exit: {status: 0, proves: client.exit}
"""
}


def lab(folder: Path, given: Files) -> str:
    for name, data in given.items():
        (folder / name).write_bytes(data)
    return str(folder)


def validate(*arguments: object) -> int:
    return app.main(["validate", *map(str, arguments)])


def test_a_lab_that_can_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert validate("tp09") == 0
    out, err = capsys.readouterr()
    assert out.startswith("tp09: no errors. 13 criteria, 20 points, 4 graded scenarios, ")
    assert "--prove" in out
    assert err == ""


def test_every_problem_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = lab(tmp_path, files({"client-one": "reference: [accept, send: zz, {receive: a}]\n"}))
    assert validate(folder, "--format", "json") == 2
    out, err = capsys.readouterr()
    assert "client-one.yaml:4:" in err
    problems = json.loads(out)["problems"]
    assert any(p["line"] == 4 and "zz" in p["message"] for p in problems)


def test_reading_only_as_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert validate("tp09", "--format", "json") == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["lab"], said["proved"]) == ({"id": "tp09", "max_score": "20"}, None)


@pytest.mark.sandbox
def test_a_lab_that_is_proved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bwrap()
    folder = lab(tmp_path, files(WHOLE))
    assert validate(folder, "--prove", "--python", python(), "--isolation", "full") == 0
    out, err = capsys.readouterr()
    assert "small: proved. Each of " in out
    assert "mutants that lose it" in out
    assert err.startswith("playing ")


@pytest.mark.sandbox
def test_a_lab_that_is_not_proved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bwrap()
    text = WHOLE["client-one"].replace(", proves: client.exit", "")
    folder = lab(tmp_path, files({"client-one": text}))
    assert validate(folder, "--prove", "--python", python(), "--format", "json") == 2
    out, err = capsys.readouterr()
    said = json.loads(out)
    assert said["proved"] is False
    assert {p["line"] for p in said["problems"]} == {12}
    assert f"{folder}/client-one.yaml:12:9: exit: nothing is lost when this does not hold" in err
    assert "wiregrade: 1 problem in the lab" in err
    assert any("(crash-at-end)" in remark["message"] for remark in said["remarks"])


def test_a_fault_of_the_machine_is_3_and_what_was_found_is_shown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = lab(tmp_path, files(WHOLE))

    class Broken:
        def __init__(self, options: object) -> None:
            pass

        def __enter__(self) -> Broken:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def play(self, jobs: Any) -> Any:
            from grader.run.engine import Engine
            from grader.run.jobs import EngineOptions

            real = Engine(EngineOptions(isolation="none", python="", bwrap=None))
            return [real.not_run(job, "the disk is full") for job in jobs]

    monkeypatch.setattr(prove_run, "Engine", Broken)
    assert validate(folder, "--prove", "--isolation", "none", "--python", python()) == 3
    out, err = capsys.readouterr()
    assert "small: not proved, " in out
    assert "client: model: the disk is full" in err


def test_a_machine_that_can_run_nothing_is_3(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> Proof:
        raise HostError("nothing runs here")

    monkeypatch.setattr(prove_run, "prove", broken)
    assert validate("tp09", "--prove", "--isolation", "none", "--python", python()) == 3
    assert "nothing runs here" in capsys.readouterr().err


@pytest.mark.sandbox
def test_an_interrupt_leaves_no_process(tmp_path: Path) -> None:
    bwrap()
    command = [sys.executable, "-m", "grader", "validate", "tp09", "--prove", "--jobs", "2"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CI": "1"}
    with subprocess.Popen(
        [*command, "--python", python()], stderr=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, env=environment, cwd=tmp_path, start_new_session=True,
    ) as program:  # fmt: skip
        assert program.stderr is not None
        assert program.stderr.readline().startswith("playing ")
        program.send_signal(signal.SIGINT)
        rest = program.stderr.read()
        assert program.wait() == 130
    assert "Traceback" not in rest
    assert alive_in_group(program.pid) == []


def alive_in_group(group: int) -> list[str]:
    """Processes of the group that still run; a dead one may wait for init to notice."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
    return found
