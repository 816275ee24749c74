"""`wiregrade check --watch`: check again at every change, and say what is won or lost.

The last result stays while the next one is made, and while a program is only half written.
Nothing ends it but Ctrl-C (130).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, Protocol

from grader.cli import changes
from grader.cli.blame import told
from grader.cli.check import Checking
from grader.cli.checked import Checked, show, style
from grader.cli.errors import BAD_INPUT, CommandError
from grader.cli.streams import is_live, note, safe, say
from grader.formats.delta import delta_text
from grader.formats.gathered import place
from grader.judge.model import Grade
from grader.submission import Submission
from grader.view.words import words

_CLEAR = "\x1b[H\x1b[2J"
"""To the corner, and everything away; what was written before stays in the terminal's memory."""
_NAMES = 3
_UNREADABLE = ("syntax-error",)


class Waits(Protocol):
    """What knows when something was saved."""

    def wait(self) -> Sequence[str]:
        """Return the names of what was saved, when nothing more is pending."""
        ...


def run(given: argparse.Namespace, checking: Checking) -> NoReturn:
    """Check for ever.

    Raises:
        CommandError: of the first check, as without --watch.
        KeyboardInterrupt: Ctrl-C.
    """
    if given.format != "text":
        raise CommandError("--watch is for people: it goes with --format text only", BAD_INPUT)
    page = Path(given.html) if given.html else None
    Watch(given, checking, changes.of_path(Path(given.path), leave_out=page)).run()


class Watch:
    """What was shown last, and what comes after it."""

    def __init__(self, given: argparse.Namespace, checking: Checking, waits: Waits) -> None:
        self.given = given
        self.checking = checking
        self.waits = waits
        self.words = words(given.lang)
        self.digest = ""
        """Of the programs that were checked last."""
        self.shown: Grade | None = None

    def run(self) -> NoReturn:
        """The first check, then one for each change."""
        submission = self.checking.read()
        self.check(submission)
        while True:
            note(self.words["t_watching"])
            self.again(self.waits.wait())

    def again(self, names: Sequence[str]) -> None:
        """Something was saved: check, if the programs are others now."""
        try:
            submission = self.checking.read()
            if submission.digest != self.digest:
                note(self.words["t_again"].format(files=self._named(names)))
                self.check(submission)
        except Exception as error:
            # Files may be gone for a moment; what is wrong now may be right at the next save.
            # The same programs are tried again then: a port may be free by that time.
            self.digest = ""
            message, _ = told(error, self.given.lang)
            note(message)

    def check(self, submission: Submission) -> None:
        """Check and show, unless a program is only half written."""
        self.digest = submission.digest
        if self.shown is not None and (empty := _empty_program(submission)):
            note(self.words["t_empty"].format(place=safe(empty)))
            return
        checked = self.checking.check(submission)
        if self.shown is not None and (where := _unreadable(checked.grade, self.shown)):
            note(self.words["t_unreadable"].format(place=safe(where)))
            return
        self._draw(checked)

    def _draw(self, checked: Checked) -> None:
        if is_live(sys.stdout):
            sys.stdout.write(_CLEAR)
        elif self.shown is not None:
            say("")
        show(self.given, checked)
        if self.shown is not None:
            say("")
            say(delta_text(self.shown, checked.grade, self.given.lang, style()).rstrip("\n"))
        self.shown = checked.grade

    def _named(self, names: Sequence[str]) -> str:
        """The files that were saved, as one may read them."""
        if not 1 <= len(names) <= _NAMES:
            return self.words["t_changed"]
        return ", ".join(safe(name) for name in names)


def _empty_program(submission: Submission) -> str | None:
    """A program without a byte, as some editors leave it for a moment."""
    programs = {submission.programs.server, submission.programs.client}
    return next((f.path for f in submission.files if f.path in programs and not f.data), None)


def _unreadable(grade: Grade, before: Grade) -> str | None:
    """A program that Python can't read, and could the last time."""
    known = {(d.id, d.role) for d in before.diagnoses}
    for diagnosis in grade.diagnoses:
        if diagnosis.id in _UNREADABLE and (diagnosis.id, diagnosis.role) not in known:
            return place(diagnosis)
    return None
