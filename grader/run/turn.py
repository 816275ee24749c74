"""One run at a time for a port of the machine's, whoever plays there.

Where runs have no network of their own, two graders on one machine (parts of a class, workers of a
cluster) would hand each other's clients to the wrong server, and refuse a right server its port.
Whoever plays holds a name in the abstract namespace of Unix-domain sockets (unix(7)): it belongs to
the same network as the port, is free again when its holder ends, however that ends, and who waits
for it is connected to the holder and woken by that. Only Linux has such names.
"""

from __future__ import annotations

import errno
import socket
import sys
import threading
import time

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from reference.endpoint import PortTakenError

_PATIENCE_S = 240.0
"""So long one run of somebody else's may take: its limits, and a port in TIME_WAIT before it."""
_PAUSE_S = 0.1
_WAITING = 128


class Turn:
    """Taken before a run, given back after it; one port at a time."""

    def __init__(self, patience: float = _PATIENCE_S) -> None:
        """`patience` is for each of those who are before us, s."""
        self._patience = patience
        self._held: socket.socket | None = None

    def take(self, port: int) -> None:
        """Wait until nobody else plays at that port.

        Raises:
            PortTakenError: somebody does for too long.
        """
        self.give_back()
        name, until = f"\0wiregrade-port-{port}", time.monotonic() + self._patience
        while not self._has(name):
            left = until - time.monotonic()
            if left <= 0:
                raise PortTakenError(errno.EADDRINUSE, "another wiregrade plays at the port")
            if _sees_the_end(name, left):
                until = time.monotonic() + self._patience

    def give_back(self) -> None:
        """Others may play there now."""
        if self._held is not None:
            self._held.close()
            self._held = None

    def _has(self, name: str) -> bool:
        """Whether the name is ours now; True also where this machine refuses such names to all."""
        one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            one.bind(name)
            one.listen(_WAITING)
        except OSError as error:
            one.close()
            return error.errno != errno.EADDRINUSE
        self._held = one
        return True


def _sees_the_end(name: str, patience: float) -> bool:
    """Wait until who holds the name gives it back: what waits to be accepted is ended then.

    False: that was not seen, and it is to be looked once more.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one:
        one.settimeout(patience)
        try:
            one.connect(name)
        except OSError:
            # It has just been given back; or does not listen yet, or has too many who wait. An
            # event that nobody sets is a pause; the fact looked for is a name that is free.
            threading.Event().wait(min(_PAUSE_S, patience))
            return False
        try:
            one.recv(1)
        except TimeoutError:
            return False
        except OSError:
            return True  # reset
        return True
