"""Reading a student's folder: regular files only, no link followed, no recursion."""

from __future__ import annotations

import errno
import os
import stat
from collections import deque
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


def gather_folder(root: Path, gathering: Gathering) -> None:
    """Take in the files below `root`, the shallow ones first.

    Raises:
        Refused: `too-large` (too many entries) or `unreadable` (the host's fault).
    """
    folders = deque([""])
    while folders:
        folder = folders.popleft()
        for entry in _entries(root, folder, gathering):
            raw = f"{folder}/{entry.name}" if folder else entry.name
            kind = _kind(root, entry)
            if kind == "link":
                _refuse("link-refused", raw, gathering)
            elif kind == "folder":
                if paths.is_litter(paths.decoded(entry.name)):
                    continue
                if raw.count("/") >= gathering.bounds.depth:
                    gathering.note("too-deep", paths.decoded(raw))
                else:
                    folders.append(raw)
            elif kind == "file":
                _gather_file(root, raw, entry, gathering)
            else:
                _refuse("not-a-file", raw, gathering)


def kind_of(entry: os.DirEntry[str]) -> str:
    """`link`, `folder`, `file` or `other`, of the entry itself. Raises OSError."""
    if entry.is_symlink():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "other"


def read_regular(path: Path, limit: int) -> bytes:
    """The bytes of a regular file, `limit` + 1 of them at most.

    Raises:
        Refused: `link-refused`, `not-a-file`, or `unreadable` (the host's fault).
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EMLINK):
            raise Refused("link-refused") from error
        if error.errno == errno.ENXIO:  # a socket
            raise Refused("not-a-file") from error
        raise Refused("unreadable", _reason(path, error)) from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Refused("not-a-file")
        return _read_up_to(descriptor, limit + 1)
    except OSError as error:
        raise Refused("unreadable", _reason(path, error)) from error
    finally:
        os.close(descriptor)


def _read_up_to(descriptor: int, limit: int) -> bytes:
    parts = []
    while limit and (part := os.read(descriptor, min(limit, _PIECE))):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)


def _entries(root: Path, folder: str, gathering: Gathering) -> list[os.DirEntry[str]]:
    found = []
    try:
        with os.scandir(root / folder) as entries:
            for entry in entries:
                gathering.see()
                found.append(entry)
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            gathering.note("too-deep", paths.decoded(folder))
            return []
        raise Refused("unreadable", _reason(root / folder, error)) from error
    return sorted(found, key=lambda entry: entry.name)


def _kind(root: Path, entry: os.DirEntry[str]) -> str:
    try:  # it costs a stat() on file systems that don't tell kinds in the listing
        return kind_of(entry)
    except OSError as error:
        raise Refused("unreadable", _reason(root / entry.name, error)) from error


def _gather_file(root: Path, raw: str, entry: os.DirEntry[str], gathering: Gathering) -> None:
    path = gathering.path_of(raw)
    if path is None:
        return
    if paths.archive_suffix(path) and not gathering.is_program(path):
        load = partial(read_regular, root / raw, gathering.bounds.archive_bytes)
        gathering.archives[path] = load
        return
    try:
        # Twenty thousand files that won't be kept must not be read to find that out.
        if gathering.fits(path, entry.stat(follow_symlinks=False).st_size):
            gathering.keep(path, read_regular(root / raw, gathering.bounds.file_bytes))
    except Refused as refused:
        if refused.code == "unreadable":
            raise
        gathering.note(refused.code, path)
    except OSError as error:
        raise Refused("unreadable", _reason(root / raw, error)) from error


def _refuse(code: str, raw: str, gathering: Gathering) -> None:
    if not paths.is_litter(paths.decoded(raw)):
        gathering.note(code, paths.decoded(raw))


def _reason(path: Path, error: OSError) -> str:
    return f"{paths.decoded(path.name)}: {error.strerror or error.errno}"
