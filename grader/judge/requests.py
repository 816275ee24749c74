"""Conditions of requests and answers: messages with a framing, of which many come and go.

They hold where the plain scenarios of words have others of their own (`grader.judge.exchange`).
"""

from __future__ import annotations

from itertools import pairwise

from grader.judge.facts import Facts, Session
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
from grader.lab.model import Action
from grader.transcript import Closed, Step


def _session(facts: Facts) -> Session | None:
    """The first connection of a scenario of such messages."""
    return None if facts.is_plain else first_session(facts)


def _finished(facts: Facts, session: Session) -> int | None:
    """Where the reference said that it would send no more, if that was before the program's end."""
    end = session.last if session.ended is None else session.ended
    said = (i for i, _ in facts.all(Closed) if session.first <= i < end)
    return next(said, None)


def _seen_reading(facts: Facts, after: int, before: int | None) -> list[int]:
    """Where it was seen to wait for more on the connection, having read all, between two entries.

    A step that was missed because the program was ready for the next message says so as well.
    """
    end = facts.last if before is None else before
    ready = [i for i, s in facts.all(Step) if s.status == "missed" and s.reason == "ready"]
    reading = [i for i, c in calls(facts, before) if reads_connection(c)]
    return sorted(i for i in (*ready, *reading) if after < i < end)


def _seen(
    facts: Facts, kind: str, reach: tuple[str, ...], evidence: tuple[int, ...], variant: str
) -> Hit:
    """A mistake, with the line where the program stood if that was seen then, not later."""
    states = {i for i, _ in facts.states}
    made = stood if states.intersection(evidence) else hit
    return made(facts, kind, reach, evidence, variant)


def answers_at_the_end(facts: Facts) -> Hit | None:
    """It was seen to read on, and what it had to say came only once we had said our last word."""
    session = _session(facts)
    if session is None or not session.sent or not session.stream.data:
        return None
    finished = _finished(facts, session)
    began = session.stream.chunks[0][0]
    if finished is None or began < finished:
        return None
    reading = _seen_reading(facts, session.sent[0][0], finished)
    if not reading:
        return None
    evidence = (reading[-1], finished, began)
    reach = tuple(f"receive:{a.message}" for a in session.arrivals)
    return _seen(facts, "waits-for-end-of-stream", reach, evidence, "answers")


def _left_out_before(facts: Facts, session: Session, index: int) -> bool:
    """Whether we had left a message out before entry `index`: what was to follow may rest on it."""
    steps = facts.scenario.steps
    return any(
        at < index and step.status == "missed" and step.reason == "script"
        for at, step in facts.all(Step)
        if 0 <= step.index < len(steps)
        and steps[step.index].action is Action.SEND
        and steps[step.index].connection == session.name
    )


def answers_a_piece(facts: Facts) -> Hit | None:
    """The answer came when only a part of the message had been sent, and was wrong."""
    session = _session(facts)
    if session is None or facts.role != "server":
        return None
    wrong = [a.message for a in session.arrivals if a.match.status is not Status.PASS]
    came = [i for i, _, _ in session.stream.chunks]
    for (begin, piece), (end, _) in pairwise(session.sent):
        if _left_out_before(facts, session, begin):
            return None
        if piece.piece < piece.pieces and (between := [i for i in came if begin < i < end]):
            reach = tuple(f"receive:{name}" for name in wrong)
            evidence = (begin, between[0], end)
            return hit(facts, "one-recv-is-one-message", reach, evidence, "piece")
    return None


def answers_some(facts: Facts) -> Hit | None:
    """Several messages came in one piece, all was read, and it waits without an answer to each."""
    session = _session(facts)
    if session is None or facts.role != "server":
        return None
    missing = [a.message for a in session.arrivals if not a.came]
    size = 0
    for index, entry in session.sent:
        size += len(entry.data)
        if len(entry.messages) < 2 or not missing:
            continue
        if _left_out_before(facts, session, index):
            return None
        waits = _seen_reading(facts, index, session.closed)
        if waits and session.consumed >= size:
            reach = tuple(f"receive:{name}" for name in missing)
            kind = "one-recv-is-one-message"
            return _seen(facts, kind, reach, (index, waits[0]), "together")
    return None


def stops_reading(facts: Facts) -> Hit | None:
    """It ended the connection by itself after some of the messages that were to come."""
    session = _session(facts)
    if session is None or not ended_before_us(session) or facts.traceback is not None:
        return None
    if _finished(facts, session) is not None:
        return None  # it did as we had done
    # What could not be made of what came before was nobody's to read.
    steps = [
        s
        for s in session.steps
        if s.action is Action.SEND and not session.unsaid.intersection(s.messages)
    ]
    read = messages_read(facts, session)
    if not 0 < read < len(steps):
        return None
    if facts.role == "client" and not all(a.came for a in session.arrivals):
        return None  # what it did not send comes before what it did not read
    last = session.sent[read - 1][0]
    end = session.ended if session.ended is not None else facts.last
    told = {"read": read}
    return hit(facts, "one-recv-two-messages", EVERYTHING, (last, end), "stops", **told)
