"""What the machine knows of one connection: whether it is there, and what came and is unread."""

from __future__ import annotations

from collections.abc import Callable

from reference.script import LengthIn


class Link:
    """One connection as the machine sees it, over TCP: a stream of bytes without messages."""

    def __init__(self) -> None:
        self.connected = False
        """We have it and have not closed it."""
        self.ended = False
        """The program has ended its side."""
        self._unread = bytearray()
        self._older = 0
        """Bytes of it that had come before we last sent anything."""

    def begin(self) -> None:
        """It is made, anew."""
        self.connected, self.ended = True, False
        self.clear()

    def came(self, data: bytes) -> None:
        """Bytes came."""
        self._unread += data

    def clear(self) -> None:
        """What came is of no use any more."""
        self._unread.clear()
        self._older = 0

    def sent(self) -> None:
        """Something was sent, here or elsewhere: what had come before is no answer to it."""
        self._older = len(self._unread)

    def calmed(self) -> None:
        """All that was sent has had its effect: there is no more to come."""
        self._older = 0

    @property
    def is_behind(self) -> bool:
        """What is to be taken next had come before we last sent."""
        return self._older > 0

    @property
    def unread(self) -> bool:
        """Something came that no step has taken."""
        return bool(self._unread)

    def peek(self) -> bytes:
        """What came and was not taken; over UDP the first datagram of it."""
        return bytes(self._unread)

    def has(self, length_in: LengthIn) -> bool:
        """A whole message has come."""
        return bool(self._unread) and length_in(bytes(self._unread)) is not None

    def take(self, length_in: LengthIn) -> bytes | None:
        """Take a whole message; None: there is none."""
        length = length_in(bytes(self._unread))
        return None if length is None else self._cut(length)

    def take_rest(self, rest_in: Callable[[bytes], int] = len) -> bytes | None:
        """No more will come for now: what came is the message; None: nothing did.

        `rest_in` tells how much of it, where that is not all.
        """
        return self._cut(rest_in(bytes(self._unread))) if self._unread else None

    def _cut(self, size: int) -> bytes:
        message = bytes(self._unread[:size])
        del self._unread[:size]
        self._older = max(0, self._older - size)
        return message


class DatagramLink(Link):
    """The same over UDP: each datagram is a whole message, or none."""

    def __init__(self) -> None:
        super().__init__()
        self._datagrams: list[bytes] = []

    def came(self, data: bytes) -> None:
        """A datagram came."""
        self._datagrams.append(data)

    def clear(self) -> None:
        """What came is of no use any more."""
        self._datagrams.clear()

    @property
    def unread(self) -> bool:
        """A datagram came that no step has taken."""
        return bool(self._datagrams)

    def peek(self) -> bytes:
        """The first datagram that was not taken."""
        return self._datagrams[0] if self._datagrams else b""

    def has(self, length_in: LengthIn) -> bool:
        """One of the datagrams is the message."""
        return any(length_in(data) is not None for data in self._datagrams)

    def take(self, length_in: LengthIn) -> bytes | None:
        """Take it, and those before it: another message, or one that came twice."""
        for number, data in enumerate(self._datagrams):
            if length_in(data) is not None:
                del self._datagrams[: number + 1]
                return data
        return None

    def take_rest(self, rest_in: Callable[[bytes], int] = len) -> bytes | None:
        """None of them is the message: the first stands for it."""
        return self._datagrams.pop(0) if self._datagrams else None
