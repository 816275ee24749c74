"""`wiregrade validate`: what it says, on which stream, and its exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from prove_tools import Files, files

from grader.cli import app

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
    assert validate("tp09", "--lang", "en") == 0
    out, err = capsys.readouterr()
    assert out.startswith("tp09: no errors. 13 criteria, 20 points, 4 graded scenarios, ")
    assert "--prove" in out
    assert err == ""
    assert validate("tp09") == 0  # in the lab's language
    out = capsys.readouterr().out
    assert out.startswith("tp09\u00a0: pas d’erreur. 13 critères, 20 points, 4 scénarios notés, ")


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
