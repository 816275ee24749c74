"""How a class is to be read, from the command line, and what is said of how it was."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from grader.cli.errors import BAD_INPUT, CommandError
from grader.cli.streams import note, safe
from grader.intake.entrants import Entrant
from grader.intake.importing import ClassRead, Options
from grader.intake.lateness import Deadline
from grader.intake.layouts.detect import TITLES
from grader.intake.layouts.pattern import GROUPS, PatternError, compiled
from grader.intake.roster import MAX_BYTES, Roster, RosterError, read_roster
from grader.judge.model import Grade
from grader.lab.late import FORM, parse_rule, with_offset
from grader.lab.model import Lab

_SHOWN = 5
_WORDS: dict[str, tuple[str, str]] = {
    "read": ("{title}, {n} remises", "{title}, {n} submissions"),
    "plain": ("{n} remises", "{n} submissions"),
    "read_1": ("{title}, 1 remise", "{title}, 1 submission"),
    "plain_1": ("1 remise", "1 submission"),
    "unmatched_1": (
        ", 1 entrée d’une autre forme, notée à part~: {names}",
        ", 1 entry not matched, graded all the same: {names}",
    ),
    "attempts_1": (
        "Une personne a déposé plusieurs fois~: {which} compte (--attempts).",
        "One person handed in several times: {which} counts (--attempts).",
    ),
    "inside": (" (dans {names})", " (in {names})"),
    "unmatched": (
        ", {n} entrées d’une autre forme, notées à part~: {names}",
        ", {n} entries not matched, graded all the same: {names}",
    ),
    "ignored": (
        "Laissés de côté (ni programmes ni archives)~: {names}",
        "Left out (neither programs nor archives): {names}",
    ),
    "results": (
        "Laissés de côté (résultats de Wiregrade)~: {names}",
        "Left out (results of Wiregrade): {names}",
    ),
    "absent": ("Rien déposé ({n})~: {names}", "Nothing handed in ({n}): {names}"),
    "unknown": ("Absents de la liste ({n})~: {names}", "Not in the roster ({n}): {names}"),
    "doubtful": (
        "Plusieurs personnes possibles, aucune n’est choisie ({n})~: {names}. Une colonne qui les "
        "distingue (numéro, adresse) suffit.",
        "More than one person is possible, none is chosen ({n}): {names}. A column that tells "
        "them apart (a number, an address) is enough.",
    ),
    "timeless": (
        "Heure de dépôt inconnue pour {n} remises~: aucune pénalité de retard. Une colonne "
        "« remis le » dans --roster la donne.",
        "Nobody knows when {n} were handed in: no late penalty. A column 'submitted' in --roster "
        "says it.",
    ),
    "timeless_1": (
        "Heure de dépôt inconnue pour une remise~: aucune pénalité de retard. Une colonne "
        "« remis le » dans --roster la donne.",
        "Nobody knows when 1 was handed in: no late penalty. A column 'submitted' in --roster "
        "says it.",
    ),
    "flagged": (
        "{n} en retard, dit la plateforme, sans dire de combien~: c’est noté, rien n’est retiré.",
        "{n} late, as the platform says, but not by how much: noted, and nothing is taken off.",
    ),
    "attempts": (
        "{n} personnes ont déposé plusieurs fois~: {which} compte (--attempts).",
        "{n} persons handed in several times: {which} counts (--attempts).",
    ),
}
_WHICH = {
    "last": ("le dernier dépôt", "the last"),
    "first": ("le premier dépôt", "the first"),
    "best": ("le meilleur dépôt", "the best"),
}
_DOUBTS: dict[str, tuple[str, str]] = {
    "several-assignments": (
        "Ces fichiers viennent de plusieurs devoirs~; les identifiants sont ceux après le dernier "
        "« _ ».",
        "These files are of several assignments; user names are taken from the last '_' on.",
    ),
    "no-receipt": (
        "Sans les reçus (.txt) de Blackboard, un « _ » dans un identifiant peut tromper.",
        "Without Blackboard's receipts (.txt), a '_' in a user name may mislead.",
    ),
    "dates-unread": (
        "Certaines dates ne se lisent pas~: ni retard, ni ordre sûr entre plusieurs dépôts.",
        "Some dates can't be read: nothing is late by them, and the order of attempts is unsure.",
    ),
    "prefix-guessed": (
        "Le début commun des noms de dépôts a été retiré, c’est une supposition~; --roster avec "
        "une colonne « github » la remplace.",
        "What the names of repositories begin with was taken off, which is a guess; --roster "
        "with a column 'github' does without.",
    ),
    "metadata-unread": (
        "submission_metadata.yml ne se lit pas~: personne n’est reconnu.",
        "submission_metadata.yml can't be read: nobody is known.",
    ),
}


def options_of(given: argparse.Namespace, lab: Lab) -> Options:
    """How to read the class.

    Raises:
        CommandError: an option can't be used.
    """
    try:
        pattern = compiled(given.pattern) if given.pattern else None
    except PatternError as error:
        groups = ", ".join(GROUPS)
        raise CommandError(f"--pattern: {error} (groups: {groups})", BAD_INPUT) from error
    return Options(
        layout=given.layout,
        pattern=pattern,
        roster=_roster(given.roster),
        attempts=given.attempts,
        deadline=_deadline(given, lab),
    )


def _roster(path: str | None) -> Roster | None:
    if path is None:
        return None
    try:
        with Path(path).open("rb") as file:
            return read_roster(file.read(MAX_BYTES + 1))
    except OSError as error:
        raise CommandError(f"--roster {safe(path)}: {error.strerror}", BAD_INPUT) from error
    except RosterError as error:
        raise CommandError(
            f"--roster {safe(path)}: no column says who is who ({safe(str(error))}); "
            "columns are called name, email, number, login, group, ...",
            BAD_INPUT,
        ) from error


def _deadline(given: argparse.Namespace, lab: Lab) -> Deadline | None:
    """The deadline of the command line, else of the lab; `verify` and `matrix` have none."""
    due, penalty = getattr(given, "due", None), getattr(given, "late_penalty", None)
    try:
        rule = parse_rule(penalty) if penalty else lab.late
    except ValueError as error:
        raise CommandError(f"--late-penalty: a rule {FORM}", BAD_INPUT) from error
    try:
        until = datetime.fromisoformat(due) if due else lab.due
    except ValueError as error:
        raise CommandError("--due: a date such as 2026-10-01T23:59", BAD_INPUT) from error
    if until is None and penalty:
        raise CommandError("--late-penalty needs --due, or 'due' in lab.yaml", BAD_INPUT)
    if until is None:
        return None
    return Deadline(due=with_offset(until), rule=rule, max_score=lab.max_score)


def announce(found: ClassRead, attempts: str, language: str) -> None:
    """Say how the class was read, a line for each thing to know."""
    for line in announcement(found, attempts, language):
        note(line)


def announcement(found: ClassRead, attempts: str, language: str) -> list[str]:
    """The lines; none where there is nothing to know of a plain folder."""
    handed_in = [one for one in found.entrants if one.origin.attempts]
    persons = len({one.person for one in handed_in})
    place = 1 if language == "en" else 0
    if title := TITLES.get(found.layout):
        first = _say("read", language, title=title, n=persons)
    else:
        first = _say("plain", language, n=persons)
    if found.inside:
        first += _listed("inside", (found.inside,), language)
    first += _listed("unmatched", found.unmatched, language)
    told = bool(title or found.inside or found.has_roster)
    lines = [first] if told else []
    lines += [_DOUBTS[doubt][place].replace("~", "\u00a0") for doubt in found.doubts]
    for key, names in (
        *(("absent", found.absent), ("unknown", found.unknown if found.has_roster else ())),
        *(("doubtful", found.doubtful), ("ignored", found.ignored), ("results", found.results)),
    ):
        if names:
            lines.append(_listed(key, names, language))
    if flagged := sum(one.origin.flagged_late and not one.origin.late for one in found.entrants):
        lines.append(_say("flagged", language, n=flagged))
    if found.timeless:
        lines.append(_say("timeless", language, n=found.timeless))
    if several := len({one.person for one in handed_in if one.origin.attempts > 1}):
        lines.append(_say("attempts", language, n=several, which=_WHICH[attempts][place]))
    return lines


def counting(entrants: Sequence[Entrant], grades: Sequence[Grade]) -> list[Grade]:
    """Of each person's graded attempts the best, in the order of `grades`; of equals the last.

    One that could not be graded completely counts only where all of them could not. Whose
    submission is there no more has the grade of before still.
    """
    persons = {one.id: one.person for one in entrants}
    best: dict[str, Grade] = {}
    for grade in grades:
        person = persons.get(grade.id, grade.id)
        before = best.get(person)
        if before is None or _worth(grade) > _worth(before):
            best[person] = grade
    chosen = {grade.id for grade in best.values()}
    return [grade for grade in grades if grade.id in chosen]


def _worth(grade: Grade) -> tuple[bool, Fraction, int]:
    return grade.complete, grade.score, grade.origin.attempt if grade.origin else 0


def _listed(key: str, names: Sequence[str], language: str) -> str:
    if not names:
        return ""
    shown = ", ".join(safe(name) for name in names[:_SHOWN])
    return _say(key, language, n=len(names), names=shown + (", …" if names[_SHOWN:] else ""))


def _say(key: str, language: str, **values: object) -> str:
    if values.get("n") == 1:
        key = f"{key}_1" if f"{key}_1" in _WORDS else key
    words = _WORDS[key][1 if language == "en" else 0].replace("~", "\u00a0")
    return words.format(**values)
