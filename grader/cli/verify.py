"""`wiregrade verify`: is an output folder as it was written? Nothing is run or written."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.batch import adjustments, output
from grader.batch.judging import judge_run
from grader.batch.verify import Change, Code, Verified, lab_snapshot, verified
from grader.cli.errors import BAD_INPUT, DONE, CommandError
from grader.cli.importing import options_of
from grader.cli.streams import note, safe, say
from grader.intake.importing import class_at
from grader.lab.load import load_lab_bytes
from grader.submission import Submission

_CHANGES: dict[Code, tuple[str, str]] = {
    "gone": ("n’est plus là", "is gone"),
    "changed": ("n’est plus tel qu’il a été écrit", "is not as it was written"),
    "added": ("n’a pas été écrit par Wiregrade", "was not written by Wiregrade"),
    "unreadable": ("ne peut plus être lu", "can't be read any more"),
    "foreign": (
        "a été modifié, ou noté avec un autre labo, d’autres options ou une autre version",
        "was changed, or graded with another lab, other options or another version",
    ),
    "unlike": (
        "n’est pas ce que donnent les exécutions enregistrées",
        "is not what the saved runs come to",
    ),
    "unjudged": (
        "ne peut pas être comparé~: les exécutions enregistrées ne se jugent plus",
        "can't be compared: the saved runs can't be judged any more",
    ),
    "lab": (
        "le labo qui y est gardé n’est plus celui de la notation",
        "the lab that it keeps is not the one that was graded with",
    ),
    "resubmitted": ("la remise a changé depuis", "was handed in again, and differs"),
    "new": ("n’a pas été noté", "was not graded"),
    "withdrawn": ("n’est plus parmi les remises", "is no longer among the submissions"),
}
_WORDS: dict[str, tuple[str, str]] = {
    "unchanged": (
        "Rien n’a changé (remises~: {submissions}, fichiers~: {files})",
        "Unchanged (submissions: {submissions}, files: {files})",
    ),
    "differs": (
        "Différences~: {changes} (remises~: {submissions}, fichiers~: {files})",
        "Differences: {changes} (submissions: {submissions}, files: {files})",
    ),
    "version": (
        "Noté par la version {tool}, et non {own}~: les sommes sont comparées, rien n’est rejugé.",
        "Graded by version {tool}, and this is {own}: sums are compared, nothing is judged again.",
    ),
    "cut_off": (
        "La notation n’est pas allée jusqu’au bout (remises pas encore notées~: {left}).",
        "The grading did not come to its end (submissions not graded yet: {left}).",
    ),
    "unlisted": (
        "Absents de results.json (remises retirées, tentatives qui ne comptent pas, ou notation "
        "interrompue)~: {names}",
        "Not in results.json (withdrawn, attempts that do not count, or the grading was cut off): "
        "{names}",
    ),
}
_NAMES_SHOWN = 10


def run(given: argparse.Namespace) -> int:
    """Say what differs, a line for each; status 2 if anything does."""
    out = Path(given.out)
    with output.looked_at(out) as folder:
        marker = folder.marker()
        if marker is None:
            raise CommandError(f"{out / output.MARKER} is not readable; grade once more", BAD_INPUT)
        if output.is_for_students(marker):
            raise CommandError(f"{out} is a copy for students; verify what it is of", BAD_INPUT)
        given.lang = language = given.lang or marker.language
        handed_in = _submissions(given, marker, out)
        judge = adjustments.judging(folder, judge_run)
        found = verified(folder, marker, judge, handed_in)
    _tell(found, marker, language)
    return BAD_INPUT if found.changes else DONE


def _submissions(
    given: argparse.Namespace, marker: output.Marker, out: Path
) -> list[Submission] | None:
    if given.submissions is None:
        return None
    lab = load_lab_bytes(lab_snapshot(marker), where=Path(output.MARKER))
    with class_at(Path(given.submissions), lab.roles, options_of(given, lab), out) as found:
        return [one.read() for one in found.entrants]


def _tell(found: Verified, marker: output.Marker, language: str) -> None:
    from grader import __version__

    if not found.judged:
        note(_word("version", language).format(tool=safe(marker.tool), own=__version__))
    if marker.left:
        note(_word("cut_off", language).format(left=marker.left))
    if found.unlisted:
        names = ", ".join(safe(name) for name in found.unlisted[:_NAMES_SHOWN])
        note(_word("unlisted", language).format(names=names))
    for change in found.changes:
        say(in_words(change, language))
    words = _word("differs" if found.changes else "unchanged", language)
    count = len(found.changes)
    say(words.format(changes=count, submissions=found.submissions, files=found.files))


def in_words(change: Change, language: str) -> str:
    """One line: what differs, and how."""
    said = _CHANGES[change.code][1 if language == "en" else 0].replace("~", "\u00a0")
    colon = ":" if language == "en" else "\u00a0:"
    return f"{safe(change.where)}{colon} {said}"


def _word(key: str, language: str) -> str:
    return _WORDS[key][1 if language == "en" else 0].replace("~", "\u00a0")
