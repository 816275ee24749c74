"""What the world tells the machine. The counterpart: `reference.commands`.

Every event carries `t`, nanoseconds since the run began, so that the machine never
looks at a clock. FIN, RST, refusal and silence (`Stuck`) are different events.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """Something that happened at `t` ns."""

    t: int


@dataclass(frozen=True)
class Listening(Event):
    """The program has a TCP listener that can be dialled."""

    address: str
    port: int


@dataclass(frozen=True)
class Connected(Event):
    """The TCP handshake is complete; addresses are (host, port)."""

    local: tuple[str, int]
    remote: tuple[str, int]


@dataclass(frozen=True)
class Refused(Event):
    """The connection that we asked for was refused, or could not be made."""

    reason: str


@dataclass(frozen=True)
class Received(Event):
    """Bytes came from the program."""

    data: bytes


@dataclass(frozen=True)
class EndOfStream(Event):
    """The program sent FIN: it will send nothing more."""


@dataclass(frozen=True)
class ConnectionReset(Event):
    """The program's side answered with RST."""


@dataclass(frozen=True)
class Ready(Event):
    """Everything sent was consumed and the program waits to read more.

    `guaranteed` is False where that could not be seen and the message is sent all the same.
    """

    guaranteed: bool = True


@dataclass(frozen=True)
class Consumed(Event):
    """Everything sent was taken out of the program's receive queue."""

    guaranteed: bool = True


@dataclass(frozen=True)
class Reading(Event):
    """The program does nothing but read from this connection, with a time limit of its own."""


@dataclass(frozen=True)
class Stuck(Event):
    """Proof that the program will never act again unless the peer acts first."""


@dataclass(frozen=True)
class Exited(Event):
    """The program has ended, and all that it had sent was received."""


@dataclass(frozen=True)
class Overdue(Event):
    """The promised time is over, and the program still reads instead of doing its part.

    Not a proof, as `Stuck` is, but the deadline of a step: what it owes is missed, so that
    the rest can be played before the run is out of time.
    """


@dataclass(frozen=True)
class OutOfTime(Event):
    """A limit of the run was reached."""
