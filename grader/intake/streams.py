"""Decompression in pieces, so that what comes out is bounded by counting, not by headers."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Generator, Iterator
from typing import Protocol

from grader.intake.errors import Refused

PIECE = 64 * 1024
"""Bytes that are decompressed at a time."""
XZ_MEMORY = 128 * 2**20
"""Memory for xz. `xz -9` asks for 65 MiB; a header may ask for 4 GiB."""


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Gzip:
    """zlib's object, in the form of those of bz2 and lzma."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


def _xz() -> _Decompressor:
    return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=XZ_MEMORY)


_BY_MAGIC: tuple[tuple[bytes, Callable[[], _Decompressor]], ...] = (
    (b"\x1f\x8b", _Gzip),
    (b"BZh", bz2.BZ2Decompressor),
    (b"\xfd7zXZ\x00", _xz),
)


def pieces(data: bytes) -> Iterator[bytes]:
    """`data` decompressed (gzip, bzip2 or xz, by its first bytes), else as it is.

    Several streams one after the other are read as one; what follows them is ignored, as
    gzip does.

    Raises:
        Refused: `broken-archive`.
    """
    make = _decompressor_for(data)
    if make is None:
        for start in range(0, len(data), PIECE):
            yield data[start : start + PIECE]
    while make is not None:
        try:
            data = yield from _one_stream(make(), data)
        except (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError) as error:
            raise Refused("broken-archive") from error
        make = _decompressor_for(data)


def _decompressor_for(data: bytes) -> Callable[[], _Decompressor] | None:
    return next((make for magic, make in _BY_MAGIC if data.startswith(magic)), None)


def _one_stream(decompressor: _Decompressor, data: bytes) -> Generator[bytes, None, bytes]:
    """One compressed stream; returns what follows it."""
    position = 0
    while not decompressor.eof:
        fed = b""
        if decompressor.needs_input:
            fed = data[position : position + PIECE]
            position += len(fed)
        piece = decompressor.decompress(fed, PIECE)
        if piece:
            yield piece
        elif not fed and not decompressor.eof:
            raise EOFError
    return decompressor.unused_data + data[position:]


class Stream:
    """Pieces read by length; `spend` is told the size of each piece, and may refuse it."""

    def __init__(self, source: Iterator[bytes], spend: Callable[[int], None]) -> None:
        self._source = source
        self._spend = spend
        self._buffer = b""

    def take(self, size: int) -> bytes:
        """The next `size` bytes, fewer at the end."""
        parts = []
        while size and self._fill():
            part, self._buffer = self._buffer[:size], self._buffer[size:]
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def skip(self, size: int) -> bool:
        """Pass over `size` bytes; False where the end comes first."""
        while size and self._fill():
            passed = min(size, len(self._buffer))
            self._buffer = self._buffer[passed:]
            size -= passed
        return not size

    def _fill(self) -> bool:
        if not self._buffer:
            self._buffer = next(self._source, b"")
            self._spend(len(self._buffer))
        return bool(self._buffer)
