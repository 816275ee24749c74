"""What the reference heard in a run: which bytes it took for each message, and what was in them.

It is played once more from the transcript, with the same rules as `reference.machine`: a
message takes what its framing says, or all that had come when it was proved that no more would.
So what is judged is what the reference went by, and what it said because of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from grader.lab.model import Action, ReferenceStep
from grader.lab.words import Words
from grader.transcript import AnyEntry, Connected, Received, Step
from reference.script import Heard


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
    unread, begin = bytearray(), 0
    for entry in entries:
        match entry:
            case Connected():
                unread.clear()
                begin = 0
            case Received(data=data):
                unread += data
            case Step(index=index, status="done") if _receives(steps, index):
                (name,) = steps[index].messages
                stream = bytes(unread)
                size = words.length_in(name, heard)(stream)
                frame = stream if size is None else stream[:size]
                shares[index] = Share(begin, begin + len(frame), dict(heard))
                if words.captures(name):
                    heard.update(words.answer(name, frame, heard).heard)
                del unread[: len(frame)]
                begin += len(frame)
    return Hearing(shares, heard)


def _receives(steps: tuple[ReferenceStep, ...], index: int) -> bool:
    return 0 <= index < len(steps) and steps[index].action is Action.RECEIVE
