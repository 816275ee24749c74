"""`wiregrade validate --prove`: what it says meanwhile and at last, and its exit status."""

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
from prove_tools import files
from test_cli_validate import WHOLE, lab, validate

from grader.prove import run as prove_run
from grader.prove.proof import Proof
from grader.run.errors import HostError

ROOT = Path(__file__).resolve().parent.parent


@pytest.mark.sandbox
def test_a_lab_that_is_proved(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bwrap()
    folder = lab(tmp_path, files(WHOLE))
    assert validate(folder, "--prove", "--python", python(), "--isolation", "full") == 0
    out, err = capsys.readouterr()
    assert "small: proved. Each of " in out
    assert "mutants that lose it" in out
    lines = err.splitlines()
    assert lines[0] == f"playing {len(lines) - 1} programs in client-one"
    assert any(line.endswith("] client model: loses nothing") for line in lines)
    assert any("client mutant 1/" in line for line in lines)


@pytest.mark.sandbox
def test_one_scenario_is_proved_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bwrap()
    other = "reference: [connect, {receive: b, proves: server.b}]\n"
    folder = lab(tmp_path, files({**WHOLE, "server-one": other}))
    asked = ["--prove", "--only", "server-one", "--python", python(), "--isolation", "full"]
    assert validate(folder, *asked) == 0
    out, err = capsys.readouterr()
    assert "small: in server-one alone right programs keep all points, " in out
    assert "client" not in err


def test_there_must_be_something_to_prove(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = lab(tmp_path, files(WHOLE))
    assert validate(folder, "--only", "client-one") == 2
    assert validate(folder, "--prove", "--role", "server") == 2
    assert validate(folder, "--prove", "--only", "client-two") == 2
    err = capsys.readouterr().err
    assert "add --prove" in err or "ajoutez --prove" in err
    assert "client-one" in err


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
        assert program.stdout is not None
        assert " programmes à jouer dans " in program.stderr.readline()
        program.send_signal(signal.SIGINT)
        rest, said = program.stderr.read(), program.stdout.read()
        assert program.wait() == 130
    assert "Traceback" not in rest
    assert "tp09\u00a0: interrompu quand " in said
    assert alive_in_group(program.pid) == []


def alive_in_group(group: int) -> list[str]:
    """Processes of the group that still run; a dead one may wait for init to notice."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, ProcessLookupError):
            if os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE:
                found.append(" ".join(process.cmdline()))
    return found
