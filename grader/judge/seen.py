"""What several conditions ask of a run: where the program stood, what it had read and sent."""

from __future__ import annotations

from dataclasses import replace

from grader.judge.facts import Facts, Session
from grader.judge.hit import Hit
from grader.judge.situation import method, situation_entries
from grader.lab.model import Action, ExpectConnected, ExpectListening
from grader.transcript import Call


def hit(
    facts: Facts,
    kind: str,
    reach: tuple[str, ...],
    evidence: tuple[int, ...] = (),
    variant: str = "",
    **fields: object,
) -> Hit:
    """A mistake whose line can't be known from where the program stood when we ended it."""
    stuck = facts.stuck_call
    named = method(stuck[1]) if stuck is not None else ""
    fields.setdefault("call", named or "recv()")
    fields.setdefault("port", expected_port(facts))
    fields.setdefault("path", facts.scenario.path)
    return Hit(
        id=kind,
        evidence=evidence or situation_entries(facts),
        reach=reach,
        variant=variant,
        fields=fields,
    )


def stood(
    facts: Facts,
    kind: str,
    reach: tuple[str, ...],
    evidence: tuple[int, ...] = (),
    variant: str = "",
    **fields: object,
) -> Hit:
    """A mistake at the line where the program stood in the last state of the evidence."""
    found = hit(facts, kind, reach, evidence, variant, **fields)
    states = [i for i, _ in facts.states if i in found.evidence]
    position = facts.position_in(states[-1]) if states else facts.position
    if position is None:
        return found
    return replace(found, line=position[1].line, file=position[1].file)


def expected_port(facts: Facts) -> int:
    """The port that the scenario, else the lab, asks for."""
    for expectation in facts.scenario.expect:
        if isinstance(expectation, ExpectListening | ExpectConnected):
            return expectation.port
    return facts.lab.port


def is_refused(facts: Facts) -> bool:
    """Whether the scenario lets the program find nobody."""
    return any(s.action is Action.REFUSE for s in facts.scenario.steps)


def first_session(facts: Facts) -> Session | None:
    """The first connection, if it was made."""
    first = facts.sessions[0] if facts.sessions else None
    return first if first is not None and first.connected is not None else None


def calls(facts: Facts, before: int | None = None) -> list[tuple[int, Call]]:
    """The calls seen in states (of a program not yet ended), before entry `before`."""
    limit = len(facts.entries) if before is None else before
    return [
        (i, call)
        for i, state in facts.states
        if i < limit and state.why != "exit"
        for call in state.calls
    ]


def reads_connection(call: Call) -> bool:
    """Whether the call reads from the connection, or waits until it can be read."""
    return call.target == "connection" and method(call) == "recv()"


def ended_before_us(session: Session) -> bool:
    """Whether the program ended the connection while we had not."""
    ended, closed = session.ended, session.closed
    return ended is not None and (closed is None or ended < closed)


def we_closed_before(facts: Facts, index: int) -> bool:
    """Whether the reference had ended a connection before entry `index`."""
    return any(s.closed is not None and s.closed < index for s in facts.sessions)


def waited_until_we_closed(facts: Facts) -> bool:
    """It was proved to read from a connection until we closed it: what came after came of that."""
    return any(
        state.why == "waiting" and any(reads_connection(call) for call in state.calls)
        for session in facts.sessions
        if session.closed is not None and not ended_before_us(session)
        for index, state in facts.states
        if session.first <= index < session.closed
    )


def messages_read(facts: Facts, session: Session) -> int:
    """How many of the pieces sent the program has read, whole, by all that is known.

    A close with unread bytes sends RST: after a FIN all that was sent before had been read.
    """
    read, total = 0, 0
    for count, (index, entry) in enumerate(session.sent, 1):
        total += len(entry.data)
        ended = session.ended is not None and index < session.ended and not session.was_reset
        text = entry.data.decode("utf-8", "replace")
        if session.consumed >= total or ended or facts.printed(text):
            read = count
    return read
