"""`grade --id`: one is graded anew, and nothing of the others is touched."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Self

import pytest
from batch_tools import FakeEngine

from grader.cli import app, executor
from grader.run.jobs import EngineOptions, Job, Played
from grader.run.meter import Meter


class Engine(FakeEngine):
    """The engine of `grade`, which plays nothing."""

    last: Engine

    def __init__(self, options: EngineOptions, meter: Meter, *, pulse: float, once: bool) -> None:
        super().__init__()
        Engine.last = self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *arguments: object) -> None:
        pass

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        return super().play(jobs)


@pytest.fixture
def graded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A class of three, graded; then two of them hand in once more."""
    monkeypatch.setattr(executor, "Engine", Engine)
    for name in ("abel", "dupont", "zoe"):
        (tmp_path / "in" / name).mkdir(parents=True)
        (tmp_path / "in" / name / "serveur.py").write_text(f"print(1, {name!r})\n")
        (tmp_path / "in" / name / "client.py").write_text("print(2)\n")
    assert grade(tmp_path) == 0
    assert {*Engine.last.played} == {"abel", "dupont", "zoe"}
    for name in ("abel", "dupont"):
        (tmp_path / "in" / name / "serveur.py").write_text(f"print(3, {name!r})\n")
    return tmp_path


def grade(folder: Path, *more: str) -> int:
    places = [str(folder / "in"), "--out", str(folder / "out")]
    return app.main(["grade", *places, "--isolation", "none", "--lang", "en", *more])


def of(out: Path, name: str) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in sorted((out / name).rglob("*")) if p.is_file()}


def test_only_that_one_is_played(graded: Path) -> None:
    out = graded / "out"
    before = {name: of(out, name) for name in ("abel", "dupont", "zoe")}
    assert grade(graded, "--id", "dupont") == 0
    assert {*Engine.last.played} == {"dupont"}
    assert of(out, "abel") == before["abel"], "handed in again, but not asked for"
    assert of(out, "zoe") == before["zoe"]
    assert of(out, "dupont") != before["dupont"]
    listed = json.loads((out / "results.json").read_bytes())["submissions"]
    assert [one["id"] for one in listed] == ["abel", "dupont", "zoe"]


def test_who_has_withdrawn_meanwhile_keeps_the_grade_of_before(graded: Path) -> None:
    shutil.rmtree(graded / "in" / "zoe")
    assert grade(graded, "--id", "dupont") == 0
    assert {*Engine.last.played} == {"dupont"}
    listed = json.loads((graded / "out" / "results.json").read_bytes())["submissions"]
    assert [one["id"] for one in listed] == ["abel", "dupont", "zoe"]


def test_who_is_not_there(graded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert grade(graded, "--id", "dupond") == 2
    assert "near ones: dupont" in capsys.readouterr().err


def test_other_options_are_no_part_of_the_same_class(
    graded: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (graded / "out" / ".wiregrade.json").read_bytes()
    assert grade(graded, "--id", "dupont", "--seed", "other") == 2
    assert "grade all of it" in capsys.readouterr().err
    assert (graded / "out" / ".wiregrade.json").read_bytes() == before


def test_who_would_be_lost_stops_it(graded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (graded / "out" / "zoe" / "submission.json").unlink()
    before = (graded / "out" / "results.json").read_bytes()
    assert grade(graded, "--id", "dupont") == 2
    assert "zoe" in capsys.readouterr().err
    assert (graded / "out" / "results.json").read_bytes() == before
