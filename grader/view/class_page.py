"""What the class page shows, as plain data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from urllib.parse import quote

from grader.judge.model import Grade, Judged, Status
from grader.lab.model import ROLES, Criterion, Lab
from grader.view.bytes_view import Run, prose, runs
from grader.view.certified import eye_reason
from grader.view.student_model import Links
from grader.view.words import SYMBOLS, count, decimal, words

BARS_AT_MOST = 20
MISTAKES_SHOWN = 12


@dataclass(frozen=True, kw_only=True)
class Column:
    """A criterion as a column of the table."""

    id: str
    title: str
    points: str
    starts_role: bool
    """The first column of its role."""


@dataclass(frozen=True, kw_only=True)
class ColumnGroup:
    """The columns of one role."""

    role: str
    columns: int


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A verdict in the table. `order` sorts it: the points, -1 where there are none."""

    status: Status
    symbol: str
    word: str
    order: str
    starts_role: bool


@dataclass(frozen=True, kw_only=True)
class StudentRow:
    """A submission's row."""

    id: str
    href: str
    name: tuple[Run, ...]
    score: str
    max_score: str
    order: str
    """The score, for sorting, with a decimal point."""
    share: float
    complete: bool
    cells: tuple[Cell, ...]
    problem: tuple[Run, ...]
    cause: tuple[Run, ...]
    """Title of the worst diagnosis."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar of the distribution: grades from `low` up to (not including) `high`."""

    label: str
    low: str
    count: int
    height: float
    """0 to 1, of the highest bar."""


@dataclass(frozen=True, kw_only=True)
class Success:
    """How a criterion went in the class: a count and a share (0 to 100) for each status."""

    id: str
    title: str
    role: str
    """The role's name on the first criterion of a role, else empty."""
    percent: str
    parts: tuple[tuple[Status, str, int, float], ...]


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A diagnosis and how many submissions have it."""

    id: str
    title: tuple[Run, ...]
    count: int
    share: float


@dataclass(frozen=True, kw_only=True)
class ForTheEye:
    """A submission that a person should look at, and why."""

    href: str
    name: tuple[Run, ...]
    reasons: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True, kw_only=True)
class ClassPage:
    """Everything on the page, from top to bottom."""

    lab: str
    lab_id: str
    max_score: str
    total: str
    graded: str
    mean: str
    median: str
    isolation: str
    incomplete: bool
    """Some grade is provisional."""
    eye: tuple[ForTheEye, ...]
    bars: tuple[Bar, ...]
    success: tuple[Success, ...]
    mistakes: tuple[Mistake, ...]
    groups: tuple[ColumnGroup, ...]
    columns: tuple[Column, ...]
    rows: tuple[StudentRow, ...]
    links: Links


def class_page(
    lab: Lab,
    grades: Sequence[Grade],
    language: str,
    *,
    isolation: str = "",
    links: Links | None = None,
) -> ClassPage:
    """Build the page of a whole class; rows keep the order of `grades`."""
    criteria = tuple(c for c in lab.criteria if c.enabled)
    scores = scaled_scores(lab, grades)
    return ClassPage(
        lab=lab.title.in_language(language),
        lab_id=lab.id,
        max_score=decimal(lab.max_score, language),
        total=count(len(grades), language),
        graded=count(len(scores), language),
        mean=decimal(mean(scores), language) if scores else "–",
        median=decimal(median(scores), language) if scores else "–",
        isolation=isolation,
        incomplete=not all(g.complete for g in grades),
        eye=tuple(seen for g in grades if (seen := _for_the_eye(g, language))),
        bars=_bars(lab, scores, language),
        success=tuple(_success(c, criteria, grades, language) for c in criteria),
        mistakes=_mistakes(grades, language),
        groups=_groups(criteria, language),
        columns=tuple(_column(c, criteria, language) for c in criteria),
        rows=tuple(_row(g, criteria, language) for g in grades),
        links=links or Links(),
    )


def scaled_scores(lab: Lab, grades: Sequence[Grade]) -> list[Fraction]:
    """Scores out of the lab's maximum, in ascending order; what was not graded at all is out."""
    judged = (g for g in grades if g.max_score)
    return sorted(g.score * lab.max_score / g.max_score for g in judged)


def mean(values: Sequence[Fraction]) -> Fraction:
    """The exact mean of at least one value."""
    return sum(values, Fraction(0)) / len(values)


def median(values: Sequence[Fraction]) -> Fraction:
    """The middle of values in ascending order, of which there is at least one."""
    half, odd = divmod(len(values), 2)
    return values[half] if odd else (values[half - 1] + values[half]) / 2


def href(grade: Grade) -> str:
    """The submission's page, from the class page."""
    return f"{quote(grade.id)}/index.html"


def _bars(lab: Lab, scores: Sequence[Fraction], language: str) -> tuple[Bar, ...]:
    most = lab.max_score
    if not most:
        return ()
    number = min(BARS_AT_MOST, max(1, int(most)))
    step = most / number
    # The full mark has a bar of its own, the last.
    counts = Counter(int(score / step) for score in scores)
    highest = max(counts.values(), default=1)
    return tuple(
        Bar(
            label=_range(step * i, step, most, language),
            low=decimal(step * i, language, 1),
            count=counts[i],
            height=counts[i] / highest,
        )
        for i in range(number + 1)
    )


