"""`wiregrade bench`: what grading costs on this machine, and whether it is as promised."""

from __future__ import annotations

import argparse
import sys

from grader.cli.errors import CommandError
from grader.lab.model import Text


def run(given: argparse.Namespace) -> int:
    """Measure; status 3 if something could not be measured."""
    if sys.platform == "linux":
        from grader.cli import benching

        return benching.run(given)
    else:  # noqa: RET505 -- for mypy: each half is of one system
        raise CommandError(
            Text({"fr": "bench ne tourne que sous Linux", "en": "bench runs on Linux alone"})
        )
