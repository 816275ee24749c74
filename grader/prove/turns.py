"""The steps of a scenario as a program takes them: what is sent together, what ends it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby, takewhile

from grader.lab.model import Action, ReferenceStep
from grader.prove.forms import Knowledge
from grader.prove.plan import Read

ENDS = (Action.HALF_CLOSE, Action.CLOSE, Action.RESET)
BEGINS = (Action.CONNECT, Action.ACCEPT, Action.REFUSE, Action.RESTART)


def in_turn(steps: Sequence[ReferenceStep]) -> list[ReferenceStep]:
    """Requests that are sent together, each with its own answer where there are as many.

    A program that knows where a message ends answers each as if it had come alone.
    """
    found: list[ReferenceStep] = []
    waiting = list(steps)
    while waiting:
        step = waiting.pop(0)
        if step.action is not Action.SEND:
            found.append(step)
            continue
        more = list(takewhile(lambda one: _goes_on(step, one), waiting))  # noqa: B023
        names = tuple(name for one in (step, *more) for name in one.messages)
        answers = waiting[len(more) : len(more) + len(names)]
        paired = len(answers) > 1 and all(one.action is Action.RECEIVE for one in answers)
        if not paired or len(answers) < len(names):
            found.append(step)
            continue
        del waiting[: len(more)]
        del waiting[: len(answers)]
        for name, answer in zip(names, answers, strict=True):
            found += [replace(step, messages=(name,)), answer]
    return found


def _goes_on(step: ReferenceStep, other: ReferenceStep) -> bool:
    """Whether the same is sent again, as a network doubles a datagram."""
    return other.action is Action.SEND and (other.connection, other.messages) == (
        step.connection,
        step.messages,
    )


def made_reads(run: Sequence[ReferenceStep], knowledge: Knowledge) -> Iterator[Read]:
    """What is read there, each message by its form."""
    for step in run:
        for name in step.messages:
            yield Read(messages=(name,), form=knowledge.read(name))


def runs(steps: Sequence[ReferenceStep]) -> list[list[ReferenceStep]]:
    """The steps one by one, sends that follow each other together."""
    found: list[list[ReferenceStep]] = []
    kinds = groupby(steps, key=lambda step: (step.action is Action.SEND, step.connection))
    for (is_send, _), group in kinds:
        members = list(group)
        found += [members] if is_send else [[step] for step in members]
    return found


def sends(
    steps: Sequence[ReferenceStep],
) -> Iterator[tuple[list[ReferenceStep], Action | None]]:
    """Each run of sends, and the action behind it."""
    found = runs(steps)
    for number, run in enumerate(found):
        if run[0].action is Action.SEND:
            after = found[number + 1][0].action if number + 1 < len(found) else None
            yield run, after


def is_last(later: Sequence[ReferenceStep]) -> bool:
    """Whether the reference sends nothing more in this connection."""
    for step in later:
        if step.action in BEGINS:
            break
        if step.action in (Action.SEND, Action.HALF_CLOSE):
            return False
    return True
