"""The reference's sockets against real ones: each way of ending is an event of its own."""

from __future__ import annotations

import contextlib
import errno
import select
import socket
import struct
from collections.abc import Iterator

import pytest

from reference import events as e
from reference.endpoint import Endpoint, PortTakenError

RESET = struct.pack("ii", 1, 0)
PATIENCE = 10.0
"""Seconds after which what should have come at once has not come."""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    ticks = iter(range(1_000_000))
    made = Endpoint(lambda: next(ticks))
    yield made
    made.close_all()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as made:
        made.settimeout(PATIENCE)
        yield made


def next_events(endpoint: Endpoint) -> list[e.Event]:
    """What comes next; an empty list after `PATIENCE` of silence."""
    while True:
        news = select.select(endpoint.reads, endpoint.writes, [], PATIENCE)
        events = endpoint.poll()
        if events or not any(news):
            return events


def kinds(events: list[e.Event]) -> list[type[e.Event]]:
    return [type(event) for event in events]


def dialled(endpoint: Endpoint, listener: socket.socket) -> socket.socket:
    """The peer's end of a connection that the endpoint made."""
    host, port = listener.getsockname()
    events = endpoint.dial(host, port) or next_events(endpoint)
    assert kinds(events) == [e.Connected]
    peer, _ = listener.accept()
    peer.settimeout(PATIENCE)
    return peer


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


# --- endings -----------------------------------------------------------------------------


def test_bytes_then_fin(endpoint: Endpoint, listener: socket.socket) -> None:
    with dialled(endpoint, listener) as peer:
        peer.sendall(b"bonjour")
        (received,) = next_events(endpoint)
        assert isinstance(received, e.Received)
        assert received.data == b"bonjour"
        assert endpoint.of().bytes_received == 7
    assert kinds(next_events(endpoint)) == [e.EndOfStream]
    assert endpoint.connected
    assert not endpoint.of().open
    assert endpoint.reads == []


def test_reset_is_not_fin(endpoint: Endpoint, listener: socket.socket) -> None:
    peer = dialled(endpoint, listener)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    peer.close()
    assert kinds(next_events(endpoint)) == [e.ConnectionReset]
    assert not endpoint.of().open


def test_a_close_with_unread_bytes_is_a_reset(endpoint: Endpoint, listener: socket.socket) -> None:
    peer = dialled(endpoint, listener)
    endpoint.send(b"unread")
    assert select.select([peer], [], [], PATIENCE)[0]
    peer.close()
    assert kinds(next_events(endpoint)) == [e.ConnectionReset]


def test_reset_before_we_looked_is_a_connection_and_its_reset(
    endpoint: Endpoint, listener: socket.socket
) -> None:
    """accept(), close() with unread bytes or SO_LINGER: it was there, and it was not refused."""
    host, port = listener.getsockname()
    events = endpoint.dial(host, port)
    peer, _ = listener.accept()
    peer.sendall(b"short")
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    peer.close()
    while not any(isinstance(event, e.ConnectionReset) for event in events):
        more = next_events(endpoint)
        assert more
        events += more
    assert kinds(events) == [e.Connected, e.Received, e.ConnectionReset]


def test_half_close_goes_on_reading(endpoint: Endpoint, listener: socket.socket) -> None:
    with dialled(endpoint, listener) as peer:
        endpoint.send(b"question")
        endpoint.shutdown_write()
        assert endpoint.of().fin_sent
        assert peer.recv(100) == b"question"
        assert peer.recv(100) == b""
        peer.sendall(b"answer")
        (received,) = next_events(endpoint)
        assert isinstance(received, e.Received)


def test_the_peers_half_close_leaves_our_side_open(
    endpoint: Endpoint, listener: socket.socket
) -> None:
    with dialled(endpoint, listener) as peer:
        peer.shutdown(socket.SHUT_WR)
        assert kinds(next_events(endpoint)) == [e.EndOfStream]
        endpoint.send(b"still")
        assert peer.recv(100) == b"still"


def test_our_close_and_our_reset_differ(endpoint: Endpoint, listener: socket.socket) -> None:
    with dialled(endpoint, listener) as peer:
        endpoint.close()
        assert peer.recv(1) == b""
        assert not endpoint.connected
    with dialled(endpoint, listener) as peer:
        endpoint.close(reset=True)
        with pytest.raises(ConnectionResetError):
            peer.recv(1)


def test_refused(endpoint: Endpoint) -> None:
    events = endpoint.dial("127.0.0.1", free_port()) or next_events(endpoint)
    (refused,) = events
    assert isinstance(refused, e.Refused)
    assert refused.reason == "ECONNREFUSED"
    assert not endpoint.connected
    assert not endpoint.dialling
    assert endpoint.poll() == []


