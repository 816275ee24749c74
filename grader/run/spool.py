"""What runs leave, on the disk until it is judged: a class of floods takes no memory.

A spool is a file without a name: it is gone with whoever holds it open, whatever ends that
process. Only where a file system can't make one it has a name for a moment, which the next
start of ours sweeps. What is written is cut into pieces; a file's room is given back when the
last of its pieces has been forgotten.
"""

from __future__ import annotations

import os
import sys
import tempfile
import weakref
from collections.abc import Iterator
from pathlib import Path

from grader.run import workfolders
from grader.run.errors import HostError

LEFTOVER = ".wiregrade-part"
"""How the name ends of a file that is being made."""
_FILE_BYTES = 64 << 20
"""A file that has more is not written to any further."""
_CHUNK = 1 << 20
_PLACES = ("/var/tmp",)  # noqa: S108 -- files without names
"""Where there is no output folder: rather here than in a folder that may be memory."""


class _File:
    """A file without a name, open as long as anybody knows of it."""

    def __init__(self, folder: Path | None) -> None:
        self.fd = _unnamed(folder)
        self.size = 0
        weakref.finalize(self, os.close, self.fd)


class Stored:
    """A piece of a spool: some bytes, to be read as often as one likes."""

    def __init__(self, file: _File | None, offset: int, size: int) -> None:
        self._file, self._offset, self.size = file, offset, size

    def chunks(self) -> Iterator[bytes]:
        """The bytes, some at a time.

        Raises:
            OSError: the disk does not give them back.
        """
        at, end = self._offset, self._offset + self.size
        while self._file is not None and at < end:
            data = _read_at(self._file.fd, min(_CHUNK, end - at), at)
            if not data:
                raise OSError("the spool has been cut")
            at += len(data)
            yield data

    def split(self, at: int) -> tuple[Stored, Stored]:
        """Its first `at` bytes, and the others."""
        rest = Stored(self._file, self._offset + at, self.size - at)
        return Stored(self._file, self._offset, at), rest

    def read(self) -> bytes:
        """All of it.

        Raises:
            OSError: the disk does not give it back.
        """
        if self._file is None or not self.size:
            return b""
        # As a rule in one go, and so without a copy.
        data = _read_at(self._file.fd, self.size, self._offset)
        return data if len(data) == self.size else b"".join(self.chunks())


NOTHING = Stored(None, 0, 0)


class Spool:
    """Takes bytes one after the other. `folder`: where its files are; None: a place for them."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._file: _File | None = None
        self._begun = 0

    def write(self, data: bytes) -> None:
        """Add to the piece that is being written.

        Raises:
            HostError: there is no room, or no place.
        """
        try:
            file = self._file = self._file or _File(self._folder)
            view = memoryview(data)
            while view:
                written = _write_at(file.fd, view, file.size)
                file.size += written
                view = view[written:]
        except OSError as error:
            place = self._folder or "the folder for temporary files"
            raise HostError(
                f"{place}: there is no room for what programs send and print ({error.strerror})",
                "make room, then give the same command again",
            ) from error

    def cut(self) -> Stored:
        """What was written since the last cut."""
        file, begun = self._file, self._begun
        if file is None or file.size == begun:
            return NOTHING
        self._begun = file.size
        if file.size >= _FILE_BYTES:
            self._file, self._begun = None, 0
        return Stored(file, begun, file.size - begun)


if sys.platform == "win32":
    import secrets

    def _read_at(fd: int, size: int, offset: int) -> bytes:
        os.lseek(fd, offset, os.SEEK_SET)
        return os.read(fd, size)

    def _write_at(fd: int, data: memoryview, offset: int) -> int:
        os.lseek(fd, offset, os.SEEK_SET)
        return os.write(fd, data)

    def _unnamed(folder: Path | None) -> int:
        # It goes when it is closed; one that is open cannot be removed there.
        name = f".{secrets.token_hex(8)}{LEFTOVER}"
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_BINARY | os.O_TEMPORARY
        return os.open((folder or workfolders.make()) / name, flags, 0o600)

else:

    def _read_at(fd: int, size: int, offset: int) -> bytes:
        return os.pread(fd, size, offset)

    def _write_at(fd: int, data: memoryview, offset: int) -> int:
        return os.pwrite(fd, data, offset)

    def _unnamed(folder: Path | None) -> int:
        place = folder or _place()
        flags = os.O_RDWR | os.O_CLOEXEC
        if hasattr(os, "O_TMPFILE"):
            try:
                return os.open(place, flags | os.O_TMPFILE, 0o600)
            except OSError:
                pass  # a file system without such files; or what is wrong shows below
        place = folder or workfolders.make()
        fd, name = tempfile.mkstemp(prefix=".", suffix=LEFTOVER, dir=place)
        Path(name).unlink()
        return fd


def _place() -> Path:
    if not os.environ.get("TMPDIR"):
        for place in _PLACES:
            if os.access(place, os.W_OK | os.X_OK):
                return Path(place)
    return Path(tempfile.gettempdir())
