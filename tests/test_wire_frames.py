from __future__ import annotations

import ipaddress
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.wire.frames import (
    ACK,
    ETHERNET,
    MOST_DIALED,
    PSH,
    RAW_IP,
    RST,
    SYN,
    Frame,
    dialed,
    parse,
    plain,
)


def tcp(sport: int, dport: int, flags: int, seq: int = 0, payload: bytes = b"") -> bytes:
    return struct.pack("!HHIIBBHHH", sport, dport, seq, 0, 0x50, flags, 512, 0, 0) + payload


def udp(sport: int, dport: int, payload: bytes) -> bytes:
    return struct.pack("!HHHH", sport, dport, 8 + len(payload), 0) + payload


def ipv4(kind: int, body: bytes, src: str = "127.0.0.1", dst: str = "127.0.0.1") -> bytes:
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 0, 0, 64, kind, 0)
    return head + ipaddress.ip_address(src).packed + ipaddress.ip_address(dst).packed + body


def ipv6(kind: int, body: bytes) -> bytes:
    loopback = ipaddress.ip_address("::1").packed
    return struct.pack("!IHBB", 6 << 28, len(body), kind, 64) + loopback * 2 + body


def ethernet(packet: bytes) -> Frame:
    kind = b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00"
    return raw(bytes(12) + kind + packet, ETHERNET)


def raw(data: bytes, linktype: int = RAW_IP) -> Frame:
    return Frame(0, data, len(data), linktype)


def test_a_tcp_segment_of_ipv4() -> None:
    segment = parse(ethernet(ipv4(6, tcp(1, 65432, PSH | ACK, 7, b"hello"), dst="127.0.0.2")))
    assert segment is not None
    assert segment.protocol == "tcp"
    assert segment.source == ("127.0.0.1", 1)
    assert segment.destination == ("127.0.0.2", 65432)
    assert (segment.flags, segment.seq) == (PSH | ACK, 7)
    assert (segment.payload, segment.length) == (b"hello", 5)


def test_bytes_after_the_packet_are_no_payload() -> None:
    packet = ipv4(6, tcp(1, 2, ACK)) + bytes(6)  # Ethernet fills short frames up
    segment = parse(ethernet(packet))
    assert segment is not None
    assert (segment.payload, segment.length) == (b"", 0)


def test_a_cut_frame_still_tells_how_long_it_was() -> None:
    whole = ethernet(ipv4(6, tcp(1, 2, ACK, 0, bytes(1000))))
    segment = parse(Frame(0, whole.data[:100], whole.original_length))
    assert segment is not None
    assert (len(segment.payload), segment.length) == (100 - 14 - 40, 1000)


def test_a_packet_of_unsaid_length_goes_to_the_end_of_the_frame() -> None:
    packet = bytearray(ipv4(6, tcp(1, 2, ACK, 0, b"abc")))
    packet[2:4] = b"\0\0"
    segment = parse(ethernet(bytes(packet)))
    assert segment is not None
    assert segment.payload == b"abc"


@pytest.mark.parametrize("extension", [b"", b"\x06\x00" + bytes(6)])
def test_a_tcp_segment_of_ipv6_with_and_without_an_extension(extension: bytes) -> None:
    kind = 0 if extension else 6
    segment = parse(raw(ipv6(kind, extension + tcp(1, 2, SYN))))
    assert segment is not None
    assert segment.source == ("::1", 1)
    assert segment.flags == SYN


def test_a_udp_datagram() -> None:
    segment = parse(raw(ipv4(17, udp(1, 65432, b"hello"))))
    assert segment is not None
    assert (segment.protocol, segment.dport, segment.payload) == ("udp", 65432, b"hello")


def test_fragments_but_the_first_say_nothing() -> None:
    packet = bytearray(ipv4(6, tcp(1, 2, ACK)))
    packet[7] = 4
    assert parse(raw(bytes(packet))) is None


