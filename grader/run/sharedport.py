"""The port where runs share the machine's network: waits until a program can have it."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable

from grader.run import ports
from reference.connection import LINGER_RESET
from reference.endpoint import PortTakenError

_TIME_WAIT_S = 61
_PATIENCE_S = 5.0


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
    error = ports.bind_error(port)
    if error is not None and (ports.holder(port) is not None or _answers(port)):
        raise PortTakenError(*error.args) from error
    return error is None


def _answers(port: int) -> bool:
    """Somebody listens there whom the system does not tell of, or whose backlog is full.

    Where nobody does, a connection is refused. A second bind() with SO_REUSEADDR would not tell:
    Linux refuses it also for a connection that has ended, if its socket had not asked for the
    same. None of our programs runs now whose only accept() this would take.
    """
    with socket.socket() as one:
        one.settimeout(_PATIENCE_S)
        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
        return one.connect_ex(("127.0.0.1", port)) != errno.ECONNREFUSED


def taken() -> PortTakenError:
    """Another program listens on the port."""
    return PortTakenError(errno.EADDRINUSE, "another program listens on the port")
