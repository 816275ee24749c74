"""Folders of this machine in which programs run with isolation `none`: made, removed, swept.

Each process of ours has one folder, `wiregrade-...`, that holds a file `lock`, locked for the
process's life, and a folder for each run. A folder whose lock can be had belongs to nobody
that lives: whoever starts next removes it. What has no such file is not touched, whatever
its name. Windows has no such locks, and needs none: there a file that is open stays.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from grader.run.usage import Disk

if sys.platform != "win32":
    import fcntl

_PREFIX = "wiregrade-"
_LOCK = "lock"
_NEW_LOCK = "lock.new"


def make() -> Path:
    """A fresh, empty folder; `remove` it when nothing runs in it any more."""
    return Path(tempfile.mkdtemp(dir=_own()))


def remove(folder: Path) -> None:
    """Remove a folder and all in it, however deep it is and whatever its modes are."""
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    if not folder.exists():
        return
    for command in (["chmod", "-R", "u+rwx"], ["rm", "-rf"]):
        with contextlib.suppress(OSError):
            subprocess.run([*command, "--", folder], capture_output=True, check=False)


def used(folder: Path, most: int) -> Disk:
    """What lies in the folder; counting stops after `most` files. No link is followed."""
    size = files = 0
    todo = [str(folder)]
    while todo and files <= most:
        with contextlib.suppress(OSError), os.scandir(todo.pop()) as entries:
            for entry in entries:
                files += 1
                with contextlib.suppress(OSError):  # gone meanwhile
                    size += _on_disk(entry.stat(follow_symlinks=False))
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
                if files > most:
                    break
    return Disk(size, files, bounded=False)


def _on_disk(told: os.stat_result) -> int:
    """A file with holes takes less than its size; where blocks are not told, that stands for it."""
    blocks: int | None = getattr(told, "st_blocks", None)
    return told.st_size if blocks is None else blocks * 512


def sweep(among: Path | None = None) -> None:
    """Remove the folders of ours whose processes were killed."""
    for folder in (among or Path(tempfile.gettempdir())).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if (lock := _abandoned(folder)) is not None:
                remove(folder)
                os.close(lock)


@cache
def _own() -> Path:
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    _take(folder)
    return folder


if sys.platform == "win32":

    def _take(folder: Path) -> None:
        lock = os.open(folder / _LOCK, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        atexit.register(remove, folder)
        # What is registered last is called first: closed, it can be removed.
        atexit.register(os.close, lock)

    def _abandoned(folder: Path) -> int | None:
        """A descriptor to be closed, of a folder of ours whose lock nobody has open.

        Raises:
            OSError: it has no such file, or somebody has it open.
        """
        (folder / _LOCK).unlink()
        return os.open(os.devnull, os.O_RDONLY)

else:

    def _take(folder: Path) -> None:
        # Under its name it is seen only once it is locked: nobody takes a new one for abandoned.
        lock = os.open(folder / _NEW_LOCK, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        (folder / _NEW_LOCK).rename(folder / _LOCK)
        atexit.register(remove, folder)

    def _abandoned(folder: Path) -> int | None:
        """The lock of a folder of ours that nobody holds; None: it is not for us to remove.

        Raises:
            OSError: it has no such file, or is gone meanwhile.
        """
        told = folder.lstat()
        if not stat.S_ISDIR(told.st_mode) or told.st_uid != os.geteuid():
            return None
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if stat.S_ISREG(os.fstat(lock).st_mode):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return lock
        except BlockingIOError:
            pass
        os.close(lock)
        return None
