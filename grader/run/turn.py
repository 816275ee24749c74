"""One run at a time for a port of the machine's, whoever plays there.

Where runs have no network of their own, two graders on one machine (parts of a class, workers of a
cluster) would hand each other's clients to the wrong server, and refuse a right server its port.
Whoever plays holds a name in the abstract namespace of Unix-domain sockets (unix(7)): it belongs to
the same network as the port, is free again when its holder ends, however that ends, and who waits
for it is connected to the holder and woken by that. Only Linux has such names.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import sys
import time

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from reference.endpoint import PortTakenError

_PATIENCE_S = 600.0
"""So long others may take: many workers on one machine, each with a run of half a minute."""
_WAITING = 128


class Turn:
    """Taken before a run, given back after it; one port at a time."""

    def __init__(self, patience: float = _PATIENCE_S) -> None:
        self._patience = patience
        self._held: socket.socket | None = None

    def take(self, port: int) -> None:
        """Wait until nobody else plays at that port.

        Raises:
            PortTakenError: somebody does for too long.
        """
        self.give_back()
        name, until = f"\0wiregrade-port-{port}", time.monotonic() + self._patience
        while (held := _bound(name)) is None:
            _await_end(name, until - time.monotonic())
        self._held = held

    def give_back(self) -> None:
        """Others may play there now."""
        if self._held is not None:
            self._held.close()
            self._held = None


def _bound(name: str) -> socket.socket | None:
    """A socket of that name; None: somebody else has it."""
    one = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        one.bind(name)
        one.listen(_WAITING)
    except OSError as error:
        one.close()
        if error.errno != errno.EADDRINUSE:
            raise
        return None
    return one


def _await_end(name: str, patience: float) -> None:
    """Wait until the holder of the name gives it back: what waits to be accepted is ended then."""
    if patience <= 0:
        raise PortTakenError(errno.EADDRINUSE, "another wiregrade plays at the port all the time")
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one,
        # Refused: it has been given back since. Ended by a reset: now.
        contextlib.suppress(ConnectionError, TimeoutError),
    ):
        one.settimeout(patience)
        one.connect(name)
        one.recv(1)
