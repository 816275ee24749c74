"""A scenario before it is played, as the rows of a sequence diagram: who sends what to whom.

On one side is the program, on the other the reference: `Row.way` says where an arrow goes. What
is repeated is told once, with how many times.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeVar

from grader.lab.model import (
    Action,
    Delivery,
    ExpectExit,
    ExpectFile,
    ExpectStdout,
    Lab,
    ReferenceStep,
    Scenario,
)
from grader.view.message_words import content_of, kind_of
from grader.view.script_words import script_words

_Kind = TypeVar("_Kind")
_LONGEST_BLOCK = 60
"""Rows of what is repeated, at most."""


class Way(Enum):
    """Where a row goes."""

    TO_PROGRAM = "to_program"
    TO_REFERENCE = "to_reference"
    BETWEEN = "between"
    AT_PROGRAM = "at_program"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One arrow or note. `name` is the message's, `said` what it says."""

    way: Way
    label: str = ""
    """In words, where it is no message."""
    name: str = ""
    said: str = ""
    connection: str = ""
    notes: tuple[str, ...] = ()
    proves: str = ""


@dataclass(frozen=True)
class Block:
    """Rows, played so many times."""

    times: int
    rows: tuple[Row, ...]


def blocks(lab: Lab, scenario: Scenario, language: str) -> tuple[Block, ...]:
    """The exchange of a scenario that tests one role; none of one that tests both."""
    maker = _Maker(lab.within(scenario), scenario, language)
    rows: list[Row] = []
    at = (0, 0)
    for step in scenario.steps:
        rows += maker.between_ways(at, step)
        at = step.either, step.way
        rows += maker.rows(step)
    return tuple(_folded(rows))


def printed(lab: Lab, scenario: Scenario, language: str) -> tuple[tuple[str, str], ...]:
    """What must be on the screen, or must not: in words, and the criterion that it counts for."""
    maker = _Maker(lab.within(scenario), scenario, language)
    return tuple(
        (maker.printed(expected), expected.proves or "")
        for expected in dict.fromkeys(map(maker.of_rounds, _of(scenario, ExpectStdout)))
    )


def files_of(lab: Lab, scenario: Scenario, language: str) -> tuple[tuple[str, str], ...]:
    """The files that it must leave, or must not, as `printed` has them."""
    maker = _Maker(lab.within(scenario), scenario, language)
    return tuple((maker.file(e), e.proves or "") for e in _of(scenario, ExpectFile))


def exit_of(scenario: Scenario, language: str) -> str:
    """How the program has to end, in words; empty: nothing is asked."""
    words = script_words(language)
    for expected in _of(scenario, ExpectExit):
        return words["exit_any"] if expected.status is None else words["exit"].format(
            status=expected.status
        )  # fmt: skip
    return ""


def _of(scenario: Scenario, kind: type[_Kind]) -> Iterator[_Kind]:
    return (expected for expected in scenario.expect if isinstance(expected, kind))


def base_name(lab: Lab, name: str) -> str:
    """A message's name as the author wrote it: those of the rounds of a `repeat` have a number."""
    message = lab.messages.get(name)
    return message.round_of or name if message is not None else name


