"""Grades for a Canvas assignment, in the gradebook that Canvas itself exported.

Sources: instructure/canvas-lms, `lib/gradebook_exporter.rb`, `lib/gradebook_importer.rb`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

from grader.formats.filling import Filled, column, style_of
from grader.formats.people import (
    Handed,
    Keys,
    letters_of,
    matched,
    same_text,
    settled,
    words_of,
)
from grader.formats.points import Style, Written, read_number, scaled, write_number
from grader.formats.safe import one_line
from grader.formats.sheet import Sheet, SheetError

HEADERS: dict[str, tuple[str, ...]] = {
    "id": ("ID",),
    "name": ("Student",),
    "last": ("LastName",),
    "first": ("FirstName",),
    "user": ("SIS User ID",),
    "login": ("SIS Login ID",),
    "section": ("Section",),
}

_TITLE = re.compile(r"(?P<title>.*?)\s*\((?P<id>\d+)\)", re.DOTALL)
_READ_ONLY = "(read only)"
_SHOWN = 10


def fill_gradebook(
    sheet: Sheet, handed: Sequence[Handed], assignment: str | None, headers: Mapping[str, str]
) -> Filled:
    """The gradebook with the grades of those who have one; every other cell as it was.

    `assignment` is the header, the title or the number of one assignment; it may be left out
    where there is only one. Grades are on the scale of its « Points Possible ».

    Raises:
        SheetError: a column that is needed is missing, or Canvas would not take it.
    """
    identifier = column(sheet, "id", HEADERS, headers)
    grade = _assignment(sheet, assignment, column(sheet, "section", HEADERS, headers))
    # Rows without an ID are Canvas's own: points possible, manual posting.
    students = [r for r in range(1, len(sheet.rows)) if sheet.value(r, identifier).strip()]
    possible = _possible(sheet, grade, students[0] if students else len(sheet.rows))
    found = matched(handed, _ways(sheet, handed, students, headers))
    matches = settled(handed, {key: (row,) for key, row in found.items()})
    cells: dict[tuple[int, int], str] = {}
    ungraded: list[str] = []
    scales: set[tuple[Fraction, Fraction]] = set()
    for one in handed:
        for row in matches.rows.get(one.id, ()):
            most = possible or Written(one.most, Style("", 0))
            value = None if one.score is None else scaled(one.score, one.most, most.value)
            if value is None:
                ungraded.append(one.id)
                continue
            scales.add((one.most, most.value))
            cells[row, grade] = write_number(value, style_of(sheet, most, grade))
    return Filled(
        data=sheet.filled(cells),
        written=len(cells),
        ungraded=tuple(ungraded),
        matches=matches,
        left=len(students) - len(matches.rows),
        scales=frozenset(pair for pair in scales if pair[0] != pair[1]),
    )


def _assignment(sheet: Sheet, wanted: str | None, section: int) -> int:
    """The assignment's column: assignments stand after the sections, `Title (number)`."""
    titles = {
        index: found
        for index, header in enumerate(sheet.header)
        if index > section and (found := _TITLE.fullmatch(header))
    }
    if wanted is None:
        chosen = list(titles)
    else:
        asked = wanted.strip()
        chosen = [
            index
            for index, found in titles.items()
            if asked in (sheet.header[index], found["title"], found["id"])
        ]
    if len(chosen) == 1:
        return chosen[0]
    there = ", ".join(one_line(sheet.header[index]) for index in [*titles][:_SHOWN])
    if wanted is None or chosen:
        raise SheetError(
            f"lequel de ces devoirs\u00a0? {there}. Dites-le avec --assignment",
            f"which of these assignments? {there}. Tell by --assignment",
        )
    raise SheetError(
        f"aucun devoir ne s’appelle {one_line(wanted)} (il y a\u00a0: {there})",
        f"no assignment is called {one_line(wanted)} (there are: {there})",
    )


def _possible(sheet: Sheet, grade: int, first: int) -> Written | None:
    """The assignment's points, from the rows above the students'; None where nothing says."""
    for row in range(1, first):
        cell = sheet.value(row, grade)
        if _READ_ONLY in cell:
            raise SheetError(
                f"la colonne {one_line(sheet.header[grade])} est en lecture seule",
                f"the column {one_line(sheet.header[grade])} is read only",
            )
        found = read_number(cell)
        if found is not None and found.value > 0:
            return found
    return None


def _ways(
    sheet: Sheet, handed: Sequence[Handed], students: Sequence[int], headers: Mapping[str, str]
) -> list[Keys]:
    """As Canvas matches: by its own ID, by the school's, by login, then by name."""
    there = {*sheet.header}

    def cells(key: str) -> dict[int, str]:
        if not ({headers[key]} if headers.get(key) else {*HEADERS[key]}) & there:
            return dict.fromkeys(students, "")
        where = column(sheet, key, HEADERS, headers)
        return {row: sheet.value(row, where).strip() for row in students}

    own, last, first, name = cells("id"), cells("last"), cells("first"), cells("name")
    names = {row: name[row] or f"{last[row]}, {first[row]}" for row in students}
    ways: list[Keys] = [
        # A team's own ID is that of one of its members.
        (
            {one.id: [] if one.team else [one.ids.get("canvas", "")] for one in handed},
            {row: [own[row]] for row in students},
        ),
        # The number in a downloaded file's name counts with the name before it.
        (
            {o.id: [f"{o.number} {letters_of(o.name)}"] if o.number else [] for o in handed},
            {row: [f"{own[row]} {letters_of(names[row])}"] for row in students},
        ),
    ]
    known = {o.id: [*map(same_text, (*o.ids.values(), o.entry, o.id))] for o in handed}
    for key in ("user", "login"):
        ways.append((known, {row: [same_text(value)] for row, value in cells(key).items()}))
    for form in (same_text, words_of, letters_of):
        ways.append(
            (
                {one.id: [form(one.name)] for one in handed},
                {row: [form(names[row])] for row in students},
            )
        )
    return ways
