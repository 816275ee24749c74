"""Framings: how messages are told apart in a stream of bytes, by both who sends and who reads.

`wrapped` makes a frame of a message's body, `length_in` says how many bytes of a stream the
first frame takes (None while it is not whole), `body_in` takes the body out of a frame,
`is_whole` says whether a frame has its end. Bytes that come from a program are hostile: all
of this is linear in them, and an announced length is only ever compared, never allocated.
"""

# ruff: noqa: D102 -- `Framing` says what each of its methods means
from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

MOST_DIGITS = 12
"""Digits of a length that is announced in a header."""


@dataclass(frozen=True)
class Framing:
    """What all have in common: the bytes of a message are its own."""

    def wrapped(self, body: bytes) -> bytes:
        """The bytes to be sent for a message."""
        return body

    def length_in(self, stream: bytes) -> int | None:
        """How many bytes of `stream` the first message takes; None while it is not whole."""
        raise NotImplementedError

    def body_in(self, frame: bytes) -> bytes:
        """What the frame says, be it whole or not."""
        return frame

    def is_whole(self, frame: bytes) -> bool:
        """Whether the frame has its end."""
        return self.length_in(frame) == len(frame)

    def announced(self, frame: bytes) -> int | None:
        """The length of the body that a frame announces, where it does."""
        return None


@dataclass(frozen=True)
class Line(Framing):
    """Up to LF; a CR before it belongs to the end of the line."""

    def wrapped(self, body: bytes) -> bytes:
        return body if body.endswith(b"\n") else body + b"\n"

    def length_in(self, stream: bytes) -> int | None:
        end = stream.find(b"\n")
        return None if end < 0 else end + 1

    def body_in(self, frame: bytes) -> bytes:
        return frame.removesuffix(b"\n").removesuffix(b"\r")


@dataclass(frozen=True)
class Until(Framing):
    r"""Up to a mark; with `header`, the mark and as much behind it as that one says.

    `Until(b"\r\n\r\n", header="Content-Length")` is how HTTP does it. Without the header,
    or with one that is no number, nothing follows the mark.
    """

    mark: bytes
    header: str | None = None

    @property
    def bare_mark(self) -> bytes | None:
        """The mark with LF for CR LF, as it comes from those who forget CR; None: it has no such.

        Where a header says how much follows the mark, the end is more than a mark.
        """
        if self.header is not None or not self.mark.endswith(b"\r\n"):
            return None
        return self.mark.replace(b"\r\n", b"\n")

    def wrapped(self, body: bytes) -> bytes:
        return body if self.mark in body else body + self.mark

    def length_in(self, stream: bytes) -> int | None:
        begin = stream.find(self.mark)
        if begin < 0:
            return None
        end = begin + len(self.mark)
        size = end + (self.announced(stream[:end]) or 0)
        return size if len(stream) >= size else None

    def body_in(self, frame: bytes) -> bytes:
        if self.header is not None:
            return frame
        return frame.removesuffix(self.mark)

    def announced(self, frame: bytes) -> int | None:
        if self.header is None:
            return None
        head, mark, _ = frame.partition(self.mark)
        if not mark:
            return None  # the head goes on: what it says so far is no promise
        name = re.escape(self.header.encode())
        digits = rb"[ \t]*([0-9]{1,%d})[ \t]*\r?(?:\n|$)" % MOST_DIGITS
        found = re.search(rb"(?:^|\n)" + name + rb"[ \t]*:" + digits, head, re.IGNORECASE)
        return None if found is None else int(found[1])


@dataclass(frozen=True)
class Prefix(Framing):
    """A length of `size` bytes, then so many bytes."""

    size: Literal[1, 2, 4]
    order: Literal["big", "little"] = "big"

    def wrapped(self, body: bytes) -> bytes:
        if len(body) >= 256**self.size:
            raise ValueError(f"{len(body)} bytes are too many for a length of {self.size} bytes")
        return len(body).to_bytes(self.size, self.order) + body

    def length_in(self, stream: bytes) -> int | None:
        length = self.announced(stream)
        if length is None or len(stream) < self.size + length:
            return None
        return self.size + length

    def body_in(self, frame: bytes) -> bytes:
        return frame[self.size :]

    def announced(self, frame: bytes) -> int | None:
        if len(frame) < self.size:
            return None
        return int.from_bytes(frame[: self.size], self.order)


@dataclass(frozen=True)
class Size(Framing):
    """So many bytes."""

    count: int

    def length_in(self, stream: bytes) -> int | None:
        return self.count if len(stream) >= self.count else None


@dataclass(frozen=True)
class Rest(Framing):
    """All that comes until the end of the connection."""

    def length_in(self, stream: bytes) -> int | None:
        return None

    def is_whole(self, frame: bytes) -> bool:
        return True


@dataclass(frozen=True)
class Datagram(Framing):
    """One datagram, whatever is in it: who reads hands over one at a time."""

    def length_in(self, stream: bytes) -> int | None:
        return len(stream) or None
