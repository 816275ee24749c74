"""Frames for a run that had no capture, made from the reference's own record.

They show what the two TCPs must have said to each other, with right checksums; moments
are those of the record, so an acknowledgement has the time of what it acknowledges.
"""

from __future__ import annotations

import ipaddress
import struct
from dataclasses import dataclass, field
from datetime import datetime

from grader.transcript import (
    Closed,
    Connected,
    ConnectionReset,
    EndOfStream,
    OnConnection,
    Received,
    Sent,
    Transcript,
)
from grader.wire.drawn import ends_of
from grader.wire.frames import ACK, FIN, PSH, RAW_IP, RST, SYN, Frame

_MOST_PAYLOAD = 65495
"""What an IPv4 packet of 65535 bytes has room for."""
_WINDOW = 0xFFFF
_TCP, _UDP, _HOPS = 6, 17, 64


def synthesize(transcript: Transcript) -> list[Frame]:
    """The conversation as raw IP packets (link type 101).

    A connection that the record doesn't begin with `Connected` is left out: its
    addresses are not known.
    """
    start = _nanoseconds(transcript.header.started)
    frames: list[Frame] = []
    conversations: dict[str, _Conversation] = {}
    made = 0
    for entry in transcript.entries:
        t = start + entry.t
        if not isinstance(entry, OnConnection):
            continue
        if isinstance(entry, Connected):
            kind = _Datagrams if entry.protocol == "udp" else _Conversation
            local, remote = ends_of(entry, made)
            made += 1
            conversation = kind(_Side(local, 1000), _Side(remote, 2000))
            conversations[entry.connection] = conversation
            frames += conversation.handshake(t, reference_dials=transcript.header.role == "server")
            continue
        found = conversations.get(entry.connection)
        if found is None or found.over:
            continue
        conversation = found
        if isinstance(entry, Sent):
            frames += conversation.data(t, conversation.reference, entry.data)
        elif isinstance(entry, Received):
            frames += conversation.data(t, conversation.program, entry.data)
        elif isinstance(entry, EndOfStream):
            frames += conversation.end(t, conversation.program)
        elif isinstance(entry, ConnectionReset):
            frames += conversation.reset(t, conversation.program)
        elif isinstance(entry, Closed):
            if entry.how == "reset":
                frames += conversation.reset(t, conversation.reference)
            else:
                frames += conversation.end(t, conversation.reference)
    return frames


@dataclass
class _Side:
    address: tuple[str, int]
    next: int
    """Sequence number of the next byte that it sends."""
    ended: bool = False


@dataclass
class _Conversation:
    """The two sides of one connection and what each has said."""

    reference: _Side
    program: _Side
    over: bool = field(default=False)

    def handshake(self, t: int, *, reference_dials: bool) -> list[Frame]:
        asking = self.reference if reference_dials else self.program
        asked = self._other(asking)
        return [
            self._segment(t, asking, SYN),
            self._segment(t, asked, SYN | ACK),
            self._segment(t, asking, ACK),
        ]

    def data(self, t: int, side: _Side, data: bytes) -> list[Frame]:
        frames: list[Frame] = []
        if side.ended:
            return frames
        for at in range(0, len(data), _MOST_PAYLOAD):
            frames.append(self._segment(t, side, PSH | ACK, data[at : at + _MOST_PAYLOAD]))
            frames.append(self._segment(t, self._other(side), ACK))
        return frames

    def end(self, t: int, side: _Side) -> list[Frame]:
        if side.ended:
            return []
        fin = self._segment(t, side, FIN | ACK)
        side.ended = True
        return [fin, self._segment(t, self._other(side), ACK)]

    def reset(self, t: int, side: _Side) -> list[Frame]:
        self.over = True
        return [self._segment(t, side, RST | ACK)]

    def _other(self, side: _Side) -> _Side:
        return self.program if side is self.reference else self.reference

    def _segment(self, t: int, side: _Side, flags: int, payload: bytes = b"") -> Frame:
        other = self._other(side)
        ack = other.next if flags & ACK else 0
        data = _packet(side.address, other.address, side.next, ack, flags, payload)
        side.next += len(payload) + bool(flags & (SYN | FIN))
        side.next &= 0xFFFF_FFFF
        return Frame(t, data, len(data), RAW_IP)


class _Datagrams(_Conversation):
    """The same over UDP: nothing but what is said."""

    def handshake(self, t: int, *, reference_dials: bool) -> list[Frame]:
        return []

    def data(self, t: int, side: _Side, data: bytes) -> list[Frame]:
        source, destination = side.address, self._other(side).address
        head = struct.pack("!HHHH", source[1], destination[1], 8 + len(data), 0)
        src, dst = _both(source, destination)
        pseudo = src + dst + struct.pack("!II", 8 + len(data), _UDP)
        # 0 would mean that there is none (RFC 768).
        check = checksum(pseudo + head + data) or 0xFFFF
        packet = _in_ip(src, dst, _UDP, head[:6] + struct.pack("!H", check) + data)
        return [Frame(t, packet, len(packet), RAW_IP)]

    def end(self, t: int, side: _Side) -> list[Frame]:
        return []

    def reset(self, t: int, side: _Side) -> list[Frame]:
        return []


def _packet(
    source: tuple[str, int],
    destination: tuple[str, int],
    seq: int,
    ack: int,
    flags: int,
    payload: bytes,
) -> bytes:
    src, dst = _both(source, destination)
    head = struct.pack(
        "!HHIIBBHHH", source[1], destination[1], seq, ack, 5 << 4, flags, _WINDOW, 0, 0
    )
    length = len(head) + len(payload)
    pseudo = src + dst + struct.pack("!II", length, _TCP)
    check = checksum(pseudo + head + payload)
    return _in_ip(src, dst, _TCP, head[:16] + struct.pack("!H", check) + head[18:] + payload)


def _both(source: tuple[str, int], destination: tuple[str, int]) -> tuple[bytes, bytes]:
    """The two addresses as bytes, of one family."""
    src, dst = _address(source[0]), _address(destination[0])
    if len(src) != len(dst):  # one side wrote ::ffff:127.0.0.1
        src, dst = src[-4:], dst[-4:]
    return src, dst


def _in_ip(src: bytes, dst: bytes, kind: int, carried: bytes) -> bytes:
    if len(src) == 16:
        return struct.pack("!IHBB", 6 << 28, len(carried), kind, _HOPS) + src + dst + carried
    length = 20 + len(carried)
    ip = struct.pack("!BBHHHBBH", 0x45, 0, length, 0, 0x4000, _HOPS, kind, 0) + src + dst
    return ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:] + carried


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    # In one's complement 2**16 is 1, so the sum of the words is the number modulo 2**16 - 1.
    total = int.from_bytes(data + bytes(len(data) % 2), "big") % 0xFFFF
    return 0xFFFF - total if total or not any(data) else 0


def _address(host: str) -> bytes:
    address = ipaddress.ip_address(host.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).packed


def _nanoseconds(started: str) -> int:
    """The moment (UTC, ISO 8601) as nanoseconds since 1970; 0 where it can't be read."""
    try:
        moment = datetime.fromisoformat(started)
    except ValueError:
        return 0
    return round(moment.timestamp() * 1_000_000) * 1000
