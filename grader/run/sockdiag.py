"""The kernel's socket table, read through NETLINK_SOCK_DIAG.

An exact look-up costs microseconds where /proc/net/tcp costs milliseconds, and it
tells what /proc does not: a listener's backlog and the bytes that TCP has received.
Layouts: linux/inet_diag.h, linux/tcp.h, sock_diag(7).
"""

from __future__ import annotations

import errno
import os
import socket
import struct
import sys
from collections.abc import Collection
from functools import lru_cache
from types import TracebackType
from typing import NamedTuple, Self

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.run.errors import FactsUnavailable

Address = tuple[str, int]

_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_SOCK_DESTROY = 21
_TCPDIAG_GETSOCK = 18
_NLMSG_ERROR, _NLMSG_DONE = 2, 3
_NLM_F_REQUEST, _NLM_F_ACK, _NLM_F_DUMP = 0x1, 0x4, 0x300
_INET_DIAG_INFO, _INET_DIAG_SKV6ONLY = 2, 11
_ASK_INFO = 1 << (_INET_DIAG_INFO - 1)
_NO_COOKIE = 0xFFFF_FFFF_FFFF_FFFF

_HEADER = struct.Struct("=IHHII")
_SOCKET_ID = struct.Struct("!HH16s16s")
_REQUEST = struct.Struct("=BBBxI36sIQ")
"""inet_diag_req_v2: family, protocol, extensions, states, both ends, interface, cookie."""
_ANY_LISTENER = struct.pack("=BBBB48sII", 0, 0, 0, 0, bytes(48), 1 << 10, 0)
"""inet_diag_req: any family, lengths of addresses, extensions, both ends, states, a cookie."""
_MESSAGE = struct.Struct("=BBxx36s4xQ4xIIII")
"""inet_diag_msg: family, state, ports and addresses, cookie, queues, uid, inode."""
_ERRNO = struct.Struct("=i")
_ATTRIBUTE = struct.Struct("=HH")
_BYTES = struct.Struct("=QQ")
_BYTES_OFFSET = _ATTRIBUTE.size + 120
"""tcpi_bytes_acked, then tcpi_bytes_received, in struct tcp_info (Linux 4.1 and later)."""
_BYTES_END = _BYTES_OFFSET + _BYTES.size
_COUNT = struct.Struct("=I")
_UNACKED_OFFSET = _ATTRIBUTE.size + 24
_WINDOW_OFFSET = _ATTRIBUTE.size + 228
"""tcpi_unacked, and tcpi_snd_wnd (Linux 5.4 and later)."""
_WINDOW_END = _WINDOW_OFFSET + _COUNT.size

_STATES = {
    1: "established", 2: "syn-sent", 3: "syn-recv", 4: "fin-wait-1", 5: "fin-wait-2",
    6: "time-wait", 7: "close", 8: "close-wait", 9: "last-ack", 10: "listen", 11: "closing",
    12: "syn-recv",
}  # fmt: skip
_UDP_STATES = {1: "established", 7: "bound"}
_PROTOCOLS = {"tcp": socket.IPPROTO_TCP, "udp": socket.IPPROTO_UDP}
_NEXT_STEP = "run `wiregrade doctor`, or use --isolation none"


class SocketInfo(NamedTuple):
    """One socket, as the kernel had it at the time of the look.

    A tuple, because making a frozen dataclass costs more than the kernel's whole answer.
    Addresses are (host, port); an IPv4 address inside an IPv6 socket stands as IPv4.
    """

    protocol: str
    """`tcp`, `tcp6`, `udp`, `udp6`; `unix` (`grader.run.unixdiag`: then `local` is (name, 0))."""
    state: str
    """`listen`, `established`, `close-wait`, ... ; a UDP socket without a peer is `bound`."""
    local: Address
    remote: Address
    rqueue: int
    """Bytes that wait to be read; for a listener, connections not yet accepted.

    A FIN counts as one byte. The kernel takes it out with the last bytes where it came in
    one piece with them, and else only when the program reads the end of the stream: after
    a FIN, 1 may mean that everything was read."""
    wqueue: int
    """Bytes sent and not yet acknowledged; for a listener, its backlog."""
    inode: int
    """0 for a socket that no process holds any more (orphaned, TIME_WAIT)."""
    uid: int
    v6only: bool
    """Told for IPv6 listeners and unconnected UDP sockets; False elsewhere."""
    bytes_received: int | None
    """Bytes taken in by TCP, one more once FIN has come; None where it was not asked or told."""
    bytes_acked: int | None
    """Bytes of this socket that its peer acknowledged; the SYN of a client counts as one."""
    unacked: int | None
    """Segments of this socket that its peer has not acknowledged yet; None as above."""
    window: int | None
    """Bytes that its peer said it takes beyond those acknowledged; None as above, or not told."""
    cookie: int
    """The kernel's name for this socket, never used twice."""
    peer: int = 0
    """Of `unix`: the inode of the other end; 0: nobody has accepted it yet, or it has closed."""
    file: tuple[int, int] | None = None
    """Of `unix`: device and inode of its file, as `unixdiag.file_of` has them."""
    waiting: tuple[int, ...] = ()
    """Of a `unix` listener: the inodes of those who wait to be accepted."""


