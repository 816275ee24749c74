"""From a scenario with its texts to the script that the reference plays."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from grader.lab.model import Action, Delivery, Lab, ReferenceStep, Scenario
from grader.matching import length_in
from reference import script


def script_of(lab: Lab, scenario: Scenario, texts: Mapping[str, str]) -> script.Script:
    """Build the script: one step for each of `scenario.steps`, in the same order.

    `texts` are the run's (`grader.lab.texts.texts_of`). The reference sends UTF-8.
    """
    steps = tuple(_step(lab, step, texts) for step in scenario.steps)
    return script.Script(steps=steps, port=lab.port)


def _step(lab: Lab, step: ReferenceStep, texts: Mapping[str, str]) -> script.Step:
    on_miss = script.OnMiss.STOP if step.stop_on_miss else script.OnMiss.CONTINUE
    match step.action:
        case Action.SEND:
            data = "".join(texts[name] for name in step.messages).encode()
            pieces = pieces_of(data, step.delivery)
            return script.Send(messages=step.messages, pieces=pieces, on_miss=on_miss)
        case Action.RECEIVE:
            (name,) = step.messages
            complete = length_in(texts[name], lab.tolerance)
            return script.Receive(message=name, length_in=complete, on_miss=on_miss)
    return _PLAIN[step.action](on_miss=on_miss)


_PLAIN: dict[Action, type[script.Step]] = {
    Action.CONNECT: script.Connect,
    Action.ACCEPT: script.Accept,
    Action.REFUSE: script.Refuse,
    Action.END: script.ReceiveEnd,
    Action.HALF_CLOSE: script.HalfClose,
    Action.CLOSE: script.Close,
    Action.RESET: script.Reset,
    Action.RESTART: script.Restart,
}


def delivery_of(scenario: Scenario) -> str:
    """How a scenario delivers: `separate`, or what one of its sends does otherwise."""
    modes = (step.delivery.mode for step in scenario.steps)
    return next((mode for mode in modes if mode != "separate"), "separate")


def pieces_of(data: bytes, delivery: Delivery) -> tuple[bytes, ...]:
    """Cut what is sent into the pieces that are sent one by one; none of them is empty."""
    if delivery.mode != "split":
        return (data,)
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
