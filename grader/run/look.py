"""What one look at a running program tells; the seam between facts and pacing.

`KernelFacts` (grader.run.facts) reads them from the kernel; `PacedFacts` (grader.run.paced)
is what remains where nothing can be read. The player knows only this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from grader import transcript as tr
from grader.run.usage import Disk, Usage
from reference.endpoint import Endpoint

_NONE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Look:
    """One look. All False: nothing is known yet."""

    consumed: frozenset[str] = _NONE
    """Connections, by name, of which everything sent has left the program's receive queue."""
    ready: frozenset[str] = _NONE
    """Consumed, and a thread waits to read from this connection."""
    guaranteed: bool = True
    """`consumed` and `ready` were seen, not guessed."""
    reading: frozenset[str] = _NONE
    """The program does nothing but read from these connections, with a time limit."""
    calm: bool = False
    """Nothing is on its way to the program, and in two looks nobody ran: it has done all that
    it does for what it was sent, unless one of its threads sleeps."""
    rests: bool = False
    """Calm, and none of its threads sleeps: all wait for somebody, with a time limit or not."""
    timed: bool = False
    """One of its threads may be about to act by a timer of its own."""
    drowsy: bool = False
    """One of its threads sleeps, and may be about to act when it wakes up."""
    clocked: bool = False
    """A wait of one of its threads ends by itself, or an alarm does: it may yet go on.

    That is known where `calm` was asked for.
    """
    waiting: bool = False
    """Proof: only the peer or the keyboard can make the program act."""
    keyboard: bool = False
    """One of its threads waits for the keyboard; not `guaranteed`: it may."""
    accepting: bool = False
    """A thread waits for a client on one of the program's TCP listeners."""
    promising: bool = False
    """The next look may be the proof: look again soon."""
    still: bool = False
    """No thread has run since the last look, which this one repeats."""

    @property
    def idle(self) -> bool:
        """At rest, or calm with threads that wake again and again and do nothing.

        That is known where `calm` was asked for. And no timer is about to make it act.
        """
        return (self.rests or (self.calm and not self.drowsy)) and not self.timed


NOTHING = Look()
"""The look at a program whose only thread runs, and that no connection is with."""


class Facts(Protocol):
    """What can be known about a program that runs."""

    name: str
    """`kernel` or `paced`, for the transcript."""
    sees_listeners: bool
    """False: nobody can tell when the program listens; the reference dials until it does."""

    def listeners(self) -> list[tr.Listener]:
        """The program's listeners (TCP) and bound sockets (UDP) as they are now (`t` is 0)."""

    def look(self, endpoint: Endpoint, *, wants_ready: bool, wants_calm: bool = False) -> Look:
        """Look at the program. `wants_ready`: a message waits to be sent.

        `wants_calm`: it waits for the whole program to be calm.
        """

    def busy(self, *, listening: bool) -> float:
        """Its only thread runs: a look would say nothing but what has been received.

        Then how many times as long as it ran the time was since this was asked last, 1 to 10.
        `listening`: also if there is a listener. 0 where it is not so, or is not known.
        """

    def changed(self) -> None:
        """The world has changed (something was sent, typed, printed): earlier looks are void."""

    def typed(self) -> None:
        """We have typed on the program's keyboard; until it runs again it is not waiting."""

    def in_flight(self, endpoint: Endpoint) -> bool:
        """After the program's end: something that it sent is still on its way to us."""

    def left_behind(self, endpoint: Endpoint) -> bool:
        """The program has ended, and a process that it started goes on with the exchange."""

    def has_children(self) -> bool:
        """The program has ended, and a process that it started has not; False: not known."""

    def orphaned(self, endpoint: Endpoint, name: str) -> bool:
        """No process of the program holds its end of that connection any more."""

    def state(self, why: str) -> tr.State | None:
        """Every thread's call and every socket, now (`t` is 0)."""

    def usage(self) -> Usage:
        """What the whole tree has used until now, as far as it is known."""

    def starved(self) -> int:
        """How long its threads have waited for a CPU that others had, in ns, as far as is known."""

    def disk(self, *, afresh: bool = False) -> Disk:
        """What lies in the folders that it can write, as far as they are its own.

        It may be what was seen a while ago, where looking takes time, but not `afresh`.
        """

    def resident(self) -> int:
        """Memory of the whole tree in bytes, what they share counted once; its files included."""

    def nonblocking(self, endpoint: Endpoint) -> bool:
        """A read of the program's end of a connection returns at once."""

    def unsure(self) -> str:
        """Why what did not come may be the machine's fault; empty: it is not."""

    def at_keyboard(self) -> bool:
        """One of its threads waits for the keyboard, whatever the others do."""

    def close(self) -> None:
        """Release what is open."""
