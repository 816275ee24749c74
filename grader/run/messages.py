"""Between the engine and its workers: frames of bytes over pipes.

Orders go out as pickles (the engine is trusted by its workers); replies come back as
MessagePack of plain data, since a worker shares its uid with hostile programs and must not
be able to make the engine run anything.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable

import msgspec

from grader import transcript as tr
from grader.run.jobs import PlayedRun

_LENGTH = struct.Struct("!Q")
MAX_FRAME = 1 << 30


class RunReply(msgspec.Struct, frozen=True):
    """One run."""

    header: tr.Header
    entries: tuple[tr.AnyEntry, ...]
    pcapng: bytes


class Reply(msgspec.Struct, frozen=True):
    """The runs of a job, or (`fault`) why the worker cannot work at all."""

    runs: tuple[RunReply, ...] = ()
    fault: str = ""
    ready: bool = False
    traced: tuple[RunReply, ...] = ()


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Reply)


def reply_of(runs: Iterable[PlayedRun], traced: Iterable[PlayedRun] = ()) -> Reply:
    """A job's runs as a reply."""
    return Reply(tuple(map(_as_reply, runs)), traced=tuple(map(_as_reply, traced)))


def _as_reply(run: PlayedRun) -> RunReply:
    return RunReply(run.transcript.header, run.transcript.entries, run.pcapng)


def runs_of(reply: Reply) -> tuple[PlayedRun, ...]:
    """The runs in a reply.

    Raises:
        ValueError: a transcript has no end.
    """
    return tuple(map(_as_run, reply.runs))


def traced_of(reply: Reply) -> tuple[PlayedRun, ...]:
    """The traced runs in a reply.

    Raises:
        ValueError: a transcript has no end.
    """
    return tuple(map(_as_run, reply.traced))


def _as_run(run: RunReply) -> PlayedRun:
    return PlayedRun(transcript=tr.of(run.header, run.entries), pcapng=run.pcapng)


def encode(reply: Reply) -> bytes:
    """A reply as a frame."""
    return framed(_encoder.encode(reply))


def decode(body: bytes) -> Reply:
    """A frame's body as a reply.

    Raises:
        ValueError: it is none.
    """
    return _decoder.decode(body)


def framed(body: bytes) -> bytes:
    """A frame: length, body."""
    return _LENGTH.pack(len(body)) + body


def read_frame(fd: int) -> bytes | None:
    """Read one frame, blocking; None at the end of the stream."""
    head = _read_exactly(fd, _LENGTH.size)
    if head is None:
        return None
    return _read_exactly(fd, _LENGTH.unpack(head)[0])


def write_all(fd: int, data: bytes) -> None:
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
    """Collects a frame from a pipe that is read when it has something."""

    def __init__(self) -> None:
        self._data = bytearray()

    def feed(self, data: bytes) -> bytes | None:
        """Add bytes; a whole frame's body, once it is there.

        Raises:
            ValueError: the frame is impossibly long.
        """
        self._data += data
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
