"""The traceback that CPython writes when an exception is not caught, read as data."""

from __future__ import annotations

import re
from dataclasses import dataclass

LOOKED_AT = 1 << 16
"""Bytes at the end of standard error in which a traceback is looked for."""

_HEAD = re.compile(r"^Traceback \(most recent call last\):", re.MULTILINE)
_FRAME = re.compile(r'^  File "([^"\n]{1,500})", line (\d{1,7})(?:, in ([^\n]{1,200}))?$', re.M)
_ERROR = re.compile(r"^([A-Za-z_][\w.]{0,100})(?:: ([^\n]{0,500}))?$", re.M)
_SYNTAX = ("SyntaxError", "IndentationError", "TabError")
_FOREIGN = ("/lib/python", "/site-packages/", "<frozen ", "/usr/lib/")


@dataclass(frozen=True)
class Place:
    """A frame: the file as the interpreter names it, the line, and the text of that line."""

    file: str
    line: int
    source: str


@dataclass(frozen=True)
class Traceback:
    """An uncaught exception; `place` is the last frame inside the submission."""

    type: str
    message: str
    place: Place | None

    @property
    def is_syntax(self) -> bool:
        """The program could not even be compiled."""
        return self.type in _SYNTAX

    def at_call(self, *methods: str) -> bool:
        """Whether the line that raised it calls one of these methods."""
        if self.place is None:
            return False
        return any(re.search(rf"\b{m}\s*\(", self.place.source) for m in methods)


def last_traceback(stderr: bytes) -> Traceback | None:
    """The last uncaught exception in standard error, or None."""
    text = stderr[-LOOKED_AT:].decode("utf-8", "replace").replace("\r\n", "\n")
    heads = [m.end() for m in _HEAD.finditer(text)]
    part = text[heads[-1] :] if heads else text
    frames = list(_FRAME.finditer(part))
    if not frames:
        return None
    error = _ERROR.search(part, frames[-1].end())
    if error is None:
        return None
    kind = error[1].rpartition(".")[2]
    if not heads and kind not in _SYNTAX:
        return None
    return Traceback(kind, error[2] or "", _place(part, frames))


def _place(part: str, frames: list[re.Match[str]]) -> Place | None:
    """The last frame that is not of the interpreter's own library."""
    own = [f for f in frames if not any(mark in f[1] for mark in _FOREIGN)]
    if not own:
        return None
    frame = own[-1]
    following = part[frame.end() + 1 :].partition("\n")[0]
    return Place(frame[1], int(frame[2]), following.strip()[:300])
