"""A program that was started, as those know it who play with it, on whatever system.

`grader.run.program` starts one on Linux, `grader.run.portable` one where less can be had.
"""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from grader import transcript as tr
from grader.run.usage import Disk
from reference.socketfile import Places


@dataclass(frozen=True)
class WaitStatus:
    """The real wait status: an exit status, or the name of the signal."""

    status: int | None
    signal: str | None

    @classmethod
    def of(cls, raw: int) -> WaitStatus:
        """From wait(2)'s integer."""
        if number := raw & 0x7F:
            return cls(None, signal_name(number))
        return cls(raw >> 8 & 0xFF, None)


class Given(NamedTuple):
    """What a scenario gives a program at its start, the port filled in."""

    args: tuple[str, ...] = ()
    env: tuple[tuple[str, str], ...] = ()


NOTHING_GIVEN = Given()


def signal_name(number: int) -> str:
    """`SIGKILL`; of one without a name `SIG40`."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"SIG{number}"


class Keyboard(Protocol):
    """What it prints on, and where it is typed for it."""

    master: int
    """Readable when it has printed; select() takes it on this system."""

    def type(self, data: bytes) -> None:
        """Type on the keyboard."""


class Started(Protocol):
    """One program: waits at a gate, runs, ends, and is gone with all that it started."""

    pidfd: int
    """Readable once it has ended; select() takes it on this system."""
    stderr: int
    """Readable when it has written on standard error."""
    status: WaitStatus | None
    """How it has ended, once `ended` has seen it."""
    folder: str
    """Where the submission lies, as the program sees it."""

    @property
    def terminal(self) -> Keyboard:
        """Its standard input and output."""

    def release(self) -> None:
        """Open the gate: the program is executed now."""

    def read(self, fd: int, limit: int) -> tuple[bytes, bool]:
        """What can be read now from one of its two streams; whether the end was seen."""

    def ended(self) -> bool:
        """Whether the program itself (not what it left behind) has ended; sets `status`."""

    def disk(self, *, afresh: bool = False) -> Disk:
        """What lies in the folders that it can write; `afresh`: now, not a while ago."""

    def left_file(self, inside: str, name: str) -> tr.LeftFile:
        """What it has left in a file; `grader.run.leftfiles` says how it is looked for."""

    def places(self, inside: str) -> Places:
        """Where its Unix-domain sockets lie; it stands in the folder `inside` of the submission."""

    def ran_out_of_memory(self) -> bool:
        """It, or a part of it, was ended because its memory was spent."""

    def abort(self, *, surely: bool = False) -> None:
        """End it, so that it tells where it stands if it can; `surely`: one that does not."""

    def kill(self) -> None:
        """End everything that is left of it."""

    def close(self) -> None:
        """The same, and release what is held for it."""
