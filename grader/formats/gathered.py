"""What a terminal says of several findings or mistakes at once: each thing once, with its places.

Texts only; how lines are broken and coloured is `terminal`'s business.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from grader.formats.safe import one_line
from grader.judge.model import Diagnosis, Finding, Grade, Status
from grader.judge.wording import in_brackets
from grader.lab.model import Lab
from grader.view.words import labelled, words

_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=[A-ZÀ-Ý«“])")


def told_alike(errors: Sequence[Diagnosis], language: str) -> list[list[Diagnosis]]:
    """Mistakes of which the same is said, as those of both programs may be."""
    groups: dict[tuple[str, str], list[Diagnosis]] = {}
    for one in errors:
        said = (one.title.in_language(language), one.explanation.in_language(language))
        groups.setdefault(said, []).append(one)
    return list(groups.values())


def error_line(grade: Grade, diagnosis: Diagnosis) -> bytes:
    """The last line of the error that nothing better is known of."""
    if diagnosis.id != "exit-status":
        return b""
    found = (
        f.actual
        for judged in grade.criteria
        for f in judged.findings
        if f.run == diagnosis.run and f.expectation == "exit" and f.status is Status.FAIL
    )
    return next(found, None) or b""


def first_run(grade: Grade, diagnosis: Diagnosis) -> str:
    """The first run in which what it explains was lost: it may be proved in a later one only."""
    lost = {
        f.run
        for judged in grade.criteria
        if judged.criterion.id in diagnosis.criteria
        for f in judged.findings
        if f.status in (Status.FAIL, Status.PARTIAL)
    }
    order = [run.id for run in grade.runs]
    before = order[: order.index(diagnosis.run)] if diagnosis.run in order else []
    return next((run for run in before if run in lost), diagnosis.run)


def place(diagnosis: Diagnosis) -> str:
    """`serveur.py:10`: the line that a run showed, else the one to look at."""
    number = diagnosis.line or diagnosis.look
    line = f":{number}" if number else ""
    return f"{diagnosis.file}{line}"


def notes(grade: Grade, titles: Mapping[str, str], language: str) -> Iterator[str]:
    """Each remark once, with its first sentence, every place, and where it was seen."""
    groups: dict[str, list[Diagnosis]] = {}
    for diagnosis in (d for d in grade.diagnoses if d.level != "error"):
        groups.setdefault(_sentence(diagnosis, language), []).append(diagnosis)
    for said, alike in groups.items():
        places = _together(language, dict.fromkeys(place(d) for d in alike if d.file))
        if not places:
            yield said
            continue
        seen = [run for d in alike for run in (d.run, *d.again)]
        yield f"{labelled(places, language)}{said}{in_runs(titles, seen, language)}"


def _sentence(diagnosis: Diagnosis, language: str) -> str:
    """The first sentence of what is said of it; the line stands in the place before it."""
    said = _SENTENCE.split(diagnosis.explanation.in_language(language), maxsplit=1)[0]
    return said.replace(in_brackets(diagnosis.line).in_language(language), "")


def _together(language: str, names: Iterable[str]) -> str:
    """« serveur.py:11 et client.py:7 »."""
    *before, last = [*names] or [""]
    if not before:
        return last
    return words(language)["t_and"].format(first=", ".join(before), second=last)


def wanting(lab: Lab, grade: Grade, titles: Mapping[str, str], language: str) -> Iterator[str]:
    """What advice runs missed and no remark explains: what the lab says of it, else what came."""
    scenarios = {s.id: s for s in lab.scenarios}
    played = {run.id: scenarios.get(run.scenario) for run in grade.runs}
    told = dict[str, None]()
    for finding in _unexplained(grade):
        scenario = played.get(finding.run)
        file = None
        if scenario is not None and scenario.tests != "both":
            file = grade.programs.of(scenario.tests)
        if scenario is None or scenario.advice is None or file is None:
            said = finding.what.in_language(language)
        else:
            advice = one_line(scenario.advice.in_language(language))
            first = _SENTENCE.split(advice, maxsplit=1)[0]
            said = f"{labelled(file, language)}{first}"
        told.setdefault(f"{said}{in_runs(titles, [finding.run], language)}")
    yield from told


def _unexplained(grade: Grade) -> list[Finding]:
    """What advice runs missed and nothing says better.

    A diagnosis does. Of a program with mistakes most of it follows from them, and the rest
    can wait until they are gone.
    """
    explained = {run for d in grade.diagnoses for run in (d.run, *d.again)}
    explained |= {s.run for s in grade.sweeps}
    wrong: set[str] = {d.role for d in grade.diagnoses if d.level == "error"}
    wrong |= {"both"} if wrong else set()
    roles = {run.id: run.role for run in grade.runs}
    return [
        f
        for f in grade.advice
        if f.status is not Status.PASS and f.run not in explained and roles.get(f.run) not in wrong
    ]


def in_runs(titles: Mapping[str, str], runs: Iterable[str], language: str) -> str:
    """« (Un message arrive en deux morceaux) », or nothing."""
    between = "\u00a0; " if language == "fr" else "; "
    names = between.join(dict.fromkeys(titles.get(run, run) for run in runs))
    return f" ({names})" if names else ""
