"""Checks: what each step and expectation of a scenario came to, from the transcript alone.

The rules are the lab's (`tp09.md`): a pass needs evidence, and so has a fail; silence earns
nothing, and an ending caused by us never counts as the program's own.
"""

from __future__ import annotations

from dataclasses import replace

from grader.judge import among
from grader.judge.differing import what_is_wrong
from grader.judge.facts import Arrival, Facts, Session
from grader.judge.files import check_file
from grader.judge.listeners import (
    check_bound,
    check_connected,
    check_listening,
    dialled_listener,
    is_any,
)
from grader.judge.maker import Maker
from grader.judge.model import Finding, Remark, Status
from grader.judge.prints import check_stdout
from grader.judge.sessions import AWAITED
from grader.judge.situation import (
    method,
    plainly_ended,
    situation_entries,
    stood_before,
    stood_in_session,
)
from grader.judge.traceback import Traceback
from grader.judge.wording import (
    LAST,
    at_line,
    called,
    in_seconds,
    nth,
    program,
    remark,
    say,
    see_line,
)
from grader.lab.model import (
    Action,
    Demand,
    Expectation,
    ExpectBound,
    ExpectConnected,
    ExpectExit,
    ExpectFile,
    ExpectListening,
    ExpectStdout,
    Lab,
    Level,
    ReferenceStep,
    Role,
    Scenario,
)
from grader.matching import find_message
from grader.transcript import Exited, Transcript

_ONE_LOOK = 1_000_000
"""Nanoseconds: entries of one look are nearer together."""
_OTHER: dict[Role, Role] = {"server": "client", "client": "server"}

__all__ = [
    "check",
    "check_facts",
    "dialled_listener",
    "exchanged_before",
    "is_any",
    "read_before",
    "turn",
]


def check(transcript: Transcript, lab: Lab, scenario: Scenario) -> tuple[Finding, ...]:
    """One finding for each step and expectation of the scenario that is to be judged.

    In a graded scenario those that prove a criterion; in advice all of them. A run that was
    skipped has none; one that could not be played has `not_run` for each.
    """
    return check_facts(Facts(transcript, lab, scenario))


def check_facts(facts: Facts) -> tuple[Finding, ...]:
    """The same, from facts already gathered."""
    outcome = facts.end.outcome
    if outcome == "skipped":
        return ()
    found = [*_steps(facts), *_expectations(facts)]
    if facts.scenario.level is Level.GRADED:
        found = [f for f in found if f.criterion is not None or f.demand is Demand.ADVICE]
    if outcome == "not_run":
        return tuple(_not_run(facts, f) for f in found)
    return tuple(found)


def _not_run(facts: Facts, finding: Finding) -> Finding:
    return Finding(
        run=finding.run,
        expectation=finding.expectation,
        criterion=finding.criterion,
        status=Status.NOT_RUN,
        what=say("not-run", reason=facts.end.problem),
        evidence=(facts.last,),
    )


def _steps(facts: Facts) -> list[Finding]:
    found: list[Finding] = []
    for session in facts.sessions:
        if session.connected is None and session.steps[0].action is Action.REFUSE:
            continue  # it gave up, as it may: what would have followed was not asked for
        arrivals = iter(session.arrivals)
        for number, step in enumerate(session.steps):
            if step.action in AWAITED:
                for arrival in [next(arrivals) for _ in step.messages]:
                    if step.optional:
                        continue  # it was there, and costs nothing
                    finding = _receive(facts, session, number, step, arrival)
                    found.append(_demanded(finding, step.demand))
            elif step.action is Action.END:
                found.append(_demanded(_end(facts, session, step), step.demand))
            elif step.action is Action.SILENCE:
                found.append(_demanded(_silence(facts, session, step), step.demand))
    return found


def _demanded(finding: Finding, demand: Demand) -> Finding:
    """The finding as its level counts it: what only should be costs half at most."""
    if demand is Demand.MUST:
        return finding
    status = finding.status
    if demand is Demand.SHOULD and status is Status.FAIL:
        status = Status.PARTIAL
    return replace(finding, status=status, demand=demand)


def _expectations(facts: Facts) -> list[Finding]:
    prints = [e for e in facts.scenario.expect if isinstance(e, ExpectStdout)]
    printed = iter(check_stdout(facts, prints))
    return [
        _demanded(next(printed) if isinstance(e, ExpectStdout) else _expected(facts, e), e.demand)
        for e in facts.scenario.expect
    ]


def _expected(facts: Facts, expectation: Expectation) -> Finding:
    if isinstance(expectation, ExpectExit):
        return _exit(facts, expectation)
    if isinstance(expectation, ExpectListening):
        return check_listening(facts, expectation)
    if isinstance(expectation, ExpectBound):
        return check_bound(facts, expectation)
    if isinstance(expectation, ExpectFile):
        return check_file(facts, expectation)
    assert isinstance(expectation, ExpectConnected)  # noqa: S101 -- the last of the union
    return check_connected(facts, expectation)


