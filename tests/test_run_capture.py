from __future__ import annotations

import contextlib
import select
import socket
import sys
import threading

import pytest
from namespaces import in_network

from grader.run import capture as capture_module
from grader.run.capture import Capture
from grader.wire.frames import ACK, FIN, SYN, dialed, parse

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="AF_PACKET is Linux's")


def _exchange() -> None:
    with Capture() as capture, socket.create_server(("127.0.0.1", 65432)) as listener:
        assert capture.drain() == []
        with socket.create_connection(("127.0.0.1", 65432)) as client:
            server, _ = listener.accept()
            with server:
                server.sendall(b"bonjour")
                assert client.recv(100) == b"bonjour"
        assert select.select([capture], [], [], 0)[0]
        segments = [s for s in map(parse, capture.drain()) if s is not None]
        flags = [s.flags & (SYN | ACK) for s in segments if s.flags & SYN]
        assert flags == [SYN, SYN | ACK], "each frame once"
        assert [s.payload for s in segments if s.payload] == [b"bonjour"]
        assert any(s.flags & FIN for s in segments)
        assert capture.losses() == 0


def test_each_frame_is_there_once_and_in_order() -> None:
    in_network(_exchange)


def _long() -> None:
    with Capture() as capture, socket.create_server(("127.0.0.1", 65432)) as listener:
        client = socket.create_connection(("127.0.0.1", 65432))
        server, _ = listener.accept()
        message = bytes(range(256)) * 200
        client.sendall(message)
        got = b""
        while len(got) < len(message):
            got += server.recv(65536)
        client.close()
        server.close()
        frames = capture.drain()
        assert any(frame.original_length > 4096 for frame in frames)
        assert all(len(frame.data) == frame.original_length for frame in frames)
        assert b"".join(s.payload for s in map(parse, frames) if s) == message


def test_frames_longer_than_a_slot_are_whole() -> None:
    in_network(_long)


def _bounded() -> None:
    capture_module.MOST_KEPT = 10_000
    with Capture() as capture, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for number in range(3):
            for _ in range(40):
                sender.sendto(bytes(1000), ("127.0.0.1", 9))
            frames = capture.drain()
            assert sum(len(frame.data) for frame in frames) <= (10_000 if not number else 0)
        # Each datagram, and the answer that nobody is there.
        assert capture.losses() > 3 * 40 - 10
        capture.clear()
        sender.sendto(b"once more", ("127.0.0.1", 9))
        assert any(b"once more" in frame.data for frame in capture.drain())
        assert capture.losses() == 0


def test_what_a_flood_leaves_with_us_is_bounded() -> None:
    in_network(_bounded)


def _flood() -> None:
    with Capture() as capture, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("127.0.0.1", 0))
        for _ in range(3000):
            sender.sendto(b"x", sender.getsockname())
        frames = capture.drain()
        lost = capture.losses()
        assert lost > 0
        assert len(frames) + lost == 3000
        assert capture.losses() == lost, "a sum, not a difference"
        capture.clear()
        assert capture.losses() == 0
        sender.sendto(b"after", sender.getsockname())
        (frame,) = capture.drain()
        assert frame.data.endswith(b"after")


def test_losses_are_counted_and_the_ring_goes_on() -> None:
    in_network(_flood)


def _transfer() -> None:
    with Capture() as capture, socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        server, _ = listener.accept()
        total = 20 << 20
        thread = threading.Thread(target=lambda: client.sendall(bytes(total)))
        thread.start()
        got = 0
        while got < total:
            got += len(server.recv(1 << 20))
        thread.join()
        client.close()
        server.close()
        segments = [s for s in map(parse, capture.drain()) if s and s.protocol == "tcp"]
        assert sum(s.length for s in segments) >= total
        assert capture.losses() == 0


def test_a_transfer_of_20_megabytes_loses_no_frame() -> None:
    in_network(_transfer)


def _knocks() -> None:
    with Capture() as capture:
        for address in (("127.0.0.1", 65433), ("127.0.0.1", 65433), ("127.0.0.1", 9000)):
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(address)
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            with socket.socket(family, socket.SOCK_DGRAM) as sender:
                sender.sendto(b"hello", (host, 65432))
        with socket.create_server(("127.0.0.1", 65432)):
            socket.create_connection(("127.0.0.1", 65432)).close()
        assert dialed(capture.drain()) == [
            ("tcp", "127.0.0.1", 65433),
            ("tcp", "127.0.0.1", 9000),
            ("udp", "127.0.0.1", 65432),
            ("udp", "::1", 65432),
        ]


def test_where_nothing_listens_is_seen_on_the_wire() -> None:
    in_network(_knocks)
