"""Connections in the `reference:` list: their names, side by side, what UDP does without.

`as: alice` says which connection a step is about; `together:` plays the steps of several at
once and waits for all of them. Over UDP there is nothing to connect: the steps that give the
reference its sockets are added here, so that a script has them and an author need not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypedDict

from grader.lab import values
from grader.lab.context import Context
from grader.lab.model import Action, ReferenceStep
from grader.lab.problems import Place, meant, shown
from grader.lab.values import Fields
from grader.lab.yamlfile import Entry, Mapping, Node, Scalar

PROVE = (Action.RECEIVE, Action.END, Action.DROP, Action.SILENCE)
"""What can give evidence for a criterion."""
_MOST_TIMES = 100
_NAME = re.compile(r"[a-z][a-z0-9-]{0,31}")
_NAME_FORM = "a short name in lower case, such as alice or client-2"
_TIMED = (Action.RECEIVE, Action.END, Action.DROP)
_OF_TCP = {
    Action.CONNECT: "a datagram needs no connection: leave 'connect' out",
    Action.ACCEPT: "a datagram needs no connection: leave 'accept' out",
    Action.REFUSE: "there is no connection to be refused",
    Action.END: "a datagram is not the last: nothing tells an end",
    Action.HALF_CLOSE: "a datagram is not the last: nothing tells an end",
    Action.RESET: "there is no connection to be reset",
    Action.STOP_READING: "there is no window to be closed",
    Action.READ_AGAIN: "there is no window to be opened",
}
_OF_INTERNET = {
    Action.RESET: "such a connection has no RST: 'close' ends it",
}
_SLOWEST, _SLACK_S = 2.0, 1.0
"""Times asked for are judged by the clock: twice as long and a second more is still in time."""
_SOONEST = 0.5
"""And from half the time that must pass on, enough has passed."""


@dataclass(frozen=True)
class Placed:
    """A step and where it stands in the file."""

    place: Place
    step: ReferenceStep

    @property
    def sent(self) -> tuple[str, ...]:
        """The messages that the reference sends here."""
        return self.step.messages if self.step.action is Action.SEND else ()


class Read(TypedDict):
    """Fields of a `ReferenceStep`."""

    connection: str
    lasts: float | None
    within: float | None
    after: float | None
    typed: str


# --- reading -----------------------------------------------------------------------------


class Group(NamedTuple):
    """Of a step in a `together:`: its number from 1, and the name that the step stands under."""

    number: int = 0
    name: str = ""


ALONE = Group()


def side_by_side(node: Node, context: Context) -> Iterator[tuple[Node, Group]]:
    """Each item of the list, and the group that it is in."""
    number = 0
    for item in values.items(node, context.problems, "reference"):
        inside = item.get("together") if isinstance(item, Mapping) else None
        if inside is None:
            yield item, ALONE
            continue
        number += 1
        Fields(item, context.problems, "together", ("together",))
        if not isinstance(inside, Mapping) or len(inside.entries) < 2:
            wanted = "two or more names, each with its list of steps"
            values.wrong_kind(inside, context.problems, "together", wanted)
            continue
        for entry in inside.entries:
            name = Scalar(entry.place, entry.key)
            found = values.word(name, context.problems, "together", _NAME, _NAME_FORM)
            for step in values.items(entry.value, context.problems, entry.key):
                yield step, Group(number, found)


def in_group(step: ReferenceStep, group: Group, node: Node, context: Context) -> ReferenceStep:
    """The step, as one of its group."""
    if not group.number:
        return step
    name = group.name
    if step.connection and step.connection != name:
        context.problems.add(
            node.place, f"as: it stands under {shown(name)}, so it is that one's: leave 'as' out"
        )
    if step.action in (Action.RESTART, Action.TYPE):
        context.problems.add(node.place, f"'{step.action}' is for the whole program: not together")
    return replace(step, connection=name, together=group.number)


def is_name(entry: Entry) -> bool:
    """`connect: alice`: who it is about stands right behind it."""
    return isinstance(entry.value, Scalar) and isinstance(entry.value.value, str)


def read(entry: Entry, action: Action, fields: Fields, context: Context) -> Read:
    """Read the options that have to do with connections and time."""
    problems = context.problems
    told = fields.get("as")
    takes_message = action in (Action.SEND, Action.RECEIVE, Action.END, Action.DROP, Action.TYPE)
    if not takes_message and is_name(entry):
        if told is not None:
            problems.add(told.place, f"as: the name stands behind '{action}' already")
        told = entry.value
    if action is Action.TYPE and told is not None:
        problems.add(told.place, "as: the keyboard belongs to no connection")
    if context.datagrams and action in _OF_TCP:
        problems.add(entry.place, f"'{entry.key}' over UDP: {_OF_TCP[action]}")
    if context.path and action in _OF_INTERNET:
        problems.add(entry.place, f"'{entry.key}' over Unix-domain sockets: {_OF_INTERNET[action]}")
    times = {key: fields.get(key) for key in ("within", "after")}
    for key, node in times.items():
        if node is not None and action not in _TIMED:
            problems.add(node.place, f"{key}: only what is received has a time, not '{action}'")
    if times["after"] is not None and action is not Action.END:
        problems.add(times["after"].place, "after: only for 'receive: end'")
    lasts = fields.get("lasts")
    if lasts is not None and action is not Action.SILENCE:
        problems.add(lasts.place, f"lasts: only a 'silence' lasts, not '{action}'")
    return Read(
        connection="" if told is None else values.word(told, problems, "as", _NAME, _NAME_FORM),
        lasts=_seconds(lasts, "lasts", context),
        within=_seconds(times["within"], "within", context),
        after=_seconds(times["after"], "after", context),
        typed=values.text(entry.value, problems, "type") if action is Action.TYPE else "",
    )


def times_of(step: ReferenceStep, node: Node, context: Context) -> int:
    """`times: 2`: how often the step is played, one after the other."""
    told = node.get("times") if isinstance(node, Mapping) else None
    if told is None:
        return 1
    if step.action not in (Action.SEND, Action.RECEIVE):
        context.problems.add(
            told.place, f"times: only for 'send' and 'receive', not '{step.action}'"
        )
    return values.whole(told, context.problems, "times", 1, _MOST_TIMES)


_SECONDS = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,3})?) ?(s|ms)")


def _seconds(node: Node | None, what: str, context: Context) -> float | None:
    """`2 s`, `500 ms`, or a number of seconds."""
    if node is None:
        return None
    if isinstance(node, Scalar) and isinstance(node.value, str):
        if (parts := _SECONDS.fullmatch(node.value)) and float(parts[1]) > 0:
            return float(parts[1]) / (1000 if parts[2] == "ms" else 1)
        problem = f"{what} must be a time such as 2 s or 500 ms, not {shown(node.value)}"
        context.problems.add(node.place, problem)
        return 1.0
    return values.seconds(node, context.problems, what)


# --- times -------------------------------------------------------------------------------


def longest_of(step: ReferenceStep) -> float | None:
    """Seconds that the program is given for the step, with tolerance; None: no time is asked."""
    if step.lasts is not None:
        return step.lasts
    if step.within is None and step.after is None:
        return None
    asked = step.within if step.within is not None else step.after or 0.0
    return asked * _SLOWEST + _SLACK_S


def soonest_of(step: ReferenceStep) -> float:
    """Seconds before which what is received, or breaks a silence, comes too soon."""
    return (step.after or step.lasts or 0.0) * _SOONEST


def time_asked(steps: Iterable[ReferenceStep]) -> float:
    """Seconds that a right program may take for all the times that the steps ask for."""
    return sum(longest_of(step) or 0.0 for step in steps)


# --- as a whole --------------------------------------------------------------------------


def named(name: str, others: Sequence[str]) -> str:
    """What to say of a connection that is not there, behind the problem itself."""
    if not name:
        return ", or say whose step it is: `as: NAME`" if others else ""
    known = [other for other in others if other]
    hint = meant(name, known) if known else ""
    return f" ({shown(name)} stands for a connection, and none of that name is there{hint})"


def with_sockets(placed: Sequence[Placed], context: Context) -> list[Placed]:
    """Over UDP: each connection begins with the step that gives the reference its socket."""
    if not context.datagrams:
        return list(placed)
    begins = Action.CONNECT if context.role == "server" else Action.ACCEPT
    known: set[str] = set()
    out: list[Placed] = []
    for item in placed:
        step = item.step
        if step.action is Action.RESTART:
            known.clear()
        elif step.action is not Action.TYPE and step.connection not in known:
            known.add(step.connection)
            begun = ReferenceStep(action=begins, connection=step.connection, together=step.together)
            out.append(replace(item, step=begun))
        out.append(item)
    return out
