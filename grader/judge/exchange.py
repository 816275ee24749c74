"""Conditions of the exchange: who speaks first, what was read, which messages came."""

from __future__ import annotations

from dataclasses import replace

from grader.judge.checks import turn
from grader.judge.facts import Facts, Session
from grader.judge.framing import missing_terminator, reads_lines_in_c
from grader.judge.hit import EVERYTHING, Hit
from grader.judge.model import Status
from grader.judge.seen import (
    calls,
    ended_before_us,
    first_session,
    hit,
    messages_read,
    reads_connection,
    stood,
)
from grader.judge.situation import situation_entries
from grader.lab.model import Action
from grader.matching import find_message, nearest

ONE_READ = 1024
"""Bytes that a usual recv() takes at most."""
SHORTEST = 8
"""Bytes of a beginning that is not printed by chance, where the words are not known before."""
BEGINNING = 12
"""Characters by which the beginning of a message is known in an output."""
SHOWN = 60
"""Characters of a printed line that are said again."""
LAST_LINE = 4096
"""Bytes at the end of an output in which its last line is looked for."""


def both_wait(facts: Facts) -> Hit | None:
    """A server that reads before it speaks; a client that waits for an answer that is not due."""
    session = first_session(facts)
    if session is None or not session.arrivals:
        return None
    if facts.role == "server":
        return _server_reads_first(facts, session)
    missing = [a for a in session.arrivals if not a.came]
    reading = [(i, c) for i, c in calls(facts, session.closed) if reads_connection(c)]
    if not missing or not reading or session.ended is not None or not session.sent:
        return None
    if session.consumed < session.sent_bytes or reads_lines_in_c(facts, reading[-1][1]):
        return None
    if missing_terminator(facts) is not None:
        return None  # it has not come to the end of its first read
    return stood(facts, "both-wait-first", EVERYTHING, (reading[-1][0],), "client")


def _server_reads_first(facts: Facts, session: Session) -> Hit | None:
    number = next(i for i, s in enumerate(session.steps) if s.action is Action.RECEIVE)
    if _sends_before(session, number):
        return None  # it is the client that speaks first
    first = session.arrivals[0]
    _, before = turn(session, number)
    if before is None or messages_read(facts, session) == 0:
        return None
    reach = (f"receive:{first.message}",)
    if not first.came:
        seen = [i for i, c in calls(facts, session.closed) if reads_connection(c)]
        evidence = (*seen[:1], before, facts.last)
        return _reading(facts, hit(facts, "both-wait-first", reach, evidence, "silent"), session)
    if first.entries and first.entries[-1] > before:
        evidence = (before, *first.entries)
        found = hit(facts, "both-wait-first", reach, evidence, "server")
        return _reading(facts, found, session, first.entries[0])
    return None


def _sends_before(session: Session, number: int) -> bool:
    """Whether the reference sends something before step `number`."""
    return any(step.action is Action.SEND for step in session.steps[:number])


def _reading(facts: Facts, found: Hit, session: Session, before: int | None = None) -> Hit:
    """The mistake at the line where the program was first seen to read the connection."""
    limit = session.closed if before is None else before
    states = [i for i, c in calls(facts, limit) if reads_connection(c)]
    position = facts.position_in(states[0]) if states else None
    if position is None:
        return found
    return replace(found, line=position[1].line, file=position[1].file)


def speaks_first(facts: Facts) -> Hit | None:
    """A client that sends before the server has spoken, and reads later."""
    session = first_session(facts)
    if facts.role != "client" or session is None or not session.stream.chunks:
        return None
    number = next((i for i, s in enumerate(session.steps) if s.action is Action.RECEIVE), None)
    if number is not None and not _sends_before(session, number):
        return None  # as the scenario wants it
    first = session.stream.chunks[0][0]
    sent = session.sent[0][0] if session.sent else None
    if not session.to_send or (sent is not None and sent < first):
        return None
    if sent is None or messages_read(facts, session) == 0:
        return None
    return hit(facts, "speaks-first", ("receive",), (first, sent))


def cut_short(facts: Facts) -> Hit | None:
    """Only the beginning of a message was read and printed; or it took two reads, and prints."""
    session = first_session(facts)
    if session is None:
        return None
    for look in (_printed_in_parts, _printed_in_short_parts):
        if (parts := look(facts, session)) is not None:
            return parts
    for index, entry in session.sent:
        for name in entry.messages:
            text = facts.text(name)
            beginning = text[:BEGINNING]
            others = [facts.text(n) for n in facts.header.texts if n != name]
            if len(text) < 2 * BEGINNING or any(beginning in other for other in others):
                continue
            if facts.printed(text) is not None:
                continue
            found = facts.printed(beginning)
            if found is not None and found.status is Status.PASS:
                evidence = (index, *facts.stdout.entries(found.span))
                return hit(facts, "one-recv-is-one-message", EVERYTHING, evidence)
    return None


