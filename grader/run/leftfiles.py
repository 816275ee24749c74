"""What a program has left in a file of its folder: read without trusting anything there.

The folder is full of a stranger's names. None is followed that is a link, nothing is waited for
that is no plain file, and no more is read than a file may have.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from pathlib import Path, PurePosixPath

from grader import transcript as tr

MOST = 16 << 20
"""Bytes that are read of a file; a longer one is no message of a lab."""
KEPT = 64 * 1024
"""Bytes that the transcript keeps, the first ones; the sum is of all."""
_KINDS = {errno.ELOOP: "link", errno.ENXIO: "other", errno.ENOENT: "absent",
          errno.ENOTDIR: "absent", errno.ENAMETOOLONG: "absent"}  # fmt: skip
_OURS = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO)
"""What this machine lacks, and no program has done."""
_UNFOLLOWED = getattr(os, "O_NOFOLLOW", 0)
_LAST = os.O_RDONLY | _UNFOLLOWED | getattr(os, "O_NONBLOCK", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)


def left(folder: str, inside: str, name: str) -> tr.LeftFile:
    """What lies at `name`, below the folder `inside` of `folder`.

    `name` is the lab's: relative, without `..`. `t` is 0.

    Raises:
        OSError: this machine can't look, whatever lies there.
    """
    parts = [*PurePosixPath(inside).parts, *PurePosixPath(name).parts]
    try:
        opened = _opened(folder, parts)
    except ValueError:
        # A name that this system's files can't have, such as one with a zero byte.
        return tr.LeftFile(t=0, name=name, kind="absent")
    except OSError as error:
        if error.errno in _OURS:
            raise
        kind = _KINDS.get(error.errno or 0, "unreadable")
        return tr.LeftFile(t=0, name=name, kind=kind)
    if opened is None:
        return tr.LeftFile(t=0, name=name, kind="link")
    try:
        return _read(opened, name)
    except OSError as error:
        if error.errno in _OURS:
            raise
        return tr.LeftFile(t=0, name=name, kind="unreadable")
    finally:
        os.close(opened)


def _opened(folder: str, parts: list[str]) -> int | None:
    """A descriptor of what lies there; None: a link is in the way.

    Raises:
        OSError: there is nothing, or it can't be opened.
    """
    if os.open not in os.supports_dir_fd:
        return _opened_by_path(folder, parts)
    above = os.open(folder, _FOLDER)
    try:
        for part in parts[:-1]:
            below = _folder(part, above)
            if below is None:
                return None
            os.close(above)
            above = below
        return os.open(parts[-1], _LAST, dir_fd=above)
    finally:
        os.close(above)


def _folder(part: str, above: int) -> int | None:
    try:
        return os.open(part, _FOLDER | _UNFOLLOWED, dir_fd=above)
    except NotADirectoryError:
        # So says Linux of a link, too.
        with contextlib.suppress(OSError):
            if stat.S_ISLNK(os.stat(part, dir_fd=above, follow_symlinks=False).st_mode):
                return None
        raise


def _opened_by_path(folder: str, parts: list[str]) -> int | None:
    path = Path(folder)
    for part in parts:
        path /= part
        told = path.lstat()
        if stat.S_ISLNK(told.st_mode):
            return None
    return os.open(path, _LAST | getattr(os, "O_BINARY", 0))


def _read(opened: int, name: str) -> tr.LeftFile:
    told = os.fstat(opened)
    if not stat.S_ISREG(told.st_mode):
        return tr.LeftFile(t=0, name=name, kind="other")
    kept, total, summed = b"", 0, hashlib.sha256()
    while total <= MOST and (data := os.read(opened, 1 << 20)):
        summed.update(data)
        kept += data[: max(0, KEPT - len(kept))]
        total += len(data)
    if total > MOST:
        return tr.LeftFile(t=0, name=name, kind="file", size=told.st_size, data=kept)
    return tr.LeftFile(t=0, name=name, kind="file", size=total, data=kept,
                       digest=summed.hexdigest())  # fmt: skip
