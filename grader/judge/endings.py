"""Conditions of endings: the connection, the process, and programs that never end."""

from __future__ import annotations

from grader.judge import among
from grader.judge.checks import exchanged_before
from grader.judge.facts import Facts, Session
from grader.judge.hit import EVERYTHING, Hit
from grader.judge.seen import (
    calls,
    ended_before_us,
    first_session,
    hit,
    reads_connection,
    stood,
    waited_until_we_closed,
)
from grader.judge.situation import ACCEPTS, SLEEPS, in_thread, method, situation_entries
from grader.judge.wording import called, in_seconds, program
from grader.lab.model import Action
from grader.transcript import Closed

FUTEXES = ("futex", "futex_waitv")
"""What a lock, an event, a queue and a join() all wait in."""


def missing_argument(facts: Facts) -> Hit | None:
    """Status 2 and a usage line, before anything was done on the network."""
    if facts.exited is None or facts.exited[1].status != 2 or facts.connected or facts.listeners:
        return None
    if b"usage:" not in facts.stderr.data[:4096]:
        return None
    evidence = (*facts.stderr_entries[:1], facts.exited[0])
    return hit(facts, "missing-argument", EVERYTHING, evidence)


def waits_for_keyboard(facts: Facts) -> Hit | None:
    """Still waiting for the keyboard when nothing more could come from it."""
    for index, call in reversed(calls(facts)):
        if call.target == "keyboard" and facts.end.outcome == "stuck":
            return stood(facts, "waits-for-keyboard", EVERYTHING, (index,))
    return None


def sleeps(facts: Facts) -> Hit | None:
    """Out of time while asleep, with something left to exchange."""
    if facts.end.outcome not in ("timeout", "limit") or facts.end.limit not in (None, "wall"):
        return None
    session = first_session(facts)
    if session is not None and _all_done(facts, session):
        return None
    for index, call in reversed(calls(facts)):
        if call.name in SLEEPS:
            return stood(facts, "sleeps-too-long", EVERYTHING, (index,))
    return None


def _all_done(facts: Facts, session: Session) -> bool:
    """Whether every message was exchanged and the program has ended the connection."""
    sent = not set(session.to_send) - set(session.was_sent)
    return sent and all(a.came for a in session.arrivals) and ended_before_us(session)


def endless(facts: Facts) -> Hit | None:
    """Out of CPU, output or time without an end in sight, or of what may be sent after an end.

    Which limit a program meets that answers the end of a stream for ever is luck.
    """
    if facts.end.outcome not in ("timeout", "limit") or facts.limit is None:
        return None
    index, limit = facts.limit
    if limit.limit not in ("cpu", "output", "wall", "wire"):
        return None
    if (again := accepts_again(facts)) is not None:
        return again
    finished = _finished(facts)
    if finished is not None and finished < index and any(s.consumed for s in facts.sessions):
        return stood(
            facts, "ignores-end-of-stream", ("end", "exit"), (finished, index), limit.limit
        )
    if limit.limit == "wire":
        return None
    return stood(facts, "endless-loop", EVERYTHING, (index,), limit.limit)


def _finished(facts: Facts) -> int | None:
    """Where the reference said that nothing more will come, to a program that had not ended."""
    for session in facts.sessions:
        if ended_before_us(session):
            continue
        said = (i for i, _ in facts.all(Closed) if session.first <= i < session.last)
        if (index := next(said, None)) is not None:
            return index
    return None


def waits_for_end(facts: Facts) -> Hit | None:
    """All is exchanged, and it reads on instead of closing."""
    session = first_session(facts)
    if session is None or session.consumed < session.sent_bytes or not session.sent:
        return None
    closed = session.closed
    if ended_before_us(session):
        return None
    if set(session.to_send) - set(session.was_sent):
        return None
    answering = facts.role == "server" and facts.is_plain
    if not answering and not all(a.came for a in session.arrivals):
        return None  # it has more to do than to close
    last = session.sent[-1][0]
    reading = [
        i for i, c in calls(facts, closed)
        if i > last and reads_connection(c) and c.connection in ("", session.name)
    ]  # fmt: skip
    if not reading:
        return None
    evidence = (last, reading[-1], *(() if closed is None else (closed,)))
    reach = ("end", "exit", "stdout")
    kind, told = "waits-for-end-of-stream", {"call": "recv()", "program": program(facts.role)}
    if (idle := _idle_time(facts, session)) is not None:
        return stood(facts, kind, reach, evidence, "idle", idle=in_seconds(idle), **told)
    return stood(facts, kind, reach, evidence, facts.role, **told)


