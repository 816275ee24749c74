"""`wiregrade export`: what is read and written, and what is said of whom."""

from __future__ import annotations

import base64
import csv
import io
import json
import os
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import export_rules
import msgspec
import pytest
from batch_tools import SETTINGS, source
from export_samples import broken, half, not_run, result_of
from report_samples import hostile_grade, lab, stuck_grade
from test_formats_canvas import gradebook
from test_formats_canvas import row as canvas_row
from test_formats_moodle import row, worksheet

from grader import results
from grader.batch import grading, output
from grader.cli import app, export, export_each, options
from grader.cli.export_words import _WORDS, Told, word
from grader.formats import told
from grader.judge.model import Grade

CLASS = (stuck_grade(), hostile_grade(), not_run(), broken(), half())
Fixture = pytest.CaptureFixture[str]


def graded(path: Path, *grades: Grade) -> Path:
    """An output folder, as `grade` leaves it."""
    with output.opened(path) as folder:
        folder.mark(grading.marker_of(source(), SETTINGS))
        folder.write("results.json", results.encode(results.results(lab(), "full", grades)))
        for one in grades:
            folder.write(f"{one.id}/result.json", results.encode(result_of(one)))
            folder.write(f"{one.id}/index.html", f"<p>{one.id}</p>".encode())
    return path


@pytest.fixture
def out(tmp_path: Path) -> str:
    return str(graded(tmp_path / "out", *CLASS))


