"""Sample submissions of a lab, graded and compared with what their `expected.yaml` says."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from grader.batch.judging import judge_run
from grader.batch.plan import jobs_of, seed_for
from grader.intake.discover import discover
from grader.intake.errors import Refused
from grader.intake.reading import read
from grader.intake.tree import read_regular
from grader.judge.model import Grade
from grader.lab.expected import EXPECTED_FILE, MAX_BYTES, Expected, read_expected
from grader.lab.model import Lab, Text
from grader.lab.problems import LabError, LabProblem, Place
from grader.run.engines import Engine
from grader.run.jobs import EngineOptions, Played
from grader.submission import Submission

_LIMIT = {"timeout": "limit"}
"""On a loaded machine a program that computes may meet the wall limit before that of CPU."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One of them, as a submission is read."""

    submission: Submission
    expected: Expected


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What a sample came to."""

    name: str
    grade: Grade
    expected: Expected
    differences: tuple[Text, ...]
    """Empty: it is as expected."""
    fault: str = ""
    """Why it could not be graded: the host's fault, or ours."""


def samples_in(folder: Path, lab: Lab, only: Collection[str] = ()) -> list[Sample]:
    """The samples of a folder (one folder each), or those of these names.

    Raises:
        InputError: there is no such folder, or nothing in it.
        LabError: one has no `expected.yaml`, or there is something wrong in it; all are told.
    """
    found: list[Sample] = []
    problems: list[LabProblem] = []
    for entry in discover(folder, lab.roles).entries:
        if only and entry.name not in only:
            continue
        path = folder / entry.name / EXPECTED_FILE
        try:
            expected = read_expected(read_regular(path, MAX_BYTES), str(path), lab)
        except LabError as error:
            problems += error.problems
        except Refused:
            problems.append(LabProblem(Place(str(path), 1, 1), "it can't be read: write what the"
                                       " sample has to come to, `score: 17` at least"))  # fmt: skip
        else:
            found.append(Sample(submission=read(entry, lab.roles), expected=expected))
    if problems:
        raise LabError(problems)
    return found


def compared(
    lab: Lab, samples: Sequence[Sample], options: EngineOptions, seed: str | None = None
) -> Iterator[Compared]:
    """Grade the samples, and yield each as it is done.

    Raises:
        HostError: nothing can be played on this machine.
    """
    by_id = {one.submission.id: one for one in samples}
    seeds = {key: seed_for(lab, one.submission, seed) for key, one in by_id.items()}
    jobs = {key: jobs_of(lab, one.submission, seeds[key]) for key, one in by_id.items()}
    waiting = {key: len(those) for key, those in jobs.items()}
    played: dict[str, list[Played]] = {key: [] for key in by_id}

    def judged(key: str) -> Compared:
        one = by_id[key]
        runs = [run.transcript for each in played.pop(key) for run in each.runs]
        return _compared(lab, one, judge_run(lab, one.submission, seeds[key], runs))

    for key in [key for key, left in waiting.items() if not left]:
        yield judged(key)
    with Engine(options) as engine:
        for result in engine.play(job for those in jobs.values() for job in those):
            played[result.key].append(result)
            waiting[result.key] -= 1
            if not waiting[result.key]:
                yield judged(result.key)


def _compared(lab: Lab, sample: Sample, grade: Grade) -> Compared:
    lost = [run for run in grade.runs if run.outcome == "not_run"]
    fault = f"{lost[0].id}: {lost[0].problem or lost[0].outcome}" if lost else ""
    return Compared(
        name=sample.submission.name,
        grade=grade,
        expected=sample.expected,
        differences=() if fault else tuple(_differences(lab, sample.expected, grade)),
        fault=fault,
    )


def _differences(lab: Lab, expected: Expected, grade: Grade) -> Iterator[Text]:
    if grade.score != expected.score:
        got, wanted = _points(grade.score), _points(expected.score)
        yield _said(f"{got} points, attendu {wanted}", f"{got} points, expected {wanted}")
    for judged in grade.criteria:
        name, status = judged.criterion.id, judged.status
        wanted = expected.criteria.get(name, str(status))
        if status != wanted:
            what = judged.findings[0].what.in_language(lab.language) if judged.findings else ""
            more = f" ({what})" if what else ""
            yield _said(
                f"{name}~: {status}, attendu {wanted}{more}",
                f"{name}: {status}, expected {wanted}{more}",
            )
    named = ", ".join(sorted({d.id for d in grade.diagnoses if d.level == "error"}))
    for name in expected.diagnoses or ():
        if name not in named.split(", "):
            yield _said(
                f"{name} n’est pas nommé~; ce qui l’est~: {named or 'rien'}",
                f"{name} is not named; what is: {named or 'nothing'}",
            )
    outcomes = {run.scenario: run.outcome for run in grade.runs}
    for scenario, wanted in expected.runs.items():
        outcome = outcomes.get(scenario, "not played")
        if _LIMIT.get(outcome, outcome) != _LIMIT.get(wanted, wanted):
            yield _said(
                f"{scenario}~: {outcome}, attendu {wanted}",
                f"{scenario}: {outcome}, expected {wanted}",
            )


def _said(french: str, english: str) -> Text:
    return Text({"fr": french.replace("~", "\u00a0"), "en": english})


def _points(number: Fraction) -> str:
    return f"{float(number):g}"
