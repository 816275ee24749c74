"""Reading a student's folder: regular files only, no link followed, no recursion.

Where the system can, each folder is opened by a descriptor from the one above it: a folder
that becomes a link while we look leads nowhere.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import stat
from collections import deque
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from grader.intake import paths
from grader.intake.errors import Refused
from grader.intake.gathering import Gathering

# Not everywhere: Windows has none of them, but O_BINARY.
_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a FIFO without a writer must not hold us
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)
_PIECE = 1024 * 1024
_BY_DESCRIPTOR = os.open in os.supports_dir_fd and os.scandir in os.supports_fd

_Place = int | Path
"""A folder: its descriptor, or where there are none of folders its path."""


def gather_folder(root: Path, gathering: Gathering, left_out: frozenset[str] = frozenset()) -> None:
    """Take in the files below `root`, the shallow ones first; not those `left_out`, by path.

    Raises:
        Refused: `too-large` (too many entries), `link-refused` (`root` is one by now) or
            `unreadable` (the host's fault).
    """
    folders = deque([""])
    while folders:
        folder = folders.popleft()
        try:
            with _opened(root, folder) as place:
                inner = _gather_one(root, folder, place, gathering, left_out)
                folders.extend(inner)
        except Refused as refused:
            if refused.code != "link-refused" or not folder:
                raise
            _refuse("link-refused", folder, gathering)


def _gather_one(
    root: Path, folder: str, place: _Place, gathering: Gathering, left_out: frozenset[str]
) -> list[str]:
    """Take in the files of one folder; returns the folders in it that are to be looked at."""
    inner = []
    for entry in _entries(place, folder, gathering):
        raw = f"{folder}/{entry.name}" if folder else entry.name
        if raw in left_out:
            continue
        kind = _kind(entry)
        if kind == "link":
            _refuse("link-refused", raw, gathering)
        elif kind == "folder":
            if paths.is_litter(paths.decoded(entry.name)):
                continue
            if raw.count("/") >= gathering.bounds.depth:
                gathering.note("too-deep", paths.decoded(raw))
            else:
                inner.append(raw)
        elif kind == "file":
            _gather_file(root, raw, place, entry, gathering)
        else:
            _refuse("not-a-file", raw, gathering)
    return inner


@contextlib.contextmanager
def _opened(root: Path, folder: str) -> Iterator[_Place]:
    """The folder below `root`, no link on the way.

    Raises:
        Refused: `link-refused` or `unreadable`.
    """
    if not _BY_DESCRIPTOR:
        yield root / folder
        return
    descriptor = _open_folder(root)
    try:
        for part in folder.split("/") if folder else ():
            above, descriptor = descriptor, _open_folder(Path(part), descriptor)
            os.close(above)
        yield descriptor
    finally:
        os.close(descriptor)


def _open_folder(path: Path, above: int | None = None) -> int:
    flags = _FLAGS | getattr(os, "O_DIRECTORY", 0)
    try:
        return os.open(path, flags) if above is None else os.open(path, flags, dir_fd=above)
    except OSError as error:
        # Linux says ENOTDIR of a link, too: what is no folder any more is not opened.
        if error.errno in (errno.ELOOP, errno.EMLINK, errno.ENOTDIR):
            raise Refused("link-refused") from error
        raise Refused("unreadable", _reason(path, error)) from error


def kind_of(entry: os.DirEntry[str]) -> str:
    """`link`, `folder`, `file` or `other`, of the entry itself. Raises OSError."""
    if entry.is_symlink():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "other"


def read_regular(path: Path, limit: int, above: int | None = None) -> bytes:
    """The bytes of a regular file, `limit` + 1 of them at most; `above` opens its folder.

    Raises:
        Refused: `link-refused`, `not-a-file`, or `unreadable` (the host's fault).
    """
    try:
        opened = os.open(path, _FLAGS) if above is None else os.open(path, _FLAGS, dir_fd=above)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK):
            raise Refused("link-refused") from error
        if error.errno == errno.ENXIO:  # a socket
            raise Refused("not-a-file") from error
        raise Refused("unreadable", _reason(path, error)) from error
    try:
        if not stat.S_ISREG(os.fstat(opened).st_mode):
            raise Refused("not-a-file")
        return _read_up_to(opened, limit + 1)
    except OSError as error:
        raise Refused("unreadable", _reason(path, error)) from error
    finally:
        os.close(opened)


def _read_up_to(descriptor: int, limit: int) -> bytes:
    parts = []
    # As a rule all of it in one go: parts and their sum would be there at the same time.
    piece = os.fstat(descriptor).st_size + 1
    while limit and (part := os.read(descriptor, min(limit, piece))):
        parts.append(part)
        limit -= len(part)
        piece = _PIECE
    return b"".join(parts)


def _read_in(place: _Place, name: str, limit: int) -> bytes:
    """The bytes of a regular file of a folder. Raises as `read_regular`."""
    if isinstance(place, int):
        return read_regular(Path(name), limit, place)
    return read_regular(place / name, limit)


def read_below(root: Path, raw: str, limit: int) -> bytes:
    """The bytes of a regular file below `root`, no link on the way. Raises as `read_regular`."""
    folder, _, name = raw.rpartition("/")
    with _opened(root, folder) as place:
        return _read_in(place, name, limit)


def names_below(root: Path, folder: str) -> tuple[str, ...]:
    """Names in a folder below `root`, no link on the way, sorted; a thousand at most.

    Raises:
        Refused: `link-refused` or `unreadable`.
    """
    with _opened(root, folder) as place:
        try:
            with os.scandir(place if isinstance(place, int) else place / folder) as entries:
                return tuple(sorted(entry.name for entry in itertools.islice(entries, 1000)))
        except OSError as error:
            raise Refused("unreadable", _reason(Path(folder), error)) from error


def _entries(place: _Place, folder: str, gathering: Gathering) -> list[os.DirEntry[str]]:
    found = []
    try:
        with os.scandir(place) as entries:
            for entry in entries:
                gathering.see()
                found.append(entry)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            gathering.note("too-deep", paths.decoded(folder))
            return []
        raise Refused("unreadable", _reason(Path(folder or "."), error)) from error
    return sorted(found, key=lambda entry: entry.name)


def _kind(entry: os.DirEntry[str]) -> str:
    try:  # it costs a stat() on file systems that don't tell kinds in the listing
        return kind_of(entry)
    except OSError as error:
        raise Refused("unreadable", _reason(Path(entry.name), error)) from error


def _gather_file(
    root: Path, raw: str, place: _Place, entry: os.DirEntry[str], gathering: Gathering
) -> None:
    path = gathering.path_of(raw)
    if path is None:
        return
    if paths.archive_suffix(path) and not gathering.is_program(path):
        load = partial(read_below, root, raw, gathering.bounds.archive_bytes)
        gathering.archives[path] = load
        return
    try:
        # Twenty thousand files that won't be kept must not be read to find that out.
        if gathering.fits(path, entry.stat(follow_symlinks=False).st_size):
            gathering.keep(path, _read_in(place, entry.name, gathering.bounds.file_bytes))
    except Refused as refused:
        if refused.code == "unreadable":
            raise
        gathering.note(refused.code, path)
    except OSError as error:
        raise Refused("unreadable", _reason(Path(raw), error)) from error


def _refuse(code: str, raw: str, gathering: Gathering) -> None:
    if not paths.is_litter(paths.decoded(raw)):
        gathering.note(code, paths.decoded(raw))


def _reason(path: Path, error: OSError) -> str:
    return f"{paths.decoded(path.name)}: {error.strerror or error.errno}"