def test_silence_is_no_event(endpoint: Endpoint, listener: socket.socket) -> None:
    with dialled(endpoint, listener):
        assert endpoint.poll() == []
        assert endpoint.of().open
        assert len(endpoint.reads) == 1
        assert endpoint.writes == []


# --- sending -----------------------------------------------------------------------------


def test_what_the_kernel_does_not_take_goes_later(
    endpoint: Endpoint, listener: socket.socket
) -> None:
    data = bytes(range(256)) * (1 << 15)
    with dialled(endpoint, listener) as peer:
        endpoint.send(data)
        endpoint.send(b"the end")
        endpoint.shutdown_write()
        assert endpoint.of().unsent > 0
        assert endpoint.writes
        # FIN is behind what waits, not in front of it.
        assert not endpoint.of().fin_sent
        assert endpoint.poll() == []
        peer.setblocking(False)
        got = bytearray()
        while not got.endswith(b"the end"):
            ready = select.select([peer], endpoint.writes, [], PATIENCE)
            assert any(ready)
            endpoint.poll()
            if ready[0]:
                got += peer.recv(1 << 20)
        assert bytes(got) == data + b"the end"
        assert endpoint.of().unsent == 0
        assert endpoint.of().bytes_sent == len(got)
        peer.settimeout(PATIENCE)
        assert peer.recv(1) == b""
        assert endpoint.of().fin_sent


def test_sending_to_one_that_left_raises_nothing(
    endpoint: Endpoint, listener: socket.socket
) -> None:
    peer = dialled(endpoint, listener)
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    peer.close()
    endpoint.send(b"before it is seen")
    assert kinds(next_events(endpoint)) == [e.ConnectionReset]
    endpoint.send(b"after")
    endpoint.shutdown_write()
    assert endpoint.of().unsent == 0


def test_a_flood_leaves_the_caller_room_to_look(
    endpoint: Endpoint, listener: socket.socket
) -> None:
    with dialled(endpoint, listener) as peer:
        peer.setblocking(False)
        total = 0
        while total < 1 << 22:
            ready = select.select(endpoint.reads, [peer], [], PATIENCE)
            if ready[1]:
                total += peer.send(bytes(1 << 18))
            events = endpoint.poll()
            # One poll ends, however fast the other side is.
            assert len(events) <= 1 << 10


# --- listening ---------------------------------------------------------------------------


def test_accepting_one_at_a_time(endpoint: Endpoint) -> None:
    port = free_port()
    endpoint.listen(port)
    with socket.create_connection(("127.0.0.1", port)) as first:
        (connected,) = next_events(endpoint)
        assert isinstance(connected, e.Connected)
        assert connected.remote == first.getsockname()
        assert connected.local == ("127.0.0.1", port)
        with socket.create_connection(("127.0.0.1", port)) as second:
            second.sendall(b"second")
            assert endpoint.poll() == []
            first.close()
            assert kinds(next_events(endpoint)) == [e.EndOfStream]
            endpoint.close()
            events = next_events(endpoint)
            while len(events) < 2:
                events += next_events(endpoint)
            assert kinds(events) == [e.Connected, e.Received]
            assert endpoint.of().bytes_received == 6


def test_listening_twice_is_listening(endpoint: Endpoint) -> None:
    port = free_port()
    endpoint.listen(port)
    before = endpoint.reads
    endpoint.listen(port)
    assert endpoint.reads == before


def test_a_taken_port_is_said(endpoint: Endpoint, listener: socket.socket) -> None:
    with pytest.raises(PortTakenError) as caught:
        endpoint.listen(listener.getsockname()[1])
    assert caught.value.errno == errno.EADDRINUSE
    assert endpoint.reads == []


