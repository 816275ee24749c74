"""What two programs said to each other, from made-up frames."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from grader.wire.between import between
from grader.wire.frames import ACK, FIN, PSH, RAW_IP, RST, SYN, Frame

ZERO = 1_000_000_000_000
CLIENT, SERVER = 40000, 65432


def frame(t: int, source: int, to: int, flags: int, seq: int, data: bytes = b"") -> Frame:
    """A raw IPv4 packet `t` ms after the beginning."""
    head = struct.pack("!HHIIBBHHH", source, to, seq & 0xFFFF_FFFF, 0, 5 << 4, flags, 1024, 0, 0)
    length = 20 + len(head) + len(data)
    here = bytes((127, 0, 0, 1))
    ip = struct.pack("!BBHHHBBH", 0x45, 0, length, 0, 0, 64, 6, 0) + here + here
    packet = ip + head + data
    return Frame(ZERO + t * 1_000_000, packet, len(packet), RAW_IP)


def call(t: int = 0, seq: int = 100, answer: int = 900) -> list[Frame]:
    return [
        frame(t, CLIENT, SERVER, SYN, seq), frame(t, SERVER, CLIENT, SYN | ACK, answer),
        frame(t, CLIENT, SERVER, ACK, seq + 1),
    ]  # fmt: skip


def told(*frames: Frame, released: int = 0) -> list[tuple[str, str, bytes]]:
    return [(s.side, s.kind, s.data) for s in between(frames, ZERO, released)]


def test_a_conversation() -> None:
    frames = [
        *call(),
        frame(1, SERVER, CLIENT, PSH | ACK, 901, b"bonjour"),
        frame(2, CLIENT, SERVER, PSH | ACK, 101, b"un"),
        frame(3, CLIENT, SERVER, FIN | PSH | ACK, 103, b"deux"),
        frame(4, SERVER, CLIENT, RST | ACK, 908),
    ]
    assert told(*frames) == [
        ("client", "connected", b""),
        ("server", "data", b"bonjour"),
        ("client", "data", b"un"),
        ("client", "data", b"deux"),
        ("client", "fin", b""),
        ("server", "rst", b""),
    ]
    segments = between(frames, ZERO, 0)
    assert [s.t for s in segments] == [0, 1_000_000, 2_000_000, 3_000_000, 3_000_000, 4_000_000]
    assert {(s.connection, s.port) for s in segments} == {(1, SERVER)}


def test_what_is_sent_again_is_told_once() -> None:
    again = frame(2, CLIENT, SERVER, PSH | ACK, 101, b"abc")
    more = frame(3, CLIENT, SERVER, PSH | ACK, 102, b"bcde")
    fin = frame(4, CLIENT, SERVER, FIN | ACK, 106)
    found = told(*call(), again, again, more, fin, fin)
    assert found == [
        ("client", "connected", b""), ("client", "data", b"abc"), ("client", "data", b"de"),
        ("client", "fin", b""),
    ]  # fmt: skip


def test_sequence_numbers_begin_anew_after_the_last() -> None:
    frames = [
        *call(seq=-4),
        frame(1, CLIENT, SERVER, PSH | ACK, -3, b"12345"),
        frame(2, CLIENT, SERVER, PSH | ACK, 2, b"6"),
    ]
    assert [data for _, kind, data in told(*frames) if kind == "data"] == [b"12345", b"6"]


def test_a_refused_call_and_one_more() -> None:
    refused = [
        frame(0, CLIENT, SERVER, SYN, 5), frame(0, SERVER, CLIENT, RST | ACK, 0),
        *call(1, seq=50),
    ]  # fmt: skip
    found = between(refused, ZERO, 0)
    assert [(s.side, s.kind, s.connection) for s in found] == [
        ("server", "refused", 1), ("client", "connected", 2),
    ]  # fmt: skip


def test_what_the_server_does_before_the_client_is_its_own_affair() -> None:
    early = [*call(0), frame(5, CLIENT, SERVER, PSH | ACK, 101, b"moi")]
    assert told(*early, released=2_000_000) == []


@given(st.lists(st.binary(max_size=80)))
def test_nonsense_is_told_as_nothing(packets: list[bytes]) -> None:
    assert told(*(Frame(ZERO, data, len(data), RAW_IP) for data in packets)) == []
