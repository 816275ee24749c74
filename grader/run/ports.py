"""Who has a port of this machine: asked where runs share the machine's network."""

from __future__ import annotations

import socket
from contextlib import suppress
from dataclasses import dataclass

from reference.connection import LINGER_RESET

_PATIENCE = 5.0
"""Seconds for a connection within this machine: a firewall that drops is silent."""


@dataclass(frozen=True)
class Holder:
    """A program that listens on a port; what the system does not tell us is empty."""

    pid: int | None
    command: str


def holder(port: int) -> Holder | None:
    """The program that listens on TCP `port`; None where nobody is seen to.

    Nothing is connected to: that would eat the only accept() of somebody's server.
    """
    # 20 ms to import, needed only where a port is shared.
    import psutil

    try:
        sockets = psutil.net_connections(kind="tcp")
    except (psutil.AccessDenied, OSError):
        return _holder_by_process(port)
    for one in sockets:
        if one.status == psutil.CONN_LISTEN and one.laddr and one.laddr.port == port:
            return Holder(one.pid, _command(one.pid))
    return None


def bind_error(port: int) -> OSError | None:
    """Why a server that asks for nothing special can't have TCP `port` now; None: it can.

    EADDRINUSE where nobody listens: a connection of a moment ago still holds it (TIME_WAIT).
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        try:
            one.bind(("", port))
        except OSError as error:
            return error
    return None


def loopback_error() -> OSError | None:
    """Why a program can't talk to another on 127.0.0.1; None: it can.

    Tried on a port that the system chooses, and leaves nothing in TIME_WAIT there.
    """
    try:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            listening.settimeout(_PATIENCE)
            place = listening.getsockname()
            with socket.create_connection(place, timeout=_PATIENCE) as one:
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
                listening.accept()[0].close()
    except OSError as error:
        return error
    return None


def _holder_by_process(port: int) -> Holder | None:
    """Ask process by process: macOS tells ordinary users of their own only."""
    import psutil

    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            for one in process.net_connections(kind="tcp"):
                if one.status == psutil.CONN_LISTEN and one.laddr.port == port:
                    return Holder(process.pid, _command(process.pid))
    return None


def _command(pid: int | None) -> str:
    import psutil

    if pid is None:
        return ""
    with suppress(psutil.Error, OSError):
        return " ".join(psutil.Process(pid).cmdline())[:200]
    return ""
