"""What of a lab students may see of a graded class: its visible scenarios, and what they use.

A scenario is `visible`, `hidden` for good, or hidden until the date for handing in has passed
(`after_due`); whether it has is said by who asks. What is not shown is not there: a lab for
students has neither the scenario nor the messages that only such scenarios use.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from grader.lab.model import (
    Expectation,
    ExpectFile,
    ExpectStdout,
    Lab,
    Level,
    ReferenceStep,
    Scenario,
    Visibility,
)
from grader.lab.words import parts_of


def proves(scenario: Scenario) -> set[str]:
    """Ids of the criteria that the scenario gives evidence for."""
    found: tuple[ReferenceStep | Expectation, ...] = (*scenario.steps, *scenario.expect)
    return {part.proves for part in found if part.proves is not None}


def is_shown(scenario: Scenario, *, due_passed: bool) -> bool:
    """Whether students may see it now."""
    if scenario.visibility is Visibility.AFTER_DUE:
        return due_passed
    return scenario.visibility is Visibility.VISIBLE


def of_criteria(lab: Lab) -> dict[str, Visibility]:
    """For each criterion that is proved, the most visible of the graded scenarios that prove it."""
    seen: dict[str, list[Visibility]] = {}
    for scenario in lab.scenarios:
        if scenario.level is Level.GRADED:
            for criterion in proves(scenario):
                seen.setdefault(criterion, []).append(scenario.visibility)
    order = list(Visibility)
    return {criterion: min(found, key=order.index) for criterion, found in seen.items()}


def for_students(lab: Lab, *, due_passed: bool) -> Lab:
    """The lab with nothing in it that only hidden scenarios have."""
    shown = tuple(s for s in lab.scenarios if is_shown(s, due_passed=due_passed))
    gone = _used(lab, (s for s in lab.scenarios if s not in shown)) - _used(lab, shown)
    return replace(
        lab,
        scenarios=shown,
        messages={name: message for name, message in lab.messages.items() if name not in gone},
    )


def _used(lab: Lab, scenarios: Iterable[Scenario]) -> set[str]:
    """Names of the messages that are sent, expected or drawn in these scenarios, or in such."""
    found: set[str] = set()
    for scenario in scenarios:
        messages = lab.within(scenario).messages
        waiting = list(_messages(scenario))
        while waiting:
            if (name := waiting.pop()) not in found:
                found.add(name)
                waiting += parts_of(messages[name].content) if name in messages else ()
    return found


def _messages(scenario: Scenario) -> Iterator[str]:
    yield from scenario.texts
    for step in scenario.steps:
        yield from step.messages
    expected = [*scenario.expect, *(x for of in scenario.expect_of.values() for x in of)]
    for expectation in expected:
        if isinstance(expectation, ExpectStdout):
            yield expectation.message
            if expectation.after is not None:
                yield expectation.after
        elif isinstance(expectation, ExpectFile):
            if expectation.message is not None:
                yield expectation.message
            if expectation.made is not None:
                yield from sorted(expectation.made.names)
