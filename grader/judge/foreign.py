"""What Java and Node write when an exception is not caught, read as data.

Java names a file without its folder (`at Client.main(Client.java:12)`), and marks its own
frames (`java.base/...`); Node gives paths, and `node:` for its own. The line's text stands in
neither, so that only the type and the message tell what the mistake was.
"""

from __future__ import annotations

import re

from grader.judge.traceback import LOOKED_AT, Place, Traceback

_JAVA = re.compile(
    r'^Exception in thread "(?P<thread>[^"\n]{0,200})" '
    r"(?P<type>[A-Za-z_$][\w.$]{0,200})(?:: (?P<message>[^\n]{0,500}))?$",
    re.MULTILINE,
)
_JAVA_FRAME = re.compile(
    r"^\tat (?P<at>[^\s(]{1,300})\((?P<file>[^():\n]{1,200}\.java):(?P<line>\d{1,7})\)$",
    re.MULTILINE,
)
_JAVA_CAUSE = re.compile(
    r"^Caused by: (?P<type>[A-Za-z_$][\w.$]{0,200})(?:: (?P<message>[^\n]{0,500}))?$", re.MULTILINE
)
_JAVA_OWN = re.compile(r"^(?:[a-z]+(?:\.[a-z]+)*(?:@[\w.]+)?/|(?:java|javax|jdk|sun)\.)")
_NODE_TYPE = re.compile(
    r"^(?P<type>[A-Za-z_$][\w$]{0,100}(?:Error|Exception)|Error|SyntaxError)"
    r"(?: \[\w{1,60}\])?(?:: (?P<message>[^\n]{0,500}))?$",
    re.MULTILINE,
)
_NODE_HEAD = re.compile(r"^(?P<file>(?!node:)[^\n:]{1,400}):(?P<line>\d{1,7})$", re.MULTILINE)
_NODE_FRAME = re.compile(
    r"^ {4}at (?:[^\n(]{1,300} \()?(?:file://)?(?P<file>/[^\n():]{1,400})"
    r":(?P<line>\d{1,7}):\d{1,7}\)?$",
    re.MULTILINE,
)
_NODE_END = re.compile(r"^Node\.js v\d", re.MULTILINE)
_SYNTAX = "SyntaxError"


def last_exception(stderr: bytes) -> Traceback | None:
    """The uncaught exception of Java or Node that ended the program, or None."""
    text = stderr[-LOOKED_AT:].decode("utf-8", "replace").replace("\r\n", "\n")
    return _java(text, main=True) or _node(text)


def thread_exception(stderr: bytes) -> Traceback | None:
    """An exception that ended one thread of Java, and not the program."""
    text = stderr[-LOOKED_AT:].decode("utf-8", "replace").replace("\r\n", "\n")
    return _java(text, main=False)


def _java(text: str, *, main: bool) -> Traceback | None:
    found = [m for m in _JAVA.finditer(text) if (m["thread"] == "main") is main]
    if not found:
        return None
    head = found[-1]
    part = text[head.end() :].partition("\nException in thread ")[0]
    frames = (m for m in _JAVA_FRAME.finditer(part) if not _JAVA_OWN.match(m["at"]))
    own = next(frames, None)
    causes = list(_JAVA_CAUSE.finditer(part))
    told = causes[-1] if causes else head
    place = Place(own["file"], int(own["line"]), "") if own is not None else None
    kind = told["type"].rpartition(".")[2]
    return Traceback(kind, told["message"] or "", place, foreign=True)


def _node(text: str) -> Traceback | None:
    if _NODE_END.search(text) is None:
        return None
    types = list(_NODE_TYPE.finditer(text))
    if not types:
        return None
    error = types[-1]
    frame = next(_NODE_FRAME.finditer(text, error.end()), None)
    head = next(_NODE_HEAD.finditer(text), None)
    syntax = error["type"] == _SYNTAX
    at = head if frame is None or syntax else frame
    place = Place(at["file"], int(at["line"]), "") if at is not None else None
    return Traceback(error["type"], error["message"] or "", place, foreign=True)
