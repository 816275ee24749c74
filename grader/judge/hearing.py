"""What the reference heard in a run: which bytes it took for each message, and what was in them.

It is played once more from the transcript, with the same rules as `reference.machine`: a
message takes what its framing says, or all that had come when it was proved that no more would.
So what is judged is what the reference went by, and what it said because of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial

from grader.lab.model import Action, ReferenceStep
from grader.lab.words import Words
from grader.transcript import AnyEntry, Connected, Received, Step
from reference.script import Heard, LengthIn


@dataclass(frozen=True)
class Share:
    """What one step took: bytes `begin` to `end` of its connection, and all heard before."""

    begin: int
    end: int
    before: Heard


@dataclass(frozen=True)
class Hearing:
    """By the number of a step of the script, what it took; and all that was heard in the end."""

    shares: Mapping[int, Share] = field(default_factory=dict)
    heard: Heard = field(default_factory=dict)


def hear(entries: Iterable[AnyEntry], steps: tuple[ReferenceStep, ...], words: Words) -> Hearing:
    """Play the receiving steps of a run once more."""
    shares: dict[int, Share] = {}
    heard: dict[str, bytes] = {}
    links: dict[str, _Heap] = {}
    for entry in entries:
        match entry:
            case Connected(connection=name, protocol=protocol):
                links[name] = _Heap(datagrams=protocol == "udp")
            case Received(data=data, connection=name):
                links.setdefault(name, _Heap()).unread.append(data)
            case Step(index=index, status="done") if _receives(steps, index):
                (message,) = steps[index].messages
                heap = links.setdefault(steps[index].connection, _Heap())
                begin, frame = heap.take(
                    words.length_in(message, heard), partial(words.rest_in, message, heard=heard)
                )
                shares[index] = Share(begin, begin + len(frame), dict(heard))
                if words.captures(message):
                    heard.update(words.answer(message, frame, heard).heard)
    return Hearing(shares, heard)


@dataclass
class _Heap:
    """What came on one connection and was not taken."""

    datagrams: bool = False
    unread: list[bytes] = field(default_factory=list)
    begin: int = 0
    """Where the unread begins, of all that came."""

    def take(self, length_in: LengthIn, rest_in: Callable[[bytes], int]) -> tuple[int, bytes]:
        """Take a message as `reference.link` does: where it begins, and what it is."""
        if self.datagrams:
            return self._datagram(length_in)
        stream = b"".join(self.unread)
        size = length_in(stream)
        frame = stream[: rest_in(stream) if size is None else size]
        self.unread = [stream[len(frame) :]]
        self.begin += len(frame)
        return self.begin - len(frame), frame

    def _datagram(self, length_in: LengthIn) -> tuple[int, bytes]:
        fits = (n for n, data in enumerate(self.unread) if length_in(data) is not None)
        number = next(fits, 0)
        taken = self.unread[: number + 1]
        del self.unread[: number + 1]
        self.begin += sum(map(len, taken))
        frame = taken[-1] if taken else b""
        return self.begin - len(frame), frame


def _receives(steps: tuple[ReferenceStep, ...], index: int) -> bool:
    return 0 <= index < len(steps) and steps[index].action in (Action.RECEIVE, Action.DROP)
