"""Conditions of framing: where a message ends, and how much of it is sent or read at once."""

from __future__ import annotations

from grader.judge.facts import Arrival, Facts, Session
from grader.judge.hit import EVERYTHING, Hit
from grader.judge.model import Status
from grader.judge.seen import calls, ended_before_us, first_session, hit, reads_connection, stood
from grader.transcript import Call
from reference.framing import Line, Prefix, Until

HUGE = 1 << 24
"""Bytes asked for at once that no buffer of a first program has: a length gone wrong."""
BUFFERED = 8192
"""What the buffer of makefile() asks for at once; a recv() of a program asks for less."""
STDIO = 4096
"""The same of C's stdio (fgets() on a stream of fdopen()), which calls read()."""
HEADERS = (8, 4, 2)
"""Bytes that a length before a message usually takes."""
_OF_STDIO = (".c", ".cc", ".cpp", ".cxx")
LARGE = 1024
"""Bytes from which on a message cut short was cut by send(), and not by what was written."""


def length_prefix(facts: Facts) -> Hit | None:
    """All was read, and it waits for millions of bytes more."""
    session = first_session(facts)
    if session is None or not session.sent or session.consumed < session.sent_bytes:
        return None
    for index, call in calls(facts, session.closed):
        if reads_connection(call) and call.size is not None and call.size >= HUGE:
            evidence = (session.sent[-1][0], index)
            return stood(facts, "length-prefix-wrong", EVERYTHING, evidence, size=call.size)
    return None


def wrong_length(facts: Facts) -> Hit | None:
    """A message came with a length in front that is not its own."""
    for session in facts.sessions:
        for arrival in session.arrivals:
            framing = facts.lab.messages[arrival.message].framing
            if arrival.answer is None or not isinstance(framing, Prefix):
                continue
            came, announced = len(arrival.answer.body), framing.announced(arrival.data)
            wanted = len(arrival.answer.expected or b"")
            if arrival.answer.whole or announced is None or announced in (came, wanted):
                continue  # where the length is right, it is the message that was cut
            reach = (f"receive:{arrival.message}",)
            told = {"announced": announced, "came": came}
            return hit(facts, "length-prefix-wrong", reach, arrival.entries, "announced", **told)
    return None


def prefix_eaten(facts: Facts) -> Hit | None:
    """It waited for more until we closed, and printed a message without its first bytes.

    They went into a number: as many as the length of a header has.
    """
    session = first_session(facts)
    if session is None or not session.sent or session.consumed < session.sent_bytes:
        return None
    if ended_before_us(session) or set(session.to_send) - set(session.was_sent):
        return None
    index, entry = session.sent[0]
    shown = facts.stdout.data
    for size in HEADERS:
        rest = entry.data[size:]
        start = shown.find(rest)
        if len(rest) < size or start < 0 or entry.data[size - 1 :] in shown:
            continue
        evidence = (index, *facts.stdout.entries(slice(start, start + len(rest))))
        reach = ("stdout", "end")
        return stood(facts, "length-prefix-wrong", reach, evidence, "eaten", size=size)
    return None


def missing_terminator(facts: Facts) -> Hit | None:
    """All was read, nothing of it shown, and a buffered read waits for more."""
    session = first_session(facts)
    if session is None or not session.sent or session.consumed < session.sent_bytes:
        return None
    if set(session.to_send) - set(session.was_sent) or any(
        entry.data.endswith(b"\n") for _, entry in session.sent
    ):
        return None
    last = session.sent[-1][0]
    for index, call in calls(facts, session.closed):
        if index > last and reads_connection(call) and _is_buffered(facts, call):
            if _shown_before(facts, session, index):
                return None
            return stood(facts, "missing-terminator", EVERYTHING, (last, index))
    return None


def reads_lines_in_c(facts: Facts, call: Call) -> bool:
    """The call of stdio, as far as its size tells: a program's own read() may ask for as much."""
    compiled = facts.compiled is not None and facts.header.program.endswith(_OF_STDIO)
    return compiled and call.name == "read" and call.size == STDIO


