"""Checks of what was printed: each text on standard output, in its order."""

from __future__ import annotations

from collections.abc import Sequence

from grader.judge.facts import Facts
from grader.judge.model import Finding, Status
from grader.judge.situation import situation, situation_entries
from grader.judge.wording import remark, say
from grader.lab.model import ExpectStdout
from grader.matching import Print, find_print, nearest

SHOWN = 400
"""Bytes of an output shown where the text was not found in it."""


def check_stdout(facts: Facts, expectations: Sequence[ExpectStdout]) -> list[Finding]:
    """One finding for each text expected on stdout, in the order of the scenario."""
    ends: dict[str, int] = {}
    return [_check(facts, expectation, ends) for expectation in expectations]


def _check(facts: Facts, expectation: ExpectStdout, ends: dict[str, int]) -> Finding:
    """One text; `ends` keeps where each text found ended, for those that come after it."""
    text = facts.text(expectation.message)
    start = ends.get(expectation.after or "", 0)
    found = facts.printed(text, start)
    if found is not None:
        ends[expectation.message] = found.span.stop
        key = "stdout.pass" if found.status is Status.PASS else "stdout.partial"
        return _made(facts, expectation, found.status, key, found)
    if start and (before := facts.printed(text)):
        ends[expectation.message] = before.span.stop
        return _made(facts, expectation, Status.FAIL, "stdout.order", before)
    return _missing(facts, expectation)


def _made(
    facts: Facts, expectation: ExpectStdout, status: Status, key: str, found: Print
) -> Finding:
    return Finding(
        run=facts.header.run,
        expectation=f"stdout:{expectation.message}",
        criterion=expectation.proves,
        status=status,
        what=say(key),
        expected=facts.text(expectation.message).encode(),
        actual=facts.stdout.data[found.span],
        evidence=facts.stdout.entries(found.span),
        remarks=tuple(remark(code) for code in found.remarks),
    )


def _missing(facts: Facts, expectation: ExpectStdout) -> Finding:
    """The text is not there: say what is, and whether it went to stderr."""
    text = facts.text(expectation.message)
    output = facts.stdout
    evidence = situation_entries(facts)
    key, actual = "stdout.none", b""
    if found := find_print(text, facts.stderr.data, facts.lab.tolerance):
        key, evidence = "stdout.stderr", facts.stderr.entries(found.span)
    elif not output.data.strip():
        key = "stdout.silent"
    elif (line := nearest(text, output.data, facts.lab.tolerance)) is not None:
        actual = output.data[line][:SHOWN]
        evidence = (*output.entries(line), facts.last)
    else:
        actual = output.data.strip()[-SHOWN:]
        evidence = (*(i for i, _, _ in output.chunks[-3:]), facts.last)
    return Finding(
        run=facts.header.run,
        expectation=f"stdout:{expectation.message}",
        criterion=expectation.proves,
        status=Status.FAIL,
        what=say(key, situation=situation(facts)),
        expected=text.encode(),
        actual=actual,
        evidence=evidence,
    )
