"""Descriptors that a process is started with, under numbers of ours, and closed here afterwards."""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import signal
import sys
from functools import cache

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.run.errors import HostError
from grader.run.terminal import Terminal

_FIRST_FD = 10
"""Descriptors from here on hold what bubblewrap is to read.

3 is the gate, 4 says that the program stands at it (one digit: sh)."""
_SIGNALS = signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}
_SAFE_FD = 2000
"""Sources are moved above every target, so that no dup2 overwrites another's source. Targets are
no more than the files of a submission (1000) and of a build (400), and some."""
_MOST_FDS = 8192


@cache
def first_safe() -> int:
    """No descriptor that a child is given has this number, or a higher one.

    Our own may have them: a worker is given 1024 in all, mostly, and may have more.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < _MOST_FDS:
        more = _MOST_FDS if hard == resource.RLIM_INFINITY else min(_MOST_FDS, hard)
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (more, hard))
            soft = more
    return min(_SAFE_FD, soft // 2)


class Descriptors:
    """Descriptors for one start: given to the child under fixed numbers, closed here."""

    def __init__(self) -> None:
        self._open: set[int] = set()
        self._given: list[tuple[int, int]] = []

    def __enter__(self) -> Descriptors:
        return self

    def __exit__(self, *_: object) -> None:
        for fd in list(self._open):
            self.close(fd)

    def close(self, fd: int) -> None:
        """Close one of them now."""
        self._open.discard(fd)
        os.close(fd)

    def keep(self, fd: int) -> int:
        """It is the caller's from here on."""
        self._open.discard(fd)
        return fd

    def memory(self, data: bytes) -> int:
        """A file in memory that holds `data`, at its start.

        It has a high number: select() takes none above 1023, and the rest needs low ones.
        """
        low = os.memfd_create("wiregrade")
        try:
            fd = fcntl.fcntl(low, fcntl.F_DUPFD_CLOEXEC, first_safe())
        finally:
            os.close(low)
        self._open.add(fd)
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]
        os.lseek(fd, 0, os.SEEK_SET)
        return fd

    def pipe(self) -> tuple[int, int]:
        """A pipe: the end to read, the end to write."""
        ends = os.pipe()
        self._open.update(ends)
        return ends

    def give(self, fd: int, number: int | None = None) -> int:
        """The child gets `fd` under `number` (the next free one by default)."""
        if number is None:
            number = _FIRST_FD + len(self._given)
        self._given.append((fd, number))
        return number

    def spawn(
        self, command: list[str], environment: dict[str, str], *, own_session: bool
    ) -> tuple[Terminal, int, int, int]:
        """Start `command` at a terminal: (terminal, stderr, gate, pid)."""
        safe = first_safe()
        if any(number >= safe for _, number in self._given):
            raise HostError(f"a process may not have {2 * safe} files open at once here")
        terminal = Terminal()
        stderr, stderr_write = os.pipe()
        gate_read, gate = os.pipe()
        os.set_blocking(stderr, False)
        sources = [(terminal.slave, 0), (terminal.slave, 1), (stderr_write, 2), (gate_read, 3)]
        sources += self._given
        high = [(fd, number) for fd, number in sources if fd >= safe]
        moved = [
            (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, safe), number)
            for fd, number in sources
            if fd < safe
        ]
        try:
            pid = os.posix_spawn(
                command[0],
                command,
                environment,
                file_actions=[(os.POSIX_SPAWN_DUP2, fd, number) for fd, number in [*moved, *high]],
                setsid=own_session,
                # What is ignored stays so across exec: by Python SIGPIPE, by nohup SIGHUP.
                setsigdef=_SIGNALS,
                setsigmask=[],
            )
        except OSError as error:
            raise HostError(f"{command[0]} could not be started: {error}") from error
        finally:
            for fd in [*(fd for fd, _ in moved), stderr_write, gate_read]:
                os.close(fd)
            terminal.hand_over()
        return terminal, stderr, gate, pid
