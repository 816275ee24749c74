"""`wiregrade validate`: every problem of a lab, each with its place."""

from __future__ import annotations

import argparse

from grader.cli.errors import DONE
from grader.cli.labs import open_lab
from grader.cli.streams import say
from grader.lab.model import Level


def run(given: argparse.Namespace) -> int:
    """Load the lab; its problems end the command with status 2 (`grader.cli.blame`)."""
    lab = open_lab(given.lab).lab
    graded = sum(scenario.level is Level.GRADED for scenario in lab.scenarios)
    counted = sum(criterion.enabled for criterion in lab.criteria)
    say(
        f"{lab.id}: no errors. {counted} criteria, {lab.max_score} points, "
        f"{graded} graded scenarios, {len(lab.scenarios) - graded} for advice.\n"
        "This says that the lab can be read, not yet that it grades right: "
        "the proof of a lab comes in a later version."
    )
    return DONE
