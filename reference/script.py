"""The script of a scripted peer: the steps that it plays, in order.

Nothing here does anything: the steps are data that `reference.machine` plays.
Texts are already bytes; where they come from (a lab, a seed) is not known here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Family = Literal["ipv4", "ipv6"]

Heard = Mapping[str, bytes]
"""Values taken out of what the program has sent so far, by name."""
LengthIn = Callable[[bytes], int | None]


RestIn = Callable[[bytes, Heard], int]


def _nothing(_data: bytes, _heard: Heard) -> Heard:
    return {}


def _right(_data: bytes, _heard: Heard) -> int:
    return 2


def _all_of_it(data: bytes, _heard: Heard) -> int:
    return len(data)


class OnMiss(StrEnum):
    """What the machine does after a step that was proved not to come."""

    CONTINUE = "continue"
    STOP = "stop"


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that the reference does or awaits.

    `connection` is the name of the connection that it is about; a script with one connection
    has no need of names. Neighbours with the same number in `together` are played side by
    side, those of each connection in their order; the step after them waits for all of them.
    """

    on_miss: OnMiss = OnMiss.CONTINUE
    connection: str = ""
    together: int = 0
    """0: in its turn."""
    within: float | None = None
    """Seconds that the program may take for its part; None: as long as the run allows."""
    either: int = 0
    """Neighbours with the same number are the ways of which one is played; 0: there is one."""
    way: int = 0
    """Which of them it is in, from 0; the first is played where nothing tells."""


@dataclass(frozen=True, kw_only=True)
class Connect(Step):
    """Dial the program's listener once the program listens."""


@dataclass(frozen=True, kw_only=True)
class Accept(Step):
    """Listen, and await the program's connection."""


@dataclass(frozen=True, kw_only=True)
class Refuse(Step):
    """Do not listen: the program's connect() is refused."""


@dataclass(frozen=True, kw_only=True)
class Send(Step):
    """Send a text in one or more pieces, the first when the program is ready for it.

    `pieces` are sent one by one, each when the one before has been consumed.
    Several messages delivered together are one piece. `messages` names what is sent.
    `computed` gives the pieces where they are made of what was heard; None: they can't be.
    """

    messages: tuple[str, ...]
    pieces: tuple[bytes, ...] = ()
    computed: Callable[[Heard], tuple[bytes, ...] | None] | None = None

    def __post_init__(self) -> None:
        if self.computed is None and (not self.pieces or not all(self.pieces)):
            raise ValueError("a Send step needs at least one piece, and no empty one")

    def pieces_after(self, heard: Heard) -> tuple[bytes, ...]:
        """What is to be sent, piece by piece; nothing where it can't be known."""
        if self.computed is None:
            return self.pieces
        made = self.computed(heard)
        return made if made and all(made) else ()


@dataclass(frozen=True, kw_only=True)
class Receive(Step):
    """Await a message of the program.

    `length_in` tells how many of the bytes received the message takes, or None while
    it is not complete. TCP has no messages: a text that never becomes complete is what
    had come when the program stopped to read, ended, or closed; `rest_in` tells how much of that
    it takes (all of it, unless what came has an end after all).

    `measured` gives `length_in` where it hangs on what was heard before; `hears` takes values
    out of the message; `fits` tells how far bytes are this message (`choices.RIGHT`, ...), which is
    asked where there is something to choose. One that is `optional` may be left out.
    """

    message: str
    length_in: LengthIn = len
    measured: Callable[[Heard], LengthIn] | None = None
    hears: Callable[[bytes, Heard], Heard] = _nothing
    rest_in: RestIn = _all_of_it
    fits: RestIn = _right
    optional: bool = False

    def length_after(self, heard: Heard) -> LengthIn:
        """How the message is told from what follows it."""
        return self.length_in if self.measured is None else self.measured(heard)


@dataclass(frozen=True, kw_only=True)
class Drop(Receive):
    """Await a message and act as if it had never come."""


@dataclass(frozen=True, kw_only=True)
class Silence(Step):
    """Say nothing until the program is seen to wait for us, and for as long as it does.

    With `lasts` it goes on until its time is over (`within`): who waits with a time limit of its
    own may act by itself. One that is proved to wait without any need not be waited for. What comes
    after `lasts` seconds breaks it no more.
    """

    lasts: float | None = None


@dataclass(frozen=True, kw_only=True)
class PauseReading(Step):
    """Read nothing more from the connection: what the program sends fills the buffers."""


@dataclass(frozen=True, kw_only=True)
class ResumeReading(Step):
    """Read again."""


@dataclass(frozen=True, kw_only=True)
class Type(Step):
    """Type `data` on the program's keyboard once it waits for it."""

    data: bytes


@dataclass(frozen=True, kw_only=True)
class ReceiveEnd(Step):
    """Await the end of the connection, FIN or RST, from the program."""


@dataclass(frozen=True, kw_only=True)
class HalfClose(Step):
    """Send FIN and go on reading."""


@dataclass(frozen=True, kw_only=True)
class Close(Step):
    """Close the connection."""


@dataclass(frozen=True, kw_only=True)
class Reset(Step):
    """Abort the connection with RST."""


@dataclass(frozen=True, kw_only=True)
class Restart(Step):
    """Have the program started once more, at once after its end."""


@dataclass(frozen=True)
class Script:
    """What one side plays: its steps and the port agreed upon in the statement."""

    steps: tuple[Step, ...]
    port: int
    datagrams: bool = False
    """Over UDP: each message is a datagram, and nothing has an end."""
    family: Family = "ipv4"
    """What a server of ours listens on, and which of the program's addresses is dialled."""
    path: str = ""
    """Over Unix-domain sockets: the name, in the program's folder; empty: over the internet's."""
    awaits_exit: bool = True
    """Whether something is said of how the program ends; else it may go on without an end."""

    @property
    def several(self) -> bool:
        """It has connections with names, so there may be more than one at a time."""
        return any(step.connection for step in self.steps)

    @property
    def types(self) -> bool:
        """It says what is typed on the keyboard."""
        return any(isinstance(step, Type) for step in self.steps)
