"""`wiregrade export`: the grades of a folder as another system takes them; nothing is run.

Formats are pure (`grader.formats`); here are the files: what is read, where documents go, and
what is said of who got no grade and of who was not found.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.batch import output
from grader.batch.graded import GradedFolder, graded_folder, read_file
from grader.cli import export_each, export_files
from grader.cli.destination import append_job_summary, opened
from grader.cli.errors import DONE, FAULT, CommandError
from grader.cli.export_words import Told, both
from grader.cli.streams import note, say
from grader.formats import ctrf, github, gitlab, junit, told
from grader.formats.csv import csv_rows
from grader.formats.safe import no_commands
from grader.formats.told import Graded

_WORKSHEETS = ("moodle", "canvas")
_ARCHIVE = "moodle-feedback"
_GITLAB_BYTES = 30 * 1000 * 1000
"""GitLab passes over a longer JUnit file."""


@dataclass(frozen=True)
class Source:
    """What is exported: results, the language of their texts, and the folder they lie in."""

    graded: Graded
    language: str
    folder: Path | None


def run(given: argparse.Namespace) -> int:
    """Write the document; status 3 where something in it has no grade."""
    _refuse_misplaced(given)
    with _source(given) as source:
        given.lang = given.lang or source.language
        # Read all before anything is written: what cannot be read leaves no half document.
        ungraded: list[str] = []
        for one in source.graded:
            if told.shows_hidden(one) and _tells_students(given):
                raise CommandError(both("hidden", format=given.to, path=str(given.out)))
            if not told.has_grade(one):
                ungraded.append(one.id)
        _write(given, source)
    if ungraded:
        note(Told(given.lang).names("ungraded", ungraded))
    return FAULT if ungraded else DONE


def _tells_students(given: argparse.Namespace) -> bool:
    """Whether the document says more than points, to people who may not see all of it."""
    if given.with_hidden or given.to in ("csv", "canvas"):
        return False
    return given.to != "moodle" or "feedback" in dict(given.column)


@contextlib.contextmanager
def _source(given: argparse.Namespace) -> Iterator[Source]:
    path = Path(given.out)
    if path.is_file():
        if given.id:
            raise CommandError(both("one_file", path=str(path)))
        yield Source([read_file(path)], given.lang or "fr", None)
        return
    with output.looked_at(path) as folder:
        marker = folder.marker()
        if marker is None:
            raise CommandError(f"{path / output.MARKER} is not readable; grade once more")
        graded: GradedFolder = graded_folder(folder, given.id)
        if not len(graded):
            raise CommandError(both("nobody", path=str(path)))
        yield Source(graded, marker.language, path)


def _write(given: argparse.Namespace, source: Source) -> None:
    if given.to in export_each.EACH:
        export_each.write(given, source.graded, source.language)
    elif given.to in _WORKSHEETS:
        export_files.write_worksheet(given, source.graded, source.language)
    elif given.to == _ARCHIVE:
        export_files.write_feedback(given, source.graded, source.folder)
    elif given.to == "github":
        _write_github(given, source)
    elif given.to == "junit" and export_each.wants_folder(given.output):
        export_each.write_folder(Path(given.output), given, source.graded, source.language)
    else:
        _write_whole(given, source)


def _write_whole(given: argparse.Namespace, source: Source) -> None:
    size = 0
    with opened(_path(given.output), force=given.force) as file:
        for piece in _pieces(given, source):
            data = piece.encode() if isinstance(piece, str) else piece
            size += len(data)
            file.write(data)
    if given.to == "junit" and size > _GITLAB_BYTES:
        note(Told(given.lang).say("too_long"))


def _pieces(given: argparse.Namespace, source: Source) -> Iterable[str | bytes]:
    graded, language = source.graded, source.language
    match given.to:
        case "csv":
            rows = csv_rows(graded)
            return rows if given.output else map(no_commands, rows)
        case "junit":
            return junit.junit_pieces(graded, language)
        case "ctrf":
            return ctrf.ctrf_pieces(graded, language)
        case _:
            return gitlab.code_quality_pieces(graded, given.prefix)


def _write_github(given: argparse.Namespace, source: Source) -> None:
    """Annotations on stdout, where the runner reads them; the summary where it is wanted."""
    summary = github.summary(source.graded, source.language)
    if given.output:
        with opened(_path(given.output), force=given.force) as file:
            file.write(summary.encode())
    say(github.annotation_commands(source.graded, source.language, given.prefix).rstrip("\n"))
    if not given.output and not append_job_summary(summary):
        say(no_commands(summary.rstrip("\n")))


def _refuse_misplaced(given: argparse.Namespace) -> None:
    """An option that would do nothing is a mistake; so is a format without what it needs."""
    takes = {
        "worksheet": (*_WORKSHEETS, _ARCHIVE),
        "column": (*_WORKSHEETS, _ARCHIVE),
        "assignment": ("canvas",),
        "prefix": ("github", "gitlab"),
    }
    for option, formats in takes.items():
        if getattr(given, option) and given.to not in formats:
            raise CommandError(both("misplaced", option=option, formats=", ".join(formats)))
    if given.to in _WORKSHEETS and not given.worksheet:
        raise CommandError(both("no_worksheet", format=given.to))
    if given.to == _ARCHIVE and not given.output:
        raise CommandError(both("no_output", format=given.to))
    known = export_files.HEADERS[given.to] if given.column else {}
    for key, _ in given.column:
        if key not in known:
            raise CommandError(both("no_key", key=key, known=", ".join(known)))


def _path(name: str | None) -> Path | None:
    return None if name is None else Path(name)
