"""Carries what a pipe gives into a socket: select() of Windows takes nothing else."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
from typing import IO

from grader.run.available import available

_CHUNK = 1 << 16


class Bridge:
    """`fd` is readable when something has come, and at the end.

    What nobody has read yet is bounded by the sockets' buffers: then the pipe fills up, and
    its writer waits, as it would at a terminal.
    """

    def __init__(self) -> None:
        self._near, self._far = socket.socketpair()
        self._near.setblocking(False)
        self.fd = self._near.fileno()
        self._carries = False

    def carry(self, pipe: IO[bytes]) -> None:
        """Begin; the pipe is closed at its end."""
        self._carries = True
        threading.Thread(target=self._carry, args=(pipe,), daemon=True).start()

    def _carry(self, pipe: IO[bytes]) -> None:
        # An error: nobody reads any more, so the program is dead.
        with self._far, pipe, contextlib.suppress(OSError):
            while data := os.read(pipe.fileno(), _CHUNK):
                self._far.sendall(data)

    def end(self) -> None:
        """There is no pipe, or no more of it."""
        self._far.close()

    def read(self, limit: int) -> tuple[bytes, bool]:
        """What is there, `limit` bytes at most; whether the end was seen."""
        return available(self._near.recv, limit)

    def close(self) -> None:
        """Nobody reads any more; who carries sees that, or the end of the pipe."""
        self._near.close()
        if not self._carries:
            self._far.close()