# --- messages ----------------------------------------------------------------------------


def _receive(
    facts: Facts, session: Session, number: int, step: ReferenceStep, arrival: Arrival
) -> Finding:
    """A message of the program: the right one, in its turn."""

    def made(status: Status, key: str, evidence: tuple[int, ...], **fields: object) -> Finding:
        return replace(
            make(status, key, evidence, other=program(_OTHER[facts.role]), **fields),
            expected=arrival.expected,
            actual=arrival.actual,
            remarks=_message_remarks(session, arrival) if status is not Status.FAIL else (),
        )

    make = _maker(facts, session, f"{step.action}:{arrival.message}", step)
    if session.connected is None:
        udp = facts.scenario.protocol == "udp"
        return made(Status.FAIL, "datagram.none" if udp else "connection.none", ())
    if (slow := among.too_slow(facts, step)) is not None:
        asked = in_seconds(step.within or 0.0)
        return made(Status.FAIL, "receive.slow", (slow,), asked=asked)
    several = facts.scenario.several
    if several and (belated := among.belated(facts, session, step, arrival)) is not None:
        key, evidence = belated
        return made(Status.FAIL, key, evidence)
    if not arrival.came:
        if (earlier := _elsewhere(facts, session, arrival)) is not None:
            return made(Status.FAIL, "receive.swapped", earlier)
        if late := _after_its_turn(session, arrival):
            proof = among.only_afterwards(facts, step, late) if several else None
            if proof is not None:
                return made(Status.FAIL, "receive.afterwards", (proof, *late[-1:]))
            if (given_up := among.given_up_for_time(facts, step)) is not None:
                return made(Status.FAIL, "receive.overdue", (given_up, *late))
            return made(Status.FAIL, "receive.late", late)
        return made(Status.FAIL, "receive.none", ())
    if arrival.match.status is Status.FAIL:
        if (earlier := _elsewhere(facts, session, arrival)) is not None:
            return made(Status.FAIL, "receive.swapped", earlier)
        key, fields = what_is_wrong(facts, arrival)
        return made(Status.FAIL, key, arrival.entries, **fields)
    if several and (proof := among.only_afterwards(facts, step, arrival.entries)) is not None:
        return made(Status.FAIL, "receive.afterwards", (proof, *arrival.entries[-1:]))
    after, before = among.turn(facts, session, number) if several else turn(session, number)
    if after is not None and arrival.entries[0] < after:
        if among.answers_an_earlier(facts, session, number, arrival):
            return made(Status.FAIL, "receive.earlier", arrival.entries)
        return made(Status.FAIL, "receive.early", (*arrival.entries, after))
    if before is not None and arrival.entries[-1] > before:
        if (given_up := among.given_up_for_time(facts, step)) is not None:
            return made(Status.FAIL, "receive.overdue", (given_up, *arrival.entries))
        return made(Status.FAIL, "receive.late", (before, *arrival.entries))
    key = "receive.pass" if arrival.match.status is Status.PASS else "receive.partial"
    if key == "receive.partial" and arrival.answer is not None and not arrival.answer.whole:
        key = "receive.bare" if arrival.answer.bare else "receive.unterminated"
    return made(arrival.match.status, key, arrival.entries)


def turn(session: Session, number: int) -> tuple[int | None, int | None]:
    """When step `number` had its turn: after which entry sent, and before which.

    The first is the entry of the Send step before it (the end of the session if that was
    never sent), unless another message is awaited between: then the order of the two is all
    that is asked. The second is the entry of the first Send step after it.
    """
    after: int | None = None
    for position, step in enumerate(session.steps):
        if step.action is Action.RECEIVE and position < number:
            after = None
        if step.action is not Action.SEND:
            continue
        place = _first_sent(session, position)
        if position > number:
            return after, place
        after = place if place is not None else session.last
    return after, None


def _first_sent(session: Session, position: int) -> int | None:
    """The entry in which the message of that step began to be sent."""
    step = session.steps[position]
    wanted = (step.messages, step.messages[:1])
    again = [s for s in session.steps[:position] if s.messages in wanted]
    earlier = sum(s.action is Action.SEND for s in again)
    hits = [i for i, e in session.sent if e.piece == 1 and e.messages in wanted]
    return hits[earlier] if earlier < len(hits) else None