def _printed_in_parts(facts: Facts, session: Session) -> Hit | None:
    """A message with a new line where the second read began, and no read left for the next."""
    missing = set(session.to_send) - set(session.was_sent)
    unread = len(session.to_send) > messages_read(facts, session)
    for index, entry in session.sent if missing or unread else ():
        for name in entry.messages:
            text = facts.text(name)
            found = facts.printed(text)
            if found is None or "\n" in text:
                continue
            if b"\n" in facts.stdout.data[found.span].strip():
                evidence = (index, *facts.stdout.entries(found.span))
                return hit(facts, "one-recv-is-one-message", EVERYTHING, evidence, "parts")
    return None


def _printed_in_short_parts(facts: Facts, session: Session) -> Hit | None:
    """Reads of a few bytes: each printed by itself, or the first bytes of words drawn anew."""
    shown = facts.stdout.data
    for index, entry in session.sent[:1]:
        drawn = any(facts.text(n) != facts.lab.messages[n].text for n in entry.messages)
        if facts.printed(entry.data.decode("utf-8", "replace")) is not None:
            continue
        for size in range(2 * SHORTEST, SHORTEST - 1, -1):
            begin, following = entry.data[:size], entry.data[size : 2 * size]
            start = shown.find(begin)
            if start < 0 or len(following) < size or entry.data[: size + 1] in shown:
                continue
            second = shown.find(following, start + size)
            if second > 0 or drawn:
                stop = max(start, second) + size
                evidence = (index, *facts.stdout.entries(slice(start, stop)))
                return hit(facts, "one-recv-is-one-message", EVERYTHING, evidence)
    return None


def peeked(facts: Facts) -> Hit | None:
    """The only message sent was printed twice, and an RST says that it was never taken off."""
    session = first_session(facts)
    if facts.role != "server" or session is None or not session.was_reset:
        return None
    if len(session.sent) != 1 or not ended_before_us(session) or session.consumed:
        return None
    index, entry = session.sent[0]
    text = entry.data.decode("utf-8", "replace")
    first = facts.printed(text)
    if first is None or facts.printed(text, first.span.stop) is None:
        return None
    evidence = (index, *facts.stdout.entries(first.span), session.ended or facts.last)
    return hit(facts, "closes-with-unread-data", EVERYTHING, evidence)


def never_receives(facts: Facts) -> Hit | None:
    """Nothing of what was sent, or was to be sent, has been read."""
    session = first_session(facts)
    if session is None or not session.to_send or messages_read(facts, session):
        return None
    if any(other.consumed or other.stream.data for other in facts.sessions[1:]):
        return None  # it reads: what keeps it from this one is another one
    ours = session.closed is not None and (session.ended or facts.last) > session.closed
    if any(reads_connection(c) for _, c in calls(facts)) or (ours and not session.sent):
        return None
    if session.sent and (_begun(facts, session) or not _left_unread(facts, session)):
        return None
    if not session.sent and not session.stream.data and session.ended is not None:
        return None  # it left without a word: more than reading was left out
    if facts.role == "client" and not session.stream.data:
        return None
    evidence = tuple(i for i, _ in session.sent[:1])
    if session.ended is not None:
        if session.sent and session.was_reset and facts.role == "server":
            return hit(facts, "closes-with-unread-data", EVERYTHING, (*evidence, session.ended))
        evidence = (*evidence, session.ended)
    reach = ("receive", "stdout") if facts.role == "client" else EVERYTHING
    return stood(facts, "never-receives", reach, (*evidence, *situation_entries(facts)))


def _begun(facts: Facts, session: Session) -> bool:
    """Whether the beginning of what was sent is on display: then some of it was read."""
    begin = session.sent[0][1].data[:SHORTEST]
    return len(begin) == SHORTEST and begin in facts.stdout.data


def _left_unread(facts: Facts, session: Session) -> bool:
    """Whether what was sent is proved to lie unread: in the queue, or by the RST of its end.

    Of a message longer than one read takes, an RST only says that a part was not read.
    """
    index, entry = session.sent[0]
    if session.was_reset and len(entry.data) <= ONE_READ:
        return True
    states = [state for i, state in facts.states if i > index]
    return any(
        s.receive_queue >= len(entry.data) and s.state in ("established", "close-wait")
        for state in states
        for s in state.sockets
    )