@pytest.mark.parametrize(
    "data", [b"", bytes(14), bytes(100), b"\x45", b"\x60" + bytes(39), ipv4(6, b"x"), ipv4(1, b"")]
)
def test_what_cannot_be_read_is_none(data: bytes) -> None:
    assert parse(raw(data)) is None
    assert parse(raw(data, ETHERNET)) is None


@given(st.binary(max_size=200), st.integers(0, 1 << 32), st.sampled_from([ETHERNET, RAW_IP]))
def test_random_bytes_never_raise(data: bytes, length: int, linktype: int) -> None:
    frame = Frame(0, data, length, linktype)
    parse(frame)
    dialed([frame])


@given(
    st.sampled_from([b"\x45", b"\x46", b"\x60"]),
    st.sampled_from([1, 6, 17, 58]),
    st.binary(max_size=150),
)
def test_nearly_right_packets_never_raise(first: bytes, kind: int, rest: bytes) -> None:
    packet = bytearray(first + rest.ljust(20, b"\0"))
    packet[9 if first[0] >> 4 == 4 else 6] = kind
    parse(raw(bytes(packet)))


def test_a_syn_answered_by_rst_was_dialed_and_each_once() -> None:
    frames = [
        raw(ipv4(6, tcp(5000, 9000, SYN, 1))),
        raw(ipv4(6, tcp(9000, 5000, RST | ACK))),
        raw(ipv4(6, tcp(5001, 9000, SYN, 1))),
        raw(ipv4(6, tcp(9000, 5001, RST | ACK))),
    ]
    assert dialed(frames) == [("tcp", "127.0.0.1", 9000)]


def test_a_connection_that_was_made_and_then_reset_was_not_refused() -> None:
    frames = [
        raw(ipv4(6, tcp(5000, 9000, SYN, 1))),
        raw(ipv4(6, tcp(9000, 5000, SYN | ACK, 8))),
        raw(ipv4(6, tcp(5000, 9000, ACK, 2))),
        raw(ipv4(6, tcp(9000, 5000, RST | ACK, 0))),
    ]
    assert dialed(frames) == []
    assert dialed(frames[3:]) == []


def test_an_unreachable_udp_port_was_dialed() -> None:
    v4 = ipv4(1, b"\x03\x03" + bytes(6) + ipv4(17, udp(5000, 65432, b"hi")))
    v6 = ipv6(58, b"\x01\x04" + bytes(6) + ipv6(17, udp(5000, 65433, b"hi")))
    other = ipv4(1, b"\x03\x01" + bytes(6) + ipv4(17, udp(5000, 1, b"hi")))
    of_tcp = ipv4(1, b"\x03\x03" + bytes(6) + ipv4(6, tcp(5000, 2, SYN)))
    assert dialed(map(raw, [v4, v6, other, of_tcp])) == [
        ("udp", "127.0.0.1", 65432),
        ("udp", "::1", 65433),
    ]


def test_a_notice_about_a_notice_is_none() -> None:
    packet = ipv4(17, udp(1, 2, b""))
    for _ in range(3000):
        packet = ipv4(1, b"\x03\x03" + bytes(6) + packet)[:60000]
    assert parse(raw(packet)) is None


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("::ffff:127.0.0.1", "127.0.0.1"),
        ("0:0:0:0:0:0:0:1", "::1"),
        ("fe80::1%lo", "fe80::1"),
        ("localhost", "localhost"),
    ],
)
def test_addresses_in_one_form(host: str, expected: str) -> None:
    assert plain(host) == expected


def test_of_a_program_that_knocks_everywhere_the_first_places_are_told() -> None:
    # Tens of thousands of them, a line of the report each, cost minutes of the grader.
    frames = [
        raw(ipv4(1, b"\x03\x03" + bytes(6) + ipv4(17, udp(5000, port, b""))))
        for port in range(1024, 1024 + 2 * MOST_DIALED)
    ]
    assert [port for _, _, port in dialed(frames)] == [*range(1024, 1024 + MOST_DIALED)]
