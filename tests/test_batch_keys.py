"""What a run is played with is in its key; what is not is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from batch_tools import SETTINGS, source, submission

from grader.batch import plan, saved
from grader.batch.keys import Marks, RunKeys
from grader.lab.model import Lab
from grader.run.jobs import Job
from grader.submission import Submission

ONE = submission("a")
LAB = source().lab


def job(lab: Lab = LAB, seed: str = "seed") -> Job:
    (made,) = plan.jobs_of(lab, ONE, seed)
    return made


def key(
    lab: Lab = LAB, scenario: str = "server-nominal", tool: str = "1", seed: str = "seed",
    digest: str = "d", isolation: str = "full",
) -> str:  # fmt: skip
    keys = RunKeys(tool, {**SETTINGS.options, "isolation": isolation})
    return keys.of(job(lab, seed), lab.scenario(scenario), digest)


def test_the_same_is_the_same() -> None:
    assert key() == key()


@pytest.mark.parametrize(
    "other",
    [
        {"scenario": "server-drawn"}, {"tool": "2"}, {"seed": "s"}, {"digest": "e"},
        {"isolation": "none"},
        {"lab": replace(LAB, port=1025)}, {"lab": replace(LAB, salt="other")},
        {"lab": replace(LAB, limits=replace(LAB.limits, wall=1))},
    ],
)  # fmt: skip
def test_what_it_is_played_with_makes_another(other: dict[str, Any]) -> None:
    assert key(**other) != key()


def test_another_scenario_and_how_points_are_given_leave_it() -> None:
    others = tuple(
        replace(one, steps=one.steps[:1]) if one.id == "server-drawn" else one
        for one in LAB.scenarios
    )
    changed = replace(LAB, scenarios=others, criteria=LAB.criteria[:1])
    assert key(changed) == key()
    assert key(changed, "server-drawn") != key(scenario="server-drawn")


MARKS = Marks("1", "lab", SETTINGS.options)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda one: replace(one, id="b", name="b"), True),
        (lambda one: replace(one, digest="other"), False),
        (lambda one: replace(one, programs=replace(one.programs, server="x.py")), False),
    ],
)
def test_content_is_all_but_whose_it_is(
    change: Callable[[Submission], Submission], *, same: bool
) -> None:
    assert (MARKS.content(change(ONE)) == MARKS.content(ONE)) is same


def test_what_was_saved_has_the_content_of_what_was_handed_in() -> None:
    found = saved.describe(ONE, "seed", MARKS.of(ONE), ())
    assert MARKS.content(found) == MARKS.content(ONE)
    edited = msgspec.structs.replace(found, digest="other")
    assert MARKS.content(edited) == ""
    assert Marks("2", "lab", SETTINGS.options).content(found) == ""
