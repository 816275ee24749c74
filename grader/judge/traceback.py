"""The traceback that CPython writes when an exception is not caught, read as data."""

from __future__ import annotations

import re
from dataclasses import dataclass

LOOKED_AT = 1 << 16
"""Bytes at the end of standard error in which a traceback is looked for."""

_HEAD = re.compile(r"Traceback \(most recent call last\):$", re.MULTILINE)
"""Not always at the beginning of a line: the prompt of input() may stand before it."""
_FRAME = re.compile(r'^  File "([^"\n]{1,500})", line (\d{1,7})(?:, in ([^\n]{1,200}))?$', re.M)
_ERROR = re.compile(r"^([A-Za-z_][\w.]{0,100})(?:: ([^\n]{0,500}))?$", re.M)
_BARE = re.compile(r"^SyntaxError: ([^\n]{0,500})\Z", re.MULTILINE)
"""A file that can't even be decoded has no frame: only this line."""
_IN_FILE = re.compile(r"(?: in file (.{1,400}?))? on line (\d{1,7})\b")
_SYNTAX = ("SyntaxError", "IndentationError", "TabError")
_STRING = "<string>"
_FOREIGN = ("/lib/python", "/site-packages/", "<frozen ", "/usr/lib/", _STRING)
_TOLD_BY = re.compile(
    r"^(?:Exception in thread |Exception ignored in thread started by|"
    r"Exception occurred during processing of request|Unhandled exception in thread|"
    r"Task exception was never retrieved|Exception in callback |Unhandled exception in client_)",
    re.MULTILINE,
)
"""What threading, _thread, socketserver and asyncio write before the traceback of one task."""
_NEAR = 600
"""Characters between such a heading and the traceback."""


@dataclass(frozen=True)
class Place:
    """A frame: the file as the interpreter names it ("" if it does not), the line, its text."""

    file: str
    line: int
    source: str


@dataclass(frozen=True)
class Traceback:
    """An uncaught exception; `place` is the last frame inside the submission."""

    type: str
    message: str
    place: Place | None
    evaluated: bool = False
    """It is about a text that the program had compiled, and not about a file."""
    foreign: bool = False
    """It is no exception of Python, but of Java or JavaScript."""

    @property
    def is_syntax(self) -> bool:
        """The program could not even be compiled."""
        return self.type in _SYNTAX and not self.evaluated and not self.foreign

    def at_call(self, *methods: str) -> bool:
        """Whether the line that raised it calls one of these methods."""
        if self.place is None:
            return False
        return any(re.search(rf"\b{m}\s*\(", self.place.source) for m in methods)


def last_traceback(stderr: bytes) -> Traceback | None:
    """The last uncaught exception in standard error, or None."""
    text = _text(stderr)
    heads = [m.end() for m in _HEAD.finditer(text)]
    return _read(text[heads[-1] :] if heads else text, headed=bool(heads))


def task_traceback(stderr: bytes) -> Traceback | None:
    """The first exception that ended a thread, a request or a task, but not the program."""
    text = _text(stderr)
    for told in _TOLD_BY.finditer(text):
        head = _HEAD.search(text, told.end())
        if head is not None and head.start() - told.end() < _NEAR:
            # The first traceback: one chained to it is told after it, and more to the point.
            following = _TOLD_BY.search(text, head.end())
            part = text[head.end() : following.start() if following else len(text)]
            heads = [m.end() for m in _HEAD.finditer(part)]
            return _read(part[heads[-1] :] if heads else part, headed=True)
    return None


def last_was_of_a_task(stderr: bytes) -> bool:
    """Whether the last traceback is told of a thread, a request or a task."""
    text = _text(stderr)
    heads = [m.start() for m in _HEAD.finditer(text)]
    return bool(heads) and _TOLD_BY.search(text, max(0, heads[-1] - _NEAR), heads[-1]) is not None


def _text(stderr: bytes) -> str:
    return stderr[-LOOKED_AT:].decode("utf-8", "replace").replace("\r\n", "\n")


def _read(part: str, *, headed: bool) -> Traceback | None:
    frames = list(_FRAME.finditer(part))
    if not frames:
        return None if headed else _undecodable(part)
    error = _ERROR.search(part, frames[-1].end())
    if error is None:
        return None
    kind = error[1].rpartition(".")[2]
    if not headed and kind not in _SYNTAX:
        return None
    evaluated = kind in _SYNTAX and frames[-1][1] == _STRING
    return Traceback(kind, error[2] or "", _place(part, frames), evaluated)


def _undecodable(part: str) -> Traceback | None:
    """A program that is not text in its encoding: a last line, and no frame."""
    error = _BARE.search(part.rstrip())
    if error is None:
        return None
    where = _IN_FILE.search(error[1])
    place = Place(where[1] or "", int(where[2]), "") if where is not None else None
    return Traceback("SyntaxError", error[1], place)


def _place(part: str, frames: list[re.Match[str]]) -> Place | None:
    """The last frame that is not of the interpreter's own library."""
    own = [f for f in frames if not any(mark in f[1] for mark in _FOREIGN)]
    if not own:
        return None
    frame = own[-1]
    following = part[frame.end() + 1 :].partition("\n")[0]
    return Place(frame[1], int(frame[2]), following.strip()[:300])
