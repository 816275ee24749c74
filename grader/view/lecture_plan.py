"""Which mistakes the class makes, and which notion to explain for each: the next lecture's plan."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from grader.judge.model import Diagnosis, Grade, Status
from grader.view.bytes_view import Run, prose
from grader.view.class_words import class_words, percent
from grader.view.people import People, people
from grader.view.words import count, decimal

Told = tuple[str, str]
"""A mistake by its id and its title: one id may be told in several ways, which a teacher would
answer differently."""


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A mistake, and who makes it. `key` names it in the table's filter."""

    id: str
    key: str
    title: tuple[Run, ...]
    count: str
    share: float
    """0 to 1, of the class."""
    lost: str
    """Points that it has cost all of them together; empty: none."""
    who: People
    in_table: str
    """Words of the link that shows them in the table."""


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """A notion to explain, how many lack it, and the mistakes that show it."""

    notion: tuple[Run, ...]
    count: str
    percent: str
    mistakes: tuple[Mistake, ...]


def errors(grade: Grade, language: str) -> dict[Told, Diagnosis]:
    """The submission's mistakes, the worst first; the first of each that is told alike."""
    found: dict[Told, Diagnosis] = {}
    for diagnosis in grade.diagnoses:
        if diagnosis.level == "error":
            found.setdefault((diagnosis.id, diagnosis.title.in_language(language)), diagnosis)
    return found


def keys(grades: Sequence[Grade], language: str) -> dict[Told, str]:
    """A short name for each mistake of the class, the most frequent one first.

    It is the mistake's id; where one id is told in several ways, a sum of the title is added,
    so that an address that was kept means the same in a bigger class.
    """
    counts = Counter(told for grade in grades for told in errors(grade, language))
    ways = Counter(identifier for identifier, _ in counts)
    ranked = sorted(counts, key=lambda told: (-counts[told], told))
    return {
        told: told[0] if ways[told[0]] == 1 else f"{told[0]}-{_sum(told[1])}" for told in ranked
    }


def _sum(title: str) -> str:
    return hashlib.sha256(title.encode("utf-8", "surrogatepass")).hexdigest()[:4]


def lecture_plan(
    grades: Sequence[Grade], named: Mapping[Told, str], language: str, *, linked: bool
) -> tuple[Lesson, ...]:
    """Notions by how many lack them, in each the mistakes by how many make them.

    `named` is what `keys` gave. Equal numbers are ordered by the points that they cost.
    """
    tallies: dict[Told, _Tally] = {}
    for grade in grades:
        costs = _costs(grade)
        for told, diagnosis in errors(grade, language).items():
            tally = tallies.setdefault(told, _Tally(told, _notion(diagnosis, language)))
            tally.who.append(grade)
            # Of one id told twice in one submission, the first bears what it cost.
            tally.lost += costs.pop(told[0], Fraction(0))
    lessons: dict[str, list[_Tally]] = defaultdict(list)
    for tally in sorted(tallies.values(), key=_Tally.rank):
        lessons[tally.notion].append(tally)
    ranked = sorted(lessons.items(), key=lambda lesson: _rank(*lesson))
    return tuple(
        Lesson(
            notion=prose(_capital(notion) or class_words(language)["plan_other"]),
            count=count(len(_lacking(tallied)), language),
            percent=percent(len(_lacking(tallied)) / len(grades), language),
            mistakes=tuple(
                _mistake(tally, named[tally.told], len(grades), language, linked=linked)
                for tally in tallied
            ),
        )
        for notion, tallied in ranked
    )


@dataclass
class _Tally:
    """Who makes a mistake, and what it has cost them."""

    told: Told
    notion: str
    who: list[Grade] = field(default_factory=list)
    lost: Fraction = Fraction(0)

    def rank(self) -> tuple[object, ...]:
        return (-len(self.who), -self.lost, self.told)


def _lacking(tallied: Sequence[_Tally]) -> set[str]:
    return {grade.id for tally in tallied for grade in tally.who}


def _rank(notion: str, tallied: Sequence[_Tally]) -> tuple[object, ...]:
    lost = sum((tally.lost for tally in tallied), Fraction(0))
    return (-len(_lacking(tallied)), -lost, notion)


def _notion(diagnosis: Diagnosis, language: str) -> str:
    return diagnosis.notion.in_language(language) if diagnosis.notion else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _costs(grade: Grade) -> dict[str, Fraction]:
    """Points lost by the id of the diagnosis that explains them first."""
    costs: dict[str, Fraction] = {}
    for judged in grade.criteria:
        if judged.diagnoses and judged.status is not Status.NOT_RUN:
            first = judged.diagnoses[0]
            missing = judged.criterion.points - judged.points
            costs[first] = costs.get(first, Fraction(0)) + missing
    return costs


def _mistake(tally: _Tally, key: str, total: int, language: str, *, linked: bool) -> Mistake:
    table = class_words(language)
    number = len(tally.who)
    words = table["the_one" if number == 1 else "all_of_them"]
    return Mistake(
        id=tally.told[0],
        key=key,
        title=prose(tally.told[1]),
        count=count(number, language),
        share=number / total,
        lost=table["points_lost"].format(n=decimal(tally.lost, language)) if tally.lost else "",
        who=people(tally.who, linked=linked),
        in_table=words.format(n=count(number, language)),
    )