class _Maker:
    def __init__(self, lab: Lab, scenario: Scenario, language: str) -> None:
        self.lab, self.scenario, self.language = lab, scenario, language
        self.words = script_words(language)

    def rows(self, step: ReferenceStep) -> Iterator[Row]:
        if step.action in (Action.SEND, Action.RECEIVE, Action.DROP):
            for name in step.messages:
                yield self._message(step, name)
            return
        if self.scenario.protocol == "udp" and step.action in (Action.CONNECT, Action.ACCEPT):
            return  # nothing happens on the wire: it is the loader's
        way, key = _PLAIN[step.action]
        label = self.words[key].format(typed=step.typed)
        if self.scenario.protocol == "unix":
            label = label.replace(" (FIN)", "")
        yield Row(way=way, label=label, connection=step.connection, proves=step.proves or "",
                  notes=tuple(self._notes(step)))  # fmt: skip

    def between_ways(self, before: tuple[int, int], step: ReferenceStep) -> Iterator[Row]:
        """What tells the ways of an `either` from each other, and from what follows them all."""
        now = step.either, step.way
        if now == before:
            return
        if before[0] and now[0] != before[0]:
            yield Row(way=Way.BETWEEN, label=self.words["either_end"])
        if now[0]:
            key = "either" if now[0] != before[0] else "either_or"
            yield Row(way=Way.BETWEEN, label=self.words[key])

    def _message(self, step: ReferenceStep, name: str) -> Row:
        way = Way.TO_PROGRAM if step.action is Action.SEND else Way.TO_REFERENCE
        return Row(
            way=way,
            name=base_name(self.lab, name),
            said=self.said(base_name(self.lab, name)),
            connection=step.connection,
            notes=tuple(self._notes(step)),
            proves=step.proves or "",
        )

    def said(self, name: str) -> str:
        if name in self.scenario.texts:
            return self.words["drawn"]
        return content_of(self.lab, name, self.language)

    def _notes(self, step: ReferenceStep) -> Iterator[str]:
        if step.optional:
            yield self.words["optional"]
        if step.action is Action.DROP:
            yield self.words["dropped"]
        if step.within is not None:
            yield self.words["within"].format(seconds=f"{step.within:g}")
        if step.lasts is not None:
            yield self.words["lasts"].format(seconds=f"{step.lasts:g}")
        if step.after is not None:
            yield self.words["after"].format(seconds=f"{step.after:g}")
        if step.together and step.action in (Action.CONNECT, Action.ACCEPT):
            yield self.words["together"]
        yield from self._delivered(step.delivery)

    def _delivered(self, delivery: Delivery) -> Iterator[str]:
        if delivery.mode != "separate":
            yield self.words[delivery.mode]

    def of_rounds(self, expected: ExpectStdout) -> ExpectStdout:
        after = expected.after and base_name(self.lab, expected.after)
        name = base_name(self.lab, expected.message)
        return replace(expected, message=name, after=None if after == name else after)

    def file(self, expected: ExpectFile) -> str:
        key = "file_absent" if expected.absent else "file_held" if expected.message else "file_pass"
        message = base_name(self.lab, expected.message or "")
        what = self._what(message) if expected.message else ""
        name = expected.name.replace("{{", "{").replace("}}", "}")
        return self.words[key].format(name=name, message=message, what=what)

    def _what(self, message: str) -> str:
        said = self.said(message)
        drawn = message in self.scenario.texts
        kind = "told" if drawn else kind_of(self.lab, message, self.language)
        return self.words["quoted"].format(said=said) if kind == "words" else said

    def printed(self, expected: ExpectStdout) -> str:
        what = self._what(expected.message)
        text = self.words[f"print_{expected.how}"].format(name=expected.message, what=what)
        if expected.times is not None:
            key = "print_once" if expected.times == 1 else "print_times"
            text += self.words[key].format(times=expected.times)
        if expected.after:
            text += self.words["print_after"].format(name=expected.after)
        return text


_PLAIN: dict[Action, tuple[Way, str]] = {
    Action.CONNECT: (Way.TO_PROGRAM, "connect"),
    Action.ACCEPT: (Way.TO_REFERENCE, "connect"),
    Action.REFUSE: (Way.TO_REFERENCE, "refuse"),
    Action.END: (Way.TO_REFERENCE, "end"),
    Action.HALF_CLOSE: (Way.TO_PROGRAM, "half_close"),
    Action.CLOSE: (Way.TO_PROGRAM, "close"),
    Action.RESET: (Way.TO_PROGRAM, "reset"),
    Action.RESTART: (Way.AT_PROGRAM, "restart"),
    Action.SILENCE: (Way.BETWEEN, "silence"),
    Action.STOP_READING: (Way.BETWEEN, "stop_reading"),
    Action.READ_AGAIN: (Way.BETWEEN, "read_again"),
    Action.TYPE: (Way.AT_PROGRAM, "type"),
}


def _folded(rows: Sequence[Row]) -> Iterator[Block]:
    """Neighbours that are the same rows again become one block."""
    plain: list[Row] = []
    at = 0
    while at < len(rows):
        size, times = _repeated(rows, at)
        if times == 1:
            plain.append(rows[at])
            at += 1
            continue
        if plain:
            yield Block(1, tuple(plain))
            plain = []
        yield Block(times, tuple(rows[at : at + size]))
        at += size * times
    if plain:
        yield Block(1, tuple(plain))


def _repeated(rows: Sequence[Row], at: int) -> tuple[int, int]:
    """The shortest block that begins here and is played again at once, and how many times."""
    for size in range(1, min(_LONGEST_BLOCK, (len(rows) - at) // 2) + 1):
        block = rows[at : at + size]
        times = 1
        while rows[at + times * size : at + (times + 1) * size] == block:
            times += 1
        if times > 1:
            return size, times
    return 1, 1