def _range(low: Fraction, step: Fraction, most: Fraction, language: str) -> str:
    """`17 – 18`: from the first number to just below the second."""
    first = decimal(low, language)
    return first if low == most else f"{first}\u00a0–\u00a0{decimal(low + step, language)}"


def _success(
    criterion: Criterion, criteria: Sequence[Criterion], grades: Sequence[Grade], language: str
) -> Success:
    judged = (j for g in grades for j in g.criteria if j.criterion.id == criterion.id)
    counts = Counter(j.status for j in judged)
    total = sum(counts.values())
    graded = total - counts[Status.NOT_RUN]
    share = Fraction(100 * counts[Status.PASS], graded) if graded else None
    table = words(language)
    return Success(
        id=criterion.id,
        title=criterion.title.in_language(language),
        role=table[criterion.role.capitalize()] if _starts_role(criterion, criteria) else "",
        percent="–" if share is None else f"{decimal(share, language, 0)}\u00a0%",
        parts=tuple(
            (status, table[status], counts[status], 100 * counts[status] / total)
            for status in Status
            if counts[status]
        ),
    )


def _mistakes(grades: Sequence[Grade], language: str) -> tuple[Mistake, ...]:
    # One id may be told in several ways, which a teacher would answer differently: a line each.
    counts = Counter(
        said
        for grade in grades
        for said in {
            (d.id, d.title.in_language(language)) for d in grade.diagnoses if d.level == "error"
        }
    )
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MISTAKES_SHOWN]
    return tuple(
        Mistake(id=name, title=prose(title), count=number, share=number / len(grades))
        for (name, title), number in ranked
    )


def _groups(criteria: Sequence[Criterion], language: str) -> tuple[ColumnGroup, ...]:
    table = words(language)
    return tuple(
        ColumnGroup(role=table[role.capitalize()], columns=len(list(group)))
        for role, group in groupby(criteria, key=lambda c: c.role)
    )


def _column(criterion: Criterion, criteria: Sequence[Criterion], language: str) -> Column:
    return Column(
        id=criterion.id,
        title=criterion.title.in_language(language),
        points=decimal(criterion.points, language),
        starts_role=_starts_role(criterion, criteria),
    )


def _starts_role(criterion: Criterion, criteria: Sequence[Criterion]) -> bool:
    return next(c for c in criteria if c.role == criterion.role) is criterion


def _row(grade: Grade, criteria: Sequence[Criterion], language: str) -> StudentRow:
    judged = {j.criterion.id: j for j in grade.criteria}
    worst = next((d for d in grade.diagnoses if d.level == "error"), None)
    return StudentRow(
        id=grade.id,
        href=href(grade),
        name=runs(grade.name),
        score=decimal(grade.score, language) if grade.max_score else "–",
        max_score=decimal(grade.max_score, language),
        order=decimal(grade.score, "en", 4) if grade.max_score else "-1",
        share=float(grade.score / grade.max_score) if grade.max_score else 0.0,
        complete=grade.complete,
        cells=tuple(_cell(judged.get(c.id), c, criteria, language) for c in criteria),
        problem=prose(grade.problem.message.in_language(language)) if grade.problem else (),
        cause=prose(worst.title.in_language(language)) if worst else (),
    )


def _cell(
    judged: Judged | None, criterion: Criterion, criteria: Sequence[Criterion], language: str
) -> Cell:
    status = judged.status if judged else Status.NOT_RUN
    counted = judged is not None and status is not Status.NOT_RUN
    return Cell(
        status=status,
        symbol=SYMBOLS[status],
        word=words(language)[status],
        order=decimal(judged.points, "en", 4) if judged and counted else "-1",
        starts_role=_starts_role(criterion, criteria),
    )


def _for_the_eye(grade: Grade, language: str) -> ForTheEye | None:
    reasons = eye_reasons(grade, language)
    if not reasons:
        return None
    return ForTheEye(
        href=href(grade), name=runs(grade.name), reasons=tuple(prose(text) for text in reasons)
    )


def eye_reasons(grade: Grade, language: str) -> list[str]:
    """Why a person should look at this submission; an empty list for most.

    A verdict that the host kept from being reached, a program that was not found or not told
    apart, and a program ended by the time limit, which a teacher may want to see run.
    """
    table = words(language)
    reasons = []
    if grade.problem:
        reasons.append(grade.problem.message.in_language(language))
    if not grade.complete:
        missing = [j.criterion.id for j in grade.criteria if j.status is Status.NOT_RUN]
        reasons.append(table["eye_incomplete"].format(criteria=", ".join(missing)))
    if changing := eye_reason(grade, language):
        reasons.append(changing)
    asked = {j.criterion.role for j in grade.criteria}
    if not grade.problem:
        for role in ROLES:
            if role in asked and grade.programs.of(role) is None:
                reasons.append(table["eye_missing"].format(role=table[role]))
    unclear = (r for r in grade.remarks if r.code in _UNCLEAR)
    reasons += [remark.text.in_language(language) for remark in unclear]
    late = [r.id for r in grade.runs if r.outcome == "timeout" and r.level == "graded"]
    if late:
        reasons.append(table["eye_timeout"].format(runs=", ".join(late)))
    return list(dict.fromkeys(reasons))


_UNCLEAR = frozenset({"unclear-role"})
"""Codes of remarks that ask for a person's decision."""
