"""How a class is read, from the command line: options, what is said, and whole classes."""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import lms_classes
import pytest
from batch_tools import judge, source, submission
from engine_tools import bwrap
from short_lab import short_lab

import grader
from grader import results
from grader.cli import app
from grader.cli.errors import CommandError
from grader.cli.importing import announcement, counting, options_of
from grader.cli.options import _LAYOUTS
from grader.intake.importing import ClassRead, Options, class_at
from grader.intake.layouts.detect import NAMES
from grader.intake.roles import DEFAULT_ROLES
from grader.judge.model import Grade

SAMPLES = Path(grader.__file__).parent.parent / "submissions"
LAB = source().lab


def asked(**options: object) -> Options:
    given = dict.fromkeys(("layout", "pattern", "roster", "due", "late_penalty"))
    return options_of(argparse.Namespace(**given | {"attempts": "last"} | options), LAB)


def found(path: Path, **options: object) -> ClassRead:
    with class_at(path, DEFAULT_ROLES, asked(**options)) as read:
        return read


def test_layouts_of_the_command_line_are_those_there_are() -> None:
    assert {*_LAYOUTS} == {*NAMES}


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"pattern": "("}, "--pattern"),
        ({"pattern": "(?P<file>.)"}, "student"),
        ({"roster": "/nowhere.csv"}, "No such file"),
        ({"late_penalty": "2/week", "due": "2026-10-01"}, "2/day"),
        ({"due": "demain"}, "--due"),
        ({"late_penalty": "2/day"}, "needs --due"),
    ],
)
def test_what_cannot_be_used_is_said(options: dict[str, object], words: str) -> None:
    with pytest.raises(CommandError, match=words):
        asked(**options)


def test_a_roster_without_a_column_of_ours(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("note;remarque\n1;2\n")
    with pytest.raises(CommandError, match="note, remarque"):
        asked(roster=str(tmp_path / "r.csv"))


def test_what_is_said_of_a_class(tmp_path: Path) -> None:
    made = lms_classes.moodle(folders=True)
    made.files |= {"vrac/client.py": b"", "dupond.zip": b"", "notes.ods": b""}
    made.roster[0] = {"Identifiant": "Participant 1", "Nom complet": "Absent\x1b[31m"}
    (tmp_path / "r.csv").write_bytes(lms_classes.roster_csv(made.roster))
    path = made.folder(tmp_path / "x")
    read = found(path, roster=str(tmp_path / "r.csv"), due="2026-10-01T12:00")
    assert announcement(read, "last", "en") == [
        "Moodle, 38 submissions, 2 entries not matched, graded all the same: dupond.zip, vrac",
        "Nothing handed in (1): Absent\\x1b[31m",
        "Not in the roster (3): dupond, vrac, Élodie Çelik",
        "Left out (neither programs nor archives): notes.ods",
        "Nobody knows when 38 were handed in: no late penalty. A column 'submitted' in --roster "
        "says it.",
    ]
    assert announcement(replace(read, timeless=1), "last", "en")[-1].startswith(
        "Nobody knows when 1 was handed in"
    )
    assert (
        announcement(found(lms_classes.plain("folders").folder(tmp_path / "p")), "last", "en") == []
    )


@pytest.mark.parametrize("made", [lms_classes.moodle(folders=True), lms_classes.plain("folders")])
def test_results_of_ours_are_said(made: lms_classes.Downloaded, tmp_path: Path) -> None:
    path = made.folder(tmp_path / "x")
    (path / "notes").mkdir()
    with class_at(path, DEFAULT_ROLES, asked(), path / "notes") as read:
        said = announcement(read, "last", "en"), announcement(read, "last", "fr")
    assert said[0][-1] == "Left out (results of Wiregrade): notes"
    assert said[1][-1] == "Laissés de côté (résultats de Wiregrade)\u00a0: notes"


def test_several_attempts_are_said(tmp_path: Path) -> None:
    read = found(lms_classes.blackboard().folder(tmp_path), attempts="best")
    lines = announcement(read, "best", "fr")
    assert lines[0] == "Blackboard, 36 remises"
    assert lines[1].startswith("12 personnes ont déposé plusieurs fois\u00a0: le meilleur")


def test_the_best_attempt_counts(tmp_path: Path) -> None:
    read = found(lms_classes.blackboard().folder(tmp_path), attempts="best")

    def graded(place: int, score: int, *, complete: bool = True) -> Grade:
        one = read.entrants[place]
        made = replace(judge(LAB, submission("a"), "", []), id=one.id, name=one.name)
        return replace(made, score=Fraction(score), complete=complete, origin=one.origin)

    twice = [i for i, one in enumerate(read.entrants) if one.origin.attempts == 2]
    mine = [i for i in twice if read.entrants[i].person == read.entrants[twice[0]].person]
    late, early = sorted(mine, key=lambda i: -read.entrants[i].origin.attempt)
    best = counting(read.entrants, [graded(early, 12), graded(late, 10)])
    assert [grade.id for grade in best] == [read.entrants[early].id]
    best = counting(read.entrants, [graded(early, 12), graded(late, 12)])
    assert [grade.id for grade in best] == [read.entrants[late].id]
    best = counting(read.entrants, [graded(early, 12, complete=False), graded(late, 3)])
    assert [grade.id for grade in best] == [read.entrants[late].id]


# --- whole classes, through the real sandbox --------------------------------------------


def grade(*arguments: str | Path) -> int:
    return app.main(["grade", *map(str, arguments), "--lang", "en"])


def sample(name: str) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted((SAMPLES / name).glob("*.py"))}


