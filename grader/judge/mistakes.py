"""Diagnoses from sockets and calls: where the program stood, what it had read and sent.

Each function looks at one run and answers with a `Hit` or None. None of them looks at what
a program says of itself, but for what it printed of the messages.
"""

from __future__ import annotations

from grader.judge.checks import dialled_listener, exchanged_before, is_any, turn
from grader.judge.facts import Facts, Session
from grader.judge.hit import EVERYTHING, Hit
from grader.judge.model import Status
from grader.judge.situation import ACCEPTS, SLEEPS, method, situation_entries
from grader.lab.model import Action, ExpectConnected, ExpectListening
from grader.matching import find_message
from grader.transcript import Call, Refused

BEGINNING = 12
"""Characters by which the beginning of a message is known in an output."""


def expected_port(facts: Facts) -> int:
    """The port that the scenario, else the lab, asks for."""
    for expectation in facts.scenario.expect:
        if isinstance(expectation, ExpectListening | ExpectConnected):
            return expectation.port
    return facts.lab.port


def _hit(
    facts: Facts,
    kind: str,
    reach: tuple[str, ...],
    evidence: tuple[int, ...] = (),
    variant: str = "",
    **fields: object,
) -> Hit:
    """A hit with the line where the program stood, if we had to end it there."""
    at = facts.position
    stuck = facts.stuck_call
    if stuck is not None:
        fields.setdefault("call", method(stuck[1]))
    return Hit(
        id=kind,
        evidence=evidence or situation_entries(facts),
        reach=reach,
        variant=variant,
        line=at[1].line if at else None,
        file=at[1].file if at else None,
        fields=fields,
    )


def _session(facts: Facts) -> Session | None:
    """The first connection, if it was made."""
    first = facts.sessions[0] if facts.sessions else None
    return first if first is not None and first.connected is not None else None


def _calls(facts: Facts, before: int | None = None) -> list[tuple[int, Call]]:
    """The calls seen in states (of a program not yet ended), before entry `before`."""
    limit = len(facts.entries) if before is None else before
    return [
        (i, call)
        for i, state in facts.states
        if i < limit and state.why != "exit"
        for call in state.calls
    ]


def _reads_connection(call: Call) -> bool:
    return call.target == "connection" and method(call) == "recv()"


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


# --- addresses ---------------------------------------------------------------------------


def datagram(facts: Facts) -> Hit | None:
    """UDP and nothing of TCP."""
    if not facts.uses_datagrams:
        return None
    return _hit(facts, "datagram-instead-of-stream", EVERYTHING, (facts.datagram[0],))


def no_listen(facts: Facts) -> Hit | None:
    """A server that ended, or stands elsewhere, without ever listening."""
    if facts.role != "server" or facts.listeners or facts.connected or facts.datagram:
        return None
    return _hit(facts, "no-listen", EVERYTHING)


def other_port(facts: Facts) -> Hit | None:
    """Another port than that of the statement, listened on or dialled."""
    port = expected_port(facts)
    if any(s.action is Action.REFUSE for s in facts.scenario.steps):
        return None
    if facts.role == "server":
        reached = any(e.remote[1] == port for _, e in facts.connected)
        if not facts.listeners or reached or any(e.port == port for _, e in facts.listeners):
            return None
        index, listener = facts.listeners[0]
        swapped = int.from_bytes(port.to_bytes(2, "big"), "little")
        kind = "port-byte-order" if listener.port == swapped else "other-port-or-host"
        return _hit(facts, kind, ("listening",), (index,), "server", seen=listener.port, port=port)
    if any(e.local[1] == port for _, e in facts.connected):
        return None
    if facts.connected:
        where, seen = facts.connected[0][0], facts.connected[0][1].local[1]
        return _hit(
            facts, "other-port-or-host", ("connected",), (where,), "client", seen=seen, port=port
        )
    if facts.dialed:
        where, dialed = facts.dialed[0]
        return _hit(
            facts, "other-port-or-host", EVERYTHING, (where,), "client", seen=dialed.port, port=port
        )
    return None


