"""Who has a port of this machine: asked where runs share the machine's network."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass


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
    for socket in sockets:
        if socket.status == psutil.CONN_LISTEN and socket.laddr and socket.laddr.port == port:
            return Holder(socket.pid, _command(socket.pid))
    return None


def _holder_by_process(port: int) -> Holder | None:
    """Ask process by process: macOS tells ordinary users of their own only."""
    import psutil

    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            for socket in process.net_connections(kind="tcp"):
                if socket.status == psutil.CONN_LISTEN and socket.laddr.port == port:
                    return Holder(process.pid, _command(process.pid))
    return None


def _command(pid: int | None) -> str:
    import psutil

    if pid is None:
        return ""
    with suppress(psutil.Error, OSError):
        return " ".join(psutil.Process(pid).cmdline())[:200]
    return ""
