"""Where compiled programs stood: their own word is addresses, which are made lines of files.

`grader/run/crashpoint.c` writes them, addr2line knows the lines. It reads a stranger's program,
and so it runs where the program was built: in the sandbox.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Sequence

import msgspec

from grader import transcript as tr
from grader.run import crash

_WHERE = re.compile(r"(?P<file>[^\n]{1,1000}):(?P<line>\d{1,7})(?: \(discriminator \d{1,9}\))?")
_MOST = 32
_FUNCTION = 200

Lines = Callable[[Sequence[int]], tuple[tr.Frame, ...]]
"""Frames of the submission at these addresses."""


def question(addresses: Iterable[int]) -> tuple[str, ...]:
    """Asks for the lines of a program called `program`."""
    at = [f"0x{address:x}" for address in addresses]
    return ("addr2line", "-f", "-C", "-e", "./program", *at[:_MOST])


def frames_in(said: bytes, files: Iterable[str]) -> tuple[tr.Frame, ...]:
    """The submission's frames in what addr2line said: two lines each, a function and a place."""
    lines = said.decode("utf-8", "replace").splitlines()
    known = sorted(files, key=len, reverse=True)
    found = []
    for function, where in zip(lines[::2], lines[1::2], strict=False):
        match = _WHERE.fullmatch(where)
        if match is None:
            continue
        path = posixpath.normpath(match["file"])
        own = next((f for f in known if path == f or path.endswith(f"/{f}")), None)
        if own is not None:
            name = function[:_FUNCTION]
            found.append(tr.Frame(file=own, line=int(match["line"]), function=name))
    return tuple(found)


def located(entries: Iterable[tr.AnyEntry], lines: Lines) -> list[tr.AnyEntry]:
    """The entries with lines for addresses, and without the program's word about them."""
    out: list[tr.AnyEntry] = []
    for entry in entries:
        if isinstance(entry, tr.Position) and entry.frames[0].file == crash.NATIVE:
            if frames := lines([frame.line for frame in entry.frames]):
                out.append(msgspec.structs.replace(entry, frames=frames))
            continue
        if not isinstance(entry, tr.Stderr) or not (found := crash.addresses(entry.data)):
            out.append(entry)
            continue
        if data := crash.without_addresses(entry.data):
            out.append(msgspec.structs.replace(entry, data=data))
        if frames := lines(found):
            out.append(tr.Position(t=entry.t, side=entry.side, frames=frames))
    return out
