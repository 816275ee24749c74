"""How a program ended, read from its standard error; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

from grader.transcript import Frame

_HEAD = re.compile(
    # The prompt of input() may stand before it, on the same line.
    rb"^(?:[^\n]*?Traceback \(most recent call last\):"
    rb'|  File "[^\n]*", line \d+)\r?$',
    re.MULTILINE,
)
_GROUP = b"  + Exception Group"
_EXCEPTION = re.compile(rb"^[A-Za-z_\x80-\xff][\w.<>\x80-\xff]*(?::|\r?$)", re.MULTILINE)
_DUMP_FRAME = re.compile(rb'^  File "([^"\n]*)", line (\d{1,9}) in ([^\n]*)$', re.MULTILINE)
"""A program can write what looks like a dump: no number is longer than an interpreter's."""
_DUMP_THREAD = re.compile(rb"^(?:Current thread|Thread) 0x[0-9a-f]+", re.MULTILINE)
_JAVA = re.compile(rb'^Exception in thread "main" [A-Za-z_$][\w.$]*(?::|\r?$)', re.MULTILINE)
_NODE = re.compile(rb"^Node\.js v\d[\w.]*\r?\Z", re.MULTILINE)
"""Node's last words; a program that exits with 1 by itself does not say them."""
_ADDRESSES = re.compile(rb"\n?^wiregrade-stack:((?: [0-9a-f]{8}){1,64})\n", re.MULTILINE)
"""What `crashpoint.c` writes."""
_RUST = re.compile(rb"^thread 'main'(?: \(\d{1,10}\))? panicked at ", re.MULTILINE)
_GO = re.compile(
    rb"^(?:panic|fatal error): [^\n]*\n(?:[^\n]*\n){0,40}?goroutine \d{1,9} ", re.MULTILINE
)
_PANICS = {101: _RUST, 2: _GO}
"""By the status that the runtimes of Rust and Go choose, what they write before."""
NATIVE = "<native>"
"""The file of a frame that is known by its address only: that stands for its line."""
_TAIL = 65536


def uncaught(stderr: bytes, status: int | None) -> bool:
    """Whether the program ended by an exception that nothing caught.

    Python then prints a traceback (for a SyntaxError a location, or nothing), a line that
    names the exception, the rest of its message, and exits with status 1. A plain exit(1)
    prints none of it. Rust and Go have statuses of their own for a panic.
    """
    tail = stderr[-_TAIL:].rstrip()
    if status in _PANICS:
        return _PANICS[status].search(tail) is not None
    if status != 1:
        return False
    if _JAVA.search(tail) or _NODE.search(tail):
        return True
    heads = list(_HEAD.finditer(tail))
    if not heads:
        # A text that is not in its encoding: CPython has no line of it to show.
        return tail[tail.rfind(b"\n") + 1 :].startswith(b"SyntaxError: ")
    head = heads[-1]
    return head[0].startswith(_GROUP) or _EXCEPTION.search(tail, head.end()) is not None


def raised(stderr: bytes, status: int | None) -> tuple[bytes, bytes]:
    """The line that names the exception that ended the program, and the frames above it.

    Both are empty where no exception did, see `uncaught`.
    """
    tail = stderr[-_TAIL:].rstrip()
    heads = list(_HEAD.finditer(tail))
    if status != 1 or not heads:
        return b"", b""
    begin = heads[-1].start()
    found = _EXCEPTION.search(tail, heads[-1].end())
    if found is None:
        return b"", b""
    return tail[found.start() :].split(b"\n", 1)[0].rstrip(), tail[begin : found.start()]


def addresses(data: bytes) -> tuple[int, ...]:
    """Where a compiled program stood when a signal ended it, innermost first, by its own word."""
    found = _ADDRESSES.findall(data[-_TAIL:])
    return tuple(int(word, 16) for word in found[-1].split()) if found else ()


def without_addresses(data: bytes) -> bytes:
    """What its author wrote, without that word."""
    return _ADDRESSES.sub(b"", data)


def frames_of_dump(dump: bytes, folder: str) -> tuple[Frame, ...]:
    """The submission's frames in a faulthandler dump, innermost first.

    Of several threads, the one that was current; where it has no frame inside `folder`, the
    first that has one. Paths are made relative to `folder`.
    """
    parts = _DUMP_THREAD.split(dump[-_TAIL * 4 :])[1:]
    heads = _DUMP_THREAD.findall(dump[-_TAIL * 4 :])
    order = sorted(range(len(parts)), key=lambda i: not heads[i].startswith(b"Current"))
    for index in order:
        if frames := _frames(parts[index], folder):
            return frames
    return tuple(Frame(file=NATIVE, line=at, function="") for at in addresses(dump))


def _frames(part: bytes, folder: str) -> tuple[Frame, ...]:
    return inside(
        (
            (path.decode("utf-8", "backslashreplace"), int(line),
             function.decode("utf-8", "backslashreplace"))
            for path, line, function in _DUMP_FRAME.findall(part)
        ),
        folder,
    )  # fmt: skip


def inside(frames: Iterable[tuple[str, int, str]], folder: str) -> tuple[Frame, ...]:
    """Of these frames (path, line, function) the submission's, with paths relative to `folder`.

    The program itself is named as it was started: without its folder.
    """
    prefix = folder.rstrip("/") + "/"
    whole = (
        (p if p.startswith("/") else prefix + p.removeprefix("./"), n, function)
        for p, n, function in frames
    )
    return tuple(
        Frame(file=path[len(prefix) :], line=line, function=function)
        for path, line, function in whole
        if path.startswith(prefix)
    )
