"""What a build gives: the files that it left, or why there are none; and how it is kept.

Within a batch a program is built once, however many runs and workers play it: what it gave
lies in a folder of the engine's, under a hash of all that it was made from.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Iterator

import msgspec

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.intake.bounds import BOUNDS
from grader.lab.languages import Language
from grader.submission import SourceFile

MOST_BYTES = 48 << 20
"""Of all files that a build leaves: a Rust program with what a debugger reads has 5 MB."""
MOST_FILES = 400
NOT_STARTED = 256
"""The status where there was no compiler to start: none that a program can end with."""
_MOST_KEPT = 1 << 30
_LINE = 4096
_STATUSES = range(-64, NOT_STARTED + 1)
"""Below 0 is the number of a signal."""


class TooManyFilesError(ValueError):
    """A build left more than `MOST_FILES`."""


class Artifact(msgspec.Struct, frozen=True):
    """One file that a build left; `path` is relative and harmless, and as the compiler named it."""

    path: str
    data: bytes
    executable: bool


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a build."""

    command: tuple[str, ...]
    status: int
    """The compiler's; 0: there is a program."""
    output: bytes
    """What the compiler said, its beginning."""
    took: int
    """Nanoseconds."""
    limit: str = ""
    """The limit that it met, `cpu`, `memory`, ...; empty: none."""
    value: str = ""
    """That limit's number with its unit."""
    artifacts: tuple[Artifact, ...] = ()

    @property
    def ok(self) -> bool:
        """There is a program to run."""
        return self.status == 0 and not self.limit and bool(self.artifacts)


def key_of(
    language: Language,
    command: Iterable[str],
    version: str,
    program: str,
    files: Iterable[SourceFile],
    where: str,
) -> str:
    """Equal for equal builds: recipe, command, tool's version, program, all files, the place."""
    total = hashlib.sha256()
    # All of the recipe: two labs may call theirs alike.
    parts = [repr(language), *command, "", version, program, where]
    for part in parts:
        total.update(b"%d:" % len(part.encode()) + part.encode())
    for file in sorted(files, key=lambda f: f.path):
        for data in (file.path.encode("utf-8", "surrogateescape"), file.data):
            total.update(b"%d:" % len(data) + data)
    return total.hexdigest()


def read_artifacts(data: bytes) -> tuple[int, tuple[Artifact, ...]]:
    """The status and the files in what `grader.run.inside` wrote. It is hostile: bounded, checked.

    Raises:
        TooManyFilesError: there are too many of them.
        ValueError: it is cut short, or none of that.
    """
    found: list[Artifact] = []
    at = 0
    while True:
        end = data.find(b"\n", at, at + _LINE)
        if end < 0:
            raise ValueError("what the build left is cut short")
        told = _line(data[at:end])
        status, path, size = told.get("status"), told.get("path"), told.get("size")
        # A bool is an int for isinstance.
        if type(status) is int and status in _STATUSES:
            return status, tuple(found)
        at = end + 1
        if not isinstance(path, str) or type(size) is not int or size < 0:
            raise ValueError("what the build left has no name or size")
        if len(found) >= MOST_FILES:
            raise TooManyFilesError(f"the build left more than {MOST_FILES} files")
        if not _is_harmless(path) or at + size > len(data):
            raise ValueError("what the build left can't be used")
        found.append(Artifact(path, data[at : at + size], told.get("executable") is True))
        at += size


def _line(line: bytes) -> dict[str, object]:
    try:
        told = json.loads(line)
    except RecursionError as error:
        raise ValueError("what the build left is nested too deeply") from error
    if not isinstance(told, dict):
        raise ValueError("what the build left is no list of files")
    return told


def _is_harmless(path: str) -> bool:
    """A path below its folder. It is not mended: Java looks for a class by its very bytes."""
    try:
        size = len(path.encode())
    except UnicodeEncodeError:
        return False
    parts = path.split("/")
    return (
        size <= BOUNDS.path_bytes
        and len(parts) <= BOUNDS.depth + 1
        and not any(part in ("", ".", "..") for part in parts)
        and not any(unicodedata.category(letter) == "Cc" for letter in path)
    )


class BuildCache:
    """Builds of a batch, in the folder `fd`, which workers of other processes share."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self._decoder = msgspec.msgpack.Decoder(Built)

    @contextlib.contextmanager
    def alone(self, key: str) -> Iterator[None]:
        """Nobody else builds this one meanwhile."""
        lock = os.open(f"{key}.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600, dir_fd=self._fd)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def get(self, key: str) -> Built | None:
        """What an earlier build gave."""
        try:
            fd = os.open(key, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._fd)
        except FileNotFoundError:
            return None
        with os.fdopen(fd, "rb") as file:
            return self._decoder.decode(file.read())

    def put(self, key: str, built: Built) -> None:
        """Keep it, whole or not at all; a full disk costs only that it is built again."""
        with contextlib.suppress(OSError):
            self._make_room()
            name = f"{key}.new"
            flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC
            fd = os.open(name, flags, 0o600, dir_fd=self._fd)
            with os.fdopen(fd, "wb") as file:
                file.write(msgspec.msgpack.encode(built))
            os.rename(name, key, src_dir_fd=self._fd, dst_dir_fd=self._fd)

    def _make_room(self) -> None:
        """A class of a thousand programs of 5 MB must not fill the disk: the oldest goes."""
        told = []
        for name in os.listdir(self._fd):  # noqa: PTH208 -- of a descriptor
            if "." not in name:
                with contextlib.suppress(FileNotFoundError):
                    status = os.stat(name, dir_fd=self._fd)
                    told.append((status.st_mtime_ns, status.st_size, name))
        size = sum(one[1] for one in told)
        for _, its, name in sorted(told):
            if size < _MOST_KEPT:
                return
            size -= its
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name, dir_fd=self._fd)
