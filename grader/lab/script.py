"""From a scenario with its texts to the script that the reference plays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise

from grader.lab.connections import longest_of, soonest_of
from grader.lab.model import Action, Delivery, ExpectExit, Lab, ReferenceStep, Scenario
from grader.lab.words import Words, words_of
from reference import script

MAX_SEND = 64 * 1024
"""Bytes that are sent at once: more may not fit into the program's receive queue."""


def script_of(lab: Lab, scenario: Scenario, texts: Mapping[str, str]) -> script.Script:
    """Build the script: one step for each of `scenario.steps`, in the same order.

    `texts` are the run's (`grader.lab.texts.texts_of`). The reference sends UTF-8.
    """
    words = words_of(lab, scenario, texts)
    chooses = any(step.optional or step.either for step in scenario.steps)
    steps = tuple(_step(words, step, chooses=chooses) for step in scenario.steps)
    return script.Script(
        steps,
        port=lab.port,
        datagrams=scenario.protocol == "udp",
        family=scenario.family,
        path=scenario.path,
        awaits_exit=any(isinstance(e, ExpectExit) for e in scenario.expect),
    )


def _step(words: Words, step: ReferenceStep, *, chooses: bool) -> script.Step:
    made = _bare(words, step)
    if chooses and isinstance(made, script.Receive):
        made = replace(made, fits=partial(words.fits, made.message), optional=step.optional)
    return replace(
        made,
        on_miss=script.OnMiss.STOP if step.stop_on_miss else script.OnMiss.CONTINUE,
        connection=step.connection,
        together=step.together,
        within=longest_of(step),
        either=step.either,
        way=step.way,
    )


def _bare(words: Words, step: ReferenceStep) -> script.Step:
    match step.action:
        case Action.SEND:
            return _send(words, step)
        case Action.RECEIVE | Action.DROP:
            (name,) = step.messages
            kind = script.Drop if step.action is Action.DROP else script.Receive
            return _receive(words, name, kind)
        case Action.TYPE:
            line = step.typed.removesuffix("\n") + "\n"
            return script.Type(data=line.encode())
        case Action.SILENCE:
            return script.Silence(lasts=soonest_of(step) if step.lasts is not None else None)
    return _PLAIN[step.action]()


def _receive(words: Words, name: str, kind: type[script.Receive]) -> script.Receive:
    if words.takes(name):
        made = kind(message=name, measured=partial(words.length_in, name))
    else:
        made = kind(message=name, length_in=words.length_in(name))
    if words.may_lack_cr(name):
        made = replace(made, rest_in=partial(words.rest_in, name))
    if not words.captures(name):
        return made
    return replace(made, hears=lambda frame, heard: words.answer(name, frame, heard).heard)


def _send(words: Words, step: ReferenceStep) -> script.Send:
    def computed(heard: script.Heard) -> tuple[bytes, ...] | None:
        try:
            data = b"".join(words.framed(name, heard) for name in step.messages)
        except ValueError:
            return None
        return pieces_of(data, step.delivery)

    if any(words.takes(name) for name in step.messages):
        return script.Send(messages=step.messages, computed=computed)
    return script.Send(messages=step.messages, pieces=computed({}) or ())


_PLAIN: dict[Action, type[script.Step]] = {
    Action.CONNECT: script.Connect,
    Action.ACCEPT: script.Accept,
    Action.REFUSE: script.Refuse,
    Action.END: script.ReceiveEnd,
    Action.HALF_CLOSE: script.HalfClose,
    Action.CLOSE: script.Close,
    Action.RESET: script.Reset,
    Action.RESTART: script.Restart,
    Action.STOP_READING: script.PauseReading,
    Action.READ_AGAIN: script.ResumeReading,
}


def delivery_of(scenario: Scenario) -> str:
    """How a scenario delivers: `separate`, or what one of its sends does otherwise."""
    modes = (step.delivery.mode for step in scenario.steps)
    return next((mode for mode in modes if mode != "separate"), "separate")


def pieces_of(data: bytes, delivery: Delivery) -> tuple[bytes, ...]:
    """Cut what is sent into the pieces that are sent one by one; none of them is empty."""
    if delivery.mode != "split":
        return tuple(data[at : at + MAX_SEND] for at in range(0, len(data), MAX_SEND))
    if delivery.every:
        cuts = list(range(1, len(data)))
    elif delivery.inside:
        cuts = _inside_character(data)
    else:
        cuts = [offset for offset in delivery.offsets if offset < len(data)]
    edges = [0, *cuts, len(data)]
    return tuple(data[start:end] for start, end in pairwise(edges))


def _inside_character(data: bytes) -> list[int]:
    """Just behind the first byte of the first character of several bytes, if there is any."""
    return next(([at + 1] for at, byte in enumerate(data) if byte >= 0xC0), [])