def one_interface(facts: Facts) -> Hit | None:
    """A listener that takes connections to one address only."""
    seen = dialled_listener(facts)
    if facts.role != "server" or seen is None or is_any(seen[1]):
        return None
    return _hit(facts, "bound-to-one-interface", ("bound",), (seen[0],), address=seen[1].address)


def waits_for_keyboard(facts: Facts) -> Hit | None:
    """Still waiting for the keyboard when nothing more could come from it."""
    for index, call in reversed(_calls(facts)):
        if call.target == "keyboard" and facts.end.outcome == "stuck":
            return _hit(facts, "waits-for-keyboard", EVERYTHING, (index,), "stuck")
    return None


def missing_argument(facts: Facts) -> Hit | None:
    """Status 2 and a usage line, before anything was done on the network."""
    if facts.exited is None or facts.exited[1].status != 2 or facts.connected or facts.listeners:
        return None
    if b"usage:" not in facts.stderr.data[:4096]:
        return None
    evidence = (*facts.stderr_entries[:1], facts.exited[0])
    return _hit(facts, "missing-argument", EVERYTHING, evidence)


# --- the exchange ------------------------------------------------------------------------


def never_accepts(facts: Facts) -> Hit | None:
    """The connection is still in the listener's queue."""
    session = _session(facts)
    if facts.role != "server" or session is None or session.stream.data or session.consumed:
        return None
    for index, state in reversed(facts.states):
        if any(s.state == "listen" and s.receive_queue > 0 for s in state.sockets):
            return _hit(facts, "never-accepts", EVERYTHING, (index,))
    return None


def both_wait(facts: Facts) -> Hit | None:
    """A server that reads before it speaks; a client that waits for an answer that is not due."""
    session = _session(facts)
    if session is None or not session.arrivals:
        return None
    if facts.role == "server":
        return _server_reads_first(facts, session)
    missing = [a for a in session.arrivals if not a.came]
    reading = [(i, c) for i, c in _calls(facts, session.closed) if _reads_connection(c)]
    if not missing or not reading or session.ended is not None or not session.sent:
        return None
    if session.consumed < session.sent_bytes:
        return None
    return _hit(facts, "both-wait-first", EVERYTHING, (reading[-1][0],), "client")


def _server_reads_first(facts: Facts, session: Session) -> Hit | None:
    number = next(i for i, s in enumerate(session.steps) if s.action is Action.RECEIVE)
    first = session.arrivals[0]
    _, before = turn(session, number)
    if before is None or messages_read(facts, session) == 0:
        return None
    reach = (f"receive:{first.message}",)
    if not first.came:
        seen = [i for i, c in _calls(facts, session.closed) if _reads_connection(c)]
        evidence = (*seen[:1], before, facts.last)
        return _hit(facts, "both-wait-first", reach, evidence, "silent")
    if first.entries and first.entries[-1] > before:
        return _hit(facts, "both-wait-first", reach, (before, *first.entries), "server")
    return None


def speaks_first(facts: Facts) -> Hit | None:
    """A client that sends before the server has spoken, and reads later."""
    session = _session(facts)
    if facts.role != "client" or session is None or not session.stream.chunks:
        return None
    first = session.stream.chunks[0][0]
    sent = session.sent[0][0] if session.sent else None
    if not session.to_send or (sent is not None and sent < first):
        return None
    if sent is None or messages_read(facts, session) == 0:
        return None
    return _hit(facts, "speaks-first", ("receive",), (first, sent))


def cut_short(facts: Facts) -> Hit | None:
    """Only the beginning of a message was read and printed."""
    session = _session(facts)
    if session is None:
        return None
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
                return _hit(facts, "one-recv-is-one-message", EVERYTHING, evidence)
    return None


