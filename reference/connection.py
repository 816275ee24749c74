"""One connection of the reference: its socket, what is unsent, what has passed through it.

Nothing blocks: `poll` takes what is there. `Connection` speaks TCP. `Peer` is its like over
UDP, where there is no connection: whoever sends to a socket of ours, or is sent to from it.
"""

from __future__ import annotations

import contextlib
import errno
import socket
import struct
import sys
from collections import deque
from collections.abc import Callable

from reference import events as e

CHUNK = 65536
LINGER_RESET = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
"""SO_LINGER on, 0 s: close() sends RST and leaves no TIME_WAIT (socket(7)).

Winsock's struct linger has two u_short."""
_UNDER_WAY = frozenset({0, errno.EINPROGRESS, errno.EWOULDBLOCK})
"""What a connect() that does not block says; Winsock: WSAEWOULDBLOCK."""
_RESET_AFTER_HANDSHAKE = frozenset({errno.ECONNRESET, errno.EPIPE})
"""Errors of a connect() that had succeeded; one that is refused gives ECONNREFUSED."""

Address = tuple[str, int]


class Connection:
    """One connection. `now` gives nanoseconds since the run began, `name` is the script's.

    What has passed through it is still told after it was closed.
    """

    protocol = "tcp"

    def __init__(self, now: Callable[[], int], name: str = "") -> None:
        self._now = now
        self.name = name
        self._socket: socket.socket | None = None
        self._reading = False
        self._was_reset = False
        self._fin_due = False
        self._unsent: deque[memoryview] = deque()
        self.dialling = False
        """A connect() of ours is under way."""
        self.paused = False
        """We do not read what comes."""
        self.dialled: Address | None = None
        """Where our connect() went."""
        self.local: Address | None = None
        self.remote: Address | None = None
        self.bytes_sent = 0
        self.bytes_received = 0
        self.fin_sent = False

    # --- what to wait for ----------------------------------------------------------------

    @property
    def reads(self) -> list[int]:
        """Descriptors of which readability is news."""
        if self._socket is None or not self._reading or self.paused:
            return []
        return [self._socket.fileno()]

    @property
    def writes(self) -> list[int]:
        """Descriptors of which writability is news."""
        if self._socket is not None and (self.dialling or self._unsent):
            return [self._socket.fileno()]
        return []

    @property
    def failures(self) -> list[int]:
        """Descriptors that tell of a refused connect() as an exception: Winsock's select()."""
        return self.writes if sys.platform == "win32" and self.dialling else []

    @property
    def exists(self) -> bool:
        """It has a socket: it is being made, or has been made and not closed."""
        return self._socket is not None

    @property
    def connected(self) -> bool:
        """The handshake is complete and we have not closed."""
        return self._socket is not None and not self.dialling

    @property
    def open(self) -> bool:
        """We are connected, and neither FIN nor RST has come from the program."""
        return self._socket is not None and self._reading

    @property
    def unsent(self) -> int:
        """Bytes that the kernel has not taken yet: the program's window is closed."""
        return sum(len(piece) for piece in self._unsent)

    # --- how it begins and ends ----------------------------------------------------------

    def dial(self, address: str, port: int) -> list[e.Event]:
        """Connect; the outcome may come at once or from `poll`."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        self.dialling, self.dialled = True, (address, port)
        code = self._socket.connect_ex((address, port))
        if code not in _UNDER_WAY:
            return self._refused(code)
        return self._finish_dialling() if code == 0 else []

    def adopt(self, accepted: socket.socket) -> list[e.Event]:
        """Be the connection that was accepted."""
        self._socket = accepted
        self._socket.setblocking(False)
        return self._begin()

    def close(self, *, reset: bool = False) -> None:
        """Close it; with `reset` by RST, which leaves no TIME_WAIT here."""
        if self._socket is None:
            return
        if reset:
            with contextlib.suppress(OSError):
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_RESET)
        self._drop()
        self.fin_sent = True

    def _finish_dialling(self) -> list[e.Event]:
        assert self._socket is not None  # noqa: S101 -- dialling has a socket
        code = self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code in _RESET_AFTER_HANDSHAKE:
            # Asking has cleared the error: the end of what can be read stands for it.
            self._was_reset = True
            return self._begin()
        if code:
            return self._refused(code)
        try:
            self._socket.getpeername()
        except OSError:
            return []
        return self._begin()

    def _refused(self, code: int) -> list[e.Event]:
        self._drop()
        reason = errno.errorcode.get(code, str(code))
        return [e.Refused(self._now(), reason, connection=self.name)]

    def _begin(self) -> list[e.Event]:
        assert self._socket is not None  # noqa: S101 -- called with a connection
        self.dialling, self._reading = False, True
        # Each message is a segment of its own at once: no Nagle (RFC 896, tcp(7)).
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.local = self._socket.getsockname()[:2]
        try:
            self.remote = self._socket.getpeername()[:2]
        except OSError:
            # It connected and reset before we looked: the peer's name is gone.
            self.remote = ("", 0)
        assert self.local is not None  # noqa: S101 -- just set
        assert self.remote is not None  # noqa: S101 -- just set
        return [e.Connected(self._now(), self.local, self.remote, connection=self.name)]

    def _drop(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._socket = None
        self.dialling = self._reading = self._was_reset = self._fin_due = self.paused = False
        self._unsent.clear()

    # --- what passes through it ----------------------------------------------------------

    def send(self, data: bytes) -> None:
        """Send; what the kernel does not take now goes when it can."""
        self._unsent.append(memoryview(data))
        self._flush()

    def shutdown_write(self) -> None:
        """Send FIN after what is unsent."""
        self._fin_due = self._socket is not None
        self._flush()

    def pause(self) -> None:
        """Read no more: what comes fills the buffers, then the window closes."""
        # Not with a smaller buffer: a window below one segment opens by a timer only.
        self.paused = True

    def resume(self) -> None:
        """Read again."""
        self.paused = False

    def poll(self) -> list[e.Event]:
        """All that has come until now, in order."""
        out: list[e.Event] = []
        if self.dialling:
            out += self._finish_dialling()
        if self._socket is not None and not self.dialling:
            self._flush()
            if not self.paused:
                out += self._read()
        return out

    def _read(self) -> list[e.Event]:
        out: list[e.Event] = []
        while self._reading and self._socket is not None:
            try:
                data = self._socket.recv(CHUNK)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                self._reading = False
                self._unsent.clear()
                out.append(e.ConnectionReset(self._now(), connection=self.name))
                break
            if not data:
                self._reading = False
                kind = e.ConnectionReset if self._was_reset else e.EndOfStream
                out.append(kind(self._now(), connection=self.name))
                break
            self.bytes_received += len(data)
            self._acknowledge()
            out.append(e.Received(self._now(), data, connection=self.name))
            if self.bytes_received % (16 * CHUNK) < len(data):
                break  # a flood: let the caller look at its limits
        return out

    def _acknowledge(self) -> None:
        """Send the ACK now: a delayed one leaves the program's queue full for 40 ms (tcp(7))."""
        if self._socket is not None and hasattr(socket, "TCP_QUICKACK"):
            with contextlib.suppress(OSError):
                self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def _flush(self) -> None:
        while self._unsent and self._socket is not None and not self.dialling:
            try:
                count = self._socket.send(self._unsent[0])
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
        if self._fin_due and self._socket is not None and not self.dialling:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_WR)
            self._fin_due, self.fin_sent = False, True


