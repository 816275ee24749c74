"""Programs in other languages, built and played through the real sandbox."""

from __future__ import annotations

import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import engine_tools as tools
import pytest
from namespaces import missing
from sample_grading import grade_all, graded_only, verdicts
from samples import Sample, load_samples

from grader.intake.discover import discover
from grader.intake.reading import read
from grader.judge.model import Grade
from grader.lab.languages import KNOWN, suffixes_of
from grader.lab.model import Lab
from grader.submission import Submission

FOLDER = Path(__file__).resolve().parent / "languages"
SAMPLES = {sample.name: sample for sample in load_samples(FOLDER)}
TAKEN = tuple(KNOWN[name] for name in ("python", "c", "c++", "java", "javascript", "shell"))

pytestmark = pytest.mark.sandbox


@cache
def lab() -> Lab:
    """tp09 in these languages, with one piece of advice: each run costs a Java machine."""
    whole = tools.tp09()
    leaves = whole.scenario("server-client-leaves")
    plain = replace(whole, scenarios=(*graded_only(whole).scenarios, leaves))
    roles = {
        role: replace(files, suffixes=suffixes_of(TAKEN)) for role, files in plain.roles.items()
    }
    return replace(plain, languages=TAKEN, roles=roles)


def submissions() -> dict[str, Submission]:
    """The samples as intake reads them."""
    return {e.id: read(e, lab().roles) for e in discover(FOLDER, lab().roles).entries}


@pytest.fixture(scope="module")
def grades() -> dict[str, Grade]:
    """Every sample, graded once for all tests of this module."""
    for tool in ("gcc", "g++", "javac", "java", "node", "bash"):
        if shutil.which(tool) is None:
            missing(f"{tool} is not installed")
    return grade_all(submissions(), lab=lab(), jobs=2)


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
    told = grades[sample.name].diagnoses
    assert set(sample.diagnoses) <= {d.id for d in told}
    if sample.is_right:
        assert not [d.id for d in told if d.level == "error"]


@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_each_run_ends_as_expected(sample: Sample, grades: dict[str, Grade]) -> None:
    outcomes = {run.id: run.outcome for run in grades[sample.name].runs}
    assert {run: outcomes[run] for run in sample.runs} == sample.runs
