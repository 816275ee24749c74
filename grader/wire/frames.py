"""Frames as they were on the wire, and what TCP, UDP and ICMP say in them.

Never raises on what a student's program may have sent: what can't be read is None.
Formats: RFC 791, 8200, 9293, 768, 792, 4443.
"""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

ETHERNET = 1
RAW_IP = 101
"""Link types of the pcap registry (linktypes.csv)."""

FIN, SYN, RST, PSH, ACK = 0x01, 0x02, 0x04, 0x08, 0x10

_TCP, _UDP, _ICMP, _ICMP6 = 6, 17, 1, 58
_IPV4, _IPV6 = 0x0800, 0x86DD
_HOP_BY_HOP, _ROUTING, _FRAGMENT, _DESTINATION = 0, 43, 44, 60
_PORT_UNREACHABLE = {_ICMP: (3, 3), _ICMP6: (1, 4)}


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, maybe cut: `original_length` is how long it was on the wire."""

    t: int
    """Wall clock, nanoseconds since 1970."""
    data: bytes
    original_length: int
    linktype: int = ETHERNET


@dataclass(frozen=True, slots=True)
class Segment:
    """A TCP segment, a UDP datagram, or an ICMP notice that a port is unreachable."""

    protocol: str
    """`tcp`, `udp` or `unreachable`: then the rest is the refused datagram's, quoted."""
    src: str
    dst: str
    sport: int
    dport: int
    flags: int = 0
    seq: int = 0
    ack: int = 0
    payload: bytes = b""
    """As far as it was captured."""
    length: int = 0
    """Bytes of payload on the wire."""

    @property
    def source(self) -> tuple[str, int]:
        """Who sent it."""
        return self.src, self.sport

    @property
    def destination(self) -> tuple[str, int]:
        """Who is to get it."""
        return self.dst, self.dport


@lru_cache(maxsize=256)
def parse(frame: Frame) -> Segment | None:
    """What the frame carries; None for anything but TCP, UDP and unreachable ports.

    Of a run's frames it is asked two or three times, each time by who looks for something else.
    """
    if frame.linktype == RAW_IP:
        return _parse_ip(frame.data, frame.original_length)
    if len(frame.data) < 14:
        return None
    if int.from_bytes(frame.data[12:14], "big") not in (_IPV4, _IPV6):
        return None
    return _parse_ip(frame.data[14:], frame.original_length - 14)


MOST_DIALED = 64
"""Places; who is mistaken tries two or three."""


def dialed(frames: Iterable[Frame]) -> list[tuple[str, str, int]]:
    """Where someone knocked and nothing listened: (`tcp` or `udp`, address, port), each once.

    TCP: a SYN answered by RST. UDP: an ICMP notice that the port is unreachable. Of a program
    that knocks everywhere the first `MOST_DIALED` are told: each is a line of its report.
    """
    knocks: set[tuple[tuple[str, int], tuple[str, int]]] = set()
    found: dict[tuple[str, str, int], None] = {}
    for segment in map(parse, frames):
        if len(found) >= MOST_DIALED:
            break
        if segment is None:
            continue
        if segment.protocol == "unreachable":
            found["udp", segment.dst, segment.dport] = None
        elif segment.protocol == "tcp":
            if is_refusal(segment) and (segment.destination, segment.source) in knocks:
                found["tcp", segment.src, segment.sport] = None
            if segment.flags & (SYN | ACK) == SYN:
                knocks.add((segment.source, segment.destination))
            else:
                knocks.discard((segment.source, segment.destination))
                knocks.discard((segment.destination, segment.source))
    return list(found)


def is_refusal(segment: Segment) -> bool:
    """Whether this may be the answer to a SYN where nothing listens: RST, seq 0, and ACK."""
    return segment.flags & (RST | ACK | SYN) == RST | ACK and segment.seq == 0


@lru_cache(maxsize=256)
def plain(host: str) -> str:
    """An address as segments have it: IPv4 in IPv6 as IPv4, IPv6 in its shortest form."""
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def _parse_ip(data: bytes, length: int) -> Segment | None:
    """`length`: what the packet took on the wire, in bytes."""
    version = data[0] >> 4 if data else 0
    if version == 4:
        return _parse_ipv4(data, length)
    return _parse_ipv6(data, length) if version == 6 else None


def _parse_ipv4(data: bytes, length: int) -> Segment | None:
    if len(data) < 20:
        return None
    header = (data[0] & 15) * 4
    total, fragment = struct.unpack_from("!H2xH", data, 2)
    if header < 20 or fragment & 0x1FFF:
        return None
    # 0: more than fits (the kernel cuts a big segment only when it leaves the machine).
    end = total if header <= total <= length else length
    src, dst = _host(data[12:16]), _host(data[16:20])
    return _parse_transport(data[9], src, dst, data[header:end], end - header)


def _parse_ipv6(data: bytes, length: int) -> Segment | None:
    if len(data) < 40:
        return None
    payload, kind = struct.unpack_from("!HB", data, 4)
    end = 40 + payload if payload and 40 + payload <= length else length
    src, dst = _host(data[8:24]), _host(data[24:40])
    at = 40
    while kind in (_HOP_BY_HOP, _ROUTING, _DESTINATION, _FRAGMENT):
        if at + 8 > len(data):
            return None
        if kind == _FRAGMENT and int.from_bytes(data[at + 2 : at + 4], "big") >> 3:
            return None
        size = 8 if kind == _FRAGMENT else 8 + data[at + 1] * 8
        kind, at = data[at], at + size
    return _parse_transport(kind, src, dst, data[at:end], end - at)


@lru_cache(maxsize=256)
def _host(packed: bytes) -> str:
    """The address; a run has two or three, and each costs more than the rest of its frame."""
    return plain(str(ipaddress.ip_address(packed)))


def _parse_transport(kind: int, src: str, dst: str, data: bytes, length: int) -> Segment | None:
    """`length`: the transport's bytes on the wire, of which `data` was captured."""
    if kind == _TCP and len(data) >= 20:
        sport, dport, seq, ack, offset, flags = struct.unpack_from("!HHIIBB", data)
        header = (offset >> 4) * 4
        if header < 20 or header > length:
            return None
        return Segment(
            "tcp", src, dst, sport, dport, flags, seq, ack, data[header:], length - header
        )
    if kind == _UDP and len(data) >= 8:
        sport, dport = struct.unpack_from("!HH", data)
        return Segment("udp", src, dst, sport, dport, payload=data[8:], length=max(length - 8, 0))
    if kind in _PORT_UNREACHABLE and tuple(data[:2]) == _PORT_UNREACHABLE[kind]:
        return _quoted(data[8:])
    return None


def _quoted(packet: bytes) -> Segment | None:
    """The datagram inside an ICMP notice; a notice that quotes a notice is none."""
    kind = packet[9:10] if packet[:1] and packet[0] >> 4 == 4 else packet[6:7]
    if kind != bytes((_UDP,)):
        return None
    inner = _parse_ip(packet, len(packet))
    if inner is None or inner.protocol != "udp":
        return None
    return Segment("unreachable", inner.src, inner.dst, inner.sport, inner.dport)
