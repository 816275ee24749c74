"""Between the engine and its workers: frames of bytes over pipes.

Orders go out as pickles (the engine is trusted by its workers); replies come back as
MessagePack of plain data, since a worker shares its uid with hostile programs and must not
be able to make the engine run anything. A run comes in parts, so that neither side ever holds
it twice: its transcript, its wire, then a word that says how much is which.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator

import msgspec

from grader import transcript as tr
from grader.run.jobs import Run

_LENGTH = struct.Struct("!Q")
_PART, _WORD = b"p", b"w"
PART_BYTES = 256 << 10
"""Of a run, in one frame."""
MAX_FRAME = 1 << 20
"""No reply is longer."""


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """The worker is prepared."""


class Fault(msgspec.Struct, frozen=True, tag="fault"):
    """Why the worker cannot work at all."""

    problem: str


class RunEnd(msgspec.Struct, frozen=True, tag="run"):
    """The parts since the last one were a run: bytes of its transcript, then of its wire."""

    transcript: int
    wire: int
    traced: bool = False


class JobEnd(msgspec.Struct, frozen=True, tag="job", omit_defaults=True):
    """All runs of the job have been sent."""

    spent: dict[str, tuple[int, int]] = msgspec.field(default_factory=dict)
    """By phase what they took, ns of wall and of CPU, where that is asked for."""


Word = Ready | Fault | RunEnd | JobEnd


class _Whole(msgspec.Struct, frozen=True):
    header: tr.Header
    entries: tuple[tr.AnyEntry, ...]


_encoder = msgspec.msgpack.Encoder()
_words: msgspec.msgpack.Decoder[Word] = msgspec.msgpack.Decoder(Word)
_wholes = msgspec.msgpack.Decoder(_Whole)


def say(fd: int, word: Word) -> None:
    """Send a word."""
    write_all(fd, framed(_WORD + _encoder.encode(word)))


def send_run(fd: int, run: Run, *, traced: bool = False) -> None:
    """Send a run."""
    body = packed(run.read())
    size = len(body)
    _send_parts(fd, body)
    del body
    wire = 0
    for data in run.wire():
        wire += len(data)
        _send_parts(fd, data)
    say(fd, RunEnd(size, wire, traced))


def _send_parts(fd: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        part = view[:PART_BYTES]
        write_all(fd, _LENGTH.pack(len(part) + 1) + _PART)
        write_all(fd, part)
        view = view[PART_BYTES:]


def packed(transcript: tr.Transcript) -> bytes:
    """A transcript as it is sent; `transcript_of` reads it."""
    return _encoder.encode(_Whole(transcript.header, transcript.entries))


def transcript_of(body: bytes) -> tr.Transcript:
    """A transcript that was sent.

    Raises:
        ValueError: it is none, or has no end.
    """
    whole = _wholes.decode(body)
    return tr.of(whole.header, whole.entries)


def read_reply(body: bytes) -> bytes | Word:
    """A frame's body: a part of a run, or a word.

    Raises:
        ValueError: it is neither.
    """
    kind, rest = body[:1], body[1:]
    if kind == _PART:
        return rest
    if kind == _WORD:
        return _words.decode(rest)
    raise ValueError("a worker sent nonsense")


def framed(body: bytes) -> bytes:
    """A frame: length, body."""
    return _LENGTH.pack(len(body)) + body


def send(fd: int, body: bytes) -> None:
    """Write a frame, blocking; the body is not copied."""
    write_all(fd, _LENGTH.pack(len(body)))
    write_all(fd, body)


def read_frame(fd: int) -> bytes | None:
    """Read one frame, blocking; None at the end of the stream."""
    head = _read_exactly(fd, _LENGTH.size)
    if head is None:
        return None
    return _read_exactly(fd, _LENGTH.unpack(head)[0])


def write_all(fd: int, data: bytes | memoryview) -> None:
    """Write everything, blocking."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def _read_exactly(fd: int, size: int) -> bytes | None:
    parts: list[bytes] = []
    while size:
        data = os.read(fd, min(size, 1 << 20))
        if not data:
            return None
        parts.append(data)
        size -= len(data)
    return b"".join(parts)


class FrameReader:
    """Collects frames from a pipe that is read when it has something."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Add bytes; the bodies of the frames that are whole.

        Raises:
            ValueError: a frame is impossibly long.
        """
        self._data += data
        while (body := self._next()) is not None:
            yield body

    def _next(self) -> bytes | None:
        if len(self._data) < _LENGTH.size:
            return None
        size = _LENGTH.unpack_from(self._data)[0]
        if size > MAX_FRAME:
            raise ValueError("a worker sent nonsense")
        if len(self._data) < _LENGTH.size + size:
            return None
        body = bytes(self._data[_LENGTH.size : _LENGTH.size + size])
        del self._data[: _LENGTH.size + size]
        return body
