"""The programs of `tests/programs`: what is expected of them adds up, and they are graded so.

They go through the same checks as the sample submissions. Only graded scenarios are played:
advice gives no verdict, and there are many programs.
"""

from __future__ import annotations

import hashlib

import pytest
import test_samples as played
import test_samples_data as data
from engine_tools import tp09
from first_causes import first_named
from sample_grading import grade_all, graded_only, submissions
from samples import PROGRAMS, Sample, load_samples

from grader.judge.model import Grade

SAMPLES = {sample.name: sample for sample in load_samples(PROGRAMS)}
DATA_CHECKS = (
    data.test_all_criteria_are_there_in_order,
    data.test_the_score_is_the_sum_of_the_points,
    data.test_ids_are_known,
    data.test_the_name_tells_the_kind,
    data.test_only_programs_lie_beside_the_expectation,
    data.test_right_programs_are_python,
)
each_sample = pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)


@pytest.fixture(scope="module")
def grades() -> dict[str, Grade]:
    """Every sample's grade, from one engine for all tests of this module."""
    return grade_all(submissions(roots=[PROGRAMS]), lab=graded_only(tp09()))


@each_sample
def test_the_expectation_is_complete(sample: Sample) -> None:
    for check in DATA_CHECKS:
        check(sample)


def test_there_are_enough_of_them() -> None:
    programs = [program for sample in SAMPLES.values() for program in sample.programs]
    assert len({hashlib.sha256(p.read_bytes()).digest() for p in programs}) == len(programs)
    assert len(programs) >= 200


def test_no_names_are_taken_twice() -> None:
    assert not set(SAMPLES) & {sample.name for sample in data.SAMPLES}


def test_wrong_ones_state_their_cause() -> None:
    assert [s.name for s in SAMPLES.values() if not s.is_right and not s.diagnoses] == []


def test_none_ends_at_the_deadline() -> None:
    assert not [s.name for s in SAMPLES.values() if "timeout" in s.runs.values()]


@pytest.mark.sandbox
@each_sample
def test_each_criterion_has_its_expected_status(sample: Sample, grades: dict[str, Grade]) -> None:
    played.test_each_criterion_has_its_expected_status(sample, grades)


NOT_SEEN = {
    "faute_ligne_asyncio": "readline() of asyncio reads all the same: it looks like read()",
    "faute_niveau_d_option": "the client whose connect_ex() failed just ends with status 1",
    "faute_tampon_perdu": "os._exit() loses a print that never left the program: no print is seen",
}
"""True causes that leave no trace of their own; what is named instead is true, but not all."""


@pytest.mark.sandbox
@each_sample
def test_each_mistake_is_named(sample: Sample, grades: dict[str, Grade]) -> None:
    if sample.name in NOT_SEEN:
        named = {d.id for d in grades[sample.name].diagnoses}
        assert not {*sample.diagnoses} <= named, "it is named now: take it off the list"
        return
    played.test_each_mistake_is_named(sample, grades)


@pytest.mark.sandbox
@each_sample
def test_each_run_ends_as_expected(sample: Sample, grades: dict[str, Grade]) -> None:
    played.test_each_run_ends_as_expected(sample, grades)


@pytest.mark.sandbox
def test_the_first_mistake_named_is_the_true_cause(grades: dict[str, Grade]) -> None:
    found = first_named(SAMPLES.values(), grades)
    others = [f for f in found if not f.is_true]
    assert len(others) <= len(found) // 10, others
