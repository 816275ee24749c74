"""`wiregrade diff BEFORE AFTER`: what one grading changes against another, and for whom."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from grader.batch import output
from grader.batch.graded import GradedFolder, graded_folder
from grader.cli.errors import DONE, CommandError
from grader.cli.streams import say
from grader.formats.changes import Pair, changes_json, changes_text
from grader.view.words import words


def run(given: argparse.Namespace) -> int:
    """Say what differs; two folders that say the same are no error, and neither is a change."""
    before, after = Path(given.before), Path(given.after)
    with _graded(before) as (old, first), _graded(after) as (new, second):
        language = given.lang = given.lang or second.language
        lab_changed = first.lab_digest != second.lab_digest
        for folder in (old, new):  # read all before anything is said
            for _ in folder:
                pass
        if given.format == "json":
            _say_all(changes_json(pairs(old, new), lab_changed))
            return DONE
        key = "d_lab_changed" if lab_changed else "d_lab_same"
        say(words(language)[key])
        for line in changes_text(pairs(old, new), language):
            say(line)
    return DONE


def pairs(old: GradedFolder, new: GradedFolder) -> Iterator[Pair]:
    """Each submission's results, before and after, in the order of the new class."""
    had, has = set(old.ids), set(new.ids)
    for key in new.ids:
        yield old.result(key) if key in had else None, new.result(key)
    for key in old.ids:
        if key not in has:
            yield old.result(key), None


@contextlib.contextmanager
def _graded(path: Path) -> Iterator[tuple[GradedFolder, output.Marker]]:
    with output.looked_at(path) as folder:
        marker = folder.marker()
        if marker is None:
            raise CommandError(f"{path / output.MARKER} is not readable; grade once more")
        yield graded_folder(folder), marker


def _say_all(pieces: Iterable[str]) -> None:
    for piece in pieces:
        print(piece, end="")
