"""What the names of a program's Unix-domain sockets mean: which file it is, said as a lab does.

A program may say `chat.sock`, `./chat.sock` or `/submission/chat.sock` for the same file, and
`chat.sock` for another one, once it has changed its folder.
"""

from __future__ import annotations

import contextlib
import os
import posixpath
import sys
from collections.abc import Iterable, Sequence

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader import transcript as tr
from grader.run import proc
from grader.run.errors import FactsUnavailable
from grader.run.sockdiag import SocketInfo
from grader.run.unixdiag import LocalTable, file_of
from reference.socketfile import Places


class LocalNames:
    """Names as told from `folder`, which is the program's own, as it sees it.

    `path` is the lab's, and `places` where it lies, as we see it.
    """

    def __init__(self, table: LocalTable, path: str, folder: str, places: Places) -> None:
        self.table = table
        self._path, self._folder, self._places = path, folder, places

    def listeners(self, infos: Iterable[SocketInfo], pids: Sequence[int]) -> list[tr.Listener]:
        """For the record."""
        return [
            tr.Listener(t=0, protocol="unix", address=x.local[0], port=0, backlog=x.wqueue)
            for x in self.named(infos, pids)
        ]

    def named(self, infos: Iterable[SocketInfo], pids: Sequence[int]) -> list[SocketInfo]:
        """The same sockets, by the names that they have from the program's folder.

        Those without a name are the ends of connections that the program has dialled: the other
        end has the lab's.
        """
        told = self._places.file(self._path)
        wanted = None if told is None else file_of(*told)
        out = []
        for info in infos:
            name = info.local[0]
            if not name and info.state != "listen":
                out.append(info._replace(remote=(self._path, 0)))
            elif wanted is not None and info.file == wanted:
                out.append(info._replace(local=(self._path, 0)))
            else:
                out.append(info._replace(local=(self._from_folder(name, info.inode, pids), 0)))
        return out

    def _from_folder(self, name: str, inode: int, pids: Sequence[int]) -> str:
        """A name that is another file's, or whose file is gone."""
        if not name or name.startswith("@"):
            return name
        whole = posixpath.normpath(posixpath.join(self._standing(inode, pids), name))
        inside = posixpath.relpath(whole, self._folder)
        return whole if inside.startswith("..") else inside

    def _standing(self, inode: int, pids: Sequence[int]) -> str:
        """The current folder of the process that holds the socket."""
        for pid in pids:
            with contextlib.suppress(FactsUnavailable, OSError):
                if inode in proc.socket_fds(pid):
                    return os.readlink(f"/proc/{pid}/cwd")  # noqa: PTH115 -- as everywhere here
        return self._folder

    def close(self) -> None:
        """Let go of the folder."""
        self._places.close()