def members(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


@pytest.mark.sandbox
def test_moodles_zip_with_a_team_and_somebody_absent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bwrap()
    team, zoe = "Binôme É_41_assignsubmission_file", "Zoé d’Arc_42_assignsubmission_file"
    files = {f"{team}/{name}": data for name, data in sample("faute_un_seul_recv").items()}
    files |= {f"{zoe}/{name}": data for name, data in sample("juste_enonce").items()}
    zipped = members(tmp_path / "TP9-12.zip", files)
    (tmp_path / "r.csv").write_text(
        "Identifiant;Nom complet;Groupe;Dernière modification (travail remis)\n"
        "Participant 42;Zoé d’Arc;;2026-10-02T12:00:00+02:00\n"
        "Participant 1;Léa;Binôme É;\nParticipant 2;Léo;Binôme É;\nParticipant 3;Max;;\n"
    )
    out = tmp_path / "out"
    short = ("--lab", short_lab(tmp_path))
    options = ("--roster", tmp_path / "r.csv", "--due", "2026-10-01T12:00:00+02:00", *short)
    assert grade(zipped, "--out", out, *options, "--late-penalty", "2/day") == 0
    told = capsys.readouterr()
    assert "Moodle, 3 submissions" in told.err
    assert "Nothing handed in (1): Max" in told.err
    assert "fault" not in told.err
    document = results.read_results((out / "results.json").read_bytes())
    rows = {one.name: one for one in document.submissions}
    assert {name: one.score for name, one in rows.items()} == {
        "Léa": 17, "Léo": 17, "Max": 0, "Zoé d’Arc": 18,
    }  # fmt: skip
    late = rows["Zoé d’Arc"]
    assert isinstance(late.late, results.LateInfo)
    assert (late.late.earned, late.late.penalty, late.late.seconds) == (20, 2, 86400)
    assert isinstance(late.origin, results.OriginInfo)
    assert late.origin.ids == {"participant": "42"}
    assert (rows["Max"].complete, rows["Max"].problem) == (
        True, results.ProblemInfo(code="nothing-handed-in", message="Nothing was handed in."),
    )  # fmt: skip
    assert "18 instead of 20" in (out / late.report).read_text()
    lea, leo = (out / rows[name].result for name in ("Léa", "Léo"))
    same = [json.loads(path.read_bytes())["criteria"] for path in (lea, leo)]
    assert same[0] == same[1]
    played = [
        json.loads((p.parent / "submission.json").read_bytes())["artifacts"] for p in (lea, leo)
    ]
    assert played[0] == played[1]  # the same runs, not two that came to the same

    # Nothing changed: taken over, judged and verified with what was late still said.
    assert grade(zipped, "--out", out, *options, "--late-penalty", "2/day") == 0
    assert capsys.readouterr().err.count("taken over") == 4
    assert app.main(["report", str(out)]) == 0
    assert results.read_results((out / "results.json").read_bytes()) == document
    arguments = ["--submissions", str(zipped), "--roster", str(tmp_path / "r.csv")]
    assert app.main(["verify", str(out), *arguments]) == 0
    with (out / "grades.csv").open(newline="") as file:
        assert {row["name"]: row["score"] for row in csv.DictReader(file)}["Zoé d’Arc"] == "18"


@pytest.mark.sandbox
def test_canvas_and_blackboards_best(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bwrap()
    right, wrong = sample("juste_enonce"), sample("faute_sans_accueil")
    flat = {}
    for place, (name, data) in enumerate(right.items()):
        flat[f"doejane_LATE_501_{place}_{name.replace('.py', '-1.py')}"] = data
    for name, data in wrong.items():
        flat[f"o_neill_502_77_{name}"] = data
    out, short = tmp_path / "out", ("--lab", short_lab(tmp_path))
    assert grade(members(tmp_path / "c.zip", flat), "--out", out, *short) == 0
    rows = {
        s.name: s for s in results.read_results((out / "results.json").read_bytes()).submissions
    }
    assert {name: one.score for name, one in rows.items()} == {"doejane": 20, "o_neill": 13}
    assert isinstance(rows["doejane"].origin, results.OriginInfo)
    assert rows["doejane"].origin.flagged_late
    assert "1 late, as the platform says" in capsys.readouterr().err
    assert rows["doejane"].files.server == "serveur.py"
    shutil.rmtree(out)

    folder = tmp_path / "b"
    folder.mkdir()
    for day, programs in enumerate((right, wrong), start=1):
        for name, data in programs.items():
            (folder / f"TP_9_jane_d_attempt_2026-10-0{day}-10-00-00_{name}").write_bytes(data)
        (folder / f"TP_9_jane_d_attempt_2026-10-0{day}-10-00-00.txt").write_text(
            "Name: Jane Doe (jane_d)\nDate Submitted: ...\n"
        )
    assert grade(folder, "--out", out, "--attempts", "best", *short) == 0
    assert "One person handed in several times: the best counts" in capsys.readouterr().err
    (row,) = results.read_results((out / "results.json").read_bytes()).submissions
    assert (row.name, row.score) == ("Jane Doe", 20)
    assert isinstance(row.origin, results.OriginInfo)
    assert (row.origin.attempt, row.origin.attempts) == (1, 2)
    assert app.main(["report", str(out)]) == 0
    assert grade(folder, "--out", out, *short) == 0
    (row,) = results.read_results((out / "results.json").read_bytes()).submissions
    assert row.score == 13


def test_a_due_date_keeps_the_offset_that_it_was_given() -> None:
    deadline = asked(due="2026-10-01T23:59+05:00").deadline
    assert deadline is not None
    assert deadline.due.isoformat() == "2026-10-01T23:59:00+05:00"
    here = asked(due="2026-10-01T23:59", late_penalty="2/day").deadline
    assert here is not None
    assert here.due.tzinfo is not None
    assert here.due.replace(tzinfo=None).isoformat() == "2026-10-01T23:59:00"
