"""A connection of the reference over a Unix-domain socket: a stream, by a name in a folder.

What is sent lies in the other side's queue at once. There is no RST: who closes with something
unread has the other side told of a reset all the same (unix(7)).
"""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable

from reference import events as e
from reference.connection import Connection
from reference.socketfile import FAMILY, Places


class LocalConnection(Connection):
    """One connection; its addresses are (name, 0), the name of who dialled is empty."""

    protocol = "unix"

    def __init__(self, now: Callable[[], int], name: str, places: Places) -> None:
        super().__init__(now, name)
        self._places = places
        self._named = ""

    @property
    def inode(self) -> int:
        """The number of our socket; 0: there is none."""
        return 0 if self._socket is None else os.fstat(self._socket.fileno()).st_ino

    @property
    def writes(self) -> list[int]:
        """Descriptors of which writability is news: not while it is tried again and again."""
        return [] if self.dialling else super().writes

    def dial(self, address: str, port: int) -> list[e.Event]:
        """Connect; where the listener's queue is full, each `poll` tries again."""
        self._named = address
        self.dialling, self.dialled = True, (address, port)
        self._socket = socket.socket(FAMILY, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        return self._finish_dialling()

    def serve(self, accepted: socket.socket, name: str) -> list[e.Event]:
        """Be the connection that was accepted by our listener of that name."""
        self._named = name
        return self.adopt(accepted)

    def _finish_dialling(self) -> list[e.Event]:
        assert self._socket is not None  # noqa: S101 -- dialling has a socket
        code = self._places.connect(self._socket, self._named)
        if code == errno.EAGAIN:
            return []
        return self._refused(code) if code else self._begin()

    def _begin(self) -> list[e.Event]:
        self.dialling, self._reading = False, True
        named, nameless = (self._named, 0), ("", 0)
        dialled = self.dialled is not None
        self.local, self.remote = (nameless, named) if dialled else (named, nameless)
        return [e.Connected(self._now(), self.local, self.remote, connection=self.name)]

    def _acknowledge(self) -> None:
        """Nothing is to be acknowledged."""
