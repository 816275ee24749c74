"""`expected.yaml` of a sample: what it may say, and what is told of it."""

from __future__ import annotations

from fractions import Fraction

import pytest
from engine_tools import tp09

from grader.lab.expected import read_expected
from grader.lab.problems import LabError


def test_only_the_points_are_needed() -> None:
    found = read_expected(b"score: 14.5\n", "expected.yaml", tp09())
    assert (found.score, found.criteria, found.diagnoses) == (Fraction(29, 2), {}, None)
    quoted = read_expected(b'score: "14.5"\ndiagnoses: []\n', "expected.yaml", tp09())
    assert (quoted.score, quoted.diagnoses) == (Fraction(29, 2), ())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("about: x\n", "1:1: expected: 'score' is missing"),
        ("score: many\n", "1:8: score must be a number of points"),
        ("score: 3\ncriteria: {server.listn: pass}\n", "2:12: criteria: the lab has no"),
        ("score: 3\ncriteria: {server.listen: passed}\n", "did you mean 'pass'?"),
        ("score: 3\nruns: {server-nominal: done}\n", "runs: server-nominal: unknown 'done'"),
        ("score: 3\ndiagnoses: [never-close]\n", "did you mean 'never-closes'?"),
        ("score: 3\npoints: 3\n", "expected: unknown key 'points'"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, problem: str) -> None:
    with pytest.raises(LabError) as told:
        read_expected(text.encode(), "expected.yaml", tp09())
    assert problem in str(told.value)


def test_verdicts_of_all_criteria_must_come_to_the_points() -> None:
    verdicts = "".join(f"  {c.id}: fail\n" for c in tp09().criteria)
    with pytest.raises(LabError, match="the criteria below come to 0 points"):
        read_expected(f"score: 1\ncriteria:\n{verdicts}".encode(), "e", tp09())
    assert read_expected(f"score: 0\ncriteria:\n{verdicts}".encode(), "e", tp09()).score == 0
