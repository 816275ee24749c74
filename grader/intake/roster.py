"""A roster: who is in the class, from any CSV with a header that says what its columns are.

Moodle's lists and worksheets, Canvas's gradebook, GitHub's list of a class, or a teacher's own,
in French or English; comma, semicolon or tab; UTF-8 with or without a BOM, UTF-16, CP1252.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from grader.intake.layouts import dates

MAX_BYTES = 8 * 2**20
MAX_ROWS = 200_000
_COLUMNS: dict[str, str] = {
    header: kind
    for kind, headers in {
        "entry": "entry folder file dossier fichier depot entree foldername filename nomdufichier "
        "studentrepositoryname repositoryname",
        "email": "email emailaddress mail courriel adressemail adresseemail adressedecourriel "
        "adresseelectronique",
        "number": "idnumber studentid studentnumber sid number numero numeroetudiant matricule "
        "numerodidentification numerodetudiant sisuserid siuserid rosteridentifier codeetudiant "
        "orgdefinedid",
        "login": "login username user nomdutilisateur sisloginid githubusername github loginid "
        "pseudo identifiantgithub",
        "canvas": "canvasid canvasuserid",
        "user": "brightspaceid userid",
        "participant": "participant participantid",
        "name": "name fullname student studentname nomcomplet nometprenom etudiant etudiante "
        "nomprenom prenomnom prenometnom participantname",
        "last": "lastname surname familyname nom nomdefamille",
        "first": "firstname givenname prenom",
        "group": "group groups groupname groupe groupes team equipe nomdugroupe",
        "submitted": "lastmodifiedsubmission dernieremodificationtravailremis submitted "
        "submittedat submissiontime submissiontimestamp remisle dateremise",
    }.items()
    for header in headers.split()
}
_IDENTIFIER = ("identifier", "identifiant")
"""Moodle's participant in a worksheet, a user name in other lists: the values tell."""
_WORKSHEET = re.compile(r"\D+?\s?(\d{1,19})\s*")
_GROUPS = re.compile(r"\s*[;,|/]\s*")
KINDS = ("participant", "canvas", "user", "login", "number", "email")
"""What tells persons apart."""


class RosterError(ValueError):
    """The file is no roster; the message has the columns that were found."""


@dataclass(frozen=True, kw_only=True)
class Student:
    """A line of the roster. `ids` are by kind (`KINDS`); those that are empty are not there."""

    name: str
    ids: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    entry: str = ""
    """What their folder or file is called: a mapping."""
    submitted: datetime | None = None


@dataclass(frozen=True)
class Roster:
    """The class, in the order of the file."""

    students: tuple[Student, ...]
    has_entries: bool = False


def read_roster(data: bytes) -> Roster:
    """Read a roster.

    Raises:
        RosterError: no column says who somebody is, or the file is too large.
    """
    if len(data) > MAX_BYTES:
        raise RosterError(f"> {MAX_BYTES // 2**20} MiB")
    text = _decoded(data)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)))
    except csv.Error as error:
        raise RosterError(str(error)) from error
    rows = [row for row in rows[: MAX_ROWS + 1] if any(cell.strip() for cell in row)]
    kinds = _kinds(rows)
    if not {"name", "last", *KINDS} & {*kinds.values()}:
        raise RosterError(", ".join(cell.strip() for cell in (rows or [[]])[0][:20]))
    students = [one for row in rows[1:] if (one := _student(row, kinds)) is not None]
    return Roster(tuple(students), "entry" in kinds.values())


def header_key(text: str) -> str:
    """A column's name without accents, letter case and everything between letters."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(c for c in plain if c.isalnum())


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(",;\t", key=first.count)


def _kinds(rows: Sequence[Sequence[str]]) -> dict[int, str]:
    """Which column is what; of two of a kind the first counts."""
    headers = [header_key(cell) for cell in rows[0]] if rows else []
    kinds: dict[int, str] = {}
    for place, header in enumerate(headers):
        kind = _COLUMNS.get(header)
        if header in _IDENTIFIER:
            cells = [row[place].strip() for row in rows[1:] if len(row) > place]
            worksheet = cells and all(_WORKSHEET.fullmatch(cell) for cell in cells if cell)
            kind = "participant" if worksheet else "login"
        elif header == "id":  # beside « Student » it is Canvas's own
            kind = "canvas" if "student" in headers else "number"
        if kind is not None and kind not in kinds.values():
            kinds[place] = kind
    if "last" in kinds.values() and "first" not in kinds.values() and "name" not in kinds.values():
        kinds = {place: "name" if kind == "last" else kind for place, kind in kinds.items()}
    return kinds


def _student(row: Sequence[str], kinds: Mapping[int, str]) -> Student | None:
    cells = {
        kind: unicodedata.normalize("NFC", " ".join(row[place].split()))
        for place, kind in kinds.items()
        if len(row) > place and row[place].strip()
    }
    name = cells.get("name") or " ".join(
        part for part in (cells.get("first"), cells.get("last")) if part
    )
    if name in ("Points Possible", "Student, Test"):  # lines of Canvas that are no student
        return None
    ids = {kind: cells[kind] for kind in KINDS if kind in cells}
    if "participant" in ids and (found := re.search(r"(\d{1,19})\s*$", ids["participant"])):
        ids["participant"] = found[1]
    name = name or ids.get("email") or ids.get("number") or ids.get("login") or ""
    if not name and not ids:
        return None
    return Student(
        name=name or f"Participant {ids.get('participant', '')}".strip(),
        ids=ids,
        groups=tuple(part for part in _GROUPS.split(cells.get("group", "")) if part),
        entry=cells.get("entry", ""),
        submitted=dates.parse(cells.get("submitted", "")),
    )
