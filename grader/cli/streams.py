"""stdout and stderr: colours or not, live or line by line, whatever the locale says."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from grader.formats.safe import no_commands, plain
from grader.view.bytes_view import TYPOGRAPHY, escaped

if TYPE_CHECKING:
    from grader.lab.model import Text

_LISTED = 10


def wants_colour(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether to colour what goes to `stream`.

    NO_COLOR (no-color.org) wins, then FORCE_COLOR (not `0`), then: a terminal that can.
    """
    if environment.get("NO_COLOR"):
        return False
    if forced := environment.get("FORCE_COLOR"):
        return forced != "0"
    return stream.isatty() and environment.get("TERM") != "dumb"


def is_live(stream: TextIO, environment: Mapping[str, str] = os.environ) -> bool:
    """Whether a progress display may redraw itself: a person looks on, not a CI's log."""
    in_ci = environment.get("CI", "").lower() not in ("", "0", "false")
    return stream.isatty() and not in_ci and environment.get("TERM") != "dumb"


def never_fail_on_encoding() -> None:
    r"""Write what the terminal's encoding lacks as `\u2713` instead of ending in an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """One or more lines on stdout: results, already made safe by their format."""
    print(text, flush=True)


def note(text: str) -> None:
    """One or more lines on stderr: progress, errors, remarks. Nothing in them is obeyed.

    Whoever says a stranger's text escapes it; here it is done for all of it once more, for
    what nobody thought of (an exception's message, a traceback). Where nobody reads it any more
    (`2>&1 | head`), what is being done goes on without.
    """
    try:
        print(no_commands(plain(text)), file=sys.stderr, flush=True)
    except BrokenPipeError:
        drop(sys.stderr)


def drop(stream: TextIO) -> None:
    """Its reader has left: nothing more can be said to it, not even at exit."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def listed(names: Sequence[str]) -> str:
    """Names that others chose, the first of many, for a note."""
    return ", ".join(map(safe, names[:_LISTED])) + (", …" if names[_LISTED:] else "")


def safe(name: str) -> str:
    """A name that somebody else chose, as it can be shown on a terminal."""
    return escaped(name)


def in_words(text: Text | str, language: str) -> str:
    """The text for people, made safe to show."""
    words = text if isinstance(text, str) else text.in_language(language)
    return escaped(words, keep=TYPOGRAPHY)