class SocketTable:
    """The sockets of the network namespace in which this object was made.

    Not for several threads at once.

    Raises:
        FactsUnavailable: the kernel has no sock_diag, or it is refused here.
    """

    def __init__(self) -> None:
        try:
            self._socket = socket.socket(
                socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_CLOEXEC, _NETLINK_SOCK_DIAG
            )
        except OSError as error:
            raise _refused(error) from error
        try:
            self._socket.bind((0, 0))
            self._socket.connect((0, 0))
        except OSError as error:
            self._socket.close()
            raise _refused(error) from error
        self._sequence = 0
        self._buffer = bytearray(1 << 16)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the netlink socket back."""
        self._socket.close()

    def dump(
        self,
        families: Collection[int] = (socket.AF_INET, socket.AF_INET6),
        protocols: Collection[str] = ("tcp", "udp"),
        states: Collection[str] | None = None,
        *,
        info: bool = False,
    ) -> list[SocketInfo]:
        """All sockets of these families, protocols (`tcp`, `udp`) and states (None: all).

        `info` asks for the TCP byte counts too. Ask for few states: established ones
        make the kernel walk its whole hash table, listeners do not.

        Raises:
            FactsUnavailable: the kernel refuses.
        """
        found: list[SocketInfo] = []
        for protocol in protocols:
            bits = _state_bits(protocol, None if states is None else frozenset(states))
            if not bits:
                continue
            for family in families:
                body = _REQUEST.pack(
                    family, _PROTOCOLS[protocol], _ASK_INFO if info else 0, bits, bytes(36), 0, 0
                )
                try:
                    self._ask(_SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST | _NLM_F_DUMP, body)
                    found += self._answers(protocol)
                except OSError as error:
                    if error.errno == errno.ENOENT:  # no such protocol module, so no such socket
                        continue
                    raise _refused(error) from error
        return found

    def has_listener(self) -> bool:
        """A TCP socket of any family listens, or it cannot be told so quickly.

        One question in the older form, which knows of no families, in place of two.
        """
        try:
            self._ask(_TCPDIAG_GETSOCK, _NLM_F_REQUEST | _NLM_F_DUMP, _ANY_LISTENER)
            return bool(self._answers("tcp"))
        except OSError:
            return True

    def find(self, local: Address, remote: Address) -> SocketInfo | None:
        """Look up the TCP connection with exactly these two ends, byte counts included.

        `local` is the address of the socket that is looked for: to see the student's end
        of a connection, swap the reference's two. None where there is none.

        Raises:
            FactsUnavailable: the kernel refuses.
        """
        if not local[0] or not remote[0]:
            return None  # its peer was gone before anybody could ask for the name
        try:
            self._ask(_SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST, _exact_request(local, remote))
            begin, end = self._answer()
        except OSError as error:
            if error.errno == errno.ENOENT:
                return None
            raise _refused(error) from error
        # Where there is no such connection the kernel offers the listener that would take it.
        info = _parse("tcp", self._buffer, begin, end)
        return info if info.state != "listen" else None

    def destroy(self, info: SocketInfo) -> bool:
        """Have the kernel drop this socket (a TIME_WAIT that blocks a port, above all).

        False where this is not allowed, not built into the kernel, or it is gone already.
        """
        protocol = info.protocol.removesuffix("6")
        family = socket.AF_INET6 if ":" in info.local[0] else socket.AF_INET
        ends = _ends(info.local, info.remote)
        body = _REQUEST.pack(family, _PROTOCOLS[protocol], 0, 0, ends, 0, info.cookie)
        try:
            self._ask(_SOCK_DESTROY, _NLM_F_REQUEST | _NLM_F_ACK, body)
            self._answer()
        except OSError:
            return False
        return True

    def ask(self, body: bytes, *, dump: bool) -> list[bytes]:
        """Ask by a request of another family's: what comes, each answer as it is.

        Raises:
            OSError: the kernel's errno; of a look-up ENOENT where there is no such socket.
        """
        self._ask(_SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST | (_NLM_F_DUMP if dump else 0), body)
        if not dump:
            begin, end = self._answer()
            return [bytes(self._buffer[begin:end])]
        found: list[bytes] = []
        while True:
            for kind, begin, end in self._receive():
                if kind == _NLMSG_DONE:
                    return found
                if kind == _NLMSG_ERROR:
                    self._check(begin)
                found.append(bytes(self._buffer[begin:end]))

    def _ask(self, kind: int, flags: int, body: bytes) -> None:
        self._sequence = (self._sequence + 1) & 0xFFFF_FFFF
        length = _HEADER.size + len(body)
        self._socket.send(_HEADER.pack(length, kind, flags, self._sequence, 0) + body)

    def _receive(self) -> list[tuple[int, int, int]]:
        """Messages that answer the last request: their type, begin and end in the buffer."""
        size = self._socket.recv_into(self._buffer)
        offset, messages = 0, []
        while offset + _HEADER.size <= size:
            length, kind, _, sequence, _ = _HEADER.unpack_from(self._buffer, offset)
            if length < _HEADER.size:
                raise OSError(errno.EBADMSG, os.strerror(errno.EBADMSG))
            if sequence == self._sequence:
                messages.append((kind, offset + _HEADER.size, offset + length))
            offset += (length + 3) & ~3
        return messages

    def _answer(self) -> tuple[int, int]:
        """Begin and end of the one message that answers.

        Raises:
            OSError: the kernel's errno.
        """
        while not (messages := self._receive()):
            pass
        kind, begin, end = messages[0]
        if kind == _NLMSG_ERROR:
            self._check(begin)
        return begin, end

    def _answers(self, protocol: str) -> list[SocketInfo]:
        """Read a dump to its end."""
        found: list[SocketInfo] = []
        while True:
            for kind, begin, end in self._receive():
                if kind == _NLMSG_DONE:
                    return found
                if kind == _NLMSG_ERROR:
                    self._check(begin)
                found.append(_parse(protocol, self._buffer, begin, end))

    def _check(self, begin: int) -> None:
        code = -_ERRNO.unpack_from(self._buffer, begin)[0]
        if code:
            raise OSError(code, os.strerror(code))


def _refused(error: OSError) -> FactsUnavailable:
    return FactsUnavailable(f"the kernel's socket table can't be read ({error})", _NEXT_STEP)


@lru_cache(maxsize=64)
def _state_bits(protocol: str, states: frozenset[str] | None) -> int:
    table = _UDP_STATES if protocol == "udp" else _STATES
    return sum(1 << number for number, name in table.items() if states is None or name in states)


@lru_cache(maxsize=256)
def _plain(host: str) -> str:
    """Write the host as `SocketInfo` does."""
    return _host(_packed(host))


@lru_cache(maxsize=256)
def _packed(host: str) -> bytes:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.inet_pton(family, host.partition("%")[0])


@lru_cache(maxsize=1024)
def _host(packed: bytes) -> str:
    if len(packed) == 4:
        return socket.inet_ntop(socket.AF_INET, packed)
    if packed[:12] == b"\0" * 10 + b"\xff\xff":
        return socket.inet_ntop(socket.AF_INET, packed[12:])
    return socket.inet_ntop(socket.AF_INET6, packed)


def _ends(local: Address, remote: Address) -> bytes:
    return _SOCKET_ID.pack(local[1], remote[1], _packed(local[0]), _packed(remote[0]))


@lru_cache(maxsize=64)
def _exact_request(local: Address, remote: Address) -> bytes:
    local, remote = (_plain(local[0]), local[1]), (_plain(remote[0]), remote[1])
    # An IPv4 question also finds the IPv4 connections of an IPv6 socket.
    family = socket.AF_INET6 if ":" in local[0] else socket.AF_INET
    ends = _ends(local, remote)
    return _REQUEST.pack(
        family, socket.IPPROTO_TCP, _ASK_INFO, _state_bits("tcp", None), ends, 0, _NO_COOKIE
    )


@lru_cache(maxsize=1024)
def _read_ends(family: int, ends: bytes) -> tuple[Address, Address]:
    local_port, remote_port, local, remote = _SOCKET_ID.unpack(ends)
    if family == socket.AF_INET:
        local, remote = local[:4], remote[:4]
    return (_host(local), local_port), (_host(remote), remote_port)


def _parse(protocol: str, buffer: bytearray, begin: int, stop: int) -> SocketInfo:
    family, state, ends, cookie, rqueue, wqueue, uid, inode = _MESSAGE.unpack_from(buffer, begin)
    acked: int | None = None
    received: int | None = None
    unacked: int | None = None
    window: int | None = None
    v6only = False
    offset = begin + _MESSAGE.size
    while offset < stop:
        length, kind = _ATTRIBUTE.unpack_from(buffer, offset)
        if kind == _INET_DIAG_INFO and length >= _BYTES_END:
            acked, received = _BYTES.unpack_from(buffer, offset + _BYTES_OFFSET)
            (unacked,) = _COUNT.unpack_from(buffer, offset + _UNACKED_OFFSET)
            if length >= _WINDOW_END:
                (window,) = _COUNT.unpack_from(buffer, offset + _WINDOW_OFFSET)
        elif kind == _INET_DIAG_SKV6ONLY:
            v6only = buffer[offset + _ATTRIBUTE.size] != 0
        offset += (max(length, _ATTRIBUTE.size) + 3) & ~3
    local, remote = _read_ends(family, ends)
    return SocketInfo(
        protocol if family == socket.AF_INET else protocol + "6",
        (_UDP_STATES if protocol == "udp" else _STATES).get(state, "unknown"),
        local,
        remote,
        rqueue,
        wqueue,
        inode,
        uid,
        v6only,
        received,
        acked,
        unacked,
        window,
        cookie,
    )
