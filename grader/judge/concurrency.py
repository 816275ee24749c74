"""Conditions of several connections and several threads."""

from __future__ import annotations

from grader.judge.facts import Facts, Session
from grader.judge.hit import EVERYTHING, Hit
from grader.judge.seen import calls, first_session, hit, reads_connection, stood
from grader.judge.situation import method
from grader.lab.model import Action
from grader.transcript import Call, Refused, Socket, State

_JOINS = ("futex", "futex_waitv", "wait4", "waitid")


def accept_once(facts: Facts) -> Hit | None:
    """The first connection was made; a second one of the same run was refused, or found nobody."""
    if facts.role != "server" or len(facts.started) > 1 or len(facts.sessions) < 2:
        return None
    if facts.scenario.protocol == "udp":
        return None  # nobody is accepted there
    first, second = facts.sessions[:2]
    if first.connected is None or second.stream.data or second.consumed:
        return None
    nobody = [i for i, _ in facts.all(Refused)]
    # TCP may have made a connection that the program never took notice of.
    if facts.exited is not None and facts.exited[1].status == 0 and not _is_read(facts, second):
        nobody.append(facts.exited[0])
    if not nobody:
        return None
    return hit(facts, "accept-once", EVERYTHING, (first.connected, nobody[0]))


def _is_read(facts: Facts, session: Session) -> bool:
    """Whether what was sent in the session was read: a FIN, and no RST, or its print, says so."""
    orderly = session.ended is not None and not session.was_reset
    shown = any(facts.printed(facts.text(name)) for name in session.was_sent)
    return session.connected is not None and (orderly or shown)


def two_readers(facts: Facts) -> Hit | None:
    """Two threads of one process wait in recv() on the same descriptor."""
    for index, state in reversed(facts.states):
        seen: set[tuple[int, int | None]] = set()
        for call in state.calls:
            if not reads_connection(call) or call.fd is None:
                continue
            if (call.pid, call.fd) in seen:
                word = method(call)
                return stood(facts, "two-readers-one-socket", EVERYTHING, (index,), call=word)
            seen.add((call.pid, call.fd))
    return None


def sequential(facts: Facts) -> Hit | None:
    """A client waits in the listener's queue while the only thread reads from another one."""
    found = _one_waits(facts)
    if found is None:
        return None
    index, state, reader = found
    if any(_waits_for_another(call, reader) for call in state.calls):
        return None
    return stood(facts, "sequential-server", EVERYTHING, (index,), call=method(reader))


def waits_for_thread(facts: Facts) -> Hit | None:
    """As `sequential`, but the reading is done by a thread that another one waits for."""
    found = _one_waits(facts)
    if found is None:
        return None
    index, state, reader = found
    waiting = [call for call in state.calls if _waits_for_another(call, reader)]
    if not waiting:
        return None
    word = method(waiting[0])
    return stood(facts, "thread-called-not-started", EVERYTHING, (index,), call=word)


def _one_waits(facts: Facts) -> tuple[int, State, Call] | None:
    """A state in which a client is not accepted while another one is read from."""
    if facts.role != "server" or len(facts.sessions) < 2:
        return None
    for index, state in facts.states:
        pending = any(s.state == "listen" and s.receive_queue > 0 for s in state.sockets)
        readers = [call for call in state.calls if reads_connection(call)]
        accepts = any(call.target == "listener" for call in state.calls)
        if pending and readers and not accepts and state.why != "exit":
            return index, state, readers[0]
    return None


def _waits_for_another(call: Call, reader: Call) -> bool:
    return call.name in _JOINS and call.tid != reader.tid


def _goes_to(socket: Socket, called: tuple[str, int]) -> bool:
    """Whether the socket is connected to our listener, whatever address it was reached by."""
    if socket.protocol == "unix":
        return socket.remote == called
    return socket.remote[1] == called[1] and socket.protocol.startswith("tcp")


def reconnects(facts: Facts) -> Hit | None:
    """A client that dials once more after its connection was made."""
    session = first_session(facts)
    if facts.role != "client" or session is None:
        return None
    if sum(step.action is Action.ACCEPT for step in facts.scenario.steps) > 1:
        return None  # it is asked to come back
    if len(facts.connected) > len(facts.sessions):
        evidence = tuple(i for i, _ in facts.connected[:2])
        return hit(facts, "reconnects-each-message", ("receive", "end"), evidence)
    called = facts.connected[0][1].local
    if all(a.came for a in session.arrivals):
        return None
    for index, state in facts.states:
        ours = [s for s in state.sockets if _goes_to(s, called)]
        used = {call.fd for _, call in calls(facts) if call.target == "connection"}
        if len(ours) > 1 and len(used) <= 1:
            return hit(facts, "reconnects-each-message", EVERYTHING, (session.first, index))
    return None
