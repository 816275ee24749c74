"""All sample submissions, graded through the real sandbox, against their expected results."""

from __future__ import annotations

import pytest
from sample_grading import grade_all, submissions, verdicts
from samples import Sample, load_samples

from grader.judge.model import Grade

SAMPLES = {sample.name: sample for sample in load_samples()}

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def grades() -> dict[str, Grade]:
    """Every sample, graded once for all tests of this module."""
    return grade_all(submissions())


def test_every_sample_is_discovered(grades: dict[str, Grade]) -> None:
    assert sorted(grades) == sorted(SAMPLES)


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_each_criterion_has_its_expected_status(sample: Sample, grades: dict[str, Grade]) -> None:
    grade = grades[sample.name]
    assert [(run.id, run.problem) for run in grade.runs if run.outcome == "not_run"] == []
    assert verdicts(grade) == sample.criteria
    assert grade.score == sample.score
    assert grade.complete


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_each_mistake_is_named(sample: Sample, grades: dict[str, Grade]) -> None:
    named = {d.id for d in grades[sample.name].diagnoses if d.level == "error"}
    assert set(sample.diagnoses) <= named
    if sample.is_right:
        assert not named


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_each_run_ends_as_expected(sample: Sample, grades: dict[str, Grade]) -> None:
    outcomes = {run.id: _ending(run.outcome) for run in grades[sample.name].runs}
    assert {run: outcomes[run] for run in sample.runs} == {
        run: _ending(outcome) for run, outcome in sample.runs.items()
    }


def _ending(outcome: str) -> str:
    """On a loaded machine a program that computes may meet the wall limit before that of CPU."""
    return "limit" if outcome == "timeout" else outcome
