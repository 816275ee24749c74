"""Equal parts of grades are one object."""

from __future__ import annotations

from dataclasses import replace

from class_samples import made_class

from grader.batch.alike import Alike
from grader.judge.model import Problem, RunSummary
from grader.lab.model import Level, Text


def test_a_grade_is_equal_to_what_it_was_and_shares_its_parts() -> None:
    alike = Alike()
    first, second = (made_class(60), made_class(60))
    for one, other in zip(first, second, strict=True):
        made, again = alike.grade(one), alike.grade(replace(other, id="other"))
        assert made == one
        assert made.criteria is again.criteria
        assert made.diagnoses is again.diagnoses
        assert made.problem is again.problem


def test_what_is_no_text_stays_ones_own() -> None:
    problem = Problem(code="x", blame="student", message=Text({"fr": "\udce9", "en": "x"}))
    grade = replace(made_class(1)[0], problem=problem)
    assert Alike().grade(grade) == grade


def test_runs_are_told_apart_by_all_that_is_written_of_them() -> None:
    run = RunSummary(
        id="r", scenario="s", role="server", level=Level.GRADED, delivery="separate",
        outcome="completed", limit=None, exit={"status": 0}, seconds=0.12345,
    )  # fmt: skip
    others = (
        {"exit": {"status": 1}}, {"exit": None}, {"seconds": 0.1241}, {"problem": "p"},
        {"limit": "wall"}, {"id": "r~2"},
    )  # fmt: skip
    alike = Alike()
    grade = made_class(1)[0]
    runs = (run, replace(run, seconds=0.12339), *(replace(run, **other) for other in others))
    made = alike.grade(replace(grade, runs=runs)).runs
    assert made == tuple(replace(one, seconds=round(one.seconds, 3)) for one in runs)
    assert made[0] is made[1]
    assert len({id(one) for one in made}) == len(runs) - 1
