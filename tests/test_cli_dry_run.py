"""`grade --dry-run`: it says what `grade` then does, and leaves no trace."""

from __future__ import annotations

from pathlib import Path

import pytest
from batch_tools import SETTINGS, FakeEngine, judge, source, submission, waiting

from grader.batch import grading, output
from grader.batch.grading import Grading
from grader.cli import app
from grader.cli.dry_run import plan_text

OLD, NEW = submission("dupont"), submission("martin")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where one of two is graded."""
    with output.opened(tmp_path / "out") as folder:
        folder.mark(grading.marker_of(source(), SETTINGS))
        list(Grading(folder, source(), SETTINGS, judge).grade(waiting(OLD), FakeEngine()))
    return tmp_path / "out"


def plan(out: Path, *, fresh: bool = False) -> list[str]:
    folder = output.OutputFolder(out)
    both = waiting(OLD, NEW)
    return plan_text(both, folder, source(), SETTINGS, fresh=fresh).replace("\xa0", " ").split("\n")


def test_what_is_graded_is_taken_over_and_the_rest_counted(out: Path) -> None:
    engine = FakeEngine()
    told = plan(out)
    assert told[0] == "dupont : repris"
    assert told[1].startswith("martin : à noter, ")
    assert told[2].startswith("1 à noter, 1 repris, ")
    with output.opened(out) as folder:
        again = Grading(folder, source(), SETTINGS, judge)
        done = {one.grade.id: one for one in again.grade(waiting(OLD, NEW), engine)}
    assert done["dupont"].taken_over
    assert engine.played == ["martin"]
    runs = len(list((out / "martin" / "runs").glob("*.jsonl")))
    assert told[1] == f"martin : à noter, {runs} exécutions"


def test_fresh_or_changed_it_is_graded_anew(out: Path) -> None:
    assert plan(out, fresh=True)[2].startswith("2 à noter, 0 repris")
    next((out / "dupont" / "runs").glob("*.jsonl")).write_text("torn")
    assert plan(out)[2].startswith("2 à noter, 0 repris")


def test_nothing_is_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in" / "dupont"
    folder.mkdir(parents=True)
    (folder / "serveur.py").write_text("print(1)\n")
    (tmp_path / "in" / "notes.txt").write_text("")
    asked = ["grade", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--lang", "en"]
    assert app.main([*asked, "--dry-run", "--isolation", "none"]) == 0
    told = capsys.readouterr()
    assert "dupont: to be graded" in told.out
    assert "notes.txt" in told.err
    assert not (tmp_path / "out").exists()