def _elsewhere(facts: Facts, session: Session, arrival: Arrival) -> tuple[int, ...] | None:
    """Where the message arrived right, but before one that it should have followed."""
    # Over UDP the same datagram may come twice, in any order.
    if arrival.answer is not None or facts.scenario.protocol == "udp":
        return None
    span = find_message(arrival.text, session.stream.data, facts.lab.tolerance)
    return None if span is None else session.stream.entries(span)


def _after_its_turn(session: Session, arrival: Arrival) -> tuple[int, ...]:
    """Where a message that was given up came in the end, behind all that was taken for others."""
    expected = arrival.answer.expected if arrival.answer is not None else None
    if not expected:
        return ()
    taken = max((a.span.stop for a in session.arrivals), default=0)
    at = session.stream.data.find(expected, taken)
    return session.stream.entries(slice(at, at + len(expected))) if at >= 0 else ()


def _message_remarks(session: Session, arrival: Arrival) -> tuple[Remark, ...]:
    """The match's remarks; other messages of the script are no extra bytes."""
    extra = arrival.data
    others = [a.text.encode() for a in session.arrivals if a.message != arrival.message and a.text]
    codes = arrival.match.remarks
    if any(other in extra for other in others):
        codes = tuple(c for c in codes if c != "extra-output")
    return tuple(remark(code) for code in codes)


# --- the connection ----------------------------------------------------------------------


def _end(facts: Facts, session: Session, step: ReferenceStep) -> Finding:
    """FIN or RST of the program, after the last message and before we closed."""
    made = _maker(facts, session, "end", step)
    if session.connected is None:
        return made(Status.FAIL, "connection.none", ())
    ended, closed = session.ended, session.closed
    if (timed := _time_of_end(facts, step, made, ended)) is not None:
        return timed
    if ended is None:
        return _never_ended(facts, session, made)
    if closed is not None and closed < ended:
        return made(Status.FAIL, "end.late", (closed, ended))
    if not exchanged_before(facts, session, ended):
        return _ended_early(facts, session, made, ended)
    # A client that has sent everything may leave unread what it was sent; whether the rest of a
    # message comes before or after its close is luck.
    if facts.role == "server" and not read_before(facts, session, ended):
        return made(Status.FAIL, "end.unread", (ended,))
    last = [i for i, _ in session.sent[-1:]]
    passed = made(Status.PASS, "end.pass" if facts.is_plain else "end.last", (*last, ended))
    if facts.traceback is not None and _crashed_before(facts, ended):
        return replace(passed, remarks=(remark("closed-by-exit"),))
    return passed


def _crashed_before(facts: Facts, ended: int) -> bool:
    """Whether the error was there before entry `ended`, and not found in the same look.

    Each look takes stderr before the wire: a program may have closed, then crashed.
    """
    apart = facts.entries[ended].t - facts.entries[facts.stderr_entries[0]].t
    return facts.stderr_entries[0] < ended and apart >= _ONE_LOOK


def _maker(facts: Facts, session: Session, what: str, step: ReferenceStep) -> Maker:
    """Of a named connection, the finding says which, and who was attended to instead."""
    if not session.name:
        return Maker(facts, what, step.proves, stood_in_session(facts, session))
    told = among.situation(facts, step)
    return Maker(facts, f"{what}:{session.name}", step.proves, told)


def _silence(facts: Facts, session: Session, step: ReferenceStep) -> Finding:
    """Nobody spoke, and the program was seen to wait; anything else broke the silence."""
    made = _maker(facts, session, "silence", step)
    if session.connected is None:
        return made(Status.FAIL, "connection.none", ())
    found = among.over(facts, step)
    evidence = () if found is None else (found[0],)
    kept = found is not None and found[1].status == "done"
    if kept:
        key = "silence.pass.named" if session.name else "silence.pass"
        words = program(facts.role)
        return made(Status.PASS, key, evidence, program=words, name=session.name)
    keys = {"received": "silence.spoke", "endofstream": "silence.left",
            "connectionreset": "silence.left"}  # fmt: skip
    key = keys.get(found[1].reason if found is not None else "", "silence.broken")
    return made(Status.FAIL, key, evidence, program=program(facts.role))


def _time_of_end(
    facts: Facts, step: ReferenceStep, made: Maker, ended: int | None
) -> Finding | None:
    """An end that came too late, too soon, or in time, for what the statement asks."""
    asked = in_seconds(step.within if step.within is not None else step.after or 0.0)
    words = program(facts.role)
    if (slow := among.too_slow(facts, step)) is not None:
        return made(Status.FAIL, "end.slow", (slow,), program=words, asked=asked)
    start = among.begun(facts, step)
    if step.after is None or ended is None or start is None:
        return None
    waited = in_seconds((facts.entries[ended].t - facts.entries[start].t) / 1e9)
    if among.too_soon(facts, step, ended) is None:
        return made(Status.PASS, "end.timed", (start, ended), program=words, waited=waited)
    asked = in_seconds(step.after)
    evidence = (start, ended)
    return made(Status.FAIL, "end.soon", evidence, program=words, asked=asked, waited=waited)


