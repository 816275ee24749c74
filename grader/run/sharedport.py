"""The port where runs share the machine's network: waits until a program can have it."""

from __future__ import annotations

import errno
import socket
import sys
import threading
from collections.abc import Callable

from grader.run import ports
from reference.endpoint import PortTakenError

_TIME_WAIT_S = 61


def await_free(is_free: Callable[[], bool]) -> None:
    """A TIME_WAIT of an earlier program blocks a server's bind(): wait until it is over.

    Raises:
        PortTakenError: what `is_free` raises.
    """
    # An event that nobody sets is a pause; the fact looked for is a port that is free.
    nothing = threading.Event()
    for _ in range(_TIME_WAIT_S * 10):
        if is_free():
            return
        nothing.wait(0.1)


def can_bind(port: int) -> bool:
    """Whether a server without SO_REUSEADDR could have the port now; asked by trying.

    Raises:
        PortTakenError: it belongs to another program, and not to the past.
    """
    with socket.socket() as strict, socket.socket() as lenient:
        try:
            strict.bind(("", port))
        except OSError as error:
            if not _is_of_the_past(port, lenient):
                raise PortTakenError(*error.args) from error
            return False
    return True


def _is_of_the_past(port: int, lenient: socket.socket) -> bool:
    """Nobody has the port, only a connection that has ended."""
    if sys.platform == "win32":
        # There SO_REUSEADDR takes what is held: it tells nothing.
        past = ports.holder(port) is None
    else:
        lenient.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        past = True
        try:
            lenient.bind(("", port))
        except OSError:
            past = False
    return past


def taken() -> PortTakenError:
    """Another program listens on the port."""
    return PortTakenError(errno.EADDRINUSE, "another program listens on the port")
