"""The samples of the built-in labs, and that each lab is whole: texts, handouts, names.

A sample lies in `scenarios/<lab>/samples/<name>/`, as those of tp09 do in `submissions/`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from functools import cache

import pytest
from sample_grading import grade_all, graded_only, submissions, verdicts
from samples import EXPECTED, Sample, load_samples

from grader.judge.conditions import all_ids
from grader.judge.model import Grade
from grader.lab.labfile import LAB_FILE
from grader.lab.library import builtin_labs
from grader.lab.load import load_lab
from grader.lab.model import Draw, Generated, Lab, Level
from grader.lab.words import parts_of
from grader.resources import scenarios_root

LABS = tuple(name for name in builtin_labs() if name != "tp09")
SAMPLES = {
    f"{lab}/{sample.name}": (lab, sample)
    for lab in LABS
    for sample in load_samples(scenarios_root() / lab / "samples")
}
EVERY = 4
"""Of the wrong samples each fourth is played with the tests: all of them take minutes."""
PLAYED = {
    key: one
    for number, (key, one) in enumerate(SAMPLES.items())
    if one[1].is_right or number % EVERY == 0 or os.environ.get("WIREGRADE_ALL_SAMPLES")
}
"""WIREGRADE_ALL_SAMPLES=1 plays all."""
ROLES = {
    "fr": {"server": "Serveur", "client": "Client"},
    "en": {"server": "Server", "client": "Client"},
}
each_lab = pytest.mark.parametrize("name", LABS)
each_played = pytest.mark.parametrize(("name", "sample"), PLAYED.values(), ids=PLAYED)
each_sample = pytest.mark.parametrize(("name", "sample"), SAMPLES.values(), ids=SAMPLES)
Grades = Callable[[str], dict[str, Grade]]


@cache
def lab_of(name: str) -> Lab:
    return load_lab(scenarios_root() / name)


@pytest.fixture(scope="module")
def grades() -> Grades:
    """The grades of a lab's samples: each lab is played once, its graded scenarios only."""

    @cache
    def graded(name: str) -> dict[str, Grade]:
        lab = graded_only(lab_of(name))
        found = submissions(roots=[scenarios_root() / name / "samples"], roles=lab.roles)
        played = {key: one for key, one in found.items() if f"{name}/{key}" in PLAYED}
        return grade_all(played, lab=lab)

    return graded


# --- labs --------------------------------------------------------------------------------


@each_lab
def test_a_lab_has_all_its_parts(name: str) -> None:
    folder = scenarios_root() / name
    lab = lab_of(name)
    assert lab.id == name
    assert lab.max_score == 20
    listed = {f"{scenario.id}.yaml" for scenario in lab.scenarios}
    assert {f.name for f in folder.glob("*.yaml")} == listed | {LAB_FILE}
    assert (folder / "README.md").read_text("utf-8").startswith(f"# {name}")


@each_lab
def test_texts_are_in_both_languages(name: str) -> None:
    lab = lab_of(name)
    texts = [lab.title, lab.statement, *lab.notions.values(), *lab.passages.values()]
    for criterion in lab.criteria:
        texts += [criterion.title, criterion.requirement, criterion.hint]
    for scenario in lab.scenarios:
        texts += [scenario.title, *([scenario.advice] if scenario.level is Level.ADVICE else [])]
    for text in texts:
        assert text is not None
        assert set(text.by_language) == {"fr", "en"}


@each_lab
def test_other_words_are_tried_where_points_are_given(name: str) -> None:
    lab = lab_of(name)
    for role in {criterion.role for criterion in lab.criteria}:
        graded = [s for s in lab.scenarios if s.level is Level.GRADED and s.tests == role]
        assert any(_draws(lab, s.id) for s in graded), role


def _draws(lab: Lab, identifier: str) -> bool:
    scenario = lab.scenario(identifier)
    messages = lab.within(scenario).messages
    waiting = [name for step in scenario.steps for name in step.messages]
    waiting += list(scenario.texts)
    while waiting:
        content = messages[waiting.pop()].content
        if isinstance(content, Draw | Generated):
            return True
        waiting += [part for part in parts_of(content) if part in messages]
    return bool(scenario.texts)


