"""From a platform's download to its grades and back: every student matched, none invented or lost.

Thirty-five hard names in each layout (`lms_classes`) are read, graded by a judge that gives
everybody a score of their own, exported, and read back as the platforms read it
(`export_rules`). Nothing is played: what programs do is other tests' business.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import export_rules
import lms_classes
import pytest
from batch_tools import SETTINGS, FakeEngine, source
from batch_tools import judge as half
from lms_classes import LAYOUTS, Downloaded
from test_formats_canvas import gradebook
from test_formats_canvas import row as canvas_row
from test_formats_moodle import row as moodle_row
from test_formats_moodle import worksheet

from grader.batch import output, pages
from grader.batch.grading import Grading, Waiting, marker_of
from grader.cli import app
from grader.intake.importing import Options, class_at
from grader.intake.layouts.pattern import compiled
from grader.intake.roster import read_roster
from grader.judge.model import Grade
from grader.lab.model import Lab
from grader.submission import Submission
from grader.transcript import Recorded

_WHO = re.compile(rb"^# (\d+)$", re.MULTILINE)


def score_of(files: dict[str, bytes]) -> float:
    """The score of whoever handed these in: the number in their programs, in half points."""
    (who,) = {int(found[1]) for data in files.values() for found in _WHO.finditer(data)}
    return (who % 41) / 2


def judge(lab: Lab, one: Submission, seed: str, runs: Sequence[Recorded]) -> Grade:
    blank = half(lab, one, seed, runs)
    score = score_of({file.path: file.data for file in one.files})
    return replace(blank, score=Fraction(score), complete=True, criteria=())


def graded(made: Downloaded, folder: Path, **options: Any) -> Path:
    """The download, read and graded; the output folder."""
    lab = source().lab
    handed_in = made.zip(folder / "download.zip")
    with (
        class_at(handed_in, lab.roles, Options(**options)) as found,
        output.opened(folder / "out") as out,
    ):
        out.mark(marker_of(source(), SETTINGS))
        grading = Grading(out, source(), SETTINGS, judge)
        waiting = [Waiting(one.id, one.name, one.read) for one in found.entrants]
        done = list(grading.grade(waiting, FakeEngine()))
        grades = sorted((each.grade for each in done), key=lambda grade: grade.id)
        pages.write_class(out, lab, SETTINGS, grades)
    return folder / "out"


def export(out: Path, target: Path, to: str, *more: str) -> bytes:
    status = app.main(["export", str(out), "--to", to, "--output", str(target), *more])
    assert status == 0
    return target.read_bytes()


@pytest.mark.parametrize("name", LAYOUTS)
def test_everybody_comes_back_with_their_own_score(name: str, tmp_path: Path) -> None:
    made = LAYOUTS[name][1]()
    assert len(made.rows) >= 30
    all_are_there(made, graded(made, tmp_path), tmp_path)


@pytest.mark.parametrize(
    ("make", "options"),
    [
        (lms_classes.moodle_teams, {}),
        (lms_classes.canvas_groups, {}),
        (lms_classes.google, {"layout": "google"}),
        (
            lambda: lms_classes.plain("files"),
            {"pattern": compiled("(?P<student>.+)__(?P<file>.+)")},
        ),
    ],
    ids=["moodle-teams", "canvas-groups", "google", "pattern"],
)
def test_so_do_teams_and_who_is_known_by_a_list(
    make: Callable[[], Downloaded], options: dict[str, Any], tmp_path: Path
) -> None:
    made = make()
    assert len(made.rows) >= 30
    roster = read_roster(lms_classes.roster_csv(made.roster)) if made.roster else None
    all_are_there(made, graded(made, tmp_path, roster=roster, **options), tmp_path)


def all_are_there(made: Downloaded, out: Path, folder: Path) -> None:
    text = export(out, folder / "grades.csv", "csv", "--lang", "en").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), strict=True))
    came = Counter((_name(one["name"]), float(one["score"])) for one in rows)
    assert came == Counter((_name(who), score_of(files)) for who, files in made.rows)


def _name(written: str) -> str:
    """Without the sign that keeps a spreadsheet from computing it; accents in one form."""
    return unicodedata.normalize("NFC", written.lstrip("'"))


@pytest.mark.parametrize("name", [name for name in LAYOUTS if name.startswith("moodle")])
def test_moodle_takes_back_its_worksheet_and_reports(name: str, tmp_path: Path) -> None:
    made = LAYOUTS[name][1]()
    out = graded(made, tmp_path)
    numbers = [int(re.findall(r"_(\d+)_assignsubmission", path)[0]) for path in made.files]
    # In the order of the rows: the truth knows no numbers, the paths do.
    truth = {
        number: score_of(files)
        for number, (_, files) in zip(dict.fromkeys(numbers), made.rows, strict=True)
    }
    sheet = tmp_path / "Notes.csv"
    blind = "blind" in name
    people = [
        moodle_row(number, f"Participant {number}" if blind else who)
        for number, (who, _) in zip(truth, made.rows, strict=True)
    ]
    sheet.write_bytes(worksheet([*people, moodle_row(1, "Nobody Here")]))
    filled = export(out, tmp_path / "filled.csv", "moodle", "--worksheet", str(sheet))
    taken = export_rules.moodle_import(filled, 20)
    assert {number: grade for number, (grade, _) in taken.items()} == truth
    zipped = export(out, tmp_path / "feedback.zip", "moodle-feedback", "--worksheet", str(sheet))
    with zipfile.ZipFile(io.BytesIO(zipped)) as archive:
        back = export_rules.moodle_feedback(archive.namelist())
    assert back == {number: ["report.html"] for number in truth}


def test_canvas_takes_back_its_gradebook(tmp_path: Path) -> None:
    made = lms_classes.canvas()
    out = graded(made, tmp_path)
    people = [canvas_row(int(one["ID"]), one["Student"]) for one in made.roster]
    sheet = tmp_path / "gradebook.csv"
    sheet.write_bytes(gradebook([*people, canvas_row(1, "Nobody Here")]))
    filled = export(
        out, tmp_path / "filled.csv", "canvas", "--worksheet", str(sheet), "--assignment", "TP 09"
    )
    truth: dict[str, float | None] = {
        one["ID"]: score_of(files) for one, (_, files) in zip(made.roster, made.rows, strict=True)
    }
    taken = export_rules.canvas_import(filled, "TP 09")
    assert {who: score for who, score in taken.items() if score is not None} == truth
