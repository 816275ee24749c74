"""A submission's folder that comes whole or not at all: made beside its place, then renamed.

What is made here is new, so its files need no temporary names of their own: half a folder has a
temporary name itself, and goes with the next start (`OutputFolder.remove_leftovers`). Descriptors
and plain strings, since a class has a hundred thousand such folders.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from itertools import groupby

from grader.batch.output import OutputFolder, cannot_write
from grader.run.spool import LEFTOVER
from grader.stamps import Facts

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
_PLACES = ("runs", "source")
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_BY_DESCRIPTOR = {os.open, os.link} <= os.supports_dir_fd


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
        descriptor = os.open(f"{self._path}/{name}", _NEW, 0o666)
        try:
            _write_all(descriptor, summed, tail)
            self.made.append((name, os.fstat(descriptor)))
        finally:
            os.close(descriptor)
        return hashlib.sha256(summed).hexdigest()

    def link(self, identifier: str, names: Iterable[str]) -> bool:
        """Have these files of another submission here, too; whether they are the very files.

        They are copied where the file system has no links, or one of them has no room for more.
        """
        linked = True
        for folder, found in groupby(names, key=_folder_of):
            there, here = f"{self._root}/{identifier}/{folder}", f"{self._path}/{folder}"
            begin = len(folder) + 1 if folder else 0
            with _linking(there, here) as link:
                for name in found:
                    last = name[begin:]
                    try:
                        link(last, last)
                    except OSError:
                        shutil.copyfile(f"{there}/{last}", f"{here}/{last}")
                        linked = False
        return linked


def _folder_of(name: str) -> str:
    return name.rpartition("/")[0]


@contextmanager
def _linking(there: str, here: str) -> Iterator[Callable[[str, str], None]]:
    """What links a name in one folder to a name in the other."""
    if not _BY_DESCRIPTOR:
        yield lambda first, second: os.link(f"{there}/{first}", f"{here}/{second}")
        return
    # Thirty links are made from one to the other: the way to them is looked up once.
    first = os.open(there, _FOLDER)
    try:
        second = os.open(here, _FOLDER)
        try:
            yield partial(os.link, src_dir_fd=first, dst_dir_fd=second)
        finally:
            os.close(second)
    finally:
        os.close(first)


def _write_all(descriptor: int, first: bytes, second: bytes) -> None:
    """Write both, one after the other; a page is not copied for that."""
    if second and hasattr(os, "writev"):
        written = os.writev(descriptor, (first, second))
        if written == len(first) + len(second):
            return
    else:
        written = 0
    data = memoryview(first + second)
    while written < len(data):
        written += os.write(descriptor, data[written:])


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
