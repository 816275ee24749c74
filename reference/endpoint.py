"""The sockets of the reference: carries out the machine's commands, reports what comes.

One listener at most; connections by their names. Nothing blocks: `poll` takes what is there.
Waiting (for readability, for a fact, for a deadline) is the caller's.
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
from reference.connection import CHUNK, Address, Connection, Peer
from reference.local import LocalConnection
from reference.socketfile import Places

BACKLOG = 16
"""Connections that may wait to be accepted; the kernel keeps one more."""
_MOST_STRAYS = 64
"""Datagrams of senders that no step awaits yet."""
_TCP_INFO_WAITING = struct.Struct("=24xI")
"""Of struct tcp_info: tcpi_unacked, which for a listener counts who waits (tcp(7))."""

_TAKEN = {errno.EADDRINUSE} | ({errno.EACCES, 10013} if sys.platform == "win32" else set())
"""Winsock says WSAEACCES (10013) of a port that another has for itself."""


class PortTakenError(OSError):
    """The port that the reference must listen on belongs to another program."""


class Endpoint:
    """The reference's ends of the wire. `now` gives nanoseconds since the run began.

    `datagrams`: over UDP. `family` is that of a listener of ours: `ipv4` means both. `path`: over
    Unix-domain sockets, by that name; they need to be told the folder (`stand_in`).
    """

    def __init__(
        self,
        now: Callable[[], int],
        *,
        datagrams: bool = False,
        family: str = "ipv4",
        path: str = "",
    ) -> None:
        self._now = now
        self.datagrams = datagrams
        self._family = family
        self._path = path
        self._places: Places | None = None
        self._bound: socket.socket | None = None
        """Has the name, and refuses who connects."""
        self._listeners: list[socket.socket] = []
        self._connections: dict[str, Connection] = {}
        self._awaited: deque[str] = deque()
        """Names for those who come next."""
        self._strays: deque[tuple[socket.socket, Address, bytes]] = deque()

    @property
    def all(self) -> tuple[Connection, ...]:
        """Every connection, closed ones too, until another one has its name."""
        return tuple(self._connections.values())

    def of(self, name: str = "") -> Connection:
        """The connection of that name; one that is not there is not connected."""
        found = self._connections.get(name)
        return found if found is not None else Connection(self._now, name)

    # --- what to wait for ----------------------------------------------------------------

    @property
    def reads(self) -> list[int]:
        """Descriptors of which readability is news."""
        fds = [s.fileno() for s in self._listeners] if self._accepts else []
        for connection in self._connections.values():
            fds += connection.reads
        return fds

    @property
    def writes(self) -> list[int]:
        """Descriptors of which writability is news."""
        return [fd for connection in self._connections.values() for fd in connection.writes]

    @property
    def failures(self) -> list[int]:
        """Descriptors that tell of a refused connect() as an exception: Winsock's select()."""
        return [fd for connection in self._connections.values() for fd in connection.failures]

    @property
    def watched(self) -> list[int]:
        """All of them."""
        return self.reads + self.writes

    @property
    def connected(self) -> bool:
        """One of the connections is there."""
        return any(connection.connected for connection in self._connections.values())

    @property
    def dialling(self) -> bool:
        """A connect() of ours is under way."""
        return any(connection.dialling for connection in self._connections.values())

    @property
    def knocks(self) -> bool:
        """A connect() of ours is tried at each `poll`: no descriptor tells when it may succeed."""
        return bool(self._path) and self.dialling

    @property
    def crowded(self) -> bool:
        """More connections wait to be accepted than there is room for."""
        return any(_waiting(listener) > BACKLOG for listener in self._listeners)

    @property
    def _accepts(self) -> bool:
        """Who comes is taken: a step awaits them, or nobody is there (who comes back is seen)."""
        if self.datagrams or self._awaited:
            return True
        return not any(connection.exists for connection in self._connections.values())

    # --- commands ------------------------------------------------------------------------

    def stand_in(self, places: Places, *, refuses: bool = False) -> None:
        """A program is started in this folder; who listened in another goes on in this one.

        `refuses`: until it is to listen, who connects is refused. The places are ours to close.

        Raises:
            OSError: the name can't be had there.
        """
        listened = bool(self._listeners)
        self._leave_places()
        self._places = places
        if refuses or listened:
            self._bound = places.bind(self._path)
        if listened:
            self._listen_there()

    def _listen_there(self) -> None:
        if self._places is None:
            raise RuntimeError("nobody has said in which folder")
        listener = self._bound or self._places.bind(self._path)
        self._bound = None
        listener.listen(BACKLOG)
        self._listeners.append(listener)

    def _leave_places(self) -> None:
        had = [*self._listeners, *([self._bound] if self._bound else [])]
        for one in had:
            one.close()
        self._listeners.clear()
        if self._places is not None:
            if had:
                self._places.unbind(self._path)
            self._places.close()
        self._bound = self._places = None

    def listen(self, port: int, name: str = "") -> None:
        """Listen on every address of this machine, IPv4 and where there is one IPv6.

        Who listens already goes on listening. The next one to come is called `name`.

        Raises:
            PortTakenError: another program has the port.
        """
        if name not in self._awaited:
            self._awaited.append(name)
        if self._listeners:
            return
        if self._path:
            self._listen_there()
            return
        if self._family != "ipv6":
            try:
                self._listeners.append(self._listener(socket.AF_INET, "0.0.0.0", port))  # noqa: S104 -- the run's own network, or a student's machine in `none`
            except OSError as error:
                if error.errno in _TAKEN:
                    raise PortTakenError(*error.args) from error
                raise
        with contextlib.suppress(OSError):
            self._listeners.append(self._listener(socket.AF_INET6, "::", port))

    def expect_no_more(self, name: str) -> None:
        """The step that awaited `name` is over without it: who comes now is not that one."""
        with contextlib.suppress(ValueError):
            self._awaited.remove(name)

    def dial(self, address: str, port: int, name: str = "") -> list[e.Event]:
        """Connect; the outcome may come at once or from `poll`."""
        return self._new(name).dial(address, port)

    def send(self, data: bytes, name: str = "") -> None:
        """Send; what the kernel does not take now goes when it can."""
        self.of(name).send(data)

    def shutdown_write(self, name: str = "") -> None:
        """Send FIN after what is unsent."""
        self.of(name).shutdown_write()

    def close(self, name: str = "", *, reset: bool = False) -> None:
        """Close the connection; with `reset` by RST, which leaves no TIME_WAIT here."""
        self.of(name).close(reset=reset)

    def pause(self, name: str = "") -> None:
        """Read no more of it."""
        self.of(name).pause()

    def resume(self, name: str = "") -> None:
        """Read it again."""
        self.of(name).resume()

    def close_connections(self, *, reset: bool = False) -> None:
        """Close every connection."""
        for connection in self._connections.values():
            connection.close(reset=reset)

    def close_all(self) -> None:
        """Leave no socket: what is still open is reset."""
        self.close_connections(reset=True)
        self._leave_places()
        self._strays.clear()

    def _new(self, name: str) -> Connection:
        self.of(name).close()
        made: Connection
        if self._places is not None:
            made = LocalConnection(self._now, name, self._places)
        else:
            made = (Peer if self.datagrams else Connection)(self._now, name)
        self._connections[name] = made
        return made

    # --- what came -----------------------------------------------------------------------

    def poll(self) -> list[e.Event]:
        """All that has come until now, in order."""
        out = self._datagrams() if self.datagrams else self._accept()
        for connection in tuple(self._connections.values()):
            out += connection.poll()
        return out

    def _accept(self) -> list[e.Event]:
        out: list[e.Event] = []
        while self._accepts:
            accepted = self._next_accepted()
            if accepted is None:
                break
            name = self._awaited.popleft() if self._awaited else ""
            made = self._new(name)
            if isinstance(made, LocalConnection):
                out += made.serve(accepted, self._path)
            else:
                out += made.adopt(accepted)
        return out

    def _next_accepted(self) -> socket.socket | None:
        for listener in self._listeners:
            with contextlib.suppress(BlockingIOError, ConnectionAbortedError):
                accepted, _ = listener.accept()
                return accepted
        return None

    def _datagrams(self) -> list[e.Event]:
        """What has come to the sockets that everybody may send to, by sender."""
        for listener in self._listeners:
            while len(self._strays) < _MOST_STRAYS:
                try:
                    data, sender = listener.recvfrom(CHUNK)
                except OSError:
                    break
                self._strays.append((listener, sender[:2], data))
        out: list[e.Event] = []
        # Those of a sender whom no step awaits stay for the step that will.
        for _ in range(len(self._strays)):
            ours, sender, data = self._strays.popleft()
            peer = self._peer(sender)
            if peer is None and self._awaited:
                peer = Peer(self._now, self._awaited.popleft())
                self._connections[peer.name] = peer
                out += peer.share(ours, sender)
            if peer is None:
                self._strays.append((ours, sender, data))
            else:
                out += peer.came(data)
        return out

    def _peer(self, sender: Address) -> Peer | None:
        for known in self._connections.values():
            if isinstance(known, Peer) and known.exists and known.remote == sender:
                return known
        return None

    def _listener(self, family: int, address: str, port: int) -> socket.socket:
        kind = socket.SOCK_DGRAM if self.datagrams else socket.SOCK_STREAM
        return _listener(family, kind, address, port)


def _waiting(listener: socket.socket) -> int:
    """How many connections wait; 0 where the system does not tell."""
    if not hasattr(socket, "TCP_INFO") or listener.type != socket.SOCK_STREAM:
        return 0
    try:
        told = listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_WAITING.size)
    except OSError:
        return 0
    return int(_TCP_INFO_WAITING.unpack(told)[0]) if len(told) == _TCP_INFO_WAITING.size else 0


def _listener(family: int, kind: int, address: str, port: int) -> socket.socket:
    listener = socket.socket(family, kind)
    try:
        if sys.platform == "win32":
            # There SO_REUSEADDR would share the port with whoever has it.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        elif kind == socket.SOCK_STREAM:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        if kind == socket.SOCK_STREAM:
            listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener
