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
from grader.lab.model import Limits
from grader.run import crash

_WHERE = re.compile(r"(?P<file>[^\n]{1,1000}):(?P<line>\d{1,7})(?: \(discriminator \d{1,9}\))?")
_MOST = 32
_MOST_ASKED = 4
"""Of the stacks in one run: a program dies of the last, and can write as many as it likes."""
_FUNCTION = 200
LIMITS = Limits(
    wall=10.0, promised=10.0, cpu=5.0, memory=512 << 20, processes=8,
    file_size=1 << 20, work_size=64 << 20, output=64 << 10, open_files=64,
)  # fmt: skip
"""Of what finds the lines; the program itself lies in its folder."""

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
    entries = list(entries)
    told = dict.fromkeys(at for entry in reversed(entries) if (at := _addresses(entry)))
    known = {at: lines(at) for at in list(told)[:_MOST_ASKED]}
    out: list[tr.AnyEntry] = []
    for entry in entries:
        at = _addresses(entry)
        if not at:
            out.append(entry)
            continue
        frames = known.get(at, ())
        if isinstance(entry, tr.Position):
            if frames:
                out.append(msgspec.structs.replace(entry, frames=frames))
        elif isinstance(entry, tr.Stderr):
            if data := crash.without_addresses(entry.data):
                out.append(msgspec.structs.replace(entry, data=data))
            if frames:
                out.append(tr.Position(t=entry.t, side=entry.side, frames=frames))
    return out


def _addresses(entry: tr.AnyEntry) -> tuple[int, ...]:
    if isinstance(entry, tr.Position) and entry.frames[0].file == crash.NATIVE:
        return tuple(frame.line for frame in entry.frames)
    return crash.addresses(entry.data) if isinstance(entry, tr.Stderr) else ()
