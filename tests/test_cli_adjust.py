"""`wiregrade adjust`: kept through everything that grades again, and shown wherever points are."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import export_rules
import pytest
from batch_tools import SETTINGS, FakeEngine, source, submission, waiting

from grader.batch import adjustments, grading, output, pages
from grader.batch.grading import Grading
from grader.batch.judging import judge_run
from grader.cli import app
from grader.judge.model import Programs

WHY = "« vu » en TP <b>\x1b[1m=1+1"


def grade(out: Path, *, fresh: bool = False, outcome: str = "completed") -> None:
    """What `grade` does, the programs not run."""
    lab = source()
    with output.opened(out) as folder:
        folder.mark(grading.marker_of(lab, SETTINGS))
        judge = adjustments.judging(folder, judge_run)
        graded = Grading(folder, lab, SETTINGS, judge, fresh=fresh)
        both = Programs(server="serveur.py", client="serveur.py")
        two = waiting(
            *(replace(submission(who), programs=both, missing=()) for who in ("dupont", "martin"))
        )
        done = list(graded.grade(two, FakeEngine(outcome=outcome)))
        pages.write_class(folder, lab.lab, SETTINGS, [one.grade for one in done])


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A graded class of two: neither of them listens."""
    grade(tmp_path / "out")
    return tmp_path / "out"


def adjust(out: Path, *more: str, criterion: str = "server.print2", who: str = "dupont") -> int:
    return app.main(["adjust", str(out), who, "--criterion", criterion, "--lang", "fr", *more])


def given(out: Path) -> int:
    return adjust(out, "--points", "1.5", "--why", WHY)


def document(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(path.read_bytes())
    return read


def of(submission: dict[str, Any]) -> dict[str, Any]:
    (one,) = [c for c in submission["criteria"] if c["id"] == "server.print2"]
    return dict(one)


def has_it(out: Path) -> None:
    result = document(out / "dupont" / "result.json")
    listed = document(out / "results.json")["submissions"]
    (row, other) = csv.DictReader((out / "grades.csv").read_text().splitlines())
    for one in (result, listed[0]):
        assert one["score"] == 1.5
        assert (of(one)["status"], of(one)["points"]) == ("fail", 0)
        assert of(one)["adjusted"]["points"] == 1.5
        assert of(one)["adjusted"]["why"] == "« vu » en TP <b>\\x1b[1m=1+1"
    assert "adjusted" not in of(listed[1])
    assert (row["score"], row["server.print2"]) == ("1.5", "1.5")
    assert (other["score"], other["server.print2"]) == ("0", "0")
    page = (out / "dupont" / "index.html").read_text()
    assert "Points donnés à la main" in page
    assert "&lt;b&gt;" in page
    assert "\x1b" not in page
    assert "Points donnés à la main" in (out / "index.html").read_text()


def test_it_is_kept_through_all_that_grades_again(out: Path) -> None:
    before = (out / "martin" / "result.json").read_bytes()
    assert given(out) == 0
    has_it(out)
    for again in ("grade", "fresh", "report"):
        if again == "report":
            assert app.main(["report", str(out)]) == 0
        else:
            grade(out, fresh=again == "fresh")
        has_it(out)
    assert app.main(["verify", str(out)]) == 0
    assert (out / "martin" / "result.json").read_bytes() == before


def test_taken_back_all_is_as_it_was(out: Path) -> None:
    before = {p: p.read_bytes() for p in out.rglob("*") if p.is_file() and p.suffix != ".lock"}
    assert given(out) == 0
    assert adjust(out, "--remove") == 0
    changed = {p.name for p, data in before.items() if p.read_bytes() != data}
    assert changed <= {".wiregrade.json"}
    assert adjust(out, "--remove") == 2


def test_the_student_reads_it_in_the_copy(out: Path, tmp_path: Path) -> None:
    assert given(out) == 0
    copy = tmp_path / "copies"
    assert app.main(["report", str(out), "--audience", "student", "--out", str(copy)]) == 0
    assert document(copy / "dupont" / "result.json")["score"] == 1.5
    assert "Points donnés à la main" in (copy / "dupont" / "index.html").read_text()
    assert "Points donnés à la main" not in (copy / "martin" / "index.html").read_text()


def test_exports_add_up(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert given(out) == 0
    capsys.readouterr()
    readers: dict[str, Any] = {
        "gradescope": export_rules.gradescope,
        "prairielearn": export_rules.prairielearn,
    }
    most = document(out / "dupont" / "result.json")["max_score"]
    for name, reader in readers.items():
        assert app.main(["export", str(out), "--to", name, "--id", "dupont"]) == 0
        exported = json.loads(capsys.readouterr().out)
        assert reader(exported) == (1.5 if name == "gradescope" else 1.5 / most)
        points = [one.get("score", one.get("points")) for one in exported["tests"]]
        assert sum(points) == 1.5
    assert app.main(["export", str(out), "--to", "classroom", "--id", "dupont"]) == 0
    assert export_rules.classroom(capsys.readouterr().out)[0] == 1.5


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--points", "3", "--why", "w"), "de 0 à 2"),
        (("--points", "1e3", "--why", "w"), "not a number of points"),
        (("--points", "-1", "--why", "w"), "not a number of points"),
        (("--points", "1", "--why", " \t"), "motif"),
        (("--points", "1", "--why", "x" * 1001), "trop long"),
        (("--points", "1"), "--why"),
        (("--why", "w"), "--points"),
        (("--remove", "--points", "1"), "--remove"),
        (("--remove",), "n’est pas ajusté"),
    ],
)
def test_what_makes_no_sense_is_refused(
    asked: tuple[str, ...], said: str, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert adjust(out, *asked) == 2
    assert said in capsys.readouterr().err
    assert not (out / adjustments.FILE).exists()


def test_who_and_what_nobody_knows(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    more = ("--points", "1", "--why", "w")
    assert adjust(out, *more, who="dupond") == 2
    assert "vouliez-vous dire dupont" in capsys.readouterr().err
    assert adjust(out, *more, who="../etc") == 2
    assert adjust(out, *more, criterion="server.print3") == 2
    assert "server.print2" in capsys.readouterr().err
    assert not (out / adjustments.FILE).exists()


def test_what_was_not_graded_is_not_adjusted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    grade(tmp_path / "out", outcome="not_run")
    assert given(tmp_path / "out") == 2
    assert "notez de nouveau" in capsys.readouterr().err


def test_a_broken_file_is_told_before_anything_is_graded(out: Path) -> None:
    (out / adjustments.FILE).write_text("{")
    before = (out / "results.json").read_bytes()
    for command in ("report", "verify"):
        assert app.main([command, str(out)]) == 2
    assert given(out) == 2
    assert (out / "results.json").read_bytes() == before
