"""Mutants that are wrong in time, or where nothing is asked for: too soon, too late, uncalled-for.

Times are judged with tolerance (`grader.lab.connections`), so a program that is too late has to be
far too late. Each proof would wait for it: where the lab gives more than a few seconds there is no
such mutant, and the proof says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from grader.lab.connections import longest_of
from grader.lab.model import Action, ReferenceStep
from grader.prove.asked import graded
from grader.prove.changes import Made, Model, mapped
from grader.prove.plan import Accept, Act, Connect, Nothing, Path, Pause, Send

LONGEST_S = 6.0
"""So long one program may keep a proof waiting."""
_IMPATIENCE = 1 / 4
"""Of the time that a silence lasts: half of it is what breaks it."""
_TOO_SOON = 1 / 10
"""Of the time that must pass: half of it is enough."""
_MORE_S = 0.5
"""Beyond the latest moment that is in time."""


def _steps(model: Model) -> Iterator[ReferenceStep]:
    return (step for each in graded(model.lab, model.role) for step in each.steps)


def leaves_idle(model: Model) -> Iterator[Made]:
    """It leaves a peer that says nothing, and that it was to wait for."""
    times = [step.lasts for step in _steps(model) if step.lasts is not None]
    if times and not model.datagrams:
        style = replace(model.program.style, impatient=min(times) * _IMPATIENCE)
        what = "leaves when nothing comes for a while"
        yield Made("leaves-idle", what, ("silence",), replace(model.program, style=style))


def speaks_unasked(model: Model) -> Iterator[Made]:
    """It says something that nobody asked for, where it was to be silent."""
    if not any(step.action is Action.SILENCE for step in _steps(model)):
        return
    more = Send(messages=(), text="?\n")

    def said(act: Act) -> Sequence[Act]:
        begins = isinstance(act, Accept | Connect) and not model.datagrams
        return (act, more) if begins or isinstance(act, Send) else (act,)

    program = model.program.each(mapped(said))
    yield Made("speaks-unasked", "sends more than it is asked for", ("silence",), program)


def sends_away_soon(model: Model) -> Iterator[Made]:
    """It sends an idle peer away long before its time."""
    if not model.datagrams:
        what = "sends an idle peer away far too soon"
        yield from _waiting(model, "far-too-soon", what, lambda asked: asked * _TOO_SOON)


def never_sends_away(model: Model) -> Iterator[Made]:
    """It waits for an idle peer for ever."""
    if not model.datagrams:
        what = "waits for an idle peer for ever"
        yield from _waiting(model, "waits-for-ever", what, lambda _: None)


def sends_away_late(model: Model) -> Iterator[Made]:
    """It sends an idle peer away when its time is long over."""
    latest = [longest_of(step) or 0.0 for step in _steps(model) if _ends_in_time(step)]
    if latest and not model.datagrams and max(latest) <= LONGEST_S:
        what = "sends an idle peer away far too late"
        yield from _waiting(model, "far-too-late", what, lambda _: max(latest) + _MORE_S)


def _ends_in_time(step: ReferenceStep) -> bool:
    return step.action is Action.END and step.within is not None


def _waiting(
    model: Model, name: str, what: str, limit: Callable[[float], float | None]
) -> Iterator[Made]:
    def other(act: Act) -> Sequence[Act]:
        if isinstance(act, Nothing) and act.seconds is not None:
            return (Nothing(limit(act.seconds)),)
        return (act,)

    program = model.program.each(mapped(other))
    if program != model.program:
        yield Made(name, what, ("end",), program)


def answers_late(model: Model) -> Iterator[Made]:
    """The first message that has a time comes when that is long over."""
    latest = {
        step.messages: longest_of(step) or 0.0
        for step in _steps(model)
        if step.action is Action.RECEIVE and step.within is not None
    }
    if not latest or model.datagrams or max(latest.values()) > LONGEST_S:
        return

    def late(path: Path) -> Path:
        for at, act in enumerate(path):
            if isinstance(act, Send) and act.messages in latest:
                return (*path[:at], Pause(latest[act.messages] + _MORE_S), *path[at:])
        return path

    program = model.program.each(late)
    touches = tuple(f"receive:{name}" for names in latest for name in names)
    if program != model.program:
        yield Made("answers-late", "answers when its time is long over", touches, program)
