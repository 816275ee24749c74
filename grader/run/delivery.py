"""One connection as the kernel shows it: what was sent, and what the program has taken of it.

Over TCP the kernel counts the bytes that the program's socket has received. Over UDP it counts
nothing, and a datagram on the loopback is in one of two places: the processors' queue of
packets that were sent and are not delivered yet, or the socket's receive queue. Over a
Unix-domain socket nothing is ever on its way: what is sent lies in the receive queue.
"""

from __future__ import annotations

import sys

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.run import proc
from grader.run.sockdiag import SocketInfo, SocketTable
from grader.run.threads import Thread
from grader.run.unixdiag import LocalTable
from reference.connection import Connection
from reference.local import LocalConnection

_HELD = frozenset({"established", "close-wait"})
"""States of a connection that waits to be accepted: no descriptor, but a future."""
_PEER_ENDED = frozenset({"close-wait", "closing"})
_CLOSED_BY_US = frozenset({"established", "fin-wait-1", "fin-wait-2"})


class Delivery:
    """What has become of that which was sent over one connection."""

    def __init__(self, connection: Connection, table: SocketTable) -> None:
        self.connection = connection
        self.name = connection.name
        self._table = table
        self.mine: SocketInfo | None = None
        """The program's end, at the last `look`."""
        self._gone = False
        self._arrived_at = -1
        """`bytes_sent` for which all was seen to have arrived in an earlier look."""
        self._sleeps: set[tuple[int, int]] = set()
        self._sleeps_at = -1

    def look(self) -> SocketInfo | None:
        """Look at the program's end of the connection."""
        if not self._gone:
            self.mine = self._find()
            self._gone = self.mine is None and not self.connection.exists
        return self.mine

    @property
    def inode(self) -> int:
        """The program's socket; 0 where it has none (any more)."""
        return self.mine.inode if self.mine is not None else 0

    @property
    def arrived(self) -> bool:
        """All that was sent had arrived in an earlier look."""
        return self._arrived_at == self.connection.bytes_sent

    def consumed(self) -> bool:
        """Everything sent has arrived (an earlier look) and the queue is empty (this one).

        An empty queue alone would lie: a segment in the socket's backlog is in no queue yet.
        """
        mine = self.mine
        if mine is None or not mine.inode or self.connection.unsent:
            return False
        if not self.arrived:
            if self._has_arrived(mine):
                self._arrived_at = self.connection.bytes_sent
            return False
        return mine.rqueue == 0

    def sleeps(self, asleep: list[Thread]) -> int:
        """The most times that one of the sleeping threads was seen asleep since what was sent."""
        if self._sleeps_at != self.connection.bytes_sent:
            self._sleeps_at, self._sleeps = self.connection.bytes_sent, set()
        self._sleeps.update((t.call.tid, t.counter[0]) for t in asleep if t.counter is not None)
        return max((sum(tid == t.call.tid for tid, _ in self._sleeps) for t in asleep), default=0)

    def news_for(self, inodes: set[int | None]) -> bool:
        """There is something for one who reads one of these sockets."""
        mine = self.mine
        if mine is None or mine.inode not in inodes or not mine.inode:
            return False
        return mine.rqueue > 0 or mine.state != "established"

    def holds_up(self, inode: int | None) -> bool:
        """A send of the program waits for us: we don't read, and the buffers are full."""
        mine = self.mine
        return (
            self.connection.paused and mine is not None and mine.inode == inode and mine.wqueue > 0
        )

    def in_flight(self) -> bool:
        """Something of ours has not reached the program's socket, or the reverse."""
        connection, mine = self.connection, self.mine
        if connection.dialling:
            return not self._kept_out()
        if mine is None:
            # No such socket, and no news of its end yet: that is on its way.
            return connection.open and not self._ends_unread()
        if mine.wqueue and not (connection.paused and _is_shut(mine)):
            return True
        if not mine.inode and mine.state not in _HELD:
            return False  # closed by the program: what we send is answered by RST
        # Nobody is woken by more where something lies unread already (see `news_for`).
        unread = mine.rqueue > 0
        arrived = (mine.bytes_received or 0) >= connection.bytes_sent
        if connection.fin_sent and mine.state in _CLOSED_BY_US:
            return mine.rqueue == 0
        return not (arrived or unread)

    def _ends_unread(self) -> bool:
        """The news of the program's end of it are here, and we don't read (`stop-reading`)."""
        local, remote = self.connection.local, self.connection.remote
        if not self.connection.paused or local is None or remote is None:
            return False
        ours = self._table.find(local, remote)
        return ours is None or ours.state in _PEER_ENDED

    def _kept_out(self) -> bool:
        """The queue of the listener that is dialled is full: only an accept() lets us in."""
        dialled = self.connection.dialled
        listening = self._table.dump(protocols=("tcp",), states=("listen",))
        # listen(2): one more than the backlog may wait, the next SYN is dropped.
        return dialled is not None and any(
            x.local[1] == dialled[1] and x.rqueue > x.wqueue for x in listening
        )

    def _find(self) -> SocketInfo | None:
        local, remote = self.connection.local, self.connection.remote
        if local is None or remote is None:
            return None
        return self._table.find(remote, local)

    def _has_arrived(self, mine: SocketInfo) -> bool:
        if mine.bytes_received is None:
            return False
        return mine.bytes_received >= self.connection.bytes_sent


