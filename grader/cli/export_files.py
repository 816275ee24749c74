"""Files that a platform gave and takes back: filled worksheets, and the zip of feedback."""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

from grader.cli.destination import opened
from grader.cli.errors import CommandError
from grader.cli.export_words import Told, both
from grader.cli.streams import note, safe
from grader.formats import canvas, moodle
from grader.formats.filling import Filled
from grader.formats.people import Handed, handed_in
from grader.formats.sheet import Sheet, SheetError, read_sheet
from grader.formats.told import Graded
from grader.lab.model import Text
from grader.view.words import decimal

HEADERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "moodle": moodle.HEADERS,
    "moodle-feedback": moodle.HEADERS,
    "canvas": canvas.HEADERS,
}
"""The columns that `--column` may name."""

REPORT = "report.html"
WORKSHEET_BYTES = 64 * 1024 * 1024
_EPOCH = (1980, 1, 1, 0, 0, 0)
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SHOWN = 3


def write_worksheet(given: argparse.Namespace, graded: Graded, language: str) -> None:
    """Fill the teacher's file into a copy, and say who is in it and who is not.

    Raises:
        CommandError: it is not the file that is wanted, or nobody in it is known.
    """
    path = Path(given.worksheet)
    target = None if given.output is None else Path(given.output)
    if target is not None and target.exists() and target.samefile(path):
        raise CommandError(both("same_file"))
    sheet = _sheet(path)
    handed = handed_in(graded, language)
    headers = dict(given.column)
    try:
        if given.to == "moodle":
            filled = moodle.fill_worksheet(sheet, handed, headers)
        else:
            filled = canvas.fill_gradebook(sheet, handed, given.assignment, headers)
    except SheetError as error:
        raise _in_file(path, error) from error
    if not filled.matches.rows and not filled.matches.contested:
        names = ", ".join(safe(one.entry) for one in handed[:_SHOWN])
        raise CommandError(both("nobody_matched", path=safe(str(path)), names=names))
    if target is None and sys.stdout.isatty() and _CONTROLS.search(filled.data):
        raise CommandError(both("terminal", path=safe(str(path))))
    with opened(target, force=given.force) as file:
        file.write(filled.data)
    _tell(filled, given.lang)


def _sheet(path: Path) -> Sheet:
    try:
        with path.open("rb") as file:
            return read_sheet(file.read(WORKSHEET_BYTES))
    except SheetError as error:
        raise _in_file(path, error) from error
    except OSError as error:
        why = error.strerror or str(error)
        raise CommandError(both("unreadable", path=safe(str(path)), why=why)) from error


def _in_file(path: Path, error: SheetError) -> CommandError:
    place = {"fr": f"{safe(str(path))}\u00a0: ", "en": f"{safe(str(path))}: "}
    return CommandError(
        Text({lang: at + error.text.in_language(lang) for lang, at in place.items()})
    )


def _tell(filled: Filled, language: str) -> None:
    told = Told(language)
    note(told.say("written", count=filled.written))
    for ours, there in sorted(filled.scales):
        shown = {"ours": decimal(ours, language), "there": decimal(there, language)}
        note(told.say("scale", **shown))
    if filled.left:
        note(told.say("left", count=filled.left))
    for key, names in (
        ("unmatched", filled.matches.unmatched),
        ("contested", filled.matches.contested),
    ):
        if names:
            note(told.names(key, names))


def write_feedback(given: argparse.Namespace, graded: Graded, folder: Path | None) -> None:
    """Put each report where Moodle looks for it, into one zip.

    Raises:
        CommandError: a report is gone, or no folder is known.
    """
    if folder is None:
        raise CommandError(both("needs_folder", format=given.to))
    handed = handed_in(graded, given.lang)
    for one in handed:
        report = _report(folder, one)
        if not report.is_file():
            raise CommandError(both("no_report", path=safe(str(report))))
    sheet = _sheet(Path(given.worksheet)) if given.worksheet else None
    try:
        folders = moodle.feedback_folders(handed, sheet, dict(given.column))
    except SheetError as error:
        raise _in_file(Path(given.worksheet), error) from error
    if not folders:
        raise CommandError(both("one_folder"))
    with (
        opened(Path(given.output), force=given.force) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for one in handed:
            for place in folders.get(one.id, ()):
                _add(archive, f"{place}/{REPORT}", _report(folder, one))
    told = Told(given.lang)
    note(told.say("reports", count=sum(map(len, folders.values()))))
    left = [one.id for one in handed if one.id not in folders]
    if left:
        note(told.names("no_folder", left))
        if not given.worksheet:
            note(told.say("try_worksheet"))


def _report(folder: Path, one: Handed) -> Path:
    return folder / one.id / "index.html"


def _add(archive: zipfile.ZipFile, name: str, source: Path) -> None:
    """The file under that name, a piece at a time, dated the same whenever it is made."""
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    with source.open("rb") as read, archive.open(entry, "w") as written:
        shutil.copyfileobj(read, written)