def _is_buffered(facts: Facts, call: Call) -> bool:
    """The call of a reader by lines, and not that of a program's own recv()."""
    if call.size is None:
        return False
    return reads_lines_in_c(facts, call) or BUFFERED <= call.size < HUGE


def _shown_before(facts: Facts, session: Session, index: int) -> bool:
    """Whether a message sent in this session was printed before entry `index`."""
    shown = (facts.printed(facts.text(name)) for name in session.was_sent)
    return any(p is not None and facts.stdout.entries(p.span)[0] < index for p in shown)


def unterminated(facts: Facts) -> Hit | None:
    """Messages without the end of line that their text, or their framing, has."""
    without = [a for s in facts.sessions for a in s.arrivals if _lacks_its_end(facts, a)]
    if without:
        reach = tuple(dict.fromkeys(f"receive:{a.message}" for a in without))
        return hit(facts, "missing-terminator", reach, without[0].entries, "sent")
    if not facts.is_plain:
        return None
    for arrival, after in _ends(facts):
        if arrival.text.endswith("\n") and not after.startswith((b"\n", b"\r")):
            reach = (f"receive:{arrival.message}",)
            return hit(facts, "missing-terminator", reach, arrival.entries, "sent")
    return None


def _lacks_its_end(facts: Facts, arrival: Arrival) -> bool:
    """Whether it is right but for the end of line that its framing puts behind it."""
    answer, framing = arrival.answer, facts.lab.messages[arrival.message].framing
    by_line = isinstance(framing, Line) or (
        isinstance(framing, Until) and framing.mark.endswith(b"\n")
    )
    if not by_line or answer is None or not arrival.came or answer.whole or answer.bare:
        return False
    return answer.match.status is not Status.FAIL


def bare_line_feeds(facts: Facts) -> Hit | None:
    """Messages that end with LF where their framing asks for CR LF, and are right otherwise."""
    found = [
        arrival
        for session in facts.sessions
        for arrival in session.arrivals
        if arrival.answer is not None and arrival.answer.bare
        if arrival.match.status is not Status.FAIL
    ]
    if not found:
        return None
    reach = tuple(dict.fromkeys(f"receive:{arrival.message}" for arrival in found))
    told = {"seen": "\\n", "expected": "\\r\\n"}
    return hit(facts, "line-ending-mix", reach, found[0].entries, "half", **told)


def line_endings(facts: Facts) -> Hit | None:
    """A message that ends with another end of line than its text."""
    for arrival, after in _ends(facts):
        crlf = arrival.text.endswith("\r\n")
        if not arrival.text.endswith("\n") or not after.startswith((b"\n", b"\r\n")):
            continue
        if after.startswith(b"\r\n") != crlf:
            seen, expected = ("\\n", "\\r\\n") if crlf else ("\\r\\n", "\\n")
            return hit(facts, "line-ending-mix", (), arrival.entries, seen=seen, expected=expected)
    return None


def _ends(facts: Facts) -> list[tuple[Arrival, bytes]]:
    """Each message that came, with the bytes behind its last word."""
    session = first_session(facts)
    if session is None:
        return []
    found = []
    for arrival in session.arrivals:
        if arrival.came and arrival.match.status is not Status.FAIL:
            words = arrival.data.rstrip(b" \t\r\n\0")
            end = arrival.span.start + len(words)
            found.append((arrival, session.stream.data[end : end + 4].lstrip(b" \t")))
    return found


def partial_send(facts: Facts) -> Hit | None:
    """The beginning of a long message came, exactly, and the rest never did."""
    session = first_session(facts)
    for arrival in session.arrivals if session is not None else ():
        whole, came = arrival.text.encode(), arrival.data
        cut = LARGE <= len(came) < len(whole) and whole.startswith(came)
        if cut and arrival.match.status is not Status.PASS:
            reach = (f"receive:{arrival.message}",)
            size = len(came)
            return hit(facts, "partial-send-ignored", reach, arrival.entries, size=size)
    return None
