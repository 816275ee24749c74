"""What a failed test says: the requirement, the mistake and its line, what was expected and came.

A student's bytes are in here: nothing of them reaches a terminal as anything but text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from grader.formats.gathered import place
from grader.formats.safe import no_commands, one_line
from grader.judge.criteria import worst
from grader.judge.model import Diagnosis, Finding, Grade, Judged, Status
from grader.view.bytes_view import escaped, escaped_bytes, width
from grader.view.difference import caret
from grader.view.source import AROUND, source_lines
from grader.view.words import labelled, words

_COLUMNS = 88
_BYTES = 400


def findings_of(grade: Grade, scenario: str, criterion: str | None) -> tuple[Finding, ...]:
    """What the runs of a scenario came to for a criterion; None: what its advice came to.

    For a criterion that could not be tried at all, why that is.
    """
    runs = {run.id for run in grade.runs if run.scenario == scenario}
    if criterion is None:
        return tuple(f for f in grade.advice if f.run in runs)
    judged = judged_of(grade, criterion)
    found = tuple(f for f in judged.findings if f.run in runs)
    return found or tuple(f for f in judged.findings if not f.run)


def judged_of(grade: Grade, criterion: str) -> Judged:
    """The criterion's verdict.

    Raises:
        KeyError: the grade has none of that id.
    """
    for judged in grade.criteria:
        if judged.criterion.id == criterion:
            return judged
    raise KeyError(criterion)


def status_of(findings: Sequence[Finding]) -> Status:
    """The worst verdict; `not_run` where there is none."""
    return worst([finding.status for finding in findings])


def cause_of(grade: Grade, criterion: str, scenario: str) -> Diagnosis | None:
    """The mistake that explains it: one that this scenario has shown, else the first."""
    runs = {run.id for run in grade.runs if run.scenario == scenario}
    causes = [d for d in grade.diagnoses if criterion in d.criteria]
    here = (d for d in causes if d.run in runs or runs.intersection(d.again))
    return next(here, causes[0] if causes else None)


def failure(
    grade: Grade, criterion: str, scenario: str, sources: Mapping[str, bytes], language: str
) -> str:
    """Why the criterion is lost in this scenario, as plain text of several lines."""
    judged = judged_of(grade, criterion)
    told = judged.criterion.title.in_language(language)
    lines = [one_line(told), ""]
    required = judged.criterion.requirement.in_language(language)
    lines.append(labelled(words(language)["requirement"], language) + one_line(required))
    if (cause := cause_of(grade, criterion, scenario)) is not None:
        lines += ["", *_cause(cause, sources, language)]
    lines.append("")
    for finding in findings_of(grade, scenario, criterion):
        if finding.status is not Status.PASS:
            lines += _finding(finding, language)
    return no_commands("\n".join(lines).rstrip())


def remark(findings: Sequence[Finding], language: str) -> str:
    """What advice that does not hold says, on one line."""
    said = (f.what.in_language(language) for f in findings if f.status is not Status.PASS)
    return no_commands(one_line(" ".join(dict.fromkeys(said))))


def ungraded(findings: Sequence[Finding], problems: Sequence[str], language: str) -> str:
    """Why there is no verdict: a fault of the machine or ours, never the student's."""
    said = dict.fromkeys([*(f.what.in_language(language) for f in findings), *problems])
    reasons = [one_line(reason) for reason in said if reason]
    return no_commands("\n".join([words(language)["not_run"], *reasons]))


def _cause(cause: Diagnosis, sources: Mapping[str, bytes], language: str) -> Iterator[str]:
    yield one_line(cause.title.in_language(language))
    if cause.file:
        yield f"{one_line(place(cause))}"
        yield from _lines(sources.get(cause.file, b""), cause.line or cause.look or 0)
    yield one_line(cause.explanation.in_language(language))


def _lines(data: bytes, line: int) -> Iterator[str]:
    texts = source_lines(data)
    if not 1 <= line <= len(texts):
        return
    for number in range(max(1, line - AROUND), min(len(texts), line + AROUND) + 1):
        text = escaped(texts[number - 1][:_COLUMNS].expandtabs(4)).rstrip()
        yield f"  {'>' if number == line else ' '} {number:4} | {text}"


def _finding(finding: Finding, language: str) -> Iterator[str]:
    yield one_line(finding.what.in_language(language))
    if finding.expected is None or finding.expected == finding.actual:
        return
    table = words(language)
    names = [labelled(table["expected"], language), labelled(table["actual"], language)]
    lead = max(map(width, names))
    expected, actual = ("  " + name + " " * (lead - width(name)) for name in names)
    if finding.actual is None:
        yield expected + escaped_bytes(finding.expected, _BYTES)
        return
    both = caret(finding.expected, finding.actual, _COLUMNS - lead)
    yield expected + both.expected
    yield actual + (both.actual or table["nothing"])
    if both.column is not None and both.actual:
        yield " " * (2 + lead + both.column) + "^"