@pytest.fixture
def whole(tmp_path: Path) -> str:
    """A class of two, with a grade each."""
    return str(graded(tmp_path / "whole", stuck_grade(), half()))


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of a job of Classroom 50."""
    for name in ("CLASSROOM", "ASSIGNMENT", "COMMIT_URL", "RELEASE_URL"):
        monkeypatch.setenv(name, f"https://{name.lower()}.example")
    monkeypatch.setenv("SUBMISSION_TAG", "submit/2026-11-28T10-20-30Z-abc")
    monkeypatch.delenv("REVIEW_URL", raising=False)


def test_every_token_is_made(out: str, tmp_path: Path, job: None, capsys: Fixture) -> None:
    """No token without something behind it, whatever is in the class."""
    sheets = {
        "moodle": worksheet([row(1, "dupont_marie")]),
        "canvas": gradebook([canvas_row(1, "dupont_marie")]),
    }
    sheets["moodle-feedback"] = sheets["moodle"]
    for token in options.EXPORTS:
        target = tmp_path / token
        more = ["--assignment", "42"] if token == "canvas" else []
        if token in sheets:
            (tmp_path / "in.csv").write_bytes(sheets[token])
            more += ["--worksheet", str(tmp_path / "in.csv")]
        assert app.main(["export", out, "--to", token, "--output", str(target), *more]) == 3
        assert target.exists()
        assert "Sans note" in capsys.readouterr().err


def test_csv_to_stdout(out: str, capsys: Fixture) -> None:
    assert app.main(["export", out, "--to", "csv", "--lang", "en"]) == 3
    said = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(said.out), strict=True))
    assert [one["id"] for one in rows] == ["dupont_marie", "x-1a2b3c4d", "martin", "abel", "zoe"]
    assert said.err == (
        "Without a grade, because a part could not be graded (2): x-1a2b3c4d, martin\n"
    )


def test_a_whole_class_ends_with_0_and_says_nothing(whole: str, capsys: Fixture) -> None:
    assert app.main(["export", whole, "--to", "junit"]) == 0
    said = capsys.readouterr()
    assert len(ET.fromstring(said.out)) == 2
    assert said.err == ""


def test_several_submissions_are_one_map_by_id(out: str, capsys: Fixture) -> None:
    assert app.main(["export", out, "--to", "gradescope"]) == 3
    documents = json.loads(capsys.readouterr().out)
    assert list(documents) == ["dupont_marie", "x-1a2b3c4d", "martin", "abel", "zoe"]
    scores = {key: export_rules.gradescope(one) for key, one in documents.items()}
    assert scores == {
        "dupont_marie": 15, "x-1a2b3c4d": None, "martin": None, "abel": 0, "zoe": 19.5,
    }  # fmt: skip


def test_one_submission_is_one_document(out: str, capsys: Fixture) -> None:
    assert app.main(["export", out, "--to", "prairielearn", "--id", "zoe"]) == 0
    assert export_rules.prairielearn(json.loads(capsys.readouterr().out)) == 0.975


def test_a_file_for_each_submission(out: str, tmp_path: Path) -> None:
    place = tmp_path / "each"
    assert app.main(["export", out, "--to", "gradescope", "--output", str(place)]) == 3
    assert sorted(path.name for path in place.iterdir()) == [
        "abel.json", "dupont_marie.json", "martin.json", "x-1a2b3c4d.json", "zoe.json",
    ]  # fmt: skip


def test_junit_in_a_file_for_each_submission(whole: str, tmp_path: Path) -> None:
    assert app.main(["export", whole, "--to", "junit", "--output", f"{tmp_path}/junit/"]) == 0
    names = [path.name for path in sorted((tmp_path / "junit").iterdir())]
    assert names == ["dupont_marie.xml", "zoe.xml"]
    root = ET.parse(tmp_path / "junit" / "zoe.xml").getroot()
    assert [suite.get("name") for suite in root] == ["zoe"]


def test_a_report_that_gitlab_would_pass_over_is_said(
    whole: str, monkeypatch: pytest.MonkeyPatch, capsys: Fixture
) -> None:
    monkeypatch.setattr(export, "_GITLAB_BYTES", 1000)
    assert app.main(["export", whole, "--to", "junit", "--lang", "en"]) == 0
    assert "GitLab reads no report of more than 30 MB" in capsys.readouterr().err


def test_one_submission_into_a_folder_or_a_file(out: str, tmp_path: Path) -> None:
    one = ["export", out, "--to", "classroom", "--id", "zoe", "--output"]
    assert app.main([*one, f"{tmp_path}/new/"]) == 0
    assert app.main([*one, f"{tmp_path}/zoe.b64"]) == 0
    text = (tmp_path / "new" / "zoe.txt").read_text()
    assert (tmp_path / "zoe.b64").read_text() == text
    assert export_rules.classroom(text.strip()) == (19.5, 20, False)


def test_what_has_no_grade_is_null_and_alone_a_fault(out: str, capsys: Fixture) -> None:
    assert app.main(["export", out, "--to", "classroom"]) == 3
    documents = json.loads(capsys.readouterr().out)
    assert documents["martin"] is None
    assert base64.b64decode(documents["zoe"]).startswith(b"{")
    assert app.main(["export", out, "--to", "classroom", "--id", "martin", "--lang", "en"]) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert "martin has no grade" in said.err


def test_classroom50_needs_its_job(
    whole: str, job: None, monkeypatch: pytest.MonkeyPatch, capsys: Fixture
) -> None:
    assert app.main(["export", whole, "--to", "classroom50", "--id", "zoe"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert export_rules.classroom50(document) == (78, 80)
    assert document["datetime"] == "2026-11-28T10:20:30Z"
    assert document["review"] == document["commit"]
    monkeypatch.delenv("CLASSROOM")
    assert app.main(["export", whole, "--to", "classroom50", "--lang", "en"]) == 2
    assert "needs these variables, which the job gives: CLASSROOM" in capsys.readouterr().err


def test_a_tag_without_a_time_has_that_of_now(job: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUBMISSION_TAG", "v1")
    assert export_each.context_of(os.environ).time.endswith("Z")


def test_one_result_by_itself(tmp_path: Path, capsys: Fixture) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(results.encode(result_of(half(), "en")))
    assert app.main(["export", str(path), "--to", "gradescope", "--lang", "en"]) == 0
    assert json.loads(capsys.readouterr().out)["output"].startswith("Grade: 19.5/20")
    assert app.main(["export", str(path), "--to", "csv", "--id", "zoe", "--lang", "en"]) == 2
    assert "--id is for a folder" in capsys.readouterr().err


def test_github_in_a_job_and_outside(
    out: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Fixture
) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    one = ["export", out, "--to", "github", "--id", "dupont_marie", "--prefix", "tp"]
    assert app.main(one) == 0
    said = capsys.readouterr().out
    assert said.startswith("::error file=tp/serveur.py,line=15,")
    assert "\n# TP 09" in said
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    assert app.main(one) == 0
    assert "# TP 09" not in capsys.readouterr().out
    assert (tmp_path / "summary.md").read_text().startswith("# TP 09")
    assert app.main([*one, "--output", str(tmp_path / "other.md")]) == 0
    assert (tmp_path / "other.md").read_bytes() + b"\n" == (tmp_path / "summary.md").read_bytes()


# --- worksheets ---------------------------------------------------------------------------


def test_a_filled_worksheet_and_what_is_said_of_it(
    out: str, tmp_path: Path, capsys: Fixture
) -> None:
    sheet, target = tmp_path / "Notes-TP.csv", tmp_path / "filled.csv"
    sheet.write_bytes(
        worksheet([row(1, "dupont_marie", "10.00"), row(2, "martin"), row(3, "Nobody")])
    )
    before = sheet.read_bytes()
    arguments = ["export", out, "--to", "moodle", "--worksheet", str(sheet), "--lang", "en"]
    assert app.main([*arguments, "--output", str(target)]) == 3
    assert export_rules.moodle_import(target.read_bytes(), 10) == {1: (7.5, "")}
    assert sheet.read_bytes() == before
    assert capsys.readouterr().err.splitlines() == [
        "Grades written: 1",
        "The file's maximum is 10, the lab's 20: grades are on the scale of 10.",
        "Rows without a submission, left as they were: 1",
        "Not found in the file (3): x-1a2b3c4d, abel, zoe",
        "Without a grade, because a part could not be graded (2): x-1a2b3c4d, martin",
    ]
    assert app.main([*arguments, "--output", str(sheet), "--force"]) == 2
    assert "your own file" in capsys.readouterr().err
    assert sheet.read_bytes() == before


def test_a_worksheet_goes_to_stdout_byte_for_byte(
    whole: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    sheet = tmp_path / "in.csv"
    data = worksheet([row(1, "dupont_marie")], end="\r\n", bom="\ufeff")
    sheet.write_bytes(data)
    assert app.main(["export", whole, "--to", "moodle", "--worksheet", str(sheet)]) == 0
    assert capfdbinary.readouterr().out == data.replace(b",,20.00", b",15.00,20.00")


def test_a_worksheet_of_others_writes_nothing(whole: str, tmp_path: Path, capsys: Fixture) -> None:
    sheet, target = tmp_path / "in.csv", tmp_path / "filled.csv"
    sheet.write_bytes(worksheet([row(1, "Someone")]))
    arguments = [
        "export",
        whole,
        "--lang",
        "en",
        "--output",
        str(target),
        "--worksheet",
        str(sheet),
    ]
    assert app.main([*arguments, "--to", "moodle"]) == 2
    assert "nobody in" in capsys.readouterr().err
    assert app.main([*arguments, "--to", "canvas"]) == 2
    assert "no column is called ID" in capsys.readouterr().err
    sheet.write_bytes(b"")
    assert app.main([*arguments, "--to", "moodle"]) == 2
    assert "in.csv: the file is empty" in capsys.readouterr().err
    assert app.main([*arguments[:-1], str(tmp_path / "no"), "--to", "moodle"]) == 2
    assert "no cannot be read" in capsys.readouterr().err
    assert not target.exists()


def test_columns_by_other_names(whole: str, tmp_path: Path) -> None:
    sheet, target = tmp_path / "in.csv", tmp_path / "filled.csv"
    sheet.write_bytes(worksheet([row(1, "Zoé O’Neil")]).replace(b"Grade,", b"Bewertung,"))
    arguments = ["export", whole, "--to", "moodle", "--worksheet", str(sheet)]
    arguments += ["--column", "grade=Bewertung", "--column", "feedback=Feedback comments"]
    assert app.main([*arguments, "--output", str(target)]) == 0
    imported = export_rules.moodle_import(
        target.read_bytes(), 20, grade="Bewertung", feedback="Feedback comments"
    )
    assert imported == {1: (19.5, "Note\u00a0: 19,5/20")}


def test_reports_that_moodle_takes_back(tmp_path: Path, capsys: Fixture) -> None:
    named = replace(half(), name="Zoé O’Neil_41_assignsubmission_file")
    folder = str(graded(tmp_path / "named", stuck_grade(), named))
    target, sheet = tmp_path / "feedback.zip", tmp_path / "in.csv"
    arguments = ["export", folder, "--to", "moodle-feedback", "--output", str(target)]
    assert app.main([*arguments, "--lang", "en"]) == 0
    said = capsys.readouterr().err
    assert "Reports put in: 1\nWithout a known Moodle folder, left out (1): dupont_marie" in said
    assert said.endswith("helps to find them: --worksheet\n")
    sheet.write_bytes(worksheet([row(40, "dupont_marie"), row(41, "Zoé O’Neil")]))
    assert app.main([*arguments, "--force", "--worksheet", str(sheet)]) == 0
    first = target.read_bytes()
    assert app.main([*arguments, "--force", "--worksheet", str(sheet)]) == 0
    assert target.read_bytes() == first
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        taken = export_rules.moodle_feedback(archive.namelist())
        assert taken == {40: ["report.html"], 41: ["report.html"]}
        assert archive.read(archive.namelist()[1]) == b"<p>zoe</p>"


def test_reports_that_cannot_be_handed_back(whole: str, tmp_path: Path, capsys: Fixture) -> None:
    target = tmp_path / "feedback.zip"
    arguments = ["--to", "moodle-feedback", "--lang", "en", "--output", str(target)]
    assert app.main(["export", whole, *arguments]) == 2
    assert "name the worksheet with --worksheet" in capsys.readouterr().err
    (Path(whole) / "zoe" / "index.html").unlink()
    assert app.main(["export", whole, *arguments]) == 2
    assert "zoe/index.html is gone" in capsys.readouterr().err
    assert app.main(["export", f"{whole}/zoe/result.json", *arguments]) == 2
    assert "name the folder" in capsys.readouterr().err
    assert not target.exists()


def test_what_students_may_not_see_is_not_exported(
    whole: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Fixture
) -> None:
    monkeypatch.setattr(told, "shows_hidden", lambda result: result.id == "zoe")
    sheet = tmp_path / "in.csv"
    sheet.write_bytes(worksheet([row(1, "dupont_marie")]))
    moodle = ["moodle", "--worksheet", str(sheet)]
    feedback = [*moodle, "--column", "feedback=Feedback comments"]
    for refused in (["gradescope"], ["junit"], ["github"], ["prairielearn"], feedback):
        assert app.main(["export", whole, "--lang", "en", "--to", *refused]) == 2
        said = capsys.readouterr()
        assert "this lab hides scenarios from students" in said.err
        assert said.out == ""
    for taken in (["csv"], moodle, ["junit", "--with-hidden"], ["ctrf", "--id", "dupont_marie"]):
        assert app.main(["export", whole, "--lang", "en", "--to", *taken]) == 0


def test_copies_for_students_are_exported(whole: str, capsys: Fixture) -> None:
    with output.opened(Path(whole)) as folder:
        (Path(whole) / "results.json").unlink()
        folder.mark(msgspec.structs.replace(marker_of(folder), options={"audience": "student"}))
    assert app.main(["export", whole, "--to", "gradescope"]) == 0
    assert list(json.loads(capsys.readouterr().out)) == ["dupont_marie", "zoe"]


def marker_of(folder: output.OutputFolder) -> output.Marker:
    found = folder.marker()
    assert found is not None
    return found


# --- what is refused ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--to", "moodle"], "download it, then name it with --worksheet"),
        (["--to", "moodle-feedback"], "name it with --output"),
        (["--to", "csv", "--worksheet", "x"], "--worksheet is for moodle, canvas"),
        (["--to", "moodle", "--worksheet", "x", "--assignment", "y"], "is for canvas only"),
        (
            ["--to", "moodle", "--worksheet", "x", "--column", "who=y"],
            "the columns known are ident",
        ),
        (["--to", "csv", "--prefix", "x"], "--prefix is for github, gitlab only"),
        (["--to", "csv", "--id", "zo"], "did you mean zoe"),
        (["--to", "cvs"], "did you mean 'csv'"),
        (["--to", "canvas", "--column", "x"], "is not KEY=HEADER"),
        ([], "required: --to"),
    ],
)
def test_what_makes_no_sense_is_2_and_says_why(
    whole: str, arguments: list[str], said: str, capsys: Fixture
) -> None:
    assert app.main(["export", whole, "--lang", "en", *arguments]) == 2
    told = capsys.readouterr()
    assert said in told.err
    assert told.out == ""


def test_what_is_no_graded_folder_is_2(tmp_path: Path, capsys: Fixture) -> None:
    arguments = ["export", str(tmp_path), "--to", "csv", "--lang", "en"]
    assert app.main(arguments) == 2
    assert "holds no results of wiregrade grade" in capsys.readouterr().err
    graded(tmp_path)
    assert app.main(arguments) == 2
    assert "holds no graded submission" in capsys.readouterr().err
    (tmp_path / output.MARKER).write_text("{")
    assert app.main(arguments) == 2
    assert "is not readable" in capsys.readouterr().err
    (tmp_path / "text").write_text("no")
    assert app.main(["export", str(tmp_path / "text"), "--to", "csv"]) == 2
    assert "is no result.json" in capsys.readouterr().err


def test_a_result_that_is_gone_leaves_no_half_document(whole: str, capsys: Fixture) -> None:
    (Path(whole) / "zoe" / "result.json").unlink()
    assert app.main(["export", whole, "--to", "gitlab"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "zoe/result.json cannot be read" in said.err


def test_nothing_is_written_over(whole: str, tmp_path: Path, capsys: Fixture) -> None:
    (tmp_path / "each").mkdir()
    (tmp_path / "each" / "zoe.json").write_text("mine")
    arguments = ["export", whole, "--to", "gradescope", "--output", str(tmp_path / "each")]
    assert app.main(arguments) == 2
    assert "existe déjà" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "each").iterdir()] == ["zoe.json"]
    assert app.main([*arguments, "--force"]) == 0
    assert len([*(tmp_path / "each").iterdir()]) == 2


def test_every_sentence_is_in_both_languages() -> None:

    for key in _WORDS:
        fr, en = (word(key, language) for language in ("fr", "en"))
        assert fr != en
        assert " :" not in fr
        assert " ;" not in fr
    assert (
        Told("en")
        .names("unmatched", ["a\x1b"] * 11)
        .endswith("(11): " + ", ".join(["a\\x1b"] * 10) + ", …")
    )
