"""Records a run: entries on the run's clock, within bounds."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeGuard

import msgspec

from grader import transcript as tr

MAX_ENTRIES = 20_000
"""A run of a first lab has some forty entries; of a flood only what is decisive is kept on."""
_DECISIVE = (tr.Step, tr.State, tr.Position, tr.LimitReached, tr.Killed, tr.Exited, tr.Closed)
"""Kept always: how many there are is up to our steps, and without one a verdict is another."""
_Piece = tr.Received | tr.Stdout | tr.Stderr
_PIECE = 16 << 10
"""Behind the bound pieces of one stream become one, up to so many bytes: limits bound them all."""


class Recorder:
    """Collects entries. The clock starts at `begin` (exec) and is monotonic.

    `side` is whose entries these are, in a run of two programs (`beside`).
    """

    def __init__(self, side: str = "") -> None:
        self.side = side
        self._clock = self
        self.entries: list[tr.AnyEntry] = []
        self.stdout_size = self.stderr_size = 0
        self.received_size = 0
        self._zero = time.monotonic_ns()

    def begin(self) -> None:
        """Now is t = 0."""
        self._zero = time.monotonic_ns()

    def now(self) -> int:
        """Nanoseconds since `begin`."""
        return time.monotonic_ns() - self._clock._zero

    def beside(self, side: str) -> Recorder:
        """One for `side` alone, with this one's clock."""
        other = Recorder(side)
        other._clock = self
        return other

    def add(self, make: Callable[[int], tr.AnyEntry]) -> None:
        """Record `make(now)`."""
        entry = make(self.now())
        if len(self.entries) < MAX_ENTRIES or isinstance(entry, _DECISIVE):
            self.entries.append(entry)
        elif isinstance(entry, _Piece) and _same_stream(last := self.entries[-1], entry):
            if len(last.data) + len(entry.data) > _PIECE:
                self.entries.append(entry)
            else:
                self.entries[-1] = msgspec.structs.replace(last, data=last.data + entry.data)

    @property
    def sided(self) -> list[tr.AnyEntry]:
        """The entries, each with the side that it is of."""
        return [msgspec.structs.replace(entry, side=self.side) for entry in self.entries]

    def stdout(self, data: bytes, limit: int) -> bool:
        """Record what the program printed, `limit` bytes in all; False: the limit is reached."""
        kept = data[: max(0, limit - self.stdout_size)]
        self.stdout_size += len(data)
        if kept:
            self.add(lambda t: tr.Stdout(t=t, data=kept))
        return self.stdout_size <= limit

    def stderr(self, data: bytes, limit: int) -> bool:
        """Record what the program wrote to standard error, like `stdout`."""
        kept = data[: max(0, limit - self.stderr_size)]
        self.stderr_size += len(data)
        if kept:
            self.add(lambda t: tr.Stderr(t=t, data=kept))
        return self.stderr_size <= limit


def _same_stream(one: tr.AnyEntry, other: tr.AnyEntry) -> TypeGuard[_Piece]:
    """Whether both are of one stream, of one connection where it is the wire."""
    if isinstance(one, tr.Received) and isinstance(other, tr.Received):
        return one.connection == other.connection
    return isinstance(one, tr.Stdout | tr.Stderr) and type(one) is type(other)
