"""Whose result stands for what was handed in, and when it does no more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from batch_tools import SETTINGS, FakeEngine, judge, source, submission, waiting

from grader import __version__
from grader.batch import output
from grader.batch.grading import Grading
from grader.batch.keys import Marks
from grader.batch.output import OutputFolder
from grader.batch.twins import Twins

ONE = submission("dupont")
MARKS = Marks(__version__, source().digest, SETTINGS.options)
CONTENT = MARKS.content(ONE)


@pytest.fixture
def folder(tmp_path: Path) -> OutputFolder:
    """Where one is graded."""
    with output.opened(tmp_path / "out") as opened:
        list(Grading(opened, source(), SETTINGS, judge).grade(waiting(ONE), FakeEngine()))
    return OutputFolder(tmp_path / "out")


def twins(folder: OutputFolder) -> Twins:
    found = Twins(folder, MARKS.content)
    found.know_all()
    return found


def test_who_has_the_same_is_known_to_others_not_to_themselves(folder: OutputFolder) -> None:
    found = twins(folder)
    assert found.of(CONTENT) == "dupont"
    assert found.knows(CONTENT, "zoe")
    assert not found.knows(CONTENT, "dupont")
    assert not found.knows("other", "zoe")
    whole = found.whole(CONTENT)
    assert whole is not None
    assert whole.id == "dupont"
    assert found.whole("other") is None


def test_of_another_lab_nothing_is_known(folder: OutputFolder) -> None:
    other = Marks(__version__, "another lab", SETTINGS.options)
    found = Twins(folder, other.content)
    found.know_all()
    assert not found.knows(other.content(ONE), "zoe")


@pytest.mark.parametrize("what", ["torn", "gone", "edited"])
def test_what_is_not_as_it_was_written_stands_for_nothing(folder: OutputFolder, what: str) -> None:
    found = twins(folder)
    run = next((folder.path / "dupont" / "runs").glob("*.jsonl"))
    if what == "torn":
        run.write_text("torn")
    elif what == "gone":
        run.unlink()
    else:
        told = folder.path / "dupont" / "submission.json"
        told.write_bytes(told.read_bytes() + b" ")
    assert found.whole(CONTENT) is None


def test_the_first_stands_for_it_until_it_is_forgotten_or_another_is_chosen(
    folder: OutputFolder,
) -> None:
    found = twins(folder)
    found.know(CONTENT, "zoe")
    assert found.of(CONTENT) == "dupont"
    assert found.forget("zoe") == ""
    found.stand_for(CONTENT, "zoe")
    assert found.of(CONTENT) == "zoe"
    assert found.forget("zoe") == CONTENT
    assert found.of(CONTENT) == ""
    found.know(CONTENT, "dupont")
    found.distrust(CONTENT)
    assert not found.knows(CONTENT, "zoe")


def test_a_saved_result_under_another_name_is_not_taken_for_it(folder: OutputFolder) -> None:
    found = Twins(folder, MARKS.content)
    other = MARKS.content(replace(ONE, digest="0" * 64))
    found.know(other, "dupont")
    assert found.whole(other) is None
