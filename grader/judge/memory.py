"""Conditions of buffers and results: mistakes of C where they show from outside.

Some can be made in Python as well (recv_into, connect_ex): what is looked at is the same.
"""

from __future__ import annotations

from grader.judge.facts import Facts, Session
from grader.judge.hit import EVERYTHING, Hit
from grader.judge.outputs import absent
from grader.judge.seen import (
    ended_before_us,
    first_session,
    hit,
    is_refused,
    stood,
    waited_until_we_closed,
    we_closed_before,
)
from grader.matching import Print

POINTERS = (8, 4)
"""Bytes of a pointer on machines of 64 and of 32 bits."""
_FAULTS = ("SIGSEGV", "SIGBUS", "SIGABRT")
_FEWEST = 3
"""Bytes of a remainder that is no accident."""


def sizeof_pointer(facts: Facts) -> Hit | None:
    """Exactly the first 8 (or 4) bytes of messages came, or were printed."""
    session = first_session(facts)
    if session is None:
        return None
    for size in POINTERS:
        if evidence := _sent_in_pointers(session, size):
            return hit(facts, "sizeof-pointer", ("receive", "end"), evidence, size=size)
        if evidence := _printed_in_pointers(facts, session, size):
            return hit(facts, "sizeof-pointer", EVERYTHING, evidence, size=size)
    return None


def _sent_in_pointers(session: Session, size: int) -> tuple[int, ...]:
    wanted = b"".join(a.text.encode()[:size] for a in session.arrivals)
    whole = b"".join(a.text.encode() for a in session.arrivals)
    if wanted in (b"", whole) or session.stream.data != wanted:
        return ()
    return session.stream.entries(slice(0, len(wanted)))


def _printed_in_pointers(facts: Facts, session: Session, size: int) -> tuple[int, ...]:
    """A line that ends with the first bytes of a message, of which nothing more is printed."""
    lines = [line.rstrip() for line in facts.stdout.data.splitlines()]
    for index, entry in session.sent:
        begin = entry.data[:size].rstrip()
        whole = entry.data.decode("utf-8", "replace")
        if facts.printed(whole) is None and any(line == begin for line in lines):
            return (index, *facts.stdout.entries(slice(0, len(facts.stdout.data))))
    return ()


def buffer_remains(facts: Facts) -> Hit | None:
    """A message, printed or sent, and behind it what the buffer held before."""
    session = first_session(facts)
    if session is None:
        return None
    if printed := _remains_printed(facts, session):
        reach = ("stdout", "receive") if _remains_sent(session) else ("stdout",)
        return hit(facts, "buffer-not-terminated", reach, printed)
    if sent := _remains_sent(session):
        return hit(facts, "buffer-not-terminated", ("receive",), sent, "sent")
    return None


def buffer_remark(facts: Facts) -> Hit | None:
    """The same where it costs nothing."""
    found = buffer_remains(facts)
    if found is None:
        return None
    variant = "remark-sent" if found.variant == "sent" else "remark"
    return hit(facts, found.id, (), found.evidence, variant)


def _remains_printed(facts: Facts, session: Session) -> tuple[int, ...]:
    sent = [entry.data for _, entry in session.sent]
    for number, data in enumerate(sent):
        found = facts.printed(data.decode("utf-8", "replace"))
        if found is None:
            continue
        if _is_remainder(facts.stdout.data[found.span.stop :], data, sent[:number]):
            return _entries_around(facts, found)
    return ()


def _is_remainder(after: bytes, data: bytes, before: list[bytes]) -> bool:
    """Zero bytes, or the end of a longer message that was in the same buffer."""
    if after.startswith(b"\0" * _FEWEST):
        return True
    ends = (old[len(data) :] for old in before)
    return any(len(end) >= _FEWEST and after.startswith(end) for end in ends)


def _entries_around(facts: Facts, found: Print) -> tuple[int, ...]:
    return facts.stdout.entries(slice(found.span.start, found.span.stop + _FEWEST))


def _remains_sent(session: Session) -> tuple[int, ...]:
    texts = [arrival.text.encode() for arrival in session.arrivals]
    for number, arrival in enumerate(session.arrivals):
        _, words, after = arrival.data.partition(texts[number])
        if words and _is_remainder(after, texts[number], texts[:number]):
            return arrival.entries
    return ()


def faults_after_departure(facts: Facts) -> Hit | None:
    """A memory fault right after the other side left, or was not there."""
    if facts.exited is None or facts.exited[1].signal not in _FAULTS:
        return None
    index, exited = facts.exited
    if facts.traceback is not None or not (we_closed_before(facts, index) or is_refused(facts)):
        return None
    if facts.sessions and all(ended_before_us(s) for s in facts.sessions):
        return None  # it was the program that left first
    return stood(facts, "error-result-used", EVERYTHING, (index,), "signal", signal=exited.signal)


def writes_to_nobody(facts: Facts) -> Hit | None:
    """SIGPIPE: it wrote into a connection that the reference had ended."""
    if facts.exited is None or facts.exited[1].signal != "SIGPIPE":
        return None
    index = facts.exited[0]
    if not we_closed_before(facts, index) or waited_until_we_closed(facts):
        return None
    return hit(facts, "writes-after-close", EVERYTHING, (index,), "signal", signal="SIGPIPE")


def not_flushed(facts: Facts) -> Hit | None:
    """Messages read, nothing at all printed, and no normal end of a program that is not Python.

    CPython says where it stood when we end it, and its print() to a terminal shows each line.
    """
    normal = facts.exited is not None and facts.exited[1].signal is None
    python = facts.position is not None and facts.compiled is None
    if normal or python or facts.traceback is not None:
        return None
    if facts.stdout.data.strip() or not (names := absent(facts)):
        return None
    reach = tuple(f"stdout:{name}" for name in names)
    return hit(facts, "output-not-flushed", reach)
