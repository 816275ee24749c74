"""Checks of what was printed: each text on standard output, in its order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from grader.judge.facts import Facts
from grader.judge.model import Finding, Status
from grader.judge.screen import check_screen, is_usual, printed, same_but_case
from grader.judge.situation import plainly_ended, situation, situation_entries
from grader.judge.wording import FINDINGS, nth, remark, say
from grader.lab.model import ExpectStdout
from grader.matching import Print, find_print, nearest

SHOWN = 400
"""Bytes of an output shown where the text was not found in it."""
PIECE = 10
"""Bytes of a beginning by which a piece of a text is known."""
_NEW_LINE = re.compile(rb"[\r\n]")
_NOT_SENT = ("stdout.unsent", "stdout.begun")


def check_stdout(facts: Facts, expectations: Sequence[ExpectStdout]) -> list[Finding]:
    """One finding for each text expected on stdout, in the order of the scenario."""
    ends: dict[str, int] = {}
    lines = _lines(facts.stdout.data)
    # As many lines as texts: then the second line stands where the second text should.
    places = lines if len(lines) == len(expectations) else []
    return [
        _check(facts, expectation, ends, places[number] if places else None)
        for number, expectation in enumerate(expectations)
    ]


def _lines(output: bytes) -> list[slice]:
    """Where the lines are that are not blank."""
    found, start = list[slice](), 0
    for line in output.splitlines(keepends=True):
        if line.strip():
            found.append(slice(start, start + len(line.rstrip())))
        start += len(line)
    return found


def _check(
    facts: Facts, expectation: ExpectStdout, ends: dict[str, int], place: slice | None
) -> Finding:
    """One text; `ends` keeps where each text found ended, for those that come after it."""
    start = ends.get(expectation.after or "", 0)
    if not is_usual(facts, expectation):
        finding, end = check_screen(facts, expectation, start)
        if end is not None:
            ends[expectation.message] = end
        return finding
    found = printed(facts, expectation.message, start)
    if found is None or found.status is not Status.PASS:
        found = _in_pieces(facts, expectation.message, start) or found
    if found is not None:
        ends[expectation.message] = found.span.stop
        key = "stdout.pass" if found.status is Status.PASS else "stdout.partial"
        if key == "stdout.partial" and same_but_case(facts.text(expectation.message), found.text):
            key = "stdout.partial.case"
        if (
            key == "stdout.pass"
            and start
            and not _NEW_LINE.search(facts.stdout.data, start, found.span.stop)
        ):
            key = "stdout.pass.joined"
        return _made(facts, expectation, found.status, key, found)
    if start and (before := printed(facts, expectation.message, 0)):
        ends[expectation.message] = before.span.stop
        return _made(facts, expectation, Status.FAIL, "stdout.order", before)
    return _missing(facts, expectation, start, place)


def _in_pieces(facts: Facts, message: str, start: int) -> Print | None:
    """A message that was sent in pieces and printed in these, with other lines between them.

    What a program prints by a clock of its own stands there or does not, by how busy the machine
    is; without such lines the pieces have to be the message (`find_print`), as printed one after
    the other.
    """
    sent = [e for session in facts.sessions for _, e in session.sent if e.pieces > 1]
    parts = [e.data.strip() for e in sent if e.messages == (message,)]
    text = facts.text(message)
    if not text or len(parts) < 2:
        return None
    whole = find_print(text, b"\n".join(parts), facts.lab.tolerance)
    if whole is None or whole.status is not Status.PASS or min(map(len, parts)) < PIECE:
        return None
    spans: list[slice] = []
    for part in parts:
        at = spans[-1].stop if spans else start
        found = facts.printed(part.decode("utf-8", "replace"), at)
        if found is None or found.status is not Status.PASS:
            return None
        spans.append(found.span)
    return replace(whole, span=slice(spans[0].start, spans[-1].stop))


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


def _missing(facts: Facts, expectation: ExpectStdout, start: int, place: slice | None) -> Finding:
    """The text is not there: say what is, and whether it went to stderr.

    `start`: where the text that comes before it ended; `place`: the line in its place, if known.
    """
    text = facts.text(expectation.message)
    output = facts.stdout
    evidence = situation_entries(facts)
    key, actual = _why(facts, expectation.message, start), b""
    if found := find_print(text, facts.stderr.data, facts.lab.tolerance):
        key, evidence = "stdout.stderr", facts.stderr.entries(found.span)
    elif not output.data.strip():
        key = key if key in _NOT_SENT else "stdout.silent"
    elif (line := _instead(facts, text, start, place)) is not None:
        actual = output.data[line][:SHOWN]
        evidence = (*output.entries(line), facts.last)
    if f"{key}.ended" in FINDINGS and plainly_ended(facts):
        key = f"{key}.ended"
    return Finding(
        run=facts.header.run,
        expectation=f"stdout:{expectation.message}",
        criterion=expectation.proves,
        status=Status.FAIL,
        what=say(key, situation=situation(facts), nth=nth(_number(facts, expectation.message))),
        expected=text.encode(),
        actual=actual,
        evidence=evidence,
    )


def _instead(facts: Facts, text: str, start: int, place: slice | None) -> slice | None:
    """What stands where the text should: something like it, its line, or all that follows."""
    data = facts.stdout.data
    # On the first line may stand what comes before all texts: there something alike says more.
    if place is not None and place.start >= max(start, 1):
        return place
    near = nearest(text, data[start:], facts.lab.tolerance)
    if near is not None:
        return slice(near.start + start, near.stop + start)
    if place is not None and place.start >= start:
        return place
    rest = data[start:].strip()
    if not rest:
        return None
    end = len(data.rstrip())
    return slice(max(end - len(rest), end - SHOWN), end)


def _why(facts: Facts, message: str, start: int) -> str:
    """The sentence that says most of a text that is not on stdout."""
    if plainly_ended(facts) and not _was_sent(facts, message):
        return "stdout.begun" if _was_begun(facts, message) else "stdout.unsent"
    begin = facts.text(message).encode()[:PIECE]
    if len(begin) == PIECE and begin in facts.stdout.data[start:]:
        return "stdout.piece"
    plain = facts.lab.messages[message].text
    if plain != facts.text(message) and facts.printed(plain) is not None:
        return "stdout.other"
    return "stdout.none"


def _was_sent(facts: Facts, message: str) -> bool:
    """Whether it was sent; a text that no connection was made for is missing for that alone."""
    made = [s for s in facts.sessions if s.connected is not None and message in s.to_send]
    return not made or any(message in s.was_sent for s in made)


def _was_begun(facts: Facts, message: str) -> bool:
    """Whether a piece of it was sent."""
    return any(message in e.messages for s in facts.sessions for _, e in s.sent)


def _number(facts: Facts, message: str) -> int:
    """The place of a message among those sent over its connection, from 0."""
    for session in facts.sessions:
        if message in session.to_send:
            return session.to_send.index(message)
    return 0
