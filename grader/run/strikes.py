"""Which limit struck a program, and with what number.

A limit strikes in one of two ways, and in no other:

- *We see it passed*: what the whole tree uses is looked at every 20 ms, and the run is ended
  (`Watch`). Memory is what is really the tree's own: what processes share counts once.
- *The kernel refused something, and the program ended by that* (`by_kernel`): a signal that
  only a limit sends, or an exception of that refusal which nothing caught.

A program that meets a full folder, too many open files or no further process, and copes
with it, has met nothing that counts: it is judged by what it does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from grader.lab.model import Limits
from grader.run import crash
from grader.run.usage import Disk, Usage
from reference.endpoint import BACKLOG

ADDRESS_SPACE = 4
"""Of the memory: room for the interpreter, its threads' stacks and its arenas."""
MOST_FILES = 20_000
"""In the folders that a program can write: each costs the kernel a kilobyte that no size bounds."""
_GROWN = 1.05
_LOOKS = 10
"""Memory is measured again when its estimate has grown by so much, and every so many looks:
pages that processes shared become their own when they write to them, which no estimate shows."""

_ERRNO = re.compile(rb"^[\w.]*(?:Error|Exception): \[Errno (\d{1,4})\]")
_NO_MEMORY = re.compile(rb"^MemoryError(?::|$)")
_NO_THREAD = re.compile(rb"^RuntimeError: can't start new thread")
_BY_SIGNAL = {"SIGXCPU": "cpu", "SIGXFSZ": "file_size"}
_BY_ERRNO = {12: "memory", 24: "files", 27: "file_size", 28: "disk"}
_EAGAIN = 11
_TRACEBACK = b"Traceback (most recent call last):"
_ANY_ERROR = re.compile(rb"^[\w.]*(?:Error|Exception)\b(?:: \[Errno (\d{1,4})\])?", re.MULTILINE)
_FORKS = re.compile(rb"^    .*\bfork", re.MULTILINE)
"""A line of a program, as a traceback shows it."""
_TAIL = 65536


class Struck(NamedTuple):
    """A limit of `LimitReached`, and its number with its unit, if it has one."""

    limit: str
    value: str


def struck(limit: str, limits: Limits) -> Struck:
    """The limit with the number that it has in this lab."""
    return Struck(limit, _NUMBERS[limit](limits))


def _size(count: int) -> str:
    return f"{count >> 20} MB" if count >= 1 << 20 else f"{count} B"


_NUMBERS: dict[str, Callable[[Limits], str]] = {
    "wall": lambda x: f"{x.wall:g} s",
    "cpu": lambda x: f"{x.cpu:g} s",
    "memory": lambda x: _size(x.memory),
    "processes": lambda x: str(x.processes),
    "files": lambda x: str(x.open_files),
    "file_size": lambda x: _size(x.file_size),
    "disk": lambda x: _size(x.work_size),
    "output": lambda x: _size(x.output),
    "wire": lambda x: _size(x.output * 8),
    "connections": lambda _: str(BACKLOG),
}


class Watch:
    """Looks at what one tree of processes uses, all its life long."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._measured_at = 0
        self._looks = 0

    def look(
        self, usage: Usage, disk: Callable[[], Disk], resident: Callable[[], int]
    ) -> Struck | None:
        """The limit that is passed now.

        `disk` tells of the folders that it can write. `usage.memory` counts shared pages
        for each process, which is quick and too much: `resident` counts them once, and is
        asked only where that may matter.
        """
        if usage.cpu > self._limits.cpu * 1e9:
            return struck("cpu", self._limits)
        if usage.tasks > self._limits.processes:
            return struck("processes", self._limits)
        used = disk()
        if (full := self.full(used)) is not None:
            return full
        in_memory = used.size if used.bounded else 0
        if self._may_be_too_much(usage.memory + in_memory) and resident() > self._limits.memory:
            return struck("memory", self._limits)
        return None

    def full(self, used: Disk) -> Struck | None:
        """The limit of what a program may write, if it is passed."""
        if used.files > MOST_FILES:
            return Struck("disk", f"{MOST_FILES} inodes")
        if not used.bounded and used.size > self._limits.work_size:
            return struck("disk", self._limits)
        return None

    def _may_be_too_much(self, estimate: int) -> bool:
        """It is time to measure."""
        self._looks += 1
        if estimate <= self._limits.memory:
            return False
        if self._looks < _LOOKS and estimate <= self._measured_at * _GROWN:
            return False
        self._measured_at, self._looks = estimate, 0
        return True


def by_kernel(
    signal: str | None,
    status: int | None,
    stderr: bytes,
    limits: Limits,
    *,
    out_of_memory: bool = False,
) -> Struck | None:
    """The limit by which a program ended that ended by itself, if it was one.

    `out_of_memory`: the kernel has killed it, or a part of it, for want of memory.
    """
    if out_of_memory and (signal == "SIGKILL" or status != 0):
        return struck("memory", limits)
    if signal is not None:
        name = _BY_SIGNAL.get(signal)
        return struck(name, limits) if name is not None else None
    line, frames = crash.raised(stderr, status)
    if _NO_MEMORY.match(line):
        # The kernel refused more addresses: that bound is wider than the memory's own.
        return Struck("memory", _size(limits.memory * ADDRESS_SPACE))
    if _NO_THREAD.match(line):
        return struck("processes", limits)
    if status == 1 and _are_refused_forks(stderr):
        return struck("processes", limits)
    if (found := _ERRNO.match(line)) is None:
        return None
    number = int(found[1])
    # The same number is given to a read without a limit of its own that finds nothing.
    if number == _EAGAIN and b"fork" in frames[frames.rfind(b"  File ") :]:
        return struck("processes", limits)
    name = _BY_ERRNO.get(number)
    return struck(name, limits) if name is not None else None


def _are_refused_forks(stderr: bytes) -> bool:
    """Whether several processes have ended by the same refusal: their tracebacks may be mixed.

    Which line stands under which is chance then, but nothing else was raised by any of them.
    """
    tail = stderr[-_TAIL:]
    if tail.count(_TRACEBACK) < 2 or _FORKS.search(tail) is None:
        return False
    raised = _ANY_ERROR.findall(tail)
    return bool(raised) and all(number == b"11" for number in raised)
