"""Pseudonyms for a page that is shown in class: nothing in it says whose result is whose.

A pseudonym is drawn from a secret key and the submission's id, so it is the same each time a
page is made with that key, in either language, and nobody without the key can work it out.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from dataclasses import replace

from grader.judge.model import Diagnosis, Grade, Problem, Programs
from grader.lab.model import Text
from grader.view.class_words import class_words
from grader.view.teacher_eye import UNCLEAR
from grader.view.words import LANGUAGES

# Names of stars: nearly the same in both languages, and nobody minds being one.
STARS = (
    "Achernar", "Albireo", "Alcor", "Aldebaran", "Alhena", "Alnitak", "Altair", "Antares",
    "Arcturus", "Bellatrix", "Canopus", "Capella", "Castor", "Deneb", "Dubhe", "Fomalhaut",
    "Hadar", "Izar", "Kochab", "Merak", "Mintaka", "Mira", "Mizar", "Polaris",
    "Pollux", "Procyon", "Regulus", "Rigel", "Saiph", "Sirius", "Spica", "Vega",
)  # fmt: skip
_NUMBERS = range(1000, 10_000)


def pseudonyms(identifiers: Iterable[str], key: bytes) -> dict[str, str]:
    """A pseudonym for each id, no two the same: `Vega 4173`.

    Where two would have the same one, the second takes the next number that is free; which of
    them is the second is drawn from the key, too.
    """
    drawn = sorted((_draw(key, identifier), identifier) for identifier in set(identifiers))
    taken: set[tuple[int, int]] = set()
    found = {}
    for value, identifier in drawn:
        star, number = value % len(STARS), value // len(STARS) % len(_NUMBERS)
        while (star, number) in taken:
            number = (number + 1) % len(_NUMBERS)
            # A star with all its numbers taken: the next one.
            star = (star + (number == 0)) % len(STARS)
        taken.add((star, number))
        found[identifier] = f"{STARS[star]} {_NUMBERS[number]}"
    return found


def _draw(key: bytes, identifier: str) -> int:
    message = identifier.encode("utf-8", "surrogatepass")
    return int.from_bytes(hmac.digest(key, message, "sha256"))


def anonymised(grades: Sequence[Grade], key: bytes) -> list[Grade]:
    """The grades under pseudonyms and in their order, without any text that may name somebody.

    Names of files and archives often hold a student's: paths and what was said of them go, too.
    """
    names = pseudonyms((grade.id for grade in grades), key)
    hidden = [_anonymous(grade, names[grade.id]) for grade in grades]
    return sorted(hidden, key=lambda grade: grade.name)


def _anonymous(grade: Grade, pseudonym: str) -> Grade:
    programs = Programs(
        server="server" if grade.programs.server is not None else None,
        client="client" if grade.programs.client is not None else None,
    )
    # The digest of a program is that of a file which others may have: only sameness is kept.
    return replace(
        grade,
        id=pseudonym.replace(" ", "-").lower(),
        name=pseudonym,
        seed="",
        origin=None,
        programs=programs,
        advice=(),
        criteria=tuple(replace(judged, findings=()) for judged in grade.criteria),
        runs=tuple(replace(run, problem="") for run in grade.runs),
        diagnoses=tuple(_without_places(d, grade) for d in grade.diagnoses),
        remarks=tuple(
            replace(r, text=_words("eye_unclear_hidden"))
            for r in grade.remarks
            if r.code in UNCLEAR
        ),
        problem=_without_names(grade.problem),
        sweeps=(),
    )


def _without_places(diagnosis: Diagnosis, grade: Grade) -> Diagnosis:
    title = diagnosis.title
    said = " ".join(title.by_language.values()).casefold()
    if grade.name.casefold() in said or grade.id.casefold() in said:
        # A lab may word titles with what a student wrote.
        title = Text(dict.fromkeys(title.by_language, diagnosis.id))
    return replace(diagnosis, title=title, file=None, line=None, look=None, explanation=Text({}))


def _without_names(problem: Problem | None) -> Problem | None:
    return problem and replace(problem, message=_words("eye_problem_hidden"))


def _words(key: str) -> Text:
    return Text({language: class_words(language)[key] for language in LANGUAGES})
