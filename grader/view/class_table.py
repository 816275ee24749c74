"""The table of students and criteria: its first rows, and all of it as data for the script.

A class of 10,000 is a page of a few megabytes only because all rows but the first are data: the
script makes those that are looked at. What is data here is what `grades.csv` says, too, so that
the script can write the same file for any choice of rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import msgspec

from grader.formats.safe import spreadsheet_cell
from grader.judge.model import Grade, Judged, Status
from grader.lab.model import Criterion, Lab
from grader.results import number
from grader.view.bytes_view import TYPOGRAPHY, Run, escaped, prose, runs
from grader.view.class_words import class_words
from grader.view.distribution import scaled
from grader.view.late import LateMark, late_mark
from grader.view.lecture_plan import Told, errors
from grader.view.people import Person, by_name, person
from grader.view.teacher_eye import CODES, Code
from grader.view.words import SYMBOLS, count, decimal

FIRST_ROWS = 100
"""Rows that are in the page itself."""

STEP = 24
"""Rows that the script makes at a time: more than a screen has, and soon made."""

LETTERS = {Status.PASS: "p", Status.PARTIAL: "h", Status.FAIL: "f", Status.NOT_RUN: "n"}
"""Verdicts in the data, a letter for each criterion."""

Piece = list[str | int]
"""A stretch of text and what it is: 0 plain, 1 an escape, 2 words of a program."""


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
    """Neighbouring columns of one role."""

    role: str
    columns: int


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A verdict in the table."""

    status: Status
    symbol: str
    word: str
    """Read out in place of the symbol."""
    starts_role: bool