def one_recv(facts: Facts) -> Hit | None:
    """Some messages read, and no more reading although others were still to come."""
    session = first_session(facts)
    if session is None or len(session.to_send) < 2:
        return None
    read = messages_read(facts, session)
    together = any(len(e.messages) > 1 for _, e in session.sent)
    if together or not 0 < read < len(session.to_send):
        return None
    if any(reads_connection(c) for _, c in calls(facts, session.closed)):
        return None
    if any(len(entry.data) > ONE_READ for _, entry in session.sent[:read]):
        return None  # more reads than one may have gone into it
    last = session.sent[read - 1][0]
    end = session.ended if session.ended is not None else facts.last
    return hit(facts, "one-recv-two-messages", EVERYTHING, (last, end))


def leaves_early(facts: Facts) -> Hit | None:
    """The end comes before anything that the program had to send; or no connection at all."""
    session = first_session(facts)
    if session is None:
        if facts.role == "client" and facts.exited and not facts.dialed and not facts.datagram:
            return hit(facts, "leaves-early", EVERYTHING, (facts.exited[0],), "no-connection")
        return None
    if session.ended is None or (session.closed is not None and session.closed < session.ended):
        return None
    if any(a.came for a in session.arrivals) or not session.arrivals:
        return None
    if session.stream.data and not facts.is_plain:
        return None  # it said something, if too late or nothing like a message
    if session.name and facts.exited is None:
        return None  # the program is there for the others
    return hit(facts, "leaves-early", EVERYTHING, (session.ended,))


def gave_up(facts: Facts) -> Hit | None:
    """It ended as if all were well, having sent nothing, and said something of its own last.

    An error that was caught and hidden looks like this; that there was one is not proved.
    """
    session = first_session(facts)
    if leaves_early(facts) is None or session is None or facts.exited is None:
        return None
    if facts.exited[1].status != 0 or facts.stderr.data.strip():
        return None
    printed = facts.stdout.data.rstrip()
    words = printed[-LAST_LINE:].replace(b"\r", b"\n").rpartition(b"\n")[2].strip()
    if not words or _is_a_message(facts, words):
        return None
    end = len(printed)
    shown = words.decode("utf-8", "replace")
    if len(shown) > SHOWN:
        shown = shown[:SHOWN] + "…"
    evidence = (
        *facts.stdout.entries(slice(end - len(words), end)),
        *(i for i in (session.ended,) if i),
    )
    return hit(facts, "error-swallowed", EVERYTHING, (*evidence, facts.exited[0]), shown=shown)


def _is_a_message(facts: Facts, line: bytes) -> bool:
    """Whether a printed line holds a message of the exchange, or something like one."""
    texts = {facts.text(n) for n in facts.header.texts}
    texts |= {message.text for message in facts.lab.messages.values()}
    return any(
        text and (text[:BEGINNING].encode() in line or near is not None)
        for text in texts
        for near in (nearest(text, line, facts.lab.tolerance),)
    )


def message_missing(facts: Facts) -> Hit | None:
    """The first message came, a later one did not, and nothing waits for us."""
    session = first_session(facts)
    if session is None or len(session.arrivals) < 2:
        return None
    missing = [a for a in session.arrivals if not a.came]
    if not session.arrivals[0].came or not missing or _swapped(facts, session):
        return None
    reach = (*(f"receive:{a.message}" for a in missing), "end")
    end = session.ended if session.ended is not None else facts.last
    evidence = (*session.arrivals[0].entries[-1:], end)
    return hit(facts, "second-message-missing", reach, evidence)


def _swapped(facts: Facts, session: Session) -> tuple[str, ...]:
    """Messages that stand before one that they should follow."""
    spans = [
        find_message(a.text, session.stream.data, facts.lab.tolerance) for a in session.arrivals
    ]
    return tuple(
        later.message
        for number, later in enumerate(session.arrivals)
        for before in spans[:number]
        if (span := spans[number]) is not None and before is not None and span.start < before.start
    )


def swapped(facts: Facts) -> Hit | None:
    """The right messages in the wrong order."""
    session = first_session(facts)
    if session is None or not (names := _swapped(facts, session)):
        return None
    evidence = session.stream.entries(slice(0, len(session.stream.data)))
    reach = tuple(f"receive:{a.message}" for a in session.arrivals)
    return hit(facts, "swapped-messages", reach, evidence, count=len(names))


def wrong_text(facts: Facts) -> Hit | None:
    """A message came with other words than those asked for."""
    session = first_session(facts)
    if session is None:
        return None
    wrong = [a for a in session.arrivals if a.came and a.match.status is not Status.PASS]
    if not wrong or _swapped(facts, session):
        return None
    partly = all(a.match.status is Status.PARTIAL for a in wrong)
    reach = tuple(f"receive:{a.message}" for a in wrong)
    variant = "partly" if partly else ""
    return hit(facts, "wrong-text", reach, wrong[0].entries, variant)