class DatagramDelivery(Delivery):
    """The same over UDP."""

    def _find(self) -> SocketInfo | None:
        """The program's socket on the port: one that is connected to us rather than to nobody."""
        local, remote = self.connection.local, self.connection.remote
        if local is None or remote is None:
            return None
        bound = [
            x for x in self._table.dump(protocols=("udp",))
            if x.local[1] == remote[1] and x.remote[1] in (0, local[1])
        ]  # fmt: skip
        return max(bound, key=lambda x: (x.remote[1] != 0, _same_family(x, remote)), default=None)

    def _has_arrived(self, mine: SocketInfo) -> bool:
        return mine.rqueue > 0 or not proc.packets_under_way()

    def news_for(self, inodes: set[int | None]) -> bool:
        """There is something for one who reads one of these sockets."""
        mine = self.mine
        return mine is not None and mine.inode in inodes and mine.rqueue > 0

    def in_flight(self) -> bool:
        """A datagram is under way, of ours or to us; one that is delivered waits in a queue."""
        return proc.packets_under_way()


class LocalDelivery(Delivery):
    """The same over a Unix-domain socket."""

    def __init__(self, connection: LocalConnection, table: SocketTable, local: LocalTable) -> None:
        super().__init__(connection, table)
        self._local, self._ours = local, connection
        self._theirs = 0
        """The program's socket, by its inode, once it has one."""

    def _find(self) -> SocketInfo | None:
        if self._ours.connected:
            found = self._local.other_end(self._ours.inode)
            if found is not None and not found.inode:
                found = found._replace(rqueue=self._ours.bytes_sent)  # nobody has read any of it
        else:
            found = self._local.find(self._theirs)
        self._theirs = found.inode if found is not None and found.inode else self._theirs
        return found

    def consumed(self) -> bool:
        """Its queue is empty: there is no other place where anything could be."""
        mine = self.mine
        if mine is None or not mine.inode or self.connection.unsent:
            return False
        self._arrived_at = self.connection.bytes_sent
        return mine.rqueue == 0

    def in_flight(self) -> bool:
        """It is being dialled, or has ended and we have not heard of it."""
        if self.connection.dialling:
            return not self._kept_out()
        return self.mine is None and self.connection.open

    def news_for(self, inodes: set[int | None]) -> bool:
        """There is something for one who reads one of these sockets."""
        mine = self.mine
        if mine is None or mine.inode not in inodes or not mine.inode:
            return False
        return mine.rqueue > 0 or mine.state in _PEER_ENDED

    def news_to_us(self) -> bool:
        """We have not read all that the program sent, or that it has ended."""
        ours = self._local.find(self._ours.inode)
        return (
            ours is not None
            and self.connection.open
            and (ours.rqueue > 0 or ours.state in _PEER_ENDED)
        )

    def _kept_out(self) -> bool:
        # That the queue was full at the last try: EAGAIN says nothing else (connect(2)).
        return any(x.rqueue > x.wqueue for x in self._local.dump(listening=True))


def _is_shut(mine: SocketInfo) -> bool:
    """Nothing goes to a reader that has stopped until it reads again.

    Full buffers are not enough: an acknowledgement that is delayed (40 ms) makes room for more,
    and so does what the persist timer sends (RFC 9293, section 3.8.6.1: from 200 ms on) into a
    window that is smaller than the next segment. A kernel that tells no window is believed.
    """
    return not mine.unacked and not mine.window


def _same_family(info: SocketInfo, address: tuple[str, int]) -> bool:
    return info.protocol.endswith("6") == (":" in address[0])