def _never_ended(facts: Facts, session: Session, made: Maker) -> Finding:
    """Not before we closed; what it did then, and after, are two things."""
    closed = session.closed
    if closed is None or not plainly_ended(facts):
        return made(Status.FAIL, "end.none", ())
    evidence = (closed, *situation_entries(facts))
    stood = stood_before(facts, closed)
    if stood is None:
        return made(Status.FAIL, "end.open", evidence, program=program(facts.role))
    call, line = stood
    return made(
        Status.FAIL,
        "end.waited",
        evidence,
        program=program(facts.role),
        call=called(method(call)),
        line=line,
    )


def _ended_early(facts: Facts, session: Session, made: Maker, ended: int) -> Finding:
    if facts.traceback is not None:
        return made(Status.FAIL, "end.crashed", (ended,), program=program(facts.role))
    if facts.role == "client":
        return made(Status.FAIL, "end.early", (ended,), program=program("client"))
    count = len(session.to_send)
    last = nth(1) if count == 2 else LAST
    return made(Status.FAIL, "end.early.server", (ended,), last=last)


def exchanged_before(facts: Facts, session: Session, ended: int) -> bool:
    """Whether all was exchanged before entry `ended`: sent to a server, or by a client."""
    if facts.role == "client":
        return all(_came_before(facts, session, a, ended) for a in session.arrivals)
    sent = [m for i, e in session.sent if i < ended and e.piece == e.pieces for m in e.messages]
    return all(message in sent for message in session.to_send)


def _came_before(facts: Facts, session: Session, arrival: Arrival, ended: int) -> bool:
    """Whether the message came in some form, be it out of its turn."""
    entries = arrival.entries if arrival.came else _elsewhere(facts, session, arrival)
    return bool(entries) and entries is not None and entries[-1] < ended


def read_before(facts: Facts, session: Session, ended: int) -> bool:
    """Whether the program had read all that was sent to it.

    A close with unread bytes sends RST, not FIN: a FIN is proof enough. With an RST either
    the socket table showed everything read, or what was sent last has been printed.
    """
    if not session.was_reset or session.consumed >= session.sent_bytes:
        return True
    if not session.to_send:
        return True
    last = facts.text(session.to_send[-1])
    return facts.printed(last) is not None


def _exit(facts: Facts, expectation: ExpectExit) -> Finding:
    """The program ended by itself, as asked; whether we had closed before is no matter."""
    made = Maker(facts, "exit", expectation.proves)
    exits = facts.all(Exited)
    if not exits or (facts.killed is not None and facts.killed[0] < exits[-1][0]):
        return made(Status.FAIL, "exit.none", ())
    index, exited = next(
        ((i, e) for i, e in exits if not _ended_well(facts, e, expectation)), exits[-1]
    )
    evidence = (index,)
    if exited.signal is not None:
        return made(Status.FAIL, "exit.signal", evidence, signal=exited.signal)
    if not _ended_well(facts, exited, expectation):
        if facts.traceback is not None or expectation.status is None:
            return _crashed(facts, made, index)
        return made(
            Status.FAIL,
            "exit.status",
            evidence,
            code=exited.status,
            expected=expectation.status,
        )
    refuses = any(s.action is Action.REFUSE for s in facts.scenario.steps)
    if not facts.connected and not refuses:
        # Silence earns nothing: a program that does nothing ends well, too.
        return made(Status.FAIL, "exit.nothing", evidence)
    key = "exit.asked" if exited.status else "exit.pass"
    return made(Status.PASS, key, evidence, code=exited.status)


def _crashed(facts: Facts, made: Maker, index: int) -> Finding:
    """An exception that was not caught; or one before anything was run."""
    trace = facts.traceback
    line = trace.place.line if trace is not None and trace.place is not None else None
    key = "exit.unstarted" if trace is not None and trace.is_syntax else "exit.crash"
    fields = {"program": program(facts.role), "line": at_line(line), "see": see_line(line)}
    found = made(Status.FAIL, key, (*facts.stderr_entries[-2:], index), **fields)
    return found if trace is None else replace(found, actual=_last_line(trace))


def _last_line(trace: Traceback) -> bytes:
    """The last line of the error, as Python wrote it."""
    return (f"{trace.type}: {trace.message}" if trace.message else trace.type).encode()


def _ended_well(facts: Facts, exited: Exited, expectation: ExpectExit) -> bool:
    if exited.signal is not None:
        return False
    if expectation.status is not None:
        return exited.status == expectation.status
    return facts.traceback is None or exited.status == 0
