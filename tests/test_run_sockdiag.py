from __future__ import annotations

import contextlib
import socket
import sys

import pytest
from namespaces import in_network

from grader.run.sockdiag import SocketInfo, SocketTable

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the facts of Linux's kernel")


def _of(infos: list[SocketInfo], port: int) -> SocketInfo:
    (found,) = [info for info in infos if info.local[1] == port and info.remote[1] == 0]
    return found


def _pair(listener: socket.socket) -> tuple[socket.socket, socket.socket]:
    client = socket.socket(listener.family, socket.SOCK_STREAM)
    client.connect(listener.getsockname()[:2])
    server, _ = listener.accept()
    return client, server


def _wait_for(table: SocketTable, of: socket.socket, peer: socket.socket, state: str) -> SocketInfo:
    local, remote = of.getsockname()[:2], peer
    for _ in range(100_000):
        info = table.find(local, remote.getsockname()[:2])
        if info is not None and info.state == state:
            return info
    raise AssertionError(f"never {state}")


def test_a_listener_shows_its_backlog_and_who_is_not_yet_accepted() -> None:
    with SocketTable() as table, socket.create_server(("", 0), backlog=7) as listener:
        port = listener.getsockname()[1]
        info = _of(table.dump(states=("listen",)), port)
        assert (info.protocol, info.state, info.local[0]) == ("tcp", "listen", "0.0.0.0")
        assert (info.rqueue, info.wqueue) == (0, 7)
        with socket.create_connection(("127.0.0.1", port)):
            assert _of(table.dump(states=("listen",)), port).rqueue == 1


@pytest.mark.parametrize("v6only", [False, True])
def test_a_listener_of_both_families_is_told_from_one_of_ipv6(v6only: bool) -> None:
    with SocketTable() as table, socket.socket(socket.AF_INET6) as listener:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
        listener.bind(("::", 0))
        listener.listen()
        info = _of(table.dump(states=("listen",)), listener.getsockname()[1])
        assert (info.protocol, info.local[0], info.v6only) == ("tcp6", "::", v6only)


def test_a_bound_udp_socket_is_seen_and_its_queue_too() -> None:
    with SocketTable() as table, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as bound:
        bound.bind(("127.0.0.1", 0))
        info = _of(table.dump(states=("listen", "bound")), bound.getsockname()[1])
        assert (info.protocol, info.state) == ("udp", "bound")
        assert not [i for i in table.dump(states=("established",)) if i.local == info.local]


def test_only_the_states_and_protocols_asked_for_are_listed() -> None:
    with SocketTable() as table, socket.create_server(("127.0.0.1", 0)) as listener:
        with socket.create_connection(listener.getsockname()):
            assert {i.state for i in table.dump(states=("established",))} == {"established"}
        assert {i.protocol for i in table.dump(protocols=("udp",))} <= {"udp", "udp6"}
        assert {i.protocol for i in table.dump(families=(socket.AF_INET,))} <= {"tcp", "udp"}


def test_the_byte_counts_tell_what_tcp_has_taken_in() -> None:
    with SocketTable() as table, socket.create_server(("127.0.0.1", 0)) as listener:
        client, server = _pair(listener)
        with client, server:
            client.sendall(b"hello")
            info = table.find(server.getsockname(), client.getsockname())
            while info is not None and info.bytes_received != 5:
                info = table.find(server.getsockname(), client.getsockname())
            assert info is not None
            assert info.rqueue == 5
            assert info.state == "established"
            server.recv(5)
            info = table.find(server.getsockname(), client.getsockname())
            assert info is not None
            assert (info.rqueue, info.bytes_received) == (0, 5)
            (listed,) = [
                i
                for i in table.dump(states=("established",), info=True)
                if i.local == server.getsockname()
            ]
            assert listed.bytes_received == 5


def test_a_window_is_shut_some_time_after_the_buffers_are_full() -> None:
    """First an acknowledgement is owed, then the persist timer fills what is left of it."""
    with SocketTable() as table, socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        client, server = _pair(listener)
        with client, server:
            client.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                while client.send(bytes(4096)):
                    pass
            told: tuple[int | None, int | None] = (None, None)
            while told != (0, 0):
                info = table.find(client.getsockname(), server.getsockname())
                assert info is not None
                assert info.wqueue > 0
                told = info.unacked, info.window


def test_a_fin_counts_as_one_more_byte() -> None:
    with SocketTable() as table, socket.create_server(("127.0.0.1", 0)) as listener:
        client, server = _pair(listener)
        with client, server:
            client.sendall(b"hello")
            client.shutdown(socket.SHUT_WR)
            info = _wait_for(table, server, client, "close-wait")
            assert info.bytes_received == 6
            assert info.rqueue == 6
            for size, left in ((5, (0, 1)), (1, (0,))):
                server.recv(size)
                found = table.find(server.getsockname(), client.getsockname())
                assert found is not None
                assert found.rqueue in left


def test_an_ipv4_connection_of_an_ipv6_server_is_found_by_its_ipv4_addresses() -> None:
    with SocketTable() as table, socket.socket(socket.AF_INET6) as listener:
        listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        listener.bind(("::", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            server, _ = listener.accept()
            with server:
                info = table.find(("127.0.0.1", port), client.getsockname())
                assert info is not None
                assert (info.protocol, info.local) == ("tcp6", ("127.0.0.1", port))
                assert info == table.find(server.getsockname()[:2], server.getpeername()[:2])


def test_a_connection_that_is_not_there_is_none_even_where_a_listener_would_take_it() -> None:
    with SocketTable() as table, socket.create_server(("127.0.0.1", 0)) as listener:
        assert table.find(listener.getsockname(), ("127.0.0.1", 9)) is None
        assert table.find(("127.0.0.1", 1), ("127.0.0.1", 9)) is None


def _time_wait_is_destroyed() -> None:
    from grader.run.netns import keep_time_wait

    keep_time_wait(True)
    table = SocketTable()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 65432))
    listener.listen()
    client, server = _pair(listener)
    server.close()
    client.close()
    listener.close()
    (left,) = table.dump(states=("time-wait",))
    assert left.local == ("127.0.0.1", 65432)
    assert left.inode == 0
    assert table.destroy(left)
    assert not table.destroy(left)
    assert table.dump() == []
    with socket.socket() as again:
        again.bind(("127.0.0.1", 65432))
    table.close()


def test_a_connection_whose_peer_was_gone_before_it_was_asked_is_none() -> None:
    with SocketTable() as table:
        assert table.find(("", 0), ("127.0.0.1", 5000)) is None
        assert table.find(("127.0.0.1", 5000), ("", 0)) is None


def test_a_time_wait_can_be_destroyed_and_the_port_is_free() -> None:
    in_network(_time_wait_is_destroyed)


def _one_listens_and_another_does_not() -> None:
    with SocketTable() as table:
        assert not table.has_listener()
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            with socket.socket(family) as one:
                one.bind((address, 0))
                assert not table.has_listener()
                one.listen()
                assert table.has_listener()
                # The next question has an answer of its own.
                assert [x.state for x in table.dump(protocols=("tcp",), states=("listen",))]
            assert not table.has_listener()


def test_whether_anything_listens_is_one_question_for_both_families() -> None:
    in_network(_one_listens_and_another_does_not)
