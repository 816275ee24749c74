"""The log of our faults: one reference for one fault, and no line of somebody else's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from batch_tools import source, submission

from grader.batch import faults, output
from grader.batch.faults import FaultLog
from grader.intake import texts
from grader.judge.model import Problem, Status
from grader.lab.model import Text

TOLD = "Traceback (most recent call last):\nZeroDivisionError: division by zero\n"


def written(folder: Path) -> list[str]:
    return (folder / output.LOG).read_text("utf-8").splitlines()


def test_the_reference_leads_to_the_entry(tmp_path: Path) -> None:
    log = FaultLog(output.OutputFolder(tmp_path))
    first, second = log.tell("dupont", TOLD), log.tell("martin", TOLD)
    lines = written(tmp_path)
    assert [line.split()[1:] for line in lines if line[0] != " "] == [
        [first, "dupont"],
        [second, "martin"],
    ]
    assert lines[2] == "  ZeroDivisionError: division by zero"
    assert first != second
    problem = faults.internal(first)
    assert all(first in problem.message.in_language(tongue) for tongue in ("fr", "en"))


def test_the_same_fault_has_the_same_reference_on_any_day(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    one = FaultLog(output.OutputFolder(tmp_path)).tell("dupont", TOLD)
    assert FaultLog(output.OutputFolder(tmp_path / "b")).tell("dupont", TOLD) == one


def test_words_of_a_student_stay_words(tmp_path: Path) -> None:
    hostile = "ValueError: \x1b[31m\r::error::x\u202e\n2026-01-01 00000000 other\x00"
    FaultLog(output.OutputFolder(tmp_path)).tell("dupont", hostile)
    entry, *lines = written(tmp_path)
    assert entry.endswith(" dupont")
    assert all(line.startswith("  ") for line in lines)
    assert all(line.isprintable() for line in lines)


def test_the_log_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faults, "_LOG_BYTES", 50_000)
    log = FaultLog(output.OutputFolder(tmp_path))
    for number in range(20):
        log.tell("dupont", f"{'x' * 100_000}{number}")
    assert (tmp_path / output.LOG).stat().st_size < 100_000
    assert written(tmp_path)[-1].endswith("x19")


def test_a_log_that_cannot_be_written_costs_the_entry_only(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (tmp_path / output.LOG).symlink_to(elsewhere)
    log = FaultLog(output.OutputFolder(tmp_path))
    assert log.tell("dupont", TOLD) == faults.reference_of("dupont", TOLD)
    assert not elsewhere.exists()


def test_what_we_failed_on_counts_nothing() -> None:
    problem = faults.internal("0a1b2c3d")
    blank = faults.failed("dupont", "Dupont", problem)
    grade = faults.ungraded(source().lab, blank, "5eed", blank.problem)
    assert faults.is_internal(grade.problem)
    assert not faults.is_internal(None)
    assert (int(grade.score), int(grade.max_score), grade.complete) == (0, 0, False)
    assert {one.status for one in grade.criteria} == {Status.NOT_RUN}
    assert faults.ungraded(source().lab, submission("a"), "").problem is None


def test_what_is_the_students_is_no_fault_of_ours() -> None:
    made = faults.ungraded(source().lab, submission("a"), "")
    broken = replace(made, problem=texts.problem("broken-archive"), complete=True)
    assert faults.why_incomplete(broken) == ""
    missing = replace(made, problem=texts.problem("seven-zip-missing"))
    assert "7z" in faults.why_incomplete(missing)


def test_what_was_handed_in_broken_is_no_fault_of_ours() -> None:
    def why(blame: str) -> str:
        problem = Problem(code="x", blame=blame, message=Text({"fr": "cassé", "en": "broken"}))
        return faults.why_incomplete(
            faults.ungraded(source().lab, faults.failed("a", "A", problem), "", problem)
        )

    assert why("student") == ""
    assert why("host") == why("ours") == "broken"