def _idle_time(facts: Facts, session: Session) -> float | None:
    """After so many seconds in which nothing comes it was to close, and did not."""
    for step in session.steps:
        if step.action is Action.END and step.after is not None:
            over = among.over(facts, step)
            if over is not None and over[1].status == "missed":
                return step.after
    return None


def never_closes(facts: Facts) -> Hit | None:
    """All is exchanged, and the connection stays open until we close it."""
    session = first_session(facts)
    if session is None or set(session.to_send) - set(session.was_sent):
        return None
    closed = session.closed
    if ended_before_us(session):
        return None
    if not exchanged_before(facts, session, len(facts.entries)) and facts.role == "client":
        return None
    evidence = (*(() if closed is None else (closed,)), *situation_entries(facts))
    # Where a thread or a lock holds it says nothing about the connection.
    made = stood if facts.stuck_call and facts.stuck_call[1].target else hit
    return made(facts, "never-closes", ("end",), evidence, facts.role)


def accepts_again(facts: Facts) -> Hit | None:
    """After its one client it waits for another."""
    session = first_session(facts)
    if facts.role != "server" or session is None or facts.exited is not None:
        return None
    for index, call in reversed(calls(facts)):
        again = call.target == "listener" and (call.name in ACCEPTS or method(call) == "accept()")
        if again and index > (session.connected or 0):
            return stood(facts, "endless-loop", ("exit",), (index,), "accept")
    return None


def status(facts: Facts) -> Hit | None:
    """It ended by itself, but not well, and without an exception to explain it."""
    if facts.exited is None or facts.traceback is not None:
        return None
    index, exited = facts.exited
    if exited.signal == "SIGPIPE" and waited_until_we_closed(facts):
        return None  # it had waited for something else until then
    if exited.signal is not None and facts.limit is not None:
        return None  # the kernel was before us at the same limit: that is the mistake
    if exited.signal is not None:
        session = first_session(facts)
        done = session is not None and _all_done(facts, session)
        reach = ("exit",) if done else EVERYTHING
        return stood(facts, "exit-status", reach, (index,), "signal", signal=exited.signal)
    if exited.status in (0, None):
        return None
    session = first_session(facts)
    done = session is not None and _all_done(facts, session)
    return hit(
        facts,
        "exit-status",
        ("exit",),
        (index,),
        "done" if done else "",
        code=exited.status,
        program=program(facts.role),
    )


def still_running(facts: Facts) -> Hit | None:
    """Ended by us while it waited for what will not come: the last resort of `exit`."""
    if facts.exited is not None or facts.end.outcome != "stuck":
        return None
    if not facts.states:
        return None
    variant = "thread" if in_thread(facts) else "waits"
    reach: tuple[str, ...] = ("exit",)
    if variant == "waits" and _waits_within(facts):
        variant, reach = "lock", EVERYTHING
    stuck = facts.stuck_call
    named = called(method(stuck[1])) if stuck is not None else called("")
    evidence = (facts.states[-1][0],)
    return stood(facts, "endless-loop", reach, evidence, variant, within=named)


def _waits_within(facts: Facts) -> bool:
    """Whether, amid the exchange, it only ever waited for what a thread of its own could give.

    Then all that was still to come is missing for that: nothing from outside could help.
    """
    session = first_session(facts)
    if session is None or all(a.came for a in session.arrivals):
        return False
    seen = [state.calls for _, state in facts.states if state.why == "waiting" and state.calls]
    return bool(seen) and all(c.name in FUTEXES for calls_then in seen for c in calls_then)
