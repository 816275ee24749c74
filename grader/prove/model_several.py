"""The model student that attends to several clients at once, or speaks UDP.

Its clients are numbered as they come, whatever a scenario calls them. It takes the turns of
one scenario in their order; whoever comes in another order is in another scenario.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from grader.lab.model import Action, ReferenceStep
from grader.prove.forms import Knowledge
from grader.prove.plan import Accept, Act, Close, Nothing, On, Read, ReadEnd, Send, Shut

Say = Callable[[tuple[str, ...]], Send]
_LEAVES = (Action.HALF_CLOSE, Action.CLOSE, Action.RESET)
USUAL_PATIENCE_S = 0.5
"""How long a client waits for an answer where the lab names no time."""


class Clients:
    """The acts of a server in one scenario; `say` makes what it sends of messages it names."""

    def __init__(self, knowledge: Knowledge, say: Say, datagrams: bool) -> None:
        self._knowledge = knowledge
        self._say = say
        self._datagrams = datagrams
        self._numbers: dict[str, str] = {}
        self._open: dict[str, bool] = {}
        self._came = 0
        self._on = ""

    def acts(self, steps: Sequence[ReferenceStep]) -> Iterator[Act]:
        """What it does in these steps, in their order."""
        for number, step in enumerate(steps):
            name = step.connection
            match step.action:
                case Action.CONNECT if not self._datagrams:
                    yield from (self._new(name), Accept())
                    self._open[name] = True
                case Action.SEND:
                    if self._datagrams and name not in self._numbers:
                        self._new(name)
                    for message in step.messages:
                        yield self._turn(name)
                        yield Read(messages=(message,), form=self._knowledge.read(message))
                case Action.RECEIVE | Action.DROP:
                    yield from self._there(name)
                    yield replace(self._say(step.messages), optional=step.optional)
                case Action.END if self._open.get(name):
                    yield from self._there(name)
                    yield from idles(step)
                    yield from self._ended(name, steps[number + 1 :])
                case _ if step.action in _LEAVES and self._open.get(name):
                    yield from (self._turn(name), ReadEnd())
                    if not self._is_told_more(name, steps[number + 1 :]):
                        yield from self._closed(name)

    def closed(self) -> Iterator[Act]:
        """All that is still open is closed."""
        for name in [name for name, there in self._open.items() if there]:
            yield from (self._turn(name), ReadEnd(), *self._closed(name))

    def _new(self, name: str) -> On:
        self._came += 1
        self._numbers[name] = str(self._came)
        return self._turn(name)

    def _turn(self, name: str) -> On:
        self._on = self._numbers[name]
        return On(self._on)

    def _there(self, name: str) -> Iterator[Act]:
        """Nothing is awaited: whose turn it was may go on."""
        if self._numbers[name] != self._on:
            yield self._turn(name)

    def _ended(self, name: str, later: Sequence[ReferenceStep]) -> Iterator[Act]:
        still = (Action.SEND, Action.HALF_CLOSE)
        if any(s.connection == name and s.action in still for s in later):
            yield Shut()
        else:
            yield from self._closed(name)

    def _closed(self, name: str) -> Iterator[Act]:
        self._open[name] = False
        yield Close(first=True)

    @staticmethod
    def _is_told_more(name: str, later: Sequence[ReferenceStep]) -> bool:
        return any(s.connection == name and s.action is Action.RECEIVE for s in later)


def idles(step: ReferenceStep) -> Iterator[Nothing]:
    """What must pass, with nothing coming, before the program ends the connection by itself."""
    if step.after is not None:
        yield Nothing(step.after)


def overlap(steps: Sequence[ReferenceStep]) -> bool:
    """Whether two connections are open at once."""
    held: set[str] = set()
    for step in steps:
        if step.action is Action.CONNECT:
            held.add(step.connection)
        elif step.action in (Action.CLOSE, Action.RESET, Action.END, Action.RESTART):
            held.discard(step.connection)
        if len(held) > 1:
            return True
    return False


def asks(
    steps: Sequence[ReferenceStep], knowledge: Knowledge, say: Say, patience: float
) -> Iterator[Act]:
    """The acts of a client of datagrams: what is dropped is answered by nothing."""
    for step in steps:
        match step.action:
            case Action.SEND:
                for message in step.messages:
                    yield Read(messages=(message,), form=knowledge.read(message))
            case Action.RECEIVE:
                yield replace(say(step.messages), optional=step.optional)
            case Action.DROP:
                yield from (say(step.messages), Nothing(patience))
