"""How a made-up server attends to several clients at once: who comes next, and whose turn it is.

A part of `grader.prove.student`, which brings it along as text; nothing but the standard
library. The clients of a path are numbered as they come, and each wait is a turn: `on`, then
what is awaited there.
"""
# ruff: noqa: ANN401

from __future__ import annotations

import contextlib
import select
import socket
from typing import Any, NoReturn

Op = list[Any]
SIZE = 65536
AWAITED = ("accept", "take", "read-end")


def in_turn(paths: list[list[Op]], at: int) -> list[list[Op]]:
    """Those paths that await something there; the others of a turn are at their end."""
    return [
        path
        for path in paths
        if at + 1 < len(path) and path[at][0] == "on" and path[at + 1][0] in AWAITED
    ]


def is_turn(paths: list[list[Op]], at: int) -> bool:
    """Whether somebody's turn comes now."""
    return bool(in_turn(paths, at))


class Connections:
    """Of a server of TCP. `student` has the sockets and what was read of each."""

    def __init__(self, student: Any) -> None:
        self.student = student

    def turn(self, paths: list[list[Op]], at: int) -> list[list[Op]]:
        """Wait for whoever comes next: the paths in which it is theirs."""
        turns = in_turn(paths, at)
        name = self.next(turns, at, resting=len(turns) < len(paths))
        return [path for path in turns if path[at][1] == name]

    def next(self, turns: list[list[Op]], at: int, resting: bool) -> str:
        """The name of whom something is there; does not return if nothing more is asked for."""
        wanted: dict[str, list[Op]] = {}
        for path in turns:
            wanted.setdefault(path[at][1], []).append(path[at + 1])
        for name, ops in wanted.items():
            if any(self.has_read(name, op) for op in ops):
                return name
        watched = {s: name for name, s in self.sockets().items() if name in wanted or resting}
        new = next((name for name, ops in wanted.items() if ops[0][0] == "accept"), None)
        if new is not None:
            watched[self.student.listener] = new
        if self.sockets():
            there = self.student.wait_for(list(watched))
        else:  # who waits for the first client has all the time in the world
            there, _, _ = select.select(list(watched), [], [])
        found = next((watched[s] for s in there if watched[s] in wanted), None)
        if found is None or (found != new and self.left(found, wanted[found])):
            self.rest()
        return found

    def has_read(self, name: str, op: Op) -> bool:
        """Whether a whole message of theirs was read with one before it."""
        student = self.student
        unread = student.unread if name == student.on else student.others.get(name, (0, b""))[1]
        if op[0] != "take" or not unread:
            return False
        framing = student.library().framing(op[3])
        return framing is None or framing.length_in(unread) is not None

    def left(self, name: str, ops: list[Op]) -> bool:
        """Whether they have left, and no path knows what is to be done then."""
        if any(op[0] == "read-end" for op in ops):
            return False
        try:
            return not self.sockets()[name].recv(1, socket.MSG_PEEK)
        except ConnectionResetError:
            return True

    def sockets(self) -> dict[str, socket.socket]:
        """The open connections, by their names."""
        student = self.student
        held = {name: connection for name, (connection, _) in student.others.items()}
        held[student.on] = student.connection
        return {name: s for name, s in held.items() if s is not None and s.fileno() >= 0}

    def send(self, data: bytes) -> None:
        """Send to whose turn it is; who has left in the meantime is no reason to end."""
        with contextlib.suppress(ConnectionError):
            self.student.there().sendall(data)

    def rest(self) -> NoReturn:
        """Take clients and what they say, and close what they have closed, without end."""
        listener = self.student.listener
        held = [*self.sockets().values()]
        while True:
            there = self.student.wait_for([listener, *held])
            for sock in there:
                if sock is listener:
                    held.append(listener.accept()[0])
                    continue
                try:
                    data = sock.recv(SIZE)
                except ConnectionResetError:
                    data = b""
                if not data:
                    held.remove(sock)
                    sock.close()


class Datagrams:
    """Of a server of UDP: one socket, and clients told apart by their addresses."""

    def __init__(self, student: Any) -> None:
        self.student = student
        self.names: dict[Any, str] = {}

    def turn(self, paths: list[list[Op]], at: int) -> list[list[Op]]:
        """Wait for the next datagram: the paths in which it is its sender's turn."""
        turns = in_turn(paths, at)
        while True:
            data, address = self.student.there().recvfrom(SIZE)
            name = self.names.setdefault(address, str(len(self.names) + 1))
            found = [path for path in turns if path[at][1] == name]
            if found:
                self.student.datagram = data
                return found
            if len(turns) < len(paths):
                self.rest()

    def send(self, data: bytes) -> None:
        """Send to whose turn it is."""
        whose = self.student.on
        address = next(address for address, name in self.names.items() if name == whose)
        self.student.there().sendto(data, address)

    def rest(self) -> NoReturn:
        """Take what comes, without end."""
        while True:
            self.student.there().recvfrom(SIZE)
