"""Sessions: the connections that a script wants, and what became of each.

Nothing here judges. Indices are those of the transcript's entries: they are the evidence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader.lab.model import Action, ReferenceStep
from grader.lab.words import Answer
from grader.matching import Match
from grader.transcript import AnyEntry, Consumed, Sent

SHOWN = 4096
"""Bytes of a long message that a finding carries."""
AWAITED = (Action.RECEIVE, Action.DROP)
"""Steps that await a message."""
_OF_THE_PROGRAM = (Action.RESTART, Action.TYPE)
MOST_EVIDENCE = 12
"""Entries named as evidence by one finding."""


@dataclass(frozen=True)
class Flow:
    """Bytes that came in several entries: each chunk is (entry, begin, end)."""

    data: bytes
    chunks: tuple[tuple[int, int, int], ...]

    def entries(self, span: slice) -> tuple[int, ...]:
        """The entries that brought the bytes of `span`."""
        hit = (i for i, a, b in self.chunks if a < span.stop and b > span.start)
        return tuple(hit)[:MOST_EVIDENCE]

    def first(self, size: int) -> Flow:
        """Its first `size` bytes."""
        if len(self.data) <= size:
            return self
        return Flow(self.data[:size], tuple(c for c in self.chunks if c[1] < size))


@dataclass(frozen=True)
class Arrival:
    """What came for one `receive` step: its share of the stream, and how it compares."""

    message: str
    text: str
    span: slice
    data: bytes
    match: Match
    entries: tuple[int, ...]
    answer: Answer | None = None
    """How it compares where it is told by its framing or its length; None: by its words."""

    @property
    def came(self) -> bool:
        """Whether anything came for it; of words, anything visible."""
        return bool(self.data if self.answer else self.data.strip(b"\0 \t\r\n"))

    @property
    def expected(self) -> bytes | None:
        """What should have come, as far as bytes say it and it is worth showing."""
        if self.answer is None:
            return self.text.encode()
        return None if self.answer.expected is None else self._window(self.answer.expected)

    @property
    def actual(self) -> bytes | None:
        """What came, as much of it as is worth showing."""
        if not self.came:
            return None
        return self.data.strip() if self.answer is None else self._window(self.answer.body)

    def _window(self, data: bytes) -> bytes:
        """Of much the part where it differs first: both sides are cut alike."""
        start = max(0, (self.match.difference or 0) - SHOWN // 4)
        return data[start : start + SHOWN]


@dataclass(frozen=True)
class Session:
    """One connection, or the place of one that was not made: `connected` is then None."""

    steps: tuple[ReferenceStep, ...]
    connected: int | None
    first: int
    last: int
    """Entries `first` to `last - 1` belong to it."""
    stream: Flow
    sent: tuple[tuple[int, Sent], ...]
    arrivals: tuple[Arrival, ...]
    ended: int | None
    """The program's FIN or RST, whenever it came, unless we ended the program before."""
    was_reset: bool
    closed: int | None
    """Where the reference ended the connection wholly (a half-close is not that)."""
    name: str = ""
    """The connection's name in the scenario."""
    consumed: int = 0
    """Bytes proved to be read by the program, of those sent in this session."""
    unsaid: frozenset[str] = frozenset()
    """Messages that could not be made: what they take their values from never came."""

    @property
    def to_send(self) -> tuple[str, ...]:
        """The messages that the script sends in this session, as far as they could be made."""
        return tuple(
            m
            for s in self.steps
            if s.action is Action.SEND and not self.unsaid.intersection(s.messages)
            for m in s.messages
        )

    @property
    def was_sent(self) -> tuple[str, ...]:
        """The messages that were sent, whole."""
        return tuple(m for _, e in self.sent if e.piece == e.pieces for m in e.messages)

    @property
    def sent_bytes(self) -> int:
        """Bytes that the reference sent."""
        return sum(len(e.data) for _, e in self.sent)


def flow(parts: Iterable[tuple[int, bytes]]) -> Flow:
    """The bytes of several entries, each given as (entry, bytes)."""
    data, chunks, size = list[bytes](), list[tuple[int, int, int]](), 0
    for index, piece in parts:
        chunks.append((index, size, size + len(piece)))
        data.append(piece)
        size += len(piece)
    return Flow(b"".join(data), tuple(chunks))


def consumed(entries: list[tuple[int, AnyEntry]], sent: tuple[tuple[int, Sent], ...]) -> int:
    """The greatest count that was proved read after the messages it is made of were sent."""
    best = 0
    for index, entry in entries:
        if isinstance(entry, Consumed):
            before = sum(len(e.data) for i, e in sent if i < index)
            best = max(best, min(before, entry.total))
    return best


def by_connection(steps: tuple[ReferenceStep, ...]) -> list[tuple[ReferenceStep, ...]]:
    """The steps of each connection: each begins with connect, accept or refuse.

    A connection accepted after some that were refused is the one that was asked for then.
    The steps are those of one name.
    """
    groups: list[list[ReferenceStep]] = []
    for step in steps:
        begins = step.action in (Action.CONNECT, Action.ACCEPT, Action.REFUSE)
        refused = bool(groups) and groups[-1][-1].action is Action.REFUSE
        if not groups or (begins and not refused):
            groups.append([])
        groups[-1].append(step)
    return [tuple(group) for group in groups]


def names_of(steps: tuple[ReferenceStep, ...]) -> tuple[str, ...]:
    """The connections' names, in the order of their first steps."""
    own = [s.connection for s in steps if s.action not in _OF_THE_PROGRAM]
    return tuple(dict.fromkeys(own)) or ("",)


def of_name(steps: tuple[ReferenceStep, ...], name: str) -> list[int]:
    """The numbers of the steps of one connection; a restart is everybody's."""
    return [
        number for number, s in enumerate(steps)
        if s.action is Action.RESTART
        or (s.connection == name and s.action is not Action.TYPE)
    ]  # fmt: skip


def bounds_of(
    groups: list[tuple[ReferenceStep, ...]], marks: list[int], starts: list[int], size: int
) -> list[tuple[int | None, int, int]]:
    """For each group of steps: where its connection was made, and its entries.

    After a restart the connections of the new process go to the groups after it.
    """
    made: list[tuple[int | None, int, int]] = []
    unused, process = list(marks), 0
    for steps in groups:
        until = starts[process + 1] if process + 1 < len(starts) else size
        while process and unused and unused[0] < starts[process]:
            unused.pop(0)  # of the process before: asked for by no step
        mark = unused[0] if unused and unused[0] < until else None
        if mark is not None:
            unused.pop(0)
        # What comes on a connection that was not asked for belongs to no step: how much of it
        # comes before we close it depends on who is faster.
        last = unused[0] if unused and unused[0] < until else until
        start = starts[process] if process < len(starts) else 0
        made.append((mark, mark if mark is not None else start, last))
        if any(s.action is Action.RESTART for s in steps):
            process += 1
    return made