def test_a_machine_without_ipv6_listens_on_ipv4(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = socket.socket

    def without_ipv6(family: int = socket.AF_INET, *rest: int) -> socket.socket:
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
        return real(family, *rest)

    port = free_port()
    monkeypatch.setattr("reference.endpoint.socket.socket", without_ipv6)
    endpoint.listen(port)
    monkeypatch.undo()
    with socket.create_connection(("127.0.0.1", port)):
        assert kinds(next_events(endpoint)) == [e.Connected]


def _has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.skipif(not _has_ipv6(), reason="this machine has no IPv6 loopback")
def test_ipv6_both_ways(endpoint: Endpoint) -> None:
    port = free_port()
    endpoint.listen(port)
    with socket.create_connection(("::1", port)):
        (connected,) = next_events(endpoint)
        assert isinstance(connected, e.Connected)
        assert connected.local == ("::1", port)
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        address = server.getsockname()
        events = endpoint.dial("::1", address[1]) or next_events(endpoint)
        assert kinds(events) == [e.Connected]
        assert endpoint.of().remote == ("::1", address[1])


def test_close_all_leaves_the_port_to_others(endpoint: Endpoint) -> None:
    port = free_port()
    endpoint.listen(port)
    with socket.create_connection(("127.0.0.1", port)) as peer:
        next_events(endpoint)
        endpoint.close_all()
        with pytest.raises(ConnectionResetError):
            peer.recv(1)
    with socket.create_server(("127.0.0.1", port)):
        pass


# --- several connections -----------------------------------------------------------------


def test_several_are_dialled_at_once_and_keep_their_names(
    endpoint: Endpoint, listener: socket.socket
) -> None:
    names = [f"client-{number}" for number in range(12)]
    came = [
        event
        for name in names
        for event in endpoint.dial("127.0.0.1", listener.getsockname()[1], name)
    ]
    accepted = [listener.accept()[0] for _ in names]
    while not all(endpoint.of(name).connected for name in names):
        came += next_events(endpoint)
    for peer in accepted:
        peer.sendall(b"to %d" % peer.getpeername()[1])
    while sum(isinstance(event, e.Received) for event in came) < len(names):
        came += next_events(endpoint)
    for event in came:
        if isinstance(event, e.Received):
            local = endpoint.of(event.connection).local
            assert local is not None
            assert event.data == b"to %d" % local[1]
    for peer in accepted:
        peer.close()


def test_who_comes_is_given_the_name_that_is_awaited(endpoint: Endpoint) -> None:
    port = free_port()
    endpoint.listen(port, "first")
    endpoint.listen(port, "second")
    with (
        socket.create_connection(("127.0.0.1", port)) as one,
        socket.create_connection(("127.0.0.1", port)) as other,
        socket.create_connection(("127.0.0.1", port)),
    ):
        came = next_events(endpoint)
        while len(came) < 2:
            came += next_events(endpoint)
        remotes = {x.connection: x.remote for x in came if isinstance(x, e.Connected)}
        assert remotes == {"first": one.getsockname(), "second": other.getsockname()}
        # The third is for nobody: it waits in the queue.
        assert endpoint.poll() == []


def test_one_who_floods_does_not_hide_another(endpoint: Endpoint, listener: socket.socket) -> None:
    endpoint.dial("127.0.0.1", listener.getsockname()[1], "flood")
    endpoint.dial("127.0.0.1", listener.getsockname()[1], "quiet")
    flood, quiet = (listener.accept()[0] for _ in range(2))
    flood.setblocking(False)
    with flood, quiet, contextlib.suppress(BlockingIOError):
        quiet.sendall(b"hello")
        while True:
            flood.send(bytes(1 << 20))
    came = endpoint.poll() + endpoint.poll()
    assert b"hello" in [x.data for x in came if isinstance(x, e.Received)]


def test_a_reader_who_stops_closes_the_window(endpoint: Endpoint, listener: socket.socket) -> None:
    endpoint.dial("127.0.0.1", listener.getsockname()[1], "carol")
    peer, _ = listener.accept()
    with peer:
        while not endpoint.of("carol").connected:
            endpoint.poll()
        endpoint.pause("carol")
        peer.setblocking(False)
        sent = 0
        with contextlib.suppress(BlockingIOError):
            while True:
                sent += peer.send(bytes(1 << 16))
        assert endpoint.poll() == []
        assert endpoint.reads == []
        endpoint.resume("carol")
        got = 0
        while got < sent:
            got += sum(len(x.data) for x in next_events(endpoint) if isinstance(x, e.Received))
        assert got == sent


@pytest.fixture
def datagrams() -> Iterator[Endpoint]:
    made = Endpoint(lambda: 0, datagrams=True)
    yield made
    made.close_all()


def test_datagrams_of_each_sender_are_one_connection(datagrams: Endpoint) -> None:
    port = free_port()
    datagrams.listen(port, "first")
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other,
    ):
        for sock, data in ((one, b"1"), (other, b"2"), (one, b"3")):
            sock.sendto(data, ("127.0.0.1", port))
        came = datagrams.poll()
        assert [x.data for x in came if isinstance(x, e.Received)] == [b"1", b"3"]
        datagrams.listen(port, "second")
        came = datagrams.poll()
        assert [(x.connection, x.data) for x in came if isinstance(x, e.Received)] == [
            ("second", b"2")
        ]
        datagrams.send(b"to the second", "second")
        other.settimeout(5)
        assert other.recv(100) == b"to the second"


def test_a_datagram_that_nobody_takes(datagrams: Endpoint) -> None:
    datagrams.dial("127.0.0.1", free_port(), "alice")
    datagrams.send(b"anybody?", "alice")
    came = datagrams.poll()
    assert [type(event) for event in came] == [e.ConnectionReset]