def never_receives(facts: Facts) -> Hit | None:
    """Nothing of what was sent, or was to be sent, has been read."""
    session = _session(facts)
    if session is None or not session.to_send or messages_read(facts, session):
        return None
    ours = session.closed is not None and (session.ended or facts.last) > session.closed
    if any(_reads_connection(c) for _, c in _calls(facts)) or (ours and not session.sent):
        return None
    if facts.role == "client" and not session.stream.data:
        return None
    evidence = tuple(i for i, _ in session.sent[:1])
    if session.ended is not None:
        if session.sent and session.was_reset and facts.role == "server":
            return _hit(facts, "closes-with-unread-data", EVERYTHING, (*evidence, session.ended))
        evidence = (*evidence, session.ended)
    reach = ("receive", "stdout") if facts.role == "client" else EVERYTHING
    return _hit(facts, "never-receives", reach, (*evidence, *situation_entries(facts)))


def one_recv(facts: Facts) -> Hit | None:
    """Some messages read, and no more reading although others were still to come."""
    session = _session(facts)
    if session is None or len(session.to_send) < 2:
        return None
    read = messages_read(facts, session)
    together = any(len(e.messages) > 1 for _, e in session.sent)
    if together or not 0 < read < len(session.to_send):
        return None
    if any(_reads_connection(c) for _, c in _calls(facts, session.closed)):
        return None
    last = session.sent[read - 1][0]
    end = session.ended if session.ended is not None else facts.last
    return _hit(facts, "one-recv-two-messages", EVERYTHING, (last, end))


def leaves_early(facts: Facts) -> Hit | None:
    """The end comes before anything that the program had to send; or no connection at all."""
    session = _session(facts)
    if session is None:
        if facts.role == "client" and facts.exited and not facts.dialed and not facts.datagram:
            return _hit(facts, "leaves-early", EVERYTHING, (facts.exited[0],), "no-connection")
        return None
    if session.ended is None or (session.closed is not None and session.closed < session.ended):
        return None
    if any(a.came for a in session.arrivals) or not session.arrivals:
        return None
    return _hit(facts, "leaves-early", EVERYTHING, (session.ended,))


def message_missing(facts: Facts) -> Hit | None:
    """The first message came, a later one did not, and nothing waits for us."""
    session = _session(facts)
    if session is None or len(session.arrivals) < 2:
        return None
    missing = [a for a in session.arrivals if not a.came]
    if not session.arrivals[0].came or not missing or _swapped(facts, session):
        return None
    reach = (*(f"receive:{a.message}" for a in missing), "end")
    end = session.ended if session.ended is not None else facts.last
    evidence = (*session.arrivals[0].entries[-1:], end)
    return _hit(facts, "second-message-missing", reach, evidence)


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
    session = _session(facts)
    if session is None or not (names := _swapped(facts, session)):
        return None
    evidence = session.stream.entries(slice(0, len(session.stream.data)))
    reach = tuple(f"receive:{a.message}" for a in session.arrivals)
    return _hit(facts, "swapped-messages", reach, evidence, count=len(names))


def wrong_text(facts: Facts) -> Hit | None:
    """A message came with other words than those asked for."""
    session = _session(facts)
    if session is None:
        return None
    wrong = [a for a in session.arrivals if a.came and a.match.status is not Status.PASS]
    if not wrong or _swapped(facts, session):
        return None
    partly = all(a.match.status is Status.PARTIAL for a in wrong)
    reach = tuple(f"receive:{a.message}" for a in wrong)
    variant = "partly" if partly else ""
    return _hit(facts, "wrong-text", reach, wrong[0].entries, variant)


# --- endings -----------------------------------------------------------------------------


def sleeps(facts: Facts) -> Hit | None:
    """Out of time while asleep."""
    if facts.end.outcome not in ("timeout", "limit") or facts.end.limit not in (None, "wall"):
        return None
    for index, call in reversed(_calls(facts)):
        if call.name in SLEEPS:
            return _hit(facts, "sleeps-too-long", EVERYTHING, (index,))
    return None


