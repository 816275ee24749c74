"""The sockets of the reference: carries out the machine's commands, reports what comes.

One listener at most, one connection at a time. Nothing blocks: `poll` takes what is there.
Waiting (for readability, for a fact, for a deadline) is the caller's.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
from collections import deque
from collections.abc import Callable

from reference import events as e

_CHUNK = 65536
BACKLOG = 16
"""Connections that may wait to be accepted; the kernel keeps one more."""
_TCP_INFO_WAITING = struct.Struct("=24xI")
"""Of struct tcp_info: tcpi_unacked, which for a listener counts who waits (tcp(7))."""
_LINGER_RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on, 0 s: close() sends RST and leaves no TIME_WAIT (socket(7))."""

_RESET_AFTER_HANDSHAKE = frozenset({errno.ECONNRESET, errno.EPIPE})
"""Errors of a connect() that had succeeded; one that is refused gives ECONNREFUSED."""

Address = tuple[str, int]


class PortTakenError(OSError):
    """The port that the reference must listen on belongs to another program."""


class Endpoint:
    """The reference's end of the wire. `now` gives nanoseconds since the run began."""

    def __init__(self, now: Callable[[], int]) -> None:
        self._now = now
        self._listeners: list[socket.socket] = []
        self._connection: socket.socket | None = None
        self._dialling = False
        self._reading = False
        self._was_reset = False
        self._fin_due = False
        self._unsent: deque[memoryview] = deque()
        self.local: Address | None = None
        self.remote: Address | None = None
        self.bytes_sent = 0
        self.bytes_received = 0
        self.fin_sent = False

    # --- what to wait for ----------------------------------------------------------------

    @property
    def reads(self) -> list[int]:
        """Descriptors of which readability is news."""
        fds = [s.fileno() for s in self._listeners] if self._connection is None else []
        if self._connection is not None and self._reading:
            fds.append(self._connection.fileno())
        return fds

    @property
    def writes(self) -> list[int]:
        """Descriptors of which writability is news."""
        if self._connection is not None and (self._dialling or self._unsent):
            return [self._connection.fileno()]
        return []

    @property
    def watched(self) -> list[int]:
        """All of them."""
        return self.reads + self.writes

    @property
    def connected(self) -> bool:
        """The handshake is complete and we have not closed."""
        return self._connection is not None and not self._dialling

    @property
    def open(self) -> bool:
        """We are connected, and neither FIN nor RST has come from the program."""
        return self._connection is not None and self._reading

    @property
    def dialling(self) -> bool:
        """A connect() of ours is under way."""
        return self._dialling

    @property
    def crowded(self) -> bool:
        """More connections wait to be accepted than there is room for."""
        return any(_waiting(listener) > BACKLOG for listener in self._listeners)

    @property
    def unsent(self) -> int:
        """Bytes that the kernel has not taken yet: the program's window is closed."""
        return sum(len(piece) for piece in self._unsent)

    # --- commands ------------------------------------------------------------------------

    def listen(self, port: int) -> None:
        """Listen on every address of this machine, IPv4 and where there is one IPv6.

        Who listens already goes on listening.

        Raises:
            PortTakenError: another program has the port.
        """
        if self._listeners:
            return
        try:
            self._listeners.append(_listener(socket.AF_INET, "0.0.0.0", port))  # noqa: S104 -- the run's own network, or a student's machine in `none`
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTakenError(*error.args) from error
            raise
        with contextlib.suppress(OSError):
            self._listeners.append(_listener(socket.AF_INET6, "::", port))

    def dial(self, address: str, port: int) -> list[e.Event]:
        """Connect; the outcome may come at once or from `poll`."""
        self._drop()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._connection = socket.socket(family, socket.SOCK_STREAM)
        self._connection.setblocking(False)
        self._dialling = True
        code = self._connection.connect_ex((address, port))
        if code not in (0, errno.EINPROGRESS):
            return self._refused(code)
        return self._finish_dialling() if code == 0 else []

    def send(self, data: bytes) -> None:
        """Send; what the kernel does not take now goes when it can."""
        self._unsent.append(memoryview(data))
        self._flush()

    def shutdown_write(self) -> None:
        """Send FIN after what is unsent."""
        self._fin_due = self._connection is not None
        self._flush()

    def close(self, *, reset: bool = False) -> None:
        """Close the connection; with `reset` by RST, which leaves no TIME_WAIT here."""
        if self._connection is None:
            return
        if reset:
            with contextlib.suppress(OSError):
                self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_RESET)
        self._drop()
        self.fin_sent = True

    def close_all(self) -> None:
        """Leave no socket: the connection is reset if it is still open."""
        self.close(reset=True)
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()

    # --- what came -----------------------------------------------------------------------

    def poll(self) -> list[e.Event]:
        """All that has come until now, in order."""
        out: list[e.Event] = []
        if self._connection is None:
            out += self._accept()
        if self._dialling:
            out += self._finish_dialling()
        if self._connection is not None and not self._dialling:
            self._flush()
            out += self._read()
        return out

    def _accept(self) -> list[e.Event]:
        for listener in self._listeners:
            with contextlib.suppress(BlockingIOError, ConnectionAbortedError):
                self._connection, _ = listener.accept()
                self._connection.setblocking(False)
                return self._begin()
        return []

    def _finish_dialling(self) -> list[e.Event]:
        assert self._connection is not None  # noqa: S101 -- dialling has a socket
        code = self._connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code in _RESET_AFTER_HANDSHAKE:
            # Asking has cleared the error: the end of what can be read stands for it.
            self._was_reset = True
            return self._begin()
        if code:
            return self._refused(code)
        try:
            self._connection.getpeername()
        except OSError:
            return []
        return self._begin()

    def _refused(self, code: int) -> list[e.Event]:
        self._drop()
        return [e.Refused(self._now(), errno.errorcode.get(code, str(code)))]

    def _begin(self) -> list[e.Event]:
        assert self._connection is not None  # noqa: S101 -- called with a connection
        self._dialling, self._reading = False, True
        self.bytes_sent = self.bytes_received = 0
        self.fin_sent = False
        # Each message is a segment of its own at once: no Nagle (RFC 896, tcp(7)).
        with contextlib.suppress(OSError):
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.local = self._connection.getsockname()[:2]
        try:
            self.remote = self._connection.getpeername()[:2]
        except OSError:
            # It connected and reset before we looked: the peer's name is gone.
            self.remote = ("", 0)
        assert self.local is not None  # noqa: S101 -- just set
        assert self.remote is not None  # noqa: S101 -- just set
        return [e.Connected(self._now(), self.local, self.remote)]

    def _read(self) -> list[e.Event]:
        out: list[e.Event] = []
        while self._reading and self._connection is not None:
            try:
                data = self._connection.recv(_CHUNK)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                self._reading = False
                self._unsent.clear()
                out.append(e.ConnectionReset(self._now()))
                break
            if not data:
                self._reading = False
                kind = e.ConnectionReset if self._was_reset else e.EndOfStream
                out.append(kind(self._now()))
                break
            self.bytes_received += len(data)
            self._acknowledge()
            out.append(e.Received(self._now(), data))
            if self.bytes_received % (16 * _CHUNK) < len(data):
                break  # a flood: let the caller look at its limits
        return out

    def _acknowledge(self) -> None:
        """Send the ACK now: a delayed one leaves the program's queue full for 40 ms (tcp(7))."""
        if self._connection is not None and hasattr(socket, "TCP_QUICKACK"):
            with contextlib.suppress(OSError):
                self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def _flush(self) -> None:
        while self._unsent and self._connection is not None and not self._dialling:
            try:
                count = self._connection.send(self._unsent[0])
            except (BlockingIOError, InterruptedError):
                return
            except OSError:
                # The program reset the connection. Only the first to ask is told, and that
                # was us: `_read` says so at the end of what can be read.
                self._was_reset = not self.fin_sent
                self._unsent.clear()
                return
            self.bytes_sent += count
            if count == len(self._unsent[0]):
                self._unsent.popleft()
            else:
                self._unsent[0] = self._unsent[0][count:]
        if self._fin_due and self._connection is not None and not self._dialling:
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_WR)
            self._fin_due, self.fin_sent = False, True

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._dialling = self._reading = self._was_reset = self._fin_due = False
        self._unsent.clear()


def _waiting(listener: socket.socket) -> int:
    """How many connections wait; 0 where the system does not tell."""
    if not hasattr(socket, "TCP_INFO"):
        return 0
    try:
        told = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_WAITING.size)
    except OSError:
        return 0
    return int(_TCP_INFO_WAITING.unpack(told)[0]) if len(told) == _TCP_INFO_WAITING.size else 0


def _listener(family: int, address: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener
