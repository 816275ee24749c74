"""What the machine wants done. The counterpart: `reference.events`."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True)
class Command:
    """Something for the shell to do, or to note."""


@dataclass(frozen=True)
class OfConnection(Command):
    """Something to do with one connection; `connection` is its name in the script."""

    connection: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class Listen(OfConnection):
    """Listen on the port (or path) of the script; who comes next is given the connection's name."""


@dataclass(frozen=True)
class Dial(OfConnection):
    """Connect to the program's listener."""

    address: str
    port: int


@dataclass(frozen=True)
class AwaitReady(OfConnection):
    """Tell me (`Ready`) when the program is ready for the next message.

    `calm`: when it has also done all that earlier messages make it do, on every connection.
    """

    calm: bool = field(default=False, kw_only=True)
    rests: bool = field(default=False, kw_only=True)
    """And none of its threads sleeps, to do something later."""


@dataclass(frozen=True)
class ForgetReady(OfConnection):
    """I don't wait for that any more: the step is over by something else."""


@dataclass(frozen=True)
class AwaitConsumed(OfConnection):
    """Tell me (`Consumed`) when the program has read all that was sent."""


@dataclass(frozen=True)
class Transmit(OfConnection):
    """Send these bytes now, in one segment where TCP can."""

    data: bytes
    messages: tuple[str, ...]
    guaranteed: bool
    pieces: int = field(default=1, kw_only=True, compare=False)
    """Of so many pieces of these messages."""


@dataclass(frozen=True)
class StopReading(OfConnection):
    """Read no more, so that the window closes."""


@dataclass(frozen=True)
class ReadAgain(OfConnection):
    """Read what has come in the meantime, and go on reading."""


@dataclass(frozen=True)
class TypeKeys(Command):
    """Type this on the program's keyboard."""

    data: bytes


@dataclass(frozen=True)
class ShutdownWrite(OfConnection):
    """Send FIN, go on reading."""


@dataclass(frozen=True)
class CloseConnection(OfConnection):
    """Close our end."""


@dataclass(frozen=True)
class Abort(OfConnection):
    """Send RST."""


@dataclass(frozen=True)
class RestartProgram(Command):
    """Start the program once more; its previous process has ended."""


@dataclass(frozen=True)
class EndProgram(Command):
    """End the program: it is stuck, and the script wants it started again."""


@dataclass(frozen=True)
class Finish(Command):
    """Nothing is left to be seen."""


class StepStatus(StrEnum):
    """What became of a step."""

    BEGUN = "begun"
    DONE = "done"
    MISSED = "missed"
    PASSED_OVER = "passed-over"
    """It was not asked for: the program may leave it out, or another way was taken."""


@dataclass(frozen=True)
class Note(Command):
    """Step `step` (its index in the script) has this status, because of `reason`.

    `reason` is the name of the event that decided it, in lower case: `received`,
    `stuck`, `exited`, `overdue`, `outoftime`, ...
    """

    step: int
    status: StepStatus
    reason: str
