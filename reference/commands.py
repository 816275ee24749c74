"""What the machine wants done. The counterpart: `reference.events`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True)
class Command:
    """Something for the shell to do, or to note."""


@dataclass(frozen=True)
class Listen(Command):
    """Listen on the port of the script."""


@dataclass(frozen=True)
class Dial(Command):
    """Connect to the program's listener."""

    address: str
    port: int


@dataclass(frozen=True)
class AwaitReady(Command):
    """Tell me (`Ready`) when the program is ready for the next message."""


@dataclass(frozen=True)
class AwaitConsumed(Command):
    """Tell me (`Consumed`) when the program has read all that was sent."""


@dataclass(frozen=True)
class Transmit(Command):
    """Send these bytes now, in one segment where TCP can."""

    data: bytes
    messages: tuple[str, ...]
    guaranteed: bool


@dataclass(frozen=True)
class ShutdownWrite(Command):
    """Send FIN, go on reading."""


@dataclass(frozen=True)
class CloseConnection(Command):
    """Close our end."""


@dataclass(frozen=True)
class Abort(Command):
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


@dataclass(frozen=True)
class Note(Command):
    """Step `step` (its index in the script) has this status, because of `reason`.

    `reason` is the name of the event that decided it, in lower case: `received`,
    `stuck`, `exited`, `overdue`, `outoftime`, ...
    """

    step: int
    status: StepStatus
    reason: str
