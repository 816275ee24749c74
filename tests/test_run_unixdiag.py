"""The kernel's table of Unix-domain sockets, against real ones of this process."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from grader import transcript as tr
from grader.run import proc
from grader.run.delivery import LocalDelivery
from grader.run.errors import FactsUnavailable
from grader.run.localnames import LocalNames
from grader.run.sockdiag import SocketTable
from grader.run.unixdiag import LocalTable, file_of, shown
from reference.local import LocalConnection
from reference.socketfile import Places

NAME = "chat.sock"


@pytest.fixture
def table() -> Iterator[SocketTable]:
    with SocketTable() as made:
        yield made


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Places]:
    made = Places(str(tmp_path), "/")
    yield made
    made.close()


@pytest.fixture
def listener(places: Places) -> Iterator[socket.socket]:
    with places.bind(NAME) as made:
        made.listen(3)
        made.setblocking(True)
        yield made


def inode(one: socket.socket) -> int:
    return os.fstat(one.fileno()).st_ino


def dialled(places: Places) -> LocalConnection:
    made = LocalConnection(lambda: 0, "alice", places)
    made.dial(NAME, 0)
    assert made.connected
    return made


def test_a_listener_its_file_and_who_waits(
    table: SocketTable, listener: socket.socket, places: Places
) -> None:
    local = LocalTable(table)
    ours = dialled(places)
    (seen,) = [x for x in local.dump(listening=True) if x.inode == inode(listener)]
    assert (seen.protocol, seen.state, seen.local) == ("unix", "listen", (NAME, 0))
    assert (seen.rqueue, seen.wqueue) == (1, 3)
    assert seen.waiting == (ours.inode,)
    told = places.file(NAME)
    assert told is not None
    assert seen.file == file_of(*told)
    ours.close()


def test_what_was_sent_is_unread_until_it_is_read_to_the_last_byte(
    table: SocketTable, listener: socket.socket, places: Places
) -> None:
    ours = dialled(places)
    delivery = LocalDelivery(ours, table, LocalTable(table))
    ours.send(b"hello")
    waiting = delivery.look()
    assert waiting is not None
    assert (waiting.inode, waiting.rqueue, waiting.state) == (0, 5, "established")
    assert not delivery.consumed()
    assert not delivery.in_flight()  # only an accept() can take it
    peer, _ = listener.accept()
    with peer:
        for left in (5, 3, 0):
            mine = delivery.look()
            assert mine is not None
            assert (mine.inode, mine.rqueue) == (inode(peer), left)
            assert delivery.consumed() is (left == 0)
            assert delivery.news_for({inode(peer)}) is (left > 0)
            if left:
                peer.recv(2 if left == 5 else 100)
        peer.sendall(b"answer")
        held = delivery.look()
        assert held is not None
        assert held.wqueue == 6  # bytes that we have not read
        assert delivery.news_to_us()
        ours.poll()
        assert not delivery.news_to_us()
        ours.shutdown_write()
        delivery.look()
        assert delivery.news_for({inode(peer)})
        ours.close()
        delivery.look()
        assert delivery.news_for({inode(peer)})  # of one that we have left, too
    assert delivery.look() is None
    assert not delivery.in_flight()


def test_who_has_half_closed_and_reads_on_has_no_news(
    table: SocketTable, listener: socket.socket, places: Places
) -> None:
    ours = dialled(places)
    delivery = LocalDelivery(ours, table, LocalTable(table))
    peer, _ = listener.accept()
    with peer:
        peer.shutdown(socket.SHUT_WR)
        mine = delivery.look()
        assert mine is not None
        assert mine.state == "fin-wait-2"
        assert not delivery.news_for({inode(peer)})
        assert delivery.news_to_us()
    ours.close()


def test_its_end_is_under_way_until_we_have_heard_of_it(
    table: SocketTable, listener: socket.socket, places: Places
) -> None:
    ours = dialled(places)
    delivery = LocalDelivery(ours, table, LocalTable(table))
    listener.accept()[0].close()
    assert delivery.look() is None
    assert delivery.in_flight()
    ours.poll()
    assert not delivery.in_flight()
    ours.close()


def test_a_full_queue_keeps_out_and_is_not_under_way(table: SocketTable, places: Places) -> None:
    with places.bind(NAME) as listener:
        listener.listen(0)
        first = dialled(places)
        second = LocalConnection(lambda: 0, "bob", places)
        second.dial(NAME, 0)
        delivery = LocalDelivery(second, table, LocalTable(table))
        assert second.dialling
        assert not delivery.in_flight()
        listener.accept()[0].close()
        assert delivery.in_flight()  # there is room now
        first.close()
        second.close()


def test_a_kernel_that_does_not_tell_is_the_hosts_fault() -> None:
    class Silent:
        def ask(self, _body: bytes, *, dump: bool) -> list[bytes]:
            raise FileNotFoundError(2, "no such module")

    with pytest.raises(FactsUnavailable):
        LocalTable(cast(SocketTable, Silent()))


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"chat.sock\0", "chat.sock"),
        (b"\0chat", "@chat"),
        (b"a\x1b[2J\xff\0", r"a\x1b[2J\xff"),
        ("x\u202ey\0".encode(), r"x\u202ey"),
    ],
)
def test_a_strangers_name_has_nothing_invisible(raw: bytes, name: str) -> None:
    assert shown(raw) == name


BINDS = """
import os, socket, sys
names = {names!r}
held = []
for name in names:
    one = socket.socket(socket.AF_UNIX)
    one.bind(name)
    one.listen()
    held.append(one)
os.chdir({folder!r})
print("there", flush=True)
sys.stdin.read()
"""


def told_names(table: SocketTable, places: Places, start: Path, names: list[str]) -> list[str]:
    """What a program's listeners are called that it binds and then stands in `tmp_path/end`."""
    end = start / "end"
    end.mkdir()
    program = BINDS.format(names=names, folder=str(end))
    command = [sys.executable, "-S", "-c", program]
    with subprocess.Popen(
        command, cwd=start, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"there\n"
        local = LocalTable(table)
        known = LocalNames(local, NAME, str(start), places)
        held = proc.socket_fds(process.pid)
        mine = [x for x in local.dump(listening=True) if x.inode in held]
        told: list[tr.Listener] = known.listeners(mine, [process.pid])
        process.communicate(b"")
    return [one.address for one in told]


def test_a_file_is_told_by_the_labs_name_whatever_the_program_calls_it(
    table: SocketTable, places: Places, tmp_path: Path
) -> None:
    assert told_names(table, places, tmp_path, [str(tmp_path / NAME)]) == [NAME]


def test_another_file_is_told_from_the_programs_folder(
    table: SocketTable, places: Places, tmp_path: Path
) -> None:
    """It has changed its folder since: `chat.sock` would be another file from there."""
    outside = tmp_path.parent / f"{tmp_path.name}.sock"
    names = [str(outside), str(tmp_path / "other.sock")]
    try:
        assert sorted(told_names(table, places, tmp_path, names)) == [str(outside), "other.sock"]
    finally:
        outside.unlink(missing_ok=True)
