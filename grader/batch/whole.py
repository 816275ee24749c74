"""A submission's folder that comes whole or not at all: made beside its place, then renamed.

What is made here is new, so its files need no temporary names of their own: half a folder has a
temporary name itself, and goes with the next start (`OutputFolder.remove_leftovers`). Descriptors
and plain strings, since a class has a hundred thousand such folders.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from grader.batch.output import OutputFolder, cannot_write
from grader.run.spool import LEFTOVER
from grader.stamps import Facts

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_PLACES = ("runs", "source")


class NewFolder:
    """A submission's folder in the making."""

    def __init__(self, root: str, path: str) -> None:
        self._root = root
        self._path = path
        self.made: list[Facts] = []
        """What the file system says of the files that were written."""

    def write(self, name: str, parts: Iterable[bytes], tail: bytes = b"") -> str:
        """Write a file of these bytes, one after the other, and `tail`; hex SHA-256 without it."""
        summed = b"".join(parts)
        data = summed + tail
        descriptor = os.open(f"{self._path}/{name}", _NEW, 0o666)
        try:
            written = os.write(descriptor, data)
            while written < len(data):
                written += os.write(descriptor, memoryview(data)[written:])
            self.made.append((name, os.fstat(descriptor)))
        finally:
            os.close(descriptor)
        return hashlib.sha256(summed).hexdigest()

    def link(self, identifier: str, names: Iterable[str]) -> bool:
        """Have these files of another submission here, too; whether they are the very files.

        They are copied where the file system has no links, or one of them has no room for more.
        """
        linked = True
        for name in names:
            first, second = f"{self._root}/{identifier}/{name}", f"{self._path}/{name}"
            try:
                os.link(first, second)
            except OSError:
                shutil.copyfile(first, second)
                linked = False
        return linked


@contextmanager
def new_folder(folder: OutputFolder, identifier: str) -> Iterator[NewFolder]:
    """Where `OUT/<identifier>` is made; it stands in its place when the block is left.

    What was there before goes: cut off anywhere, there is no result or the new one.

    Raises:
        CannotWriteError: no space, no permission.
    """
    root = str(folder.path)
    target, path = f"{root}/{identifier}", f"{root}/.{identifier}.{os.getpid()}{LEFTOVER}"
    try:
        try:
            os.mkdir(path)  # noqa: PTH102
            for place in _PLACES:
                os.mkdir(f"{path}/{place}")  # noqa: PTH102
            yield NewFolder(root, path)
            if os.path.lexists(target):
                folder.remove(f"{identifier}/result.json")
                folder.remove(identifier)
            os.rename(path, target)  # noqa: PTH104
        except BaseException:
            with suppress(OSError):
                shutil.rmtree(path)
            raise
    except OSError as error:
        raise cannot_write(target, error) from error
