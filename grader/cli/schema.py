"""`wiregrade schema`: the JSON Schema of a document that we write, or of a file of a lab."""

from __future__ import annotations

import argparse
import json
from importlib import resources

from grader.cli.errors import DONE
from grader.cli.streams import say
from grader.lab.schema import NAMES, schema


def run(given: argparse.Namespace) -> int:
    """Print the schema: that of results ships with the package, that of labs is the loader's."""
    if given.name in NAMES:
        say(json.dumps(schema(given.name), ensure_ascii=False, indent=2))
        return DONE
    file = resources.files("grader.schemas") / f"{given.name}.schema.json"
    say(file.read_text("utf-8").rstrip("\n"))
    return DONE
