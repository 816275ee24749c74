"""The kernel's table of Unix-domain sockets, as `SocketInfo`s.

A name that is a file's is told with its device and inode, so that it is known which file it is
whatever it is called. What one side has sent lies in the other's queue at once.
Layouts: linux/unix_diag.h.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
import sys
from collections.abc import Iterable

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.run.errors import FactsUnavailable
from grader.run.sockdiag import SocketInfo, SocketTable

_REQUEST = struct.Struct("=BBHIIIQ")
"""unix_diag_req: family, protocol, states, inode, what to show, cookie."""
_MESSAGE = struct.Struct("=BBBBIQ")
"""unix_diag_msg: family, type, state, inode, cookie."""
_ATTRIBUTE = struct.Struct("=HH")
_TWO, _ONE = struct.Struct("=II"), struct.Struct("=I")
_NAME, _FILE, _PEER, _WAITING, _QUEUES, _SHUTDOWN = 0, 1, 2, 3, 4, 6
_SHOW = 0x01 | 0x02 | 0x04 | 0x08 | 0x10
"""Name, file, peer, who waits, queues; who has shut down what is always told."""
_NO_COOKIE = 0xFFFF_FFFF_FFFF_FFFF
_ALL, _LISTENING = 0xFFFF_FFFF, 1 << 10
_STREAM = 1
_OPEN, _LISTENS = 1, 10
_ENDED = ("established", "close-wait", "fin-wait-2", "closing")
"""By what is shut down: reading (the peer has ended), writing (it has itself), both; in the words
of TCP, which say the same."""
_NEXT_STEP = "use a kernel with unix_diag"


class LocalTable:
    """The sockets of the network namespace that `table` tells of.

    Raises:
        FactsUnavailable: the kernel does not tell.
    """

    def __init__(self, table: SocketTable) -> None:
        self._table = table
        self.dump(listening=True)

    def dump(self, *, listening: bool = False) -> list[SocketInfo]:
        """All stream sockets, or those that listen.

        Raises:
            FactsUnavailable: the kernel does not tell.
        """
        states = _LISTENING if listening else _ALL
        body = _REQUEST.pack(socket.AF_UNIX, 0, 0, states, 0, _SHOW, _NO_COOKIE)
        try:
            answers = self._table.ask(body, dump=True)
        except OSError as error:
            what = f"the kernel's table of Unix-domain sockets can't be read ({error})"
            raise FactsUnavailable(what, _NEXT_STEP) from error
        found = [info for info in map(_parsed, answers) if info is not None]
        return found if listening else _with_unread(found)

    def find(self, inode: int) -> SocketInfo | None:
        """The socket of that number; None: it is not there any more, or is no stream."""
        if not inode:
            return None
        body = _REQUEST.pack(socket.AF_UNIX, 0, 0, _ALL, inode, _SHOW, _NO_COOKIE)
        try:
            answers = self._table.ask(body, dump=False)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ESTALE):
                return None
            raise
        return _parsed(answers[0]) if answers else None

    def other_end(self, inode: int) -> SocketInfo | None:
        """The socket that this one is connected to, as its program has it.

        One that waits to be accepted is nobody's yet, and the kernel tells of it only as of one
        in the listener's queue: its inode is 0, and what it has not read is not known.
        """
        ours = self.find(inode)
        if ours is None:
            return None
        found = self.find(ours.peer)
        if found is None:
            listening = self.dump(listening=True)
            queue = next((x for x in listening if inode in x.waiting), None)
            if queue is not None:
                found = queue._replace(
                    state="established", rqueue=0, inode=0, cookie=0, peer=inode, waiting=()
                )
        return None if found is None else found._replace(wqueue=ours.rqueue)


def file_of(device: int, inode: int) -> tuple[int, int]:
    """Device and inode as `SocketInfo.file` has them, of what stat(2) tells."""
    return ((os.major(device) << 20) | os.minor(device), inode & 0xFFFF_FFFF)


def _with_unread(infos: list[SocketInfo]) -> list[SocketInfo]:
    """With what the other side has not read, in bytes: the kernel tells what that takes to hold."""
    unread = {x.inode: x.rqueue for x in infos if x.inode}
    return [
        x if x.state == "listen" or x.peer not in unread else x._replace(wqueue=unread[x.peer])
        for x in infos
    ]


def _parsed(answer: bytes) -> SocketInfo | None:
    """One socket; None: it is no stream, or neither connected nor listening."""
    _, kind, state, _, inode, cookie = _MESSAGE.unpack_from(answer)
    if kind != _STREAM or state not in (_OPEN, _LISTENS):
        return None
    name, file, peer, rqueue, wqueue, shut = "", None, 0, 0, 0, 0
    waiting: tuple[int, ...] = ()
    for number, value in _attributes(answer):
        if number == _NAME:
            name = shown(value)
        elif number == _FILE:
            low, device = _TWO.unpack_from(value)
            file = (device, low)
        elif number == _PEER:
            (peer,) = _ONE.unpack_from(value)
        elif number == _WAITING:
            waiting = tuple(x for (x,) in _ONE.iter_unpack(value))
        elif number == _QUEUES:
            rqueue, wqueue = _TWO.unpack_from(value)
        elif number == _SHUTDOWN:
            shut = value[0] & 3
    return SocketInfo(
        protocol="unix",
        state="listen" if state == _LISTENS else _ENDED[shut],
        local=(name, 0),
        remote=("", 0),
        rqueue=rqueue,
        wqueue=wqueue,
        inode=inode,
        uid=0,
        v6only=False,
        bytes_received=None,
        bytes_acked=None,
        unacked=None,
        window=None,
        cookie=cookie,
        peer=peer,
        file=file,
        waiting=waiting,
    )


def _attributes(answer: bytes) -> Iterable[tuple[int, bytes]]:
    at = _MESSAGE.size
    while at + _ATTRIBUTE.size <= len(answer):
        length, kind = _ATTRIBUTE.unpack_from(answer, at)
        yield kind, answer[at + _ATTRIBUTE.size : at + length]
        at += (max(length, _ATTRIBUTE.size) + 3) & ~3


def shown(name: bytes) -> str:
    """A name as people write it: `chat.sock`; an abstract one begins with `@`.

    A stranger chose it: what can't be seen is written as an escape.
    """
    text = name.removesuffix(b"\0") if not name.startswith(b"\0") else b"@" + name[1:]
    found = text.decode("utf-8", "backslashreplace")
    return "".join([c if c.isprintable() else ascii(c)[1:-1] for c in found])