class Peer(Connection):
    """Over UDP: one address that datagrams come from and go to.

    It dials from a socket of its own. One that was adopted shares the socket that all
    datagrams come to, which is its owner's to read (`came`) and to close.
    """

    protocol = "udp"

    def __init__(self, now: Callable[[], int], name: str = "") -> None:
        super().__init__(now, name)
        self._shared = False
        self._queue: list[e.Event] = []

    def dial(self, address: str, port: int) -> list[e.Event]:
        """Have a socket whose datagrams go there; nothing is sent for it."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.connect((address, port))
        self._reading = True
        self.local = self._socket.getsockname()[:2]
        self.remote = self._socket.getpeername()[:2]
        assert self.local is not None  # noqa: S101 -- just set
        assert self.remote is not None  # noqa: S101 -- just set
        return [e.Connected(self._now(), self.local, self.remote, connection=self.name)]

    def share(self, ours: socket.socket, remote: Address) -> list[e.Event]:
        """Be whoever has sent a datagram from `remote` to our socket."""
        self._socket, self._shared, self._reading = ours, True, True
        self.local = ours.getsockname()[:2]
        self.remote = remote
        assert self.local is not None  # noqa: S101 -- just set
        return [e.Connected(self._now(), self.local, remote, connection=self.name)]

    def came(self, data: bytes) -> list[e.Event]:
        """A datagram of it has come to the shared socket."""
        self.bytes_received += len(data)
        return [e.Received(self._now(), data, connection=self.name)]

    @property
    def reads(self) -> list[int]:
        """Descriptors of which readability is news: of a shared one the owner's."""
        return [] if self._shared else super().reads

    def _drop(self) -> None:
        if self._shared:
            self._socket = None
        super()._drop()

    def shutdown_write(self) -> None:
        """A datagram has no end behind it."""

    def _flush(self) -> None:
        while self._unsent and self._socket is not None:
            piece = self._unsent[0]
            try:
                if self._shared and self.remote is not None:
                    self._socket.sendto(piece, self.remote)
                else:
                    self._socket.send(piece)
            except (BlockingIOError, InterruptedError):
                return
            except ConnectionRefusedError:
                # Of an earlier datagram; asking has cleared it.
                self._queue.append(e.ConnectionReset(self._now(), connection=self.name))
                continue
            except OSError:
                self._unsent.clear()
                return
            self.bytes_sent += len(piece)
            self._unsent.popleft()

    def _read(self) -> list[e.Event]:
        out, self._queue = self._queue, []
        while self._reading and self._socket is not None and not self._shared:
            try:
                data = self._socket.recv(CHUNK)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                out.append(e.ConnectionReset(self._now(), connection=self.name))
                break
            out += self.came(data)
            if self.bytes_received % (16 * CHUNK) < len(data):
                break
        return out
