"""Who in a teacher's list handed in which submission.

A grade in the wrong row is worse than a grade in none: a submission is matched by the surest
key that tells exactly one person, and two submissions that claim the same row get nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.formats import told
from grader.formats.told import Graded
from grader.letters import without_accents
from grader.results import Result
from grader.view.bytes_view import escaped

_NUMBERED = re.compile(
    r"(?P<name>.+?)_(?P<number>\d{1,19})"
    r"(?:_assign(?:submission|feedback)_(?P<plugin>[a-z0-9]+)_?.*)?",
    re.DOTALL,
)
"""What Moodle calls a submission's folder (`mod/assign`, downloader), and its short form."""


@dataclass(frozen=True)
class Handed:
    """A submission as somebody who hands grades back needs it."""

    id: str
    entry: str
    """What the result calls it: the entry's name, or the importer's for the person."""
    name: str
    """The person's in that; the team's where it is a team's entry."""
    team: str
    """Whose work it is besides, where an import knows: members have a submission each."""
    number: str
    """The platform's for the person, where the entry's name has one."""
    ids: Mapping[str, str]
    """What an import knows the person by: `participant` (Moodle), `canvas`, `email`..."""
    folder: str
    """The name as it was downloaded, where an import kept it; a team's number is no person's."""
    score: Fraction | None
    """None where there is no grade: a part could not be run."""
    most: Fraction
    said: str
    """A few lines for the student."""


@dataclass(frozen=True)
class Matches:
    """`rows` of each submission by its id; the others, by what went wrong."""

    rows: Mapping[str, tuple[int, ...]]
    unmatched: tuple[str, ...]
    contested: tuple[str, ...]
    """Several submissions for one row."""


def handed_in(graded: Graded, language: str) -> list[Handed]:
    """What is needed of each result, and no more of it."""
    return [_handed(result, language) for result in graded]


def _handed(result: Result, language: str) -> Handed:
    name, number = named(result.name)
    # Only what was imported from a platform has an origin.
    origin = result.origin or None
    ids = origin.ids if origin else {}
    entries = origin.entries if origin else ()
    return Handed(
        id=result.id,
        entry=result.name,
        name=name,
        team=(origin.team if origin else None) or "",
        number=ids.get("participant", number),
        ids=ids,
        folder=entries[0] if entries else result.name,
        score=told.exact(result.score) if told.has_grade(result) else None,
        most=told.exact(result.lab.max_score),
        said=told.overview(result, language),
    )


def named(entry: str) -> tuple[str, str]:
    """The person's name and number in an entry's name; the whole, and nothing, without one."""
    found = _NUMBERED.fullmatch(entry)
    if found is None:
        return entry, ""
    return found["name"], str(int(found["number"]))


def same_text(text: str) -> str:
    """The text as result.json would have it, whatever its case, form and blanks."""
    return " ".join(unicodedata.normalize("NFC", escaped(text)).casefold().split())


def words_of(name: str) -> str:
    """The words of a name in no order: `DUPONT Marie-Ève` is `marie_eve.dupont`."""
    plain = without_accents(escaped(name)).casefold()
    return " ".join(sorted(re.split(r"[\W_]+", plain))).strip()


def letters_of(name: str) -> str:
    """The letters of a name in their order: `Dupont, Marie` is `dupontmarie`."""
    return re.sub(r"[\W_]", "", without_accents(escaped(name)).casefold())


Keys = tuple[Mapping[str, Iterable[str]], Mapping[int, Iterable[str]]]
"""One way to match: submission -> its keys, and row -> its keys. An empty key is none."""


def matched(handed: Sequence[Handed], ways: Iterable[Keys]) -> dict[str, int]:
    """Each submission's row, by the first way that tells exactly one."""
    rows: dict[str, int] = {}
    for of_submission, of_row in ways:
        places: dict[str, set[int]] = {}
        for row, values in of_row.items():
            for value in filter(None, values):
                places.setdefault(value, set()).add(row)
        for one in handed:
            keys = filter(None, of_submission.get(one.id, ()))
            found = set().union(*(places.get(key, set()) for key in keys))
            if one.id not in rows and len(found) == 1:
                rows[one.id] = found.pop()
    return rows


def settled(handed: Sequence[Handed], rows: Mapping[str, Sequence[int]]) -> Matches:
    """The matches without those that claim a row together."""
    claims = Counter(row for found in rows.values() for row in found)
    contested = {key for key, found in rows.items() if any(claims[row] > 1 for row in found)}
    return Matches(
        rows={key: tuple(found) for key, found in rows.items() if key not in contested},
        unmatched=tuple(one.id for one in handed if one.id not in rows),
        contested=tuple(one.id for one in handed if one.id in contested),
    )
