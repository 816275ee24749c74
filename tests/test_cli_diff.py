"""`wiregrade diff`: two graded folders, side by side."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from export_samples import half
from msgspec.structs import replace
from report_samples import grade, stuck_grade
from test_cli_export import graded

from grader.batch import output
from grader.cli import app

Fixture = pytest.CaptureFixture[str]


@pytest.fixture
def two(tmp_path: Path) -> list[str]:
    """A class before and after: one better, one new, one withdrawn; another lab."""
    before = graded(tmp_path / "before", stuck_grade(), half())
    after = graded(tmp_path / "after", grade("new"), grade("dupont_marie"))
    with output.opened(after) as folder:
        marker = folder.marker()
        assert marker is not None
        folder.mark(replace(marker, lab_digest="another"))
    return [str(before), str(after)]


def test_in_words(two: list[str], capsys: Fixture) -> None:
    assert app.main(["diff", *two, "--lang", "en"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "The lab changed between the two.", "new  absent → 20/20", "dupont_marie  15/20 → 20/20",
    ]  # fmt: skip
    assert "zoe  19.5/20 → absent" in lines
    assert lines[-1] == "Unchanged: 0, changed: 1 (up: 1, down: 0), new: 1, withdrawn: 1"


def test_as_json(two: list[str], capsys: Fixture) -> None:
    assert app.main(["diff", *two, "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [one["change"] for one in document["submissions"]] == ["added", "changed", "removed"]


def test_a_folder_with_itself(two: list[str], capsys: Fixture) -> None:
    assert app.main(["diff", two[0], two[0]]) == 0
    assert capsys.readouterr().out.startswith("Le labo est le même.\nInchangés\u00a0: 2,")


def test_what_cannot_be_read_is_said_first(two: list[str], capsys: Fixture) -> None:
    (Path(two[1]) / "new" / "result.json").write_text("{}")
    assert app.main(["diff", *two]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "is no result.json" in said.err
    (Path(two[0]) / output.MARKER).write_text("{")
    assert app.main(["diff", *two]) == 2
    assert "is not readable" in capsys.readouterr().err
    assert app.main(["diff", two[0], "/nowhere"]) == 2
