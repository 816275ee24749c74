"""Grades and feedback for a Moodle assignment, in the files that Moodle itself gave.

Sources: moodle/moodle, `mod/assign/gradingtable.php` and `mod/assign/feedback/offline`
(the worksheet), `mod/assign/feedback/file/importziplib.php` (the zip of feedback files).
The importer finds columns by the exact text of their headers, in the uploading person's
language, so none is ever made: the downloaded worksheet is filled.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from grader.formats.filling import Filled, column, style_of
from grader.formats.people import (
    Handed,
    Keys,
    Matches,
    letters_of,
    matched,
    same_text,
    settled,
    words_of,
)
from grader.formats.points import Written, read_number, scaled, write_number
from grader.formats.safe import html_cell
from grader.formats.sheet import Sheet, SheetError

HEADERS: dict[str, tuple[str, ...]] = {
    "identifier": ("Identifier", "Identifiant"),
    "name": ("Full name", "Nom complet"),
    "group": ("Group", "Groupe"),
    "grade": ("Grade", "Note"),
    "maximum": ("Maximum grade", "Note maximale"),
    "feedback": (),
}
"""English and French headers. That of a feedback column is its plugin's: it must be told."""

_DIGITS = re.compile(r"(\d{1,19})\s*\Z", re.ASCII)
_FOLDER = re.compile(
    r"(?P<name>[^_/]+)_(?P<number>\d{1,19})_assignsubmission_[a-z0-9]+_?",
    re.ASCII,
)
_NOT_IN_NAMES = re.compile(r"[_\\/:*?\"<>|\x00-\x1f\x7f]+")


def fill_worksheet(sheet: Sheet, handed: Sequence[Handed], headers: Mapping[str, str]) -> Filled:
    """The worksheet with the grades of those who have one; every other cell as it was.

    `headers` are the teacher's own words for columns. With one for `feedback`, that column is
    filled too. Grades are on the worksheet's scale.

    Raises:
        SheetError: a column that is needed is missing, or the grades are no points.
    """
    grade = column(sheet, "grade", HEADERS, headers)
    maximum = column(sheet, "maximum", HEADERS, headers)
    feedback = column(sheet, "feedback", HEADERS, headers) if headers.get("feedback") else None
    matches = match_worksheet(sheet, handed, headers)
    cells: dict[tuple[int, int], str] = {}
    ungraded: list[str] = []
    scales: set[tuple[Fraction, Fraction]] = set()
    for one in handed:
        for row in matches.rows.get(one.id, ()):
            most = _maximum(sheet, row, maximum)
            value = None if one.score is None else scaled(one.score, one.most, most.value)
            if value is None:
                ungraded.append(one.id)
                break
            scales.add((one.most, most.value))
            cells[row, grade] = write_number(value, style_of(sheet, most, grade))
            if feedback is not None:
                cells[row, feedback] = html_cell(one.said)
    return Filled(
        data=sheet.filled(cells),
        written=sum(where == grade for _, where in cells),
        ungraded=tuple(ungraded),
        matches=matches,
        left=len(sheet.rows) - 1 - len({row for rows in matches.rows.values() for row in rows}),
        scales=frozenset(pair for pair in scales if pair[0] != pair[1]),
    )


def match_worksheet(sheet: Sheet, handed: Sequence[Handed], headers: Mapping[str, str]) -> Matches:
    """Whose submission each row is: by identifier, e-mail or login, name; a team's: all rows."""
    identifier = column(sheet, "identifier", HEADERS, headers)
    grade = column(sheet, "grade", HEADERS, headers)
    name = _optional(sheet, "name", headers)
    group = _optional(sheet, "group", headers)
    first = identifier + 1 if name is None else name + 1
    identity = [c for c in range(first, grade) if c != group]
    found = matched(handed, _ways(sheet, handed, identifier, name, identity))
    rows: dict[str, Sequence[int]] = {key: (row,) for key, row in found.items()}
    if group is not None:
        rows |= _of_teams(sheet, [one for one in handed if one.id not in rows], group)
    return settled(handed, rows)


