"""The threads of a program: in which call each one is, and whether anybody has run since.

Reading all of them costs half a millisecond, most of it to find processes and open files.
But a program whose threads have all stood still since the last time is in the same calls,
has the same threads and the same sockets. So the files stay open, and whoever asks often
asks `stood_still` first, which costs microseconds.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.run import proc, syscalls
from grader.run.errors import FactsUnavailable

_MOST_FILES = 128
"""Threads whose files stay open; a program with more of them never stands still."""
_FILE_SIZE = 512


@dataclass(frozen=True, slots=True)
class Thread:
    """One thread in one look."""

    call: proc.ThreadCall
    facts: syscalls.CallFacts
    counter: tuple[int, int] | None
    still: bool
    """It did not run from before its call was read until all about the call was known."""


class _Files:
    """The open files of one thread. They tell nothing any more once it has ended."""

    def __init__(self, pid: int, tid: int) -> None:
        self.pid, self.tid = pid, tid
        self._syscall = self._counter = self._folder = self._children = -1
        try:
            self._syscall = os.open(f"/proc/{pid}/task/{tid}/syscall", os.O_RDONLY | os.O_CLOEXEC)
            self._counter = os.open(f"/proc/{pid}/task/{tid}/schedstat", os.O_RDONLY | os.O_CLOEXEC)
        except OSError as error:
            self.close()
            raise FactsUnavailable(f"thread {tid} cannot be read") from error
        self.before = b""

    def counter(self) -> bytes:
        return _read(self._counter)

    def call(self) -> proc.ThreadCall | None:
        return proc.parse_call(self.pid, self.tid, _read(self._syscall))

    def is_on_cpu(self) -> bool:
        """It runs, or could."""
        return _read(self._syscall).startswith(b"running")

    def is_alone(self) -> bool:
        """Its process has no other thread, and no process below."""
        try:
            if self._folder < 0:
                flags = os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC
                self._folder = os.open(f"/proc/{self.pid}/task", flags)
            # A link for each thread, besides two of its own: see `proc.threads`.
            if self.pid != self.tid or os.fstat(self._folder).st_nlink != 3:
                return False
            if self._children < 0:
                path = f"/proc/{self.pid}/task/{self.tid}/children"
                self._children = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            return not os.pread(self._children, _FILE_SIZE, 0) or not proc.tree(self.pid)
        except OSError:  # no such file in this kernel, or it has ended
            return proc.threads(self.pid) == [self.tid] and not proc.tree(self.pid)

    def close(self) -> None:
        for fd in (self._syscall, self._counter, self._folder, self._children):
            if fd >= 0:
                os.close(fd)
        self._syscall = self._counter = self._folder = self._children = -1


class Threads:
    """All threads of the processes that `processes` names."""

    def __init__(self, processes: Callable[[], list[int]]) -> None:
        self._processes = processes
        self._files: dict[tuple[int, int], _Files] = {}
        self._all_blocked = False
        self.last: tuple[Thread, ...] = ()
        """What the last look saw."""
        self.looks = 0
        """How many looks there were."""

    def look(self) -> tuple[Thread, ...]:
        """Every thread's call.

        Raises:
            FactsUnavailable: of one of them it cannot be read.
        """
        self._all_blocked = False
        self.last = ()
        self.looks += 1
        alive = [(pid, tid) for pid in self._processes() for tid in proc.threads(pid)]
        for gone in self._files.keys() - alive:
            self._files.pop(gone).close()
        found = tuple([self._look_at(pid, tid) for pid, tid in alive])
        everyone = bool(found) and len(found) == len(self._files)
        # In no call (-1) is also one that has just ended, and will never run again.
        self._all_blocked = everyone and all(t.call.blocked for t in found)
        self.last = found
        return found

    @property
    def all_blocked(self) -> bool:
        """The last look saw every thread blocked in a call."""
        return self._all_blocked

    def _look_at(self, pid: int, tid: int) -> Thread:
        files = self._files.get((pid, tid))
        if files is None:
            files = _Files(pid, tid)
            if len(self._files) >= _MOST_FILES:
                with contextlib.closing(files):
                    return self._read(files)
            self._files[pid, tid] = files
        return self._read(files)

    def _read(self, files: _Files) -> Thread:
        # In this order: equal to `before` later, it has not run since it was seen blocked.
        files.before = files.counter()
        call = files.call()
        if call is None:
            raise FactsUnavailable(f"thread {files.tid} cannot be read")
        facts = syscalls.describe(call)
        after = files.counter()
        return Thread(call, facts, proc.parse_counter(after), still=after == files.before)

    def stood_still(self) -> bool:
        """Nobody has run since the last look, which saw all of them blocked in a call.

        False where it is not known.
        """
        return self._all_blocked and all(f.before == f.counter() for f in self._files.values())

    def sole_one_runs(self) -> bool:
        """There was one thread in the last look and is now: on a CPU, or waiting for one."""
        if len(self._files) != 1:
            return False
        (only,) = self._files.values()
        return only.is_on_cpu() and only.is_alone()

    def ran(self) -> int:
        """How long the threads of the last look have run until now, ns; 0 where it is not told."""
        counters = (proc.parse_counter(files.counter()) for files in self._files.values())
        return sum(counter[1] for counter in counters if counter is not None)

    def close(self) -> None:
        """Close what is open."""
        for files in self._files.values():
            files.close()
        self._files.clear()
        self._all_blocked = False


def _read(fd: int) -> bytes:
    try:
        return os.pread(fd, _FILE_SIZE, 0)
    except OSError:
        return b""
