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
from collections.abc import Iterable, Iterator

import msgspec

from grader.intake import paths
from grader.lab.languages import Language
from grader.submission import SourceFile

MOST_BYTES = 48 << 20
"""Of all files that a build leaves: a Rust program with what a debugger reads has 5 MB."""
MOST_FILES = 400
_MOST_KEPT = 1 << 30
_LINE = 4096


class Artifact(msgspec.Struct, frozen=True):
    """One file that a build left; `path` is relative and harmless."""

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
    parts = [language.id, *command, "", version, program, where]
    for part in parts:
        total.update(b"%d:" % len(part.encode()) + part.encode())
    for file in sorted(files, key=lambda f: f.path):
        for data in (file.path.encode("utf-8", "surrogateescape"), file.data):
            total.update(b"%d:" % len(data) + data)
    return total.hexdigest()


def read_artifacts(data: bytes) -> tuple[int, tuple[Artifact, ...]]:
    """The status and the files in what `grader.run.inside` wrote. It is hostile: bounded, checked.

    Raises:
        ValueError: it is cut short, or none of that.
    """
    found: list[Artifact] = []
    at = 0
    while True:
        end = data.find(b"\n", at, at + _LINE)
        if end < 0:
            raise ValueError("what the build left is cut short")
        told = json.loads(data[at:end])
        if not isinstance(told, dict):
            raise ValueError("what the build left is no list of files")
        if isinstance(status := told.get("status"), int):
            return status, tuple(found)
        path, size = told.get("path"), told.get("size")
        at = end + 1
        if not isinstance(path, str) or not isinstance(size, int) or size < 0:
            raise ValueError("what the build left has no name or size")
        clean = paths.clean(path)
        if clean is None or at + size > len(data) or len(found) >= MOST_FILES:
            raise ValueError("what the build left can't be used")
        found.append(Artifact(clean, data[at : at + size], told.get("executable") is True))
        at += size


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