def _ways(
    sheet: Sheet,
    handed: Sequence[Handed],
    identifier: int,
    name: int | None,
    identity: Sequence[int],
) -> list[Keys]:
    """The identifier counts with the name only: a team's number may be a participant's, too."""
    lines = range(1, len(sheet.rows))
    numbers = {row: _number(sheet.value(row, identifier)) for row in lines}
    names = {row: sheet.value(row, name) for row in lines}

    def numbered(number: str, text: str) -> str:
        return f"{number} {text}" if number else ""

    ways: list[Keys] = []
    for form in (letters_of, words_of) if name is not None else ():
        ways.append(
            (
                {one.id: [numbered(one.number, form(one.name))] for one in handed},
                {row: [numbered(numbers[row], form(names[row]))] for row in lines},
            )
        )
    if name is None:  # blind marking
        ways.append(
            ({one.id: [one.number] for one in handed}, {row: [numbers[row]] for row in lines})
        )
    known = {one.id: [*map(same_text, (*one.ids.values(), one.entry, one.id))] for one in handed}
    ways.append((known, {row: [same_text(sheet.value(row, c)) for c in identity] for row in lines}))
    for loose in (same_text, words_of):
        ways.append(
            (
                {one.id: [loose(one.name)] for one in handed},
                {row: [loose(names[row])] for row in lines},
            )
        )
    return ways


def _of_teams(sheet: Sheet, handed: Sequence[Handed], group: int) -> dict[str, Sequence[int]]:
    """A team hands in once: its grade is that of each of its members.

    Where an import made a submission for each member, a member who is not found stays so.
    """
    members: dict[str, list[int]] = {}
    for row in range(1, len(sheet.rows)):
        members.setdefault(same_text(sheet.value(row, group)), []).append(row)
    members.pop("", None)
    alone = [one for one in handed if not one.team]
    found = {one.id: members.get(same_text(one.name), ()) for one in alone}
    return {key: rows for key, rows in found.items() if rows}


def _optional(sheet: Sheet, key: str, headers: Mapping[str, str]) -> int | None:
    known = {headers[key]} if headers.get(key) else {*HEADERS[key]}
    return column(sheet, key, HEADERS, headers) if known & {*sheet.header} else None


def _number(identifier: str) -> str:
    """The digits at the end of `Participant 12345`; the word is in anybody's language."""
    found = _DIGITS.search(identifier)
    return str(int(found[1])) if found else ""


def _maximum(sheet: Sheet, row: int, maximum: int) -> Written:
    found = read_number(sheet.value(row, maximum))
    if found is None:
        raise SheetError(
            f"rangée {row + 1}\u00a0: la note maximale n’est pas un nombre (un barème\u00a0?)",
            f"row {row + 1}: the maximum grade is no number (a scale?)",
        )
    return found


def feedback_folder(handed: Handed, number: str = "", name: str = "") -> str | None:
    """The folder in which Moodle looks for this submission's feedback; None if nobody knows.

    With the participant's `number` and `name` in the worksheet: the downloaded folder if it has
    that number, else one made of both. Without: the downloaded folder, but never a team's, whose
    number is the group's. The underscore at its end is there for every version of Moodle; files
    are what feedback is made of, whatever the student handed in (a text typed online).
    """
    found = _FOLDER.fullmatch(handed.folder)
    if found is not None and (found["number"] == number or not (number or handed.team)):
        name, number = found["name"], found["number"]
    elif not number:
        return None
    # Moodle goes by the number; a dot or a tilde first would have it pass the name over.
    plain = _NOT_IN_NAMES.sub(" ", name).strip(" .~") or "Participant"
    return f"{plain}_{number}_assignsubmission_file_"


def feedback_folders(
    handed: Sequence[Handed], sheet: Sheet | None, headers: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """The folders of each submission, a team's one for each member; those of none are left out.

    The worksheet tells persons from teams, so it comes first where there is one.
    Two submissions never share a participant: neither gets there.
    """
    folders: dict[str, tuple[str, ...]] = {}
    if sheet is None:
        for one in handed:
            # Shortened names (`Ann Lee_5`) have the number, too.
            number = "" if one.team or _FOLDER.fullmatch(one.folder) else one.number
            folders[one.id] = tuple(filter(None, [feedback_folder(one, number, one.name)]))
    else:
        matches = match_worksheet(sheet, handed, headers)
        for one in handed:
            rows = matches.rows.get(one.id, ())
            made = (_folder_of_row(sheet, one, row, headers) for row in rows)
            folders[one.id] = tuple(folder for folder in made if folder)
    # By number, as Moodle does: a team's may be that of a person.
    claims = Counter(_owner(folder) for names in folders.values() for folder in names)
    return {
        key: names
        for key, names in folders.items()
        if names and all(claims[_owner(folder)] == 1 for folder in names)
    }


def _owner(folder: str) -> str:
    """The participant's number in the name of a folder of ours."""
    return folder.split("_")[1]


def _folder_of_row(sheet: Sheet, one: Handed, row: int, headers: Mapping[str, str]) -> str | None:
    identifier = column(sheet, "identifier", HEADERS, headers)
    name = sheet.value(row, _optional(sheet, "name", headers))
    return feedback_folder(one, _number(sheet.value(row, identifier)), name)
