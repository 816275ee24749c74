"""The split sweep: a message cut once at each of its bytes, a run for each cut.

A scenario that sends with `split: every` is played on request only: it costs a run for each
byte. Long messages are cut at a sample of their bytes, the same for everybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from grader.lab.model import ReferenceStep, Scenario

MOST_OFFSETS = 128
"""Cuts of one sweep."""


def is_sweep(scenario: Scenario) -> bool:
    """Whether one run is not all of it."""
    return any(step.delivery.every for step in scenario.steps)


def swept_step(scenario: Scenario) -> ReferenceStep:
    """The step whose text is cut everywhere.

    Raises:
        StopIteration: the scenario is no sweep.
    """
    return next(step for step in scenario.steps if step.delivery.every)


def swept_data(scenario: Scenario, texts: Mapping[str, str]) -> bytes:
    """The bytes that are cut, with the texts of the run."""
    return "".join(texts[name] for name in swept_step(scenario).messages).encode()


def cut_at(scenario: Scenario, offset: int) -> Scenario:
    """The scenario with its message in two pieces, the second beginning with byte `offset`."""
    steps = tuple(
        replace(step, delivery=replace(step.delivery, every=False, offsets=(offset,)))
        if step.delivery.every
        else step
        for step in scenario.steps
    )
    return replace(scenario, steps=steps)


def is_inside(data: bytes, offset: int) -> bool:
    """Whether a cut there parts the bytes of one character of UTF-8."""
    return 0 < offset < len(data) and 0x80 <= data[offset] < 0xC0


def offsets_of(data: bytes) -> tuple[int, ...]:
    """Where to cut: everywhere; a text with too many bytes at a sample of them.

    Of the sample half at most are inside characters, the rest between them; both are spread
    evenly, and the first and the last cut are among them.
    """
    everywhere = range(1, len(data))
    if len(everywhere) <= MOST_OFFSETS:
        return tuple(everywhere)
    inside = _spread([o for o in everywhere if is_inside(data, o)], MOST_OFFSETS // 2)
    chosen = {*inside, 1, len(data) - 1}
    others = [o for o in everywhere if o not in chosen and not is_inside(data, o)]
    return tuple(sorted(chosen | {*_spread(others, MOST_OFFSETS - len(chosen))}))


def _spread(offsets: Sequence[int], most: int) -> list[int]:
    """At most `most` of them, evenly."""
    if len(offsets) <= most:
        return list(offsets)
    return [offsets[i * len(offsets) // most] for i in range(most)]
