"""What the world tells the machine. The counterpart: `reference.commands`.

Every event carries `t`, nanoseconds since the run began, so that the machine never
looks at a clock. FIN, RST, refusal and silence (`Stuck`) are different events.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Event:
    """Something that happened at `t` ns."""

    t: int


@dataclass(frozen=True)
class OfConnection(Event):
    """Something that happened to one connection; `connection` is its name in the script.

    The one connection of a script that has no more is called by the empty name.
    """

    connection: str = field(default="", kw_only=True)


@dataclass(frozen=True)
class Listening(OfConnection):
    """The program has a listener (UDP: a bound socket) that can be dialled.

    Of a Unix-domain socket `address` is its name, and the port is 0; so in `Connected`.
    """

    address: str
    port: int


@dataclass(frozen=True)
class Connected(OfConnection):
    """The handshake is complete; addresses are (host, port).

    Of datagrams: our socket is there, or the first one has come from that address.
    """

    local: tuple[str, int]
    remote: tuple[str, int]


@dataclass(frozen=True)
class Refused(OfConnection):
    """The connection that we asked for was refused, or could not be made."""

    reason: str


@dataclass(frozen=True)
class Received(OfConnection):
    """Bytes came from the program."""

    data: bytes


@dataclass(frozen=True)
class EndOfStream(OfConnection):
    """The program sent FIN: it will send nothing more."""


@dataclass(frozen=True)
class ConnectionReset(OfConnection):
    """The program's side answered with RST (to a datagram: that nobody takes it there)."""


@dataclass(frozen=True)
class Ready(OfConnection):
    """Everything sent was consumed and the program waits to read more.

    `guaranteed` is False where that could not be seen and the message is sent all the same.
    """

    guaranteed: bool = True


@dataclass(frozen=True)
class Consumed(OfConnection):
    """Everything sent was taken out of the program's receive queue."""

    guaranteed: bool = True


@dataclass(frozen=True)
class Reading(OfConnection):
    """The program does nothing but read from this connection, with a time limit of its own."""


@dataclass(frozen=True)
class Stuck(Event):
    """Proof that the program will never act again unless the peer acts first.

    On whatever connection: all of them are considered together.
    """


@dataclass(frozen=True)
class AtKeyboard(Event):
    """The program waits for its keyboard."""


@dataclass(frozen=True)
class AtRest(Event):
    """The program waits for somebody, with a time limit of its own: it has done all it will.

    Less than `Stuck`: when its time is over it may do something that nobody has asked for.
    """


@dataclass(frozen=True)
class Exited(Event):
    """The program has ended, and all that it had sent was received."""


@dataclass(frozen=True)
class Overdue(OfConnection):
    """The promised time is over, and the program still reads instead of doing its part.

    Not a proof, as `Stuck` is, but the deadline of a step: what it owes is missed, so that
    the rest can be played before the run is out of time.
    """


@dataclass(frozen=True)
class OutOfTime(Event):
    """A limit of the run was reached."""
