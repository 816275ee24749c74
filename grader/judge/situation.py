"""Where the program was when something did not come: one sentence for a finding."""

from __future__ import annotations

from grader.judge.facts import Facts, Session
from grader.judge.wording import LIMITS, SITUATIONS, at_line, fill, program, see_line
from grader.lab.model import Text
from grader.transcript import Call, LimitReached, Position, State

_METHODS = {
    "accept": "accept()",
    "accept4": "accept()",
    "recv": "recv()",
    "recvfrom": "recv()",
    "recvmsg": "recv()",
    "connect": "connect()",
    "sendto": "send()",
    "sendmsg": "send()",
    "nanosleep": "sleep()",
    "clock_nanosleep": "sleep()",
}
READS = ("recv", "recvfrom", "recvmsg", "recvmmsg", "read", "readv")
ACCEPTS = ("accept", "accept4")
_MAIN = ("<module>", "main")
"""The outermost function of the main thread, in Python and in C."""
SLEEPS = ("nanosleep", "clock_nanosleep")
POLLS = ("poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait", "epoll_pwait2")


def method(call: Call) -> str:
    """The call in Python's words: what the student wrote, as far as that can be told.

    Empty where several calls of Python come to the same one of the system: a lock, a queue
    and a join() all wait for a futex.
    """
    if call.target == "keyboard":
        return "input()"
    if call.name in READS and call.target in ("connection", "socket"):
        return "recv()"
    if call.name in POLLS and call.target == "listener":
        return "accept()"
    if call.name in POLLS and call.target in ("connection", "socket"):
        return "recv()"
    return _METHODS.get(call.name, "")


def situation(facts: Facts) -> Text:
    """« Votre serveur attend encore dans recv(), ligne 14. », or an empty text."""
    words = program(facts.role)
    if facts.unbuilt is not None:
        return fill(SITUATIONS["unbuilt"], program=words)
    if facts.end.outcome == "limit" and (reached := facts.limit) is not None:
        return _limit(facts, reached[1])
    if (trace := facts.traceback) is not None:
        number = trace.place.line if trace.place else None
        if trace.is_syntax:
            return fill(SITUATIONS["unstarted"], program=words, see=see_line(number))
        return fill(SITUATIONS["crashed"], program=words, line=at_line(number))
    line = at_line(facts.position[1].line if facts.position else None)
    stuck = facts.stuck_call
    if facts.end.outcome == "stuck" and stuck is not None:
        if not facts.is_plain and _serves_on(facts, stuck[1]):
            return fill(SITUATIONS["nothing"])
        return waiting(facts, stuck[1], line)
    if facts.end.outcome in ("timeout", "limit"):
        return fill(SITUATIONS["running"], program=words, line=line)
    if facts.exited is not None:
        status, signal = facts.exited[1].status, facts.exited[1].signal
        if signal is not None:
            return fill(SITUATIONS["signal"], program=words, signal=signal)
        return fill(SITUATIONS["exited" if status else "ended"], program=words, status=status)
    return fill(SITUATIONS["nothing"])


def _serves_on(facts: Facts, call: Call) -> bool:
    """Whether it waits for the next client when all have been served: no fault by itself."""
    ended = all(session.ended is not None for session in facts.sessions)
    return method(call) == "accept()" and ended


def _limit(facts: Facts, reached: LimitReached) -> Text:
    """The limit with its number, and the line where that is known."""
    number = facts.position[1].line if facts.position is not None else None
    if (trace := facts.traceback) is not None and trace.place is not None:
        number = trace.place.line
    name = LIMITS.get(reached.limit)
    return fill(
        SITUATIONS["limit.output" if reached.limit == "output" else "limit"],
        program=program(facts.role),
        line=at_line(number),
        limit=fill(name) if name is not None else reached.limit,
        value=reached.value,
    )


def waiting(facts: Facts, call: Call, line: Text) -> Text:
    """A program, or a thread of it, that is proved to wait; the call where it is sure."""
    words = program(facts.role)
    if in_thread(facts):
        return fill(SITUATIONS["thread"], program=words, line=line)
    named = method(call)
    # Without a connection recv() and recvfrom() look the same.
    if not named or (named == "recv()" and not facts.connected):
        return fill(SITUATIONS["waits"], program=words, line=line)
    return fill(SITUATIONS["stuck"], program=words, call=named, line=line)


def in_thread(facts: Facts) -> bool:
    """Whether it is another thread than the main one that stands at the line known."""
    if facts.position is None or facts.stuck_call is None:
        return False
    position, state = facts.entries[facts.position[0]], facts.entries[facts.stuck_call[0]]
    if not isinstance(position, Position) or not isinstance(state, State):
        return False
    return len(state.calls) > 1 and position.frames[-1].function not in _MAIN


def plainly_ended(facts: Facts) -> bool:
    """Whether it ended by itself, without an error and before we would have ended it."""
    if facts.traceback is not None or facts.exited is None:
        return False
    if facts.end.outcome in ("stuck", "timeout", "limit"):
        return False
    return facts.exited[1].signal is None and not facts.exited[1].status


def stood_before(facts: Facts, index: int) -> tuple[Call, Text] | None:
    """The call that it was proved to wait in just before entry `index`, and « , ligne 14 »."""
    states = [(i, s) for i, s in facts.states if i < index and s.why == "waiting" and s.calls]
    if not states:
        return None
    since, state = states[-1]
    order = ("connection", "listener", "keyboard", "socket")
    calls = sorted(
        state.calls, key=lambda c: order.index(c.target) if c.target in order else len(order)
    )
    position = facts.position_in(since)
    return calls[0], at_line(position[1].line if position else None)


def stood_in_session(facts: Facts, session: Session) -> Text | None:
    """Where it was when we closed the connection, if it is somewhere else in the end.

    A server that serves one client after another always ends up in accept(); what was missing
    before is not for that.
    """
    stuck, closed = facts.stuck_call, session.closed
    if closed is None or stuck is None or stuck[1].target != "listener":
        return None
    seen = any(session.first <= i < closed and s.why == "waiting" for i, s in facts.states)
    stood = stood_before(facts, closed)
    if not seen or stood is None or stood[0].target != "connection":
        return None
    call, line = stood
    return fill(SITUATIONS["waited"], program=program(facts.role), call=method(call), line=line)


def situation_entries(facts: Facts) -> tuple[int, ...]:
    """The entries that `situation` speaks of; the end of the run where there is none."""
    found: list[int] = []
    if facts.traceback is not None:
        found += facts.stderr_entries[-2:]
    if facts.states:
        found.append(facts.states[-1][0])
    if facts.position is not None:
        found.append(facts.position[0])
    if facts.exited is not None:
        found.append(facts.exited[0])
    return (*sorted(set(found)), facts.last)
