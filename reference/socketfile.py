"""The file of a Unix-domain socket, in a folder that others write.

In place of an address and a port a socket has a name there: `chat.sock` in the program's folder,
`/tmp/chat.sock`, or `@chat`, which is in no folder (unix(7): an abstract name). The program may
have put anything under that name. So a link is never followed, not even on the way: where the
program's root is not ours, an absolute link would lead into our own files. What is no socket
is not reached, and what is reached is what was looked at, whatever lies there a moment later.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

LONGEST = 80
"""Bytes of a name; unix(7) has room for 107, macOS for 103."""
FAMILY: int = getattr(socket, "AF_UNIX", -1)
"""-1: this system's Python has no such sockets (Windows)."""
_PATH = getattr(os, "O_PATH", 0)
_UNFOLLOWED = getattr(os, "O_NOFOLLOW", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)


class NoUnixSocketsError(OSError):
    """This system has no Unix-domain sockets, as far as Python knows."""


class Places:
    """Where a program's relative names begin (`folder`), and where its absolute ones (`root`).

    Both as we see them. They are held until `close`, so that they stay what they are.

    Raises:
        NoUnixSocketsError: this system has none.
        OSError: the folder is not there.
    """

    def __init__(self, folder: str, root: str = "/") -> None:
        if FAMILY < 0:
            raise NoUnixSocketsError("this system has no Unix-domain sockets")
        self.folder = os.open(folder, _FOLDER)
        self.root = os.open(root, _FOLDER)

    def close(self) -> None:
        """Let go of them."""
        for fd in (self.folder, self.root):
            if fd >= 0:
                os.close(fd)
        self.folder = self.root = -1

    def file(self, name: str) -> tuple[int, int] | None:
        """Device and inode of the socket's file; None: there is no such file."""
        try:
            with self._above(name) as (above, last):
                told = os.stat(last, dir_fd=above, follow_symlinks=False)
        except OSError:
            return None
        return (told.st_dev, told.st_ino) if stat.S_ISSOCK(told.st_mode) else None

    def connect(self, ours: socket.socket, name: str) -> int:
        """Connect to whoever listens there: 0, or the number of the error.

        ELOOP: a link is in the way; ENOTSOCK: what lies there is no socket.
        """
        if name.startswith("@"):
            return ours.connect_ex("\0" + name[1:])
        try:
            with self._above(name) as (above, last):
                return _connect(ours, above, last)
        except OSError as error:
            return error.errno or errno.EIO

    def bind(self, name: str) -> socket.socket:
        """A socket that is bound there and does not listen: who connects is refused.

        What lay there before is put away. It bears the name that a program standing in its
        folder would have given it.

        Raises:
            OSError: it can't be.
        """
        made = socket.socket(FAMILY, socket.SOCK_STREAM)
        try:
            if name.startswith("@"):
                made.bind("\0" + name[1:])
            else:
                with self._above(name) as (above, last), _standing_in(above):
                    _put_away(last)
                    made.bind(last)
        except OSError:
            made.close()
            raise
        made.setblocking(False)
        return made

    def unbind(self, name: str) -> None:
        """Remove the file of a socket of ours, as a server does that ends."""
        if name.startswith("@"):
            return
        with contextlib.suppress(OSError), self._above(name) as (above, last):
            if stat.S_ISSOCK(os.stat(last, dir_fd=above, follow_symlinks=False).st_mode):
                os.unlink(last, dir_fd=above)

    @contextlib.contextmanager
    def _above(self, name: str) -> Iterator[tuple[int, str]]:
        """The folder that the name's last part lies in, opened without following a link."""
        *parts, last = [part for part in name.split("/") if part not in ("", ".")] or [""]
        if not last or ".." in (*parts, last):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
        above = os.dup(self.root if name.startswith("/") else self.folder)
        try:
            for part in parts:
                below = os.open(part, _FOLDER | _UNFOLLOWED, dir_fd=above)
                os.close(above)
                above = below
            yield above, last
        finally:
            os.close(above)


def _connect(ours: socket.socket, above: int, last: str) -> int:
    if not _PATH:
        # Without such descriptors: between this look and the next line it could be replaced.
        if (code := _wrong(os.stat(last, dir_fd=above, follow_symlinks=False).st_mode)) != 0:
            return code
        with _standing_in(above):
            return ours.connect_ex(last)
    found = os.open(last, _PATH | _UNFOLLOWED, dir_fd=above)
    try:
        code = _wrong(os.fstat(found).st_mode)
        return code or ours.connect_ex(f"/proc/self/fd/{found}")
    finally:
        os.close(found)


def _wrong(mode: int) -> int:
    if stat.S_ISLNK(mode):
        return errno.ELOOP
    return 0 if stat.S_ISSOCK(mode) else errno.ENOTSOCK


def _put_away(name: str) -> None:
    """Free the name: of a socket by removing it, of anything else by another name."""
    found = Path(name)
    with contextlib.suppress(FileNotFoundError):
        if stat.S_ISSOCK(found.lstat().st_mode):
            found.unlink()
        else:
            found.rename(f"{name}.{os.urandom(8).hex()}")


@contextlib.contextmanager
def _standing_in(folder: int) -> Iterator[None]:
    """With that folder as the current one, so that a name is short and has no folder in it."""
    if sys.platform == "win32":
        raise NoUnixSocketsError
    else:
        here = os.open(".", _PATH or os.O_RDONLY)
        try:
            os.fchdir(folder)
            try:
                yield
            finally:
                _go_back(here)
        finally:
            os.close(here)


def _go_back(here: int) -> None:
    if sys.platform != "win32":
        try:
            os.fchdir(here)
        except OSError:
            # Who has stopped being root may not come back; by relative names it reaches nothing.
            os.chdir("/")