@dataclass(frozen=True, kw_only=True)
class StudentRow:
    """A submission's row. `cause` is the problem, else the title of the worst mistake."""

    who: Person
    score: str
    max_score: str
    complete: bool
    late: LateMark | None
    cells: tuple[Cell, ...]
    cause: tuple[Run, ...]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A value that a filter of the table can have."""

    value: str
    label: tuple[Run, ...]


@dataclass(frozen=True, kw_only=True)
class ClassTable:
    """Heads, first rows, what can be filtered by, and the data."""

    groups: tuple[ColumnGroup, ...]
    columns: tuple[Column, ...]
    rows: tuple[StudentRow, ...]
    late: bool
    """Somebody was late: the table has a column for it."""
    total: int
    shown: str
    """How many rows there are, in words."""
    verdicts: tuple[Choice, ...]
    mistakes: tuple[Choice, ...]
    eyes: tuple[Choice, ...]
    data: dict[str, object]
    """For the script, as `msgspec.json` encodes it."""


def class_table(
    lab: Lab,
    grades: Sequence[Grade],
    named: Mapping[Told, str],
    eyes: Mapping[str, tuple[Code, ...]],
    language: str,
    *,
    linked: bool,
) -> ClassTable:
    """The table; rows keep the order of `grades`.

    `named` are the keys of mistakes, `eyes` the reasons to look at a submission, by its id.
    """
    criteria = tuple(c for c in lab.criteria if c.enabled)
    table = class_words(language)
    starts = [i == 0 or criteria[i - 1].role != c.role for i, c in enumerate(criteria)]
    maker = _Maker(lab, criteria, starts, language, linked)
    total = count(len(grades), language)
    if len(grades) > FIRST_ROWS:
        first = table["first_rows" if linked else "first_rows_only"]
        shown = first.format(rows=count(FIRST_ROWS, language), total=total)
    else:
        shown = table["shown_all_one" if len(grades) == 1 else "shown_all"].format(total=total)
    found = [code for code in CODES if any(code in own for own in eyes.values())]
    return ClassTable(
        groups=tuple(
            ColumnGroup(role=table[role.capitalize()], columns=len(list(group)))
            for role, group in groupby(criteria, key=lambda c: c.role)
        ),
        columns=tuple(
            Column(
                id=c.id,
                title=c.title.in_language(language),
                points=decimal(c.points, language),
                starts_role=start,
            )
            for c, start in zip(criteria, starts, strict=True)
        ),
        rows=tuple(maker.row(grade) for grade in grades[:FIRST_ROWS]),
        late=any(late_mark(grade, language) for grade in grades),
        total=len(grades),
        shown=shown,
        verdicts=tuple(
            Choice(value=letter, label=prose(f"{SYMBOLS[status]} {table[status]}"))
            for status, letter in LETTERS.items()
        ),
        mistakes=tuple(Choice(value=key, label=prose(told[1])) for told, key in named.items()),
        eyes=tuple(Choice(value=code, label=prose(table[f"eyes_{code}"])) for code in found),
        data=maker.data(grades, named, eyes),
    )


class _Maker:
    def __init__(
        self,
        lab: Lab,
        criteria: Sequence[Criterion],
        starts: Sequence[bool],
        language: str,
        linked: bool,
    ) -> None:
        self.lab = lab
        self.criteria = criteria
        self.starts = starts
        self.language = language
        self.linked = linked
        self.words = class_words(language)

    def row(self, grade: Grade) -> StudentRow:
        judged = {j.criterion.id: j for j in grade.criteria}
        return StudentRow(
            who=person(grade, linked=self.linked),
            score=decimal(grade.score, self.language) if grade.max_score else "–",
            max_score=decimal(grade.max_score, self.language),
            complete=grade.complete,
            late=late_mark(grade, self.language),
            cells=tuple(
                self._cell(judged.get(c.id), start)
                for c, start in zip(self.criteria, self.starts, strict=True)
            ),
            cause=prose(self._cause(grade)),
        )

    def _cell(self, judged: Judged | None, starts_role: bool) -> Cell:
        status = _status(judged)
        word = self.words[status]
        return Cell(status=status, symbol=SYMBOLS[status], word=word, starts_role=starts_role)

    def _cause(self, grade: Grade) -> str:
        if grade.problem:
            return grade.problem.message.in_language(self.language)
        return next((title for _, title in errors(grade, self.language)), "")

    def data(
        self,
        grades: Sequence[Grade],
        named: Mapping[Told, str],
        eyes: Mapping[str, tuple[Code, ...]],
    ) -> dict[str, object]:
        places = {told: i for i, told in enumerate(named)}
        texts = _Texts()
        rows = bytearray(b"[")  # encoded one by one: a class may be big
        for grade in grades:
            row = self._data_row(grade, places, eyes.get(grade.id, ()), texts)
            rows += msgspec.json.encode(row) + b","
        rows[max(1, len(rows) - 1) :] = b"]"
        table = self.words
        script = ("shown_all", "shown_all_one", "shown_some", "shown_none", "shown_rows",
                  "shown_sorted", "more_rows", "provisional")  # fmt: skip
        return {
            "lang": self.language,
            "file": f"{self.lab.id}-grades.csv",
            "step": STEP,
            "linked": self.linked,
            "words": {key: table[key] for key in script},
            "verdicts": {
                letter: [status.value, table[status], SYMBOLS[status]]
                for status, letter in LETTERS.items()
            },
            "criteria": [[c.id, number(c.points), int(s)]
                         for c, s in zip(self.criteria, self.starts, strict=True)],
            "mistakes": list(named.values()),
            "eyes": list(CODES),
            "texts": texts.all,
            "places": by_name(grade.name for grade in grades),
            "late": self._late(grades),
            "rows": msgspec.Raw(rows),
        }  # fmt: skip

    def _late(self, grades: Sequence[Grade]) -> dict[str, list[object]]:
        """By the row's number: seconds, penalty, both in words. Empty where nobody was late."""
        marks = ((str(i), late_mark(grade, self.language)) for i, grade in enumerate(grades))
        return {i: [m.seconds, number(m.penalty), m.words, m.points] for i, m in marks if m}

    def _data_row(
        self,
        grade: Grade,
        places: Mapping[Told, int],
        eyes: Sequence[Code],
        texts: _Texts,
    ) -> list[object]:
        """A row as the script takes it apart: the order is that of its constants."""
        judged = {j.criterion.id: j for j in grade.criteria}
        problem = grade.problem.message.in_language(self.language) if grade.problem else ""
        return [
            grade.id,
            _name(grade),
            number(grade.score),
            number(grade.max_score),
            number(scaled(self.lab, grade)) if grade.max_score else -1,
            int(grade.complete),
            "".join(LETTERS[_status(judged.get(c.id))] for c in self.criteria),
            [places[told] for told in errors(grade, self.language)],
            "".join(str(CODES.index(code)) for code in eyes),
            texts.place(self._cause(grade)),
            spreadsheet_cell(escaped(problem, keep=TYPOGRAPHY)) if problem else 0,
        ]


class _Texts:
    """Texts that many rows have, each once; the first is empty."""

    def __init__(self) -> None:
        self.all: list[list[Piece]] = [[]]
        self._places = {"": 0}

    def place(self, text: str) -> int:
        if text not in self._places:
            self._places[text] = len(self.all)
            self.all.append(_pieces(prose(text)))
        return self._places[text]


def _status(judged: Judged | None) -> Status:
    return judged.status if judged else Status.NOT_RUN


def _name(grade: Grade) -> list[Piece] | str | int:
    """As pieces; as a text where nothing in it is an escape; 0 where it is the id."""
    if grade.name == grade.id:
        return 0
    pieces = _pieces(runs(grade.name))
    return pieces if len(pieces) != 1 or pieces[0][1] else str(pieces[0][0])


def _pieces(parts: Sequence[Run]) -> list[Piece]:
    return [[part.text, 2 if part.code else int(part.escape)] for part in parts]
