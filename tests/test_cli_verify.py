"""`wiregrade verify`: says in words what differs, and ends with 0 or 2."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from batch_tools import SETTINGS, FakeEngine, source

from grader.batch import grading, output, pages, verify
from grader.batch.grading import Grading, Waiting
from grader.batch.judging import judge_run
from grader.cli import app
from grader.cli import verify as command
from grader.intake.discover import discover
from grader.intake.reading import read


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A graded class of one server and one folder without files."""
    (tmp_path / "all" / "dupont").mkdir(parents=True)
    (tmp_path / "all" / "dupont" / "serveur.py").write_text("print(1)\n")
    (tmp_path / "all" / "vide").mkdir()
    entries = [
        Waiting(entry.id, entry.name, lambda entry=entry: read(entry, source().lab.roles))  # type: ignore[misc]
        for entry in discover(tmp_path / "all", source().lab.roles).entries
    ]
    with output.opened(tmp_path / "out") as folder:
        folder.mark(grading.marker_of(source(), SETTINGS))
        done = list(Grading(folder, source(), SETTINGS, judge_run).grade(entries, FakeEngine()))
        grades = sorted((one.grade for one in done), key=lambda grade: grade.id)
        pages.write_class(folder, source().lab, SETTINGS, grades)
    return tmp_path / "out"


def test_unchanged_is_zero(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["verify", str(out), "--submissions", str(out.parent / "all")]) == 0
    assert capsys.readouterr().out.startswith("Rien n’a changé (remises\u00a0: 2,")
    assert app.main(["verify", str(out), "--lang", "en"]) == 0
    assert capsys.readouterr().out.startswith("Unchanged (submissions: 2")


def test_a_difference_is_two_and_said(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (out / "dupont" / "result.json").write_text("{}")
    (out / "dupont" / "runs" / "x\x1b[31m").write_text("")
    (out.parent / "all" / "dupont" / "serveur.py").write_text("print(2)\n")
    arguments = ["verify", str(out), "--lang", "en", "--submissions", str(out.parent / "all")]
    assert app.main(arguments) == 2
    told = capsys.readouterr().out.splitlines()
    assert told == [
        "dupont: was handed in again, and differs",
        "dupont/result.json: is not what the saved runs come to",
        "dupont/runs/x\\x1b[31m: was not written by Wiregrade",
        told[-1],
    ]
    assert told[-1].startswith("Differences: 3 (submissions: 2")


def test_what_is_no_output_folder_is_two(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(["verify", str(tmp_path)]) == 2
    assert "holds no results" in capsys.readouterr().err
    (tmp_path / output.MARKER).write_text("{")
    assert app.main(["verify", str(tmp_path)]) == 2
    assert "not readable" in capsys.readouterr().err


def test_each_change_has_its_words() -> None:
    for code in get_args(verify.Code):
        for language in ("fr", "en"):
            assert command.in_words(verify.Change("x", code), language).startswith("x")
