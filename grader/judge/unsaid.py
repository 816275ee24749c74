"""What the reference could not say in a run, for want of a value that no message had brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.judge.hearing import hear
from grader.lab.model import Action, Lab, Scenario
from grader.lab.words import words_of
from grader.transcript import Received, Step, Transcript


@dataclass(frozen=True)
class Unsaid:
    """Why a step was not sent: values that were not captured, or that it can't be made of."""

    lacks: tuple[str, ...]
    """None: they were all captured, and it could not be computed from them."""
    of: tuple[str, ...]
    """The values that it is made of."""


def unsaid(transcript: Transcript, lab: Lab, scenario: Scenario) -> Mapping[int, Unsaid]:
    """Steps that the reference left out itself, by their number in the script."""
    found: dict[int, Unsaid] = {}
    words = words_of(lab, scenario, transcript.header.texts)
    known: frozenset[str] | None = None
    """What was captured by now; None: more may have been since that was found out."""
    for place, entry in enumerate(transcript.entries):
        if isinstance(entry, Received) or (isinstance(entry, Step) and entry.status == "done"):
            known = None
        if not isinstance(entry, Step) or entry.status != "missed" or entry.reason != "script":
            continue
        step = scenario.steps[entry.index] if 0 <= entry.index < len(scenario.steps) else None
        if step is None or step.action is not Action.SEND:
            continue
        of = {value for name in step.messages for value in words.takes(name)}
        if known is None:
            heard = hear(transcript.entries[:place], scenario.steps, words).heard
            known = frozenset(heard)
        found[entry.index] = Unsaid(tuple(sorted(of - known)), tuple(sorted(of)))
    return found
