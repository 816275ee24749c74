"""`wiregrade show`: what it shows to whom."""

from __future__ import annotations

from pathlib import Path

import pytest
from prove_tools import files

from grader.cli import app

ONE = "reference: [connect, {receive: a, proves: server.a}]\n"


def lab(folder: Path, more: str = "") -> str:
    for name, data in files({"server-one": more + ONE}).items():
        (folder / name).write_bytes(data)
    return str(folder)


def show(*arguments: str) -> int:
    return app.main(["show", *arguments])


def test_one_scenario(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("NO_COLOR", "1")
    assert show("tp09", "server-nominal", "--lang", "fr") == 0
    out = capsys.readouterr().out
    assert "votre serveur" in out
    assert "server-drawn" not in out
    assert "\x1b" not in out
    assert max(map(len, out.splitlines())) == 60


def test_statements_in_the_language_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = lab(tmp_path)
    (tmp_path / "statement.fr.md").write_text("# Le sujet\n", "utf-8")
    assert show(folder, "--format", "markdown", "--lang", "en") == 0
    assert capsys.readouterr().out.startswith("# Le sujet\n")
    (tmp_path / "statement.en.md").write_text("# The matter\n", "utf-8")
    assert show(folder, "--format", "html", "--lang", "en") == 0
    out = capsys.readouterr().out
    assert "<h1>The matter</h1>" in out
    assert "Le sujet" not in out


def test_a_statement_that_cannot_be_read_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = lab(tmp_path)
    (tmp_path / "statement.en.md").write_bytes(b"\xff")
    assert show(folder, "--format", "markdown") == 2
    assert "statement.en.md cannot be read" in capsys.readouterr().err


def test_what_is_hidden_is_for_teachers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = lab(tmp_path, "visibility: hidden\n")
    assert show(folder, "server-one") == 0
    assert "hidden from students" in capsys.readouterr().out
    assert show(folder, "server-one", "--format", "markdown") == 2
    assert "no handout has it" in capsys.readouterr().err


def test_the_near_scenario_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert show("tp09", "server-nomnal", "--lang", "en") == 2
    assert "there is server-nominal" in capsys.readouterr().err
