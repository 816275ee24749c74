"""The files of a class and of one submission."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

from batch_tools import SETTINGS, judge, source, submission

from grader import results
from grader.batch import output, pages
from grader.judge.model import Grade


def grade(name: str) -> Grade:
    return judge(source().lab, submission(name), "5eed", [])


def test_the_class_in_three_files(tmp_path: Path) -> None:
    grades = [grade("dupont"), replace(grade("x"), name="=HYPERLINK(1)</script>")]
    with output.opened(tmp_path) as folder:
        pages.write_class(folder, source().lab, SETTINGS, grades)
    document = results.read_results((tmp_path / "results.json").read_bytes())
    assert [one.id for one in document.submissions] == ["dupont", "x"]
    assert (document.isolation, document.lab.id) == ("full", "tp09")
    rows = list(csv.reader(io.StringIO((tmp_path / "grades.csv").read_text())))
    assert len(rows) == 3
    assert not rows[2][1].startswith("=")
    page = (tmp_path / "index.html").read_text()
    assert 'href="dupont/index.html"' in page
    assert "HYPERLINK(1)</script>" not in page


def test_result_json_is_written_last() -> None:
    one = submission("dupont")
    files = pages.pages_of(source().lab, SETTINGS, grade("dupont"), one, ())
    assert list(files) == ["index.html", "result.json"]
    assert results.read_result(files["result.json"]).id == "dupont"


def test_slim_keeps_what_the_class_shows() -> None:
    full = grade("dupont")
    slim = pages.slim(full)
    assert (slim.score, slim.max_score, slim.id) == (full.score, full.max_score, full.id)
    assert [j.status for j in slim.criteria] == [j.status for j in full.criteria]
    assert all(judged.findings == () for judged in slim.criteria)
