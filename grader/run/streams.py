"""What one start of the program writes: its terminal and its standard error, recorded as read.

Once the program is ended by us, standard error holds where it stood (the interpreter's stack)
and not what its author wrote: from then on it is kept apart.
"""

from __future__ import annotations

import select
from collections.abc import Container

from grader.run.recorder import Recorder
from grader.run.started import Started

_CHUNK = 1 << 16


class Streams:
    """Both streams of `program`, `limit` bytes kept of each."""

    def __init__(self, program: Started, recorder: Recorder, limit: int) -> None:
        self._program, self._recorder, self._limit = program, recorder, limit
        self._open = {program.terminal.master, program.stderr}
        self._dump: bytearray | None = None
        self.over_limit = False
        """One of them has written more than the limit."""

    @property
    def reads(self) -> list[int]:
        """Descriptors that may still tell something."""
        return list(self._open)

    @property
    def dump(self) -> bytes:
        """What came on standard error since `keep_dump`."""
        return bytes(self._dump or b"")

    @property
    def dumping(self) -> bool:
        """Standard error is kept apart."""
        return self._dump is not None

    def keep_dump(self) -> None:
        """From now on standard error is where the program stands, no text of its author."""
        self._dump = bytearray()

    def take(self, among: Container[int] | None = None) -> bool:
        """Read what is there (of the descriptors `among`); whether anything was recorded."""
        news = False
        for fd in list(self._open):
            if among is not None and fd not in among:
                continue
            data, ended = self._program.read(fd, _CHUNK)
            if ended:
                self._open.discard(fd)
            if data:
                news = self._record(fd, data) or news
        return news

    def drain(self, grace: float, until: int | None = None) -> None:
        """Read to both ends, or until descriptor `until` is readable; at most `grace` seconds.

        Every writer is dead or dying, so the ends come at once; the grace is for a kernel
        that is kept waiting.
        """
        deadline = self._recorder.now() + int(grace * 1e9)
        while self._recorder.now() < deadline and (self._open or until is not None):
            watched = self.reads if until is None else [*self._open, until]
            ready = select.select(watched, [], [], grace / 4)[0]
            self.take(ready)
            if until in ready:
                return

    def _record(self, fd: int, data: bytes) -> bool:
        is_stdout = fd == self._program.terminal.master
        if self._dump is not None and not is_stdout:
            # A program that handles SIGABRT may print on without end, and faster than we read.
            self._dump += data[: max(0, self._limit - len(self._dump))]
            return False
        record = self._recorder.stdout if is_stdout else self._recorder.stderr
        if not record(data, self._limit):
            self.over_limit = True
        return True
