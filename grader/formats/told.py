"""What exports say of a submission, from its result.json alone.

The texts in a result are in the language of its report already; only labels are ours. They may
come from a file that somebody edited: each format makes them harmless for its own reader.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import PurePosixPath
from typing import Protocol

from grader.formats.safe import plain
from grader.results import (
    CriterionDetail,
    DiagnosisDetail,
    FindingInfo,
    Number,
    Result,
    counted,
)
from grader.view.late import late_sentence
from grader.view.student_words import own_words
from grader.view.words import decimal, labelled, words

SHOWN = 2048
"""Characters of what was expected, and of what came, that an export quotes."""


class Graded(Protocol):
    """Results that can be gone through again and again, one at a time in memory."""

    def __iter__(self) -> Iterator[Result]:
        """Each result, in the order of the class."""

    def __len__(self) -> int:
        """How many there are."""


def exact(value: Number) -> Fraction:
    """The points as the decimal says them: 0.1 is a tenth."""
    return Fraction(repr(value))


def has_grade(result: Result) -> bool:
    """Whether there is a grade to hand back: a part that was not run makes it provisional."""
    return result.complete and all(c.status != "not_run" for c in result.criteria)


def shows_hidden(result: Result) -> bool:
    """Whether it tells of a scenario that students may not see (yet)."""
    seen = {run.visibility for run in result.runs} | {c.visibility for c in result.criteria}
    return seen - {"visible"} != set()


def points(score: Number, most: Number, language: str) -> str:
    """`17,5/20`."""
    return f"{decimal(exact(score), language)}/{decimal(exact(most), language)}"


def seconds(result: Result, runs: Iterable[str] | None = None) -> Fraction:
    """Wall time of these runs (of all)."""
    wanted = None if runs is None else set(runs)
    spent = (exact(r.seconds) for r in result.runs if wanted is None or r.id in wanted)
    return sum(spent, Fraction(0))


def role_of(result: Result, criterion: CriterionDetail) -> str:
    """`server`, `client` or `both`: the role of the runs that prove it, else of its id."""
    proved_in = {finding.run for finding in criterion.findings}
    roles = {run.role for run in result.runs if run.id in proved_in}
    if len(roles) == 1:
        return roles.pop()
    prefix = criterion.id.split(".", 1)[0]
    return prefix if prefix in ("server", "client") else "both"


def cause_of(result: Result, criterion: CriterionDetail) -> DiagnosisDetail | None:
    """The worst mistake that explains it."""
    return next((d for d in result.diagnoses if criterion.id in d.criteria), None)


def title_of(criterion: CriterionDetail) -> str:
    """`server.print2: It prints the second message`: titles of both roles may be alike."""
    return f"{criterion.id}: {criterion.title}"


def message(result: Result, criterion: CriterionDetail, language: str) -> str:
    """One line: the verdict, the points, and why."""
    cause = cause_of(result, criterion)
    said = [finding.what for finding in criterion.findings if finding.status != "pass"]
    why = cause.title if cause else (said or [""])[0]
    verdict = words(language)[criterion.status]
    score = points(counted(criterion), criterion.max_points, language)
    if criterion.adjusted:
        score += f" ({words(language)['adjustment'].lower()})"
    return " ".join(f"{verdict}, {score}. {why}".split("\n")).rstrip(". ") + "."


def adjusted(criterion: CriterionDetail, language: str) -> str:
    """One line: the points that a person gave instead of those that were judged, and why."""
    given = criterion.adjusted
    if not given:
        return ""
    return own_words(language)["adjusted"].format(
        title=criterion.title,
        points=decimal(exact(given.points), language),
        judged=decimal(exact(criterion.points), language),
        date=given.date,
        why=given.why,
    )


def late(result: Result, language: str) -> str:
    """One line: what being late took off; empty where it was not late."""
    if not result.late:
        return ""
    earned, score = exact(result.late.earned), exact(result.score)
    return late_sentence(result.late.seconds, result.late.rule, earned, score, language)


def changed(result: Result, language: str) -> list[str]:
    """What makes the grade another than the verdicts say, a line for each thing."""
    lines = [late(result, language), *(adjusted(one, language) for one in result.criteria)]
    return [line for line in lines if line]


def details(result: Result, criterion: CriterionDetail, language: str) -> str:
    """Several lines: what the statement asks, the mistake, what was expected and what came."""
    cause = cause_of(result, criterion)
    lines = [labelled(words(language)["requirement"], language) + criterion.requirement]
    if cause:
        lines.append(cause.explanation)
    if by_hand := adjusted(criterion, language):
        lines.append(by_hand)
    for finding in criterion.findings:
        if finding.status != "pass":
            lines += _finding(finding, language)
    return "\n".join(lines)


def _finding(finding: FindingInfo, language: str) -> Iterator[str]:
    yield f"[{finding.run}] {finding.what}"
    for key, shown in (("expected", finding.expected), ("actual", finding.actual)):
        if shown is not None:
            yield f"  {labelled(words(language)[key], language)}{cut(shown, SHOWN)}"


def overview(result: Result, language: str) -> str:
    """A few lines for the top of a page: the grade, then the mistakes with their places."""
    table = words(language)
    lines = []
    if has_grade(result):
        score = points(result.score, result.max_score, language)
        lines.append(labelled(table["grade"], language) + score)
    else:
        lines.append(table["incomplete"])
    lines += changed(result, language)
    if result.problem:
        lines.append(result.problem.message)
    for diagnosis in result.diagnoses:
        label = "" if diagnosis.level == "error" else labelled(table["remark"], language)
        lines.append(f"- {label}{diagnosis.title}{_place(diagnosis)}")
    return plain("\n".join(lines))


def _place(diagnosis: DiagnosisDetail) -> str:
    if diagnosis.file is None:
        return ""
    return f" ({diagnosis.file}:{diagnosis.line})" if diagnosis.line else f" ({diagnosis.file})"


def inside(*parts: str) -> str:
    """A path below the repository's root, whatever the parts say: no `/` first, no `..`."""
    steps = [step for part in parts for step in PurePosixPath(part).parts]
    return "/".join(step for step in steps if step not in ("/", "//", ".", ".."))


def cut(text: str, limit: int) -> str:
    """The text, at most `limit` characters of it, and `…` for the rest."""
    return text if len(text) <= limit else text[:limit] + "…"