@each_lab
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_statement_says_what_is_graded(name: str, language: str) -> None:
    lab = lab_of(name)
    statement = (scenarios_root() / name / f"statement.{language}.md").read_text("utf-8")
    assert f"**{lab.port}**" in statement
    assert f"wiregrade check --lab {name}" in statement
    for role in {criterion.role for criterion in lab.criteria}:
        points = sum(c.points for c in lab.criteria if c.role == role)
        said = f"{ROLES[language][role]}, {points} points"
        assert said in " ".join(statement.split())


@each_lab
@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_statement_is_quoted_as_it_is(name: str, language: str) -> None:
    lab = lab_of(name)
    whole = (scenarios_root() / name / f"statement.{language}.md").read_text("utf-8")
    statement = words(re.sub(r"(?m)^\s*\d+\. ", "", whole))
    texts = [criterion.requirement for criterion in lab.criteria] + [*lab.passages.values()]
    pieces = [piece for text in texts for piece in quoted(text.in_language(language))]
    assert len(pieces) >= len(texts)
    assert [piece for piece in pieces if piece not in statement] == []


def quoted(text: str) -> list[str]:
    """What stands in quotation marks, in pieces between « [...] », without its subject."""
    found = re.search(r"«(.*)»|“(.*)”|^\"(.*)\"", text, re.DOTALL)
    whole = text if found is None else found[found.lastindex or 0]
    pieces = (words(piece) for piece in re.split(r"\[\.\.\.\]|;", whole))
    return [SUBJECT.sub("", piece) for piece in pieces if piece]


SUBJECT = re.compile(
    r"^(?:(?:le|la|un|the|a|il|it|et|and|then|alors) )*(?:(?:serveur|server|client) )*"
)


def words(text: str) -> str:
    """Letters and digits: what is bold, a list or in a code's letters is the same text."""
    return " ".join(re.findall(r"\w+", text)).lower()


# --- samples -----------------------------------------------------------------------------


@each_lab
def test_there_are_enough_samples(name: str) -> None:
    samples = load_samples(scenarios_root() / name / "samples")
    right = [sample for sample in samples if sample.is_right]
    assert len(right) >= 3
    assert len(samples) - len(right) >= 8


@each_sample
def test_an_expectation_is_complete(name: str, sample: Sample) -> None:
    lab = lab_of(name)
    points = {criterion.id: criterion.points for criterion in lab.criteria}
    assert list(sample.criteria) == list(points)
    earned = {"pass": 1, "partial": 2}
    score = sum(points[c] / earned[s] for c, s in sample.criteria.items() if s in earned)
    assert sample.score == score
    assert sample.is_right == (score == lab.max_score)
    assert sample.is_right or sample.name.startswith("faute_")
    assert set(sample.diagnoses) <= all_ids()
    assert set(sample.runs) <= {scenario.id for scenario in lab.scenarios}
    assert EXPECTED not in {program.name for program in sample.programs}


@pytest.mark.sandbox
@each_played
def test_each_criterion_has_its_expected_status(name: str, sample: Sample, grades: Grades) -> None:
    grade = grades(name)[sample.name]
    assert [(run.id, run.problem) for run in grade.runs if run.outcome == "not_run"] == []
    assert verdicts(grade) == sample.criteria
    assert grade.score == sample.score


@pytest.mark.sandbox
@each_played
def test_each_mistake_is_named(name: str, sample: Sample, grades: Grades) -> None:
    named = {d.id for d in grades(name)[sample.name].diagnoses if d.level == "error"}
    assert set(sample.diagnoses) <= named
    assert not (sample.is_right and named)


@pytest.mark.sandbox
@each_played
def test_each_run_ends_as_expected(name: str, sample: Sample, grades: Grades) -> None:
    outcomes = {run.id: _ending(run.outcome) for run in grades(name)[sample.name].runs}
    assert {run: outcomes[run] for run in sample.runs} == {
        run: _ending(outcome) for run, outcome in sample.runs.items()
    }


def _ending(outcome: str) -> str:
    """On a loaded machine a program that computes may meet the wall limit before that of CPU."""
    return "limit" if outcome == "timeout" else outcome
