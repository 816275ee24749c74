"""A part of a lab: some of its scenarios, or one role, with the criteria that these prove."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from grader.lab.model import Lab, Level, Role
from grader.lab.visibility import proves


def narrowed(lab: Lab, only: Collection[str] = (), role: Role | None = None) -> Lab:
    """The lab with the scenarios of these ids (none: all) and of that role alone.

    Scenarios that test both roles are of neither. A criterion that is required by another, and
    left out, is required no more.
    """
    scenarios = tuple(
        s for s in lab.scenarios if (not only or s.id in only) and role in (None, s.tests)
    )
    graded = [s for s in scenarios if s.level is Level.GRADED]
    kept = {name for s in graded for name in proves(s)}
    criteria = tuple(
        replace(c, requires=tuple(name for name in c.requires if name in kept))
        for c in lab.criteria
        if c.id in kept
    )
    return replace(lab, scenarios=scenarios, criteria=criteria)


def alone(lab: Lab, scenario: str) -> Lab:
    """The lab with that scenario alone, and graded, whatever its level."""
    one = replace(lab.scenario(scenario), level=Level.GRADED)
    return narrowed(replace(lab, scenarios=(one,)))