def endless(facts: Facts) -> Hit | None:
    """Out of CPU, output or time without an end in sight."""
    if facts.end.outcome not in ("timeout", "limit") or facts.limit is None:
        return None
    index, limit = facts.limit
    if limit.limit not in ("cpu", "output", "wall"):
        return None
    closed = [s.closed for s in facts.sessions if s.closed is not None]
    if closed and closed[0] < index and any(s.consumed for s in facts.sessions):
        return _hit(
            facts, "ignores-end-of-stream", ("end", "exit"), (closed[0], index), limit.limit
        )
    return _hit(facts, "endless-loop", EVERYTHING, (index,), limit.limit)


def waits_for_end(facts: Facts) -> Hit | None:
    """All is exchanged, and it reads on instead of closing."""
    session = _session(facts)
    if session is None or session.consumed < session.sent_bytes or not session.sent:
        return None
    closed = session.closed
    if session.ended is not None and (closed is None or session.ended < closed):
        return None
    if set(session.to_send) - set(session.was_sent):
        return None
    if facts.role == "client" and not all(a.came for a in session.arrivals):
        return None
    last = session.sent[-1][0]
    reading = [i for i, c in _calls(facts, closed) if i > last and _reads_connection(c)]
    if not reading:
        return None
    evidence = (last, reading[-1], *(() if closed is None else (closed,)))
    reach = ("end", "exit", "stdout")
    return _hit(facts, "waits-for-end-of-stream", reach, evidence, facts.role)


def never_closes(facts: Facts) -> Hit | None:
    """All is exchanged, and the connection stays open until we close it."""
    session = _session(facts)
    if session is None or set(session.to_send) - set(session.was_sent):
        return None
    closed = session.closed
    if session.ended is not None and (closed is None or session.ended < closed):
        return None
    if not exchanged_before(facts, session, len(facts.entries)) and facts.role == "client":
        return None
    evidence = (*(() if closed is None else (closed,)), *situation_entries(facts))
    return _hit(facts, "never-closes", ("end",), evidence)


def accepts_again(facts: Facts) -> Hit | None:
    """After its one client it waits for another."""
    session = _session(facts)
    if facts.role != "server" or session is None or facts.exited is not None:
        return None
    for index, call in reversed(_calls(facts)):
        again = call.target == "listener" and (call.name in ACCEPTS or method(call) == "accept()")
        if again and index > (session.connected or 0):
            return _hit(facts, "endless-loop", ("exit",), (index,), "accept")
    return None


def accept_once(facts: Facts) -> Hit | None:
    """A second connection of the same run was refused, the first was not."""
    if facts.role != "server" or len(facts.started) > 1 or len(facts.sessions) < 2:
        return None
    first, second = facts.sessions[:2]
    refused = [i for i, _ in facts.all(Refused)]
    if first.connected is None or second.connected is not None or not refused:
        return None
    return _hit(facts, "accept-once", EVERYTHING, (first.connected, refused[-1]))


def status(facts: Facts) -> Hit | None:
    """It ended by itself, but not well, and without an exception to explain it."""
    if facts.exited is None or facts.traceback is not None:
        return None
    index, exited = facts.exited
    if exited.signal is not None:
        return _hit(facts, "exit-status", EVERYTHING, (index,), "signal", signal=exited.signal)
    if exited.status in (0, None):
        return None
    return _hit(facts, "exit-status", ("exit",), (index,), "", code=exited.status)


def still_running(facts: Facts) -> Hit | None:
    """Ended by us while it waited for what will not come: the last resort of `exit`."""
    if facts.exited is not None or facts.end.outcome != "stuck":
        return None
    if not facts.states:
        return None
    return _hit(facts, "endless-loop", ("exit",), (facts.states[-1][0],), "waits")
