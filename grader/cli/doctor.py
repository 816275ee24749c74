"""`wiregrade doctor`: what this machine can do for a run, found by trying.

Each defence is on, weaker or off; what is not on comes with the one command that mends it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from grader.cli.errors import DONE, FAULT
from grader.cli.streams import safe, say, wants_colour
from grader.lab.languages import KNOWN, PYTHON
from grader.run.host import Fact, HostReport, probe, why_not_warm
from grader.run.toolchain import told

_PLAIN = "\x1b[0m"
_MARKS = {"on": ("✓", "\x1b[32m"), "weaker": ("~", "\x1b[33m"), "off": ("✗", "\x1b[31m")}


def run(given: argparse.Namespace) -> int:
    """Print the facts; status 3 if `grade` could not run here."""
    report = probe(given.python)
    say(table(report, colour=wants_colour(sys.stdout)))
    say(warm_starts(why_not_warm(report)))
    say(languages(told(x for x in KNOWN.values() if x != PYTHON)))
    return DONE if report.full else FAULT


def table(report: HostReport, *, colour: bool) -> str:
    """The facts as lines, what is missing marked, and last what to do."""
    width = max(len(fact.name) for fact in report.facts)
    lines = [_line(fact, width, colour=colour) for fact in report.facts]
    return "\n".join([*lines, "", *_advice(report)])


def warm_starts(why_not: str) -> str:
    """Whether the runs of a Python program are forked from one that waits, and why not."""
    told = f"✗ not used: {safe(why_not)}" if why_not else "✓ used where nothing can tell (--cold)"
    return f"\nWarm starts of Python programs, so that several runs cost less:\n    {told}"


def languages(found: Sequence[tuple[str, bool, str]]) -> str:
    """Which programs besides Python's can be played here, if a lab takes them."""
    width = max(len(title) for title, _, _ in found)
    lines = [
        f"    {'✓' if there else '✗'} {title:<{width}}  {safe(by)}" for title, there, by in found
    ]
    return "\n".join(["", "Other languages, where a lab takes them:", *lines])


def _line(fact: Fact, width: int, *, colour: bool) -> str:
    mark, paint = _MARKS[fact.state]
    shown = f"{paint}{mark}{_PLAIN}" if colour else mark
    return f"{shown} {fact.state:<6}  {fact.name:<{width}}  {safe(fact.detail)}"


def _advice(report: HostReport) -> list[str]:
    if report.full and not report.weaker:
        return ["Everything is there: `wiregrade grade` runs with isolation full."]
    if report.full:
        lines = ["`wiregrade grade` runs with isolation full. It would be stronger with:"]
        for fact in report.weaker:
            lines.append(f"    {fact.name}: {fact.mend or 'no command mends that here'}")
        return lines
    lines = ["Isolation full is not possible here, so `wiregrade grade` refuses to run."]
    mends = list(dict.fromkeys(fact.mend for fact in report.missing if fact.mend))
    if mends:
        lines += ["This command mends it:", *(f"    {mend}" for mend in mends[:1])]
    lines.append("`wiregrade check` works all the same, for one's own programs.")
    return lines
