"""`wiregrade doctor`: what this machine can do for a run, found by trying."""

from __future__ import annotations

import argparse
import sys

from grader.cli.errors import DONE, FAULT
from grader.cli.streams import safe, say, wants_colour
from grader.run.host import Fact, HostReport, probe

_GREEN, _RED, _DIM, _PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[0m"


def run(given: argparse.Namespace) -> int:
    """Print the facts; status 3 if `grade` could not run here."""
    report = probe(given.python)
    say(table(report, colour=wants_colour(sys.stdout)))
    return DONE if report.full else FAULT


def table(report: HostReport, *, colour: bool) -> str:
    """The facts as lines, what is missing marked, and last what to do."""
    width = max(len(fact.name) for fact in report.facts)
    lines = [_line(fact, width, colour=colour) for fact in report.facts]
    return "\n".join([*lines, "", *_advice(report)])


def _line(fact: Fact, width: int, *, colour: bool) -> str:
    mark, paint = ("✓", _GREEN) if fact.ok else ("✗", _RED) if fact.needed else ("·", _DIM)
    shown = f"{paint}{mark}{_PLAIN}" if colour else mark
    return f"{shown} {fact.name:<{width}}  {safe(fact.detail)}"


def _advice(report: HostReport) -> list[str]:
    if report.full:
        return ["Everything is there: `wiregrade grade` runs with isolation full."]
    lines = ["Isolation full is not possible here, so `wiregrade grade` refuses to run."]
    mends = list(dict.fromkeys(fact.mend for fact in report.missing if fact.mend))
    if mends:
        lines += ["This command mends it:", *(f"    {mend}" for mend in mends[:1])]
    lines.append("`wiregrade check` works all the same, for one's own programs.")
    return lines
