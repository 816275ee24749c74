"""Checks of what was printed, beyond a text somewhere: lines, absence, numbers of times."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from unicodedata import normalize

from grader.judge.facts import Facts
from grader.judge.model import Finding, Status
from grader.judge.situation import situation_entries
from grader.judge.wording import say
from grader.lab.model import AnyOf, ExpectStdout, Patterned
from grader.lab.words import is_short
from grader.matching import Print, nearest

MOST_LINES = 4096
"""Lines of an output that are looked at."""
LONGEST_LINE = 4096
"""Bytes of a line that are compared."""
MOST_TIMES = 1100
SHOWN = 400
"""Bytes of the line that is shown instead of the one asked for."""
QUOTED = 60
"""Characters of a text that are said again in a sentence."""


def is_usual(facts: Facts, expectation: ExpectStdout) -> bool:
    """Whether it is a text that stands somewhere in the output, as `prints` looks for it."""
    return expectation.how == "contains" and expectation.times is None


def same_but_case(text: str, shown: str) -> bool:
    """Whether what was printed is the text in other capitals, blanks aside."""
    asked, printed = (" ".join(normalize("NFC", t).split()) for t in (text, shown))
    return asked != printed and asked.casefold() == printed.casefold()


def check_screen(facts: Facts, expectation: ExpectStdout, start: int) -> tuple[Finding, int | None]:
    """The finding, and where what was found ends; `start` is where the text before it ended."""
    found = list(_places(facts, expectation, start))
    if expectation.how == "absent":
        return _absent(facts, expectation, found), None
    end = found[0].stop if found else None
    if not found:
        return _missing(facts, expectation), None
    if expectation.times is not None and len(found) != expectation.times:
        key = "stdout.times"
        return _made(facts, expectation, Status.FAIL, key, found, count=len(found)), end
    key = "stdout.line" if expectation.how == "line" else "stdout.pass"
    if expectation.times is not None:
        key = "stdout.counted"
    return _made(facts, expectation, Status.PASS, key, found), end


def _absent(facts: Facts, expectation: ExpectStdout, found: list[slice]) -> Finding:
    if found:
        shown = _quoted(facts.stdout.data[found[0]])
        return _made(facts, expectation, Status.FAIL, "stdout.present", found[:1], shown=shown)
    # Silence earns nothing: a program that did nothing did not keep this to itself.
    if not facts.connected:
        return _made(facts, expectation, Status.FAIL, "connection.none", [])
    return _made(facts, expectation, Status.PASS, "stdout.absent", [])


def _missing(facts: Facts, expectation: ExpectStdout) -> Finding:
    says = facts.lab.messages[expectation.message].says
    if expectation.how == "line":
        made = (
            _made(facts, expectation, Status.FAIL, "stdout.noline", [])
            if says is None
            else _made(facts, expectation, Status.FAIL, "stdout.form", [], says=says)
        )
        return _with_nearest(facts, expectation.message, made)
    key = "stdout.none" if facts.stdout.data.strip() else "stdout.silent"
    return _made(facts, expectation, Status.FAIL, key, [])


def _with_nearest(facts: Facts, message: str, finding: Finding) -> Finding:
    """With the line that is most like the one asked for; of a form, the last one printed."""
    data = facts.stdout.data
    near = nearest(facts.text(message), data, facts.lab.tolerance)
    if near is None:
        last = data[-LONGEST_LINE:].rstrip()
        line = last[max(last.rfind(b"\n"), last.rfind(b"\r")) + 1 :]
        end = len(data.rstrip())
        near = slice(end - len(line), end)
    shown = data[near][:SHOWN]
    if not shown.strip():
        return finding
    evidence = (*facts.stdout.entries(near), *finding.evidence)
    return replace(finding, actual=shown, evidence=tuple(dict.fromkeys(evidence))[:12])


def _quoted(data: bytes) -> str:
    """What was printed, in a sentence: one line, not a long one."""
    text = " ".join(data[: 4 * QUOTED].decode("utf-8", "replace").split())
    text = "".join(c if c.isprintable() else "\ufffd" for c in text)
    return text if len(text) <= QUOTED else f"{text[:QUOTED]}…"


def _made(
    facts: Facts,
    expectation: ExpectStdout,
    status: Status,
    key: str,
    found: list[slice],
    **fields: object,
) -> Finding:
    evidence = [i for span in found for i in facts.stdout.entries(span)]
    if status is Status.FAIL and not found:
        evidence += situation_entries(facts)
    wanted = None
    if not isinstance(facts.lab.messages[expectation.message].content, Patterned):
        wanted = facts.text(expectation.message).encode()
    if expectation.how == "absent":
        wanted = None
        evidence = evidence or [facts.last]
    told = {"situation": "", "program": "", "times": expectation.times, **fields}
    return Finding(
        run=facts.header.run,
        expectation=name_of(expectation),
        criterion=expectation.proves,
        status=status,
        what=say(key, **told),
        expected=wanted,
        actual=facts.stdout.data[found[0]] if found else None,
        evidence=tuple(dict.fromkeys(evidence))[:12],
    )


def name_of(expectation: ExpectStdout) -> str:
    """The finding's name: what must be absent is no print that could be missing."""
    kind = "stdout-absent" if expectation.how == "absent" else "stdout"
    return f"{kind}:{expectation.message}"


# --- where it stands ---------------------------------------------------------------------


def _places(facts: Facts, expectation: ExpectStdout, start: int) -> Iterator[slice]:
    if expectation.how == "line":
        yield from _lines_like(facts, expectation.message, start)
        return
    for _ in range(MOST_TIMES):
        found = printed(facts, expectation.message, start)
        if found is None or found.status is not Status.PASS:
            return
        yield found.span
        start = found.span.stop


def _lines_like(facts: Facts, message: str, start: int) -> Iterator[slice]:
    """The lines that are the message; a prompt before it is no part of it."""
    at = start
    heard = facts.hearing.heard
    for line in facts.stdout.data[start:].splitlines(keepends=True)[:MOST_LINES]:
        text = line[:LONGEST_LINE].strip()
        if text and facts.words.is_right(message, text, heard):
            begin = at + line.find(text)
            yield slice(begin, begin + len(text))
        at += len(line)


def printed(facts: Facts, message: str, start: int) -> Print | None:
    """Where a message stands from `start` on; a short one not within a longer word."""
    content = facts.lab.messages[message].content
    names = content.names if isinstance(content, AnyOf) else (message,)
    places = [found for name in names if (found := _one(facts, name, start)) is not None]
    return min(places, key=lambda p: (p.status is not Status.PASS, p.span.start), default=None)


def _one(facts: Facts, message: str, start: int) -> Print | None:
    text = facts.text(message)
    data = facts.stdout.data
    while (found := facts.printed(text, start)) is not None:
        if not is_short(text):
            return found
        if found.status is not Status.PASS:
            return None  # of « 42 » nothing is nearly right
        if not _within_word(data, found.span):
            return found
        start = found.span.start + 1
    return None


def _within_word(data: bytes, span: slice) -> bool:
    before, after = data[span.start - 1 : span.start], data[span.stop : span.stop + 1]
    first, last = data[span.start : span.start + 1], data[span.stop - 1 : span.stop]
    return (before.isalnum() and first.isalnum()) or (after.isalnum() and last.isalnum())
