"""`wiregrade schema`: the JSON Schema of results.json or of result.json."""

from __future__ import annotations

import argparse
from importlib import resources

from grader.cli.errors import DONE
from grader.cli.streams import say


def run(given: argparse.Namespace) -> int:
    """Print the schema that ships with the package."""
    file = resources.files("grader.schemas") / f"{given.name}.schema.json"
    say(file.read_text("utf-8").rstrip("\n"))
    return DONE
