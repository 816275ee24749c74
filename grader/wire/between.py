"""What two programs said to each other, from the frames of the network that they share.

A pure function of the frames. What was sent once more is not told twice; what is no TCP, or
belongs to a connection that began before the client did, is not told at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from grader.transcript import Segment
from grader.wire.frames import ACK, FIN, RST, SYN, Frame, is_refusal, parse
from grader.wire.frames import Segment as TcpSegment

_End = tuple[str, int]
_WORD = 0xFFFF_FFFF
_HALF = 0x8000_0000


@dataclass
class _Direction:
    """What one side of a connection has sent: where its stream goes on."""

    next: int
    ended: bool = False


@dataclass
class _Connection:
    number: int
    caller: _End
    called: _End
    sent: dict[str, _Direction] = field(default_factory=dict)
    answered: bool = False

    def side_of(self, end: _End) -> str:
        return "client" if end == self.caller else "server"


def between(frames: Iterable[Frame], zero: int, released: int) -> list[Segment]:
    """The segments, in order, their `t` since `zero` (wall clock, ns since 1970).

    Who calls is the client: `released` is when it was let go (`t`). A call before that is the
    server's own affair.
    """
    found = _Found()
    for frame in frames:
        segment = parse(frame)
        t = max(frame.t - zero, 0)
        if segment is not None and segment.protocol == "tcp" and t >= released:
            found.take(t, segment)
    return found.told


class _Found:
    def __init__(self) -> None:
        self.told: list[Segment] = []
        self._open: dict[frozenset[_End], _Connection] = {}
        self._count = 0

    def take(self, t: int, segment: TcpSegment) -> None:
        ends = frozenset((segment.source, segment.destination))
        if segment.flags & (SYN | ACK) == SYN:
            self._call(segment, ends)
        elif (known := self._open.get(ends)) is not None:
            self._go_on(t, segment, known)

    def _call(self, segment: TcpSegment, ends: frozenset[_End]) -> None:
        known = self._open.get(ends)
        first = (segment.seq + 1) & _WORD
        if known is not None and known.sent["client"].next == first and not known.answered:
            return  # it calls once more
        self._count += 1
        known = _Connection(self._count, segment.source, segment.destination)
        known.sent["client"] = _Direction(first)
        self._open[ends] = known

    def _go_on(self, t: int, segment: TcpSegment, known: _Connection) -> None:
        side = known.side_of(segment.source)
        if not known.answered:
            if is_refusal(segment):
                self._tell(t, known, "server", "refused")
                self._open = {k: v for k, v in self._open.items() if v is not known}
                return
            if segment.flags & SYN and side == "server":
                known.answered = True
                known.sent["server"] = _Direction((segment.seq + 1) & _WORD)
                self._tell(t, known, "client", "connected")
            return
        direction = known.sent[side]
        if direction.ended:
            return
        if fresh := _fresh(segment, direction):
            self._tell(t, known, side, "data", fresh)
        direction.next = max((direction.next, _end(segment)), key=lambda n: _ahead(n, segment.seq))
        if segment.flags & RST:
            direction.ended = True
            self._tell(t, known, side, "rst")
        elif segment.flags & FIN:
            direction.ended = True
            self._tell(t, known, side, "fin")

    def _tell(self, t: int, known: _Connection, side: str, kind: str, data: bytes = b"") -> None:
        port = known.called[1]
        self.told.append(
            Segment(t=t, side=side, kind=kind, connection=known.number, port=port, data=data)
        )


def _end(segment: TcpSegment) -> int:
    return (segment.seq + segment.length) & _WORD


def _ahead(number: int, base: int) -> int:
    """How far a sequence number is ahead of another; negative: behind."""
    distance = (number - base) & _WORD
    return distance - (_WORD + 1) if distance >= _HALF else distance


def _fresh(segment: TcpSegment, direction: _Direction) -> bytes:
    """The bytes that were not sent before; of what the capture lost, nothing is known."""
    behind = _ahead(direction.next, segment.seq)
    return segment.payload[behind:] if behind > 0 else segment.payload
