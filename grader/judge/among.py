"""Several connections at once: whose turn it was, who was attended to and who waited.

Everything is read from what was recorded: the stated order of the steps, and the states in
which a step was given up, with the queues and the calls of that moment.
"""

from __future__ import annotations

from grader.judge.facts import Arrival, Facts, Session
from grader.judge.hit import Hit
from grader.judge.model import Status
from grader.judge.sessions import AWAITED
from grader.judge.situation import method
from grader.judge.wording import SITUATIONS, at_line, fill, program
from grader.lab.connections import soonest_of
from grader.lab.model import Action, ReferenceStep, Text
from grader.transcript import State, Step

_TIME_OVER = ("overdue", "outoftime")
_ALONE = 0


def index_of(facts: Facts, step: ReferenceStep) -> int:
    """The place of this very step in the script."""
    return next(i for i, one in enumerate(facts.scenario.steps) if one is step)


def turn(facts: Facts, session: Session, number: int) -> tuple[int | None, int | None]:
    """When step `number` of the session had its turn: after which entry sent, and before which.

    As within one connection, over all of them: what is sent on another one before (or after)
    it comes before (or after) it, unless both are played side by side.
    """
    step = session.steps[number]
    at = index_of(facts, step)
    after: int | None = None
    for place in range(at - 1, -1, -1):
        earlier = facts.scenario.steps[place]
        if _beside(step, earlier) or place in facts.left_out:
            continue
        if earlier.action is Action.RECEIVE and earlier.connection == session.name:
            break
        begins = earlier.action in (Action.CONNECT, Action.ACCEPT)
        if earlier.action is Action.RESTART or (begins and earlier.connection == session.name):
            break
        if earlier.action is Action.SEND:
            sent = sent_at(facts, _first_in_a_row(facts, place))
            after = sent if sent is not None else session.last
            break
    for place in range(at + 1, len(facts.scenario.steps)):
        later = facts.scenario.steps[place]
        asked = place not in facts.left_out
        if later.action is Action.SEND and asked and not _beside(step, later):
            return after, sent_at(facts, place)
    return after, None


def _first_in_a_row(facts: Facts, place: int) -> int:
    """Of the same message sent several times without waiting: an answer may follow each."""
    steps = facts.scenario.steps
    asked = (steps[place].connection, steps[place].messages)
    while place and steps[place - 1].action is Action.SEND:
        if (steps[place - 1].connection, steps[place - 1].messages) != asked:
            break
        place -= 1
    return place


def _beside(step: ReferenceStep, other: ReferenceStep) -> bool:
    together = step.together != _ALONE and step.together == other.together
    return together and step.connection != other.connection


def sent_at(facts: Facts, place: int) -> int | None:
    """The entry in which the message of the Send step at `place` began to be sent."""
    step = facts.scenario.steps[place]
    for session in facts.sessions:
        own = [i for i, one in enumerate(facts.scenario.steps) if _is_of(one, session)]
        if place not in own:
            continue
        begun = [i for i, e in session.sent if e.piece == 1 and e.messages == step.messages]
        same = [i for i in own if i < place and facts.scenario.steps[i].messages == step.messages
                and facts.scenario.steps[i].action is Action.SEND]  # fmt: skip
        return begun[len(same)] if len(same) < len(begun) else None
    return None


def _is_of(step: ReferenceStep, session: Session) -> bool:
    return any(one is step for one in session.steps)


# --- what became of a step ---------------------------------------------------------------


def over(facts: Facts, step: ReferenceStep) -> tuple[int, Step] | None:
    """The entry that says how the step ended."""
    at = index_of(facts, step)
    notes = [(i, e) for i, e in facts.all(Step) if e.index == at and e.status != "begun"]
    return notes[0] if notes else None


def begun(facts: Facts, step: ReferenceStep) -> int | None:
    """The entry in which it began."""
    at = index_of(facts, step)
    return next((i for i, e in facts.all(Step) if e.index == at and e.status == "begun"), None)


def given_up_for_time(facts: Facts, step: ReferenceStep) -> int | None:
    """The entry that says that the promised time was over before it came; else None."""
    found = over(facts, step)
    return found[0] if found is not None and found[1].reason in _TIME_OVER else None


def too_slow(facts: Facts, step: ReferenceStep) -> int | None:
    """The entry that says that its time was over before it came; None: it was in time."""
    if step.within is None and step.after is None:
        return None
    found = over(facts, step)
    return found[0] if found is not None and found[1].reason == "overdue" else None


def too_soon(facts: Facts, step: ReferenceStep, came: int) -> int | None:
    """The entry in which the step began, if what came at entry `came` came too soon after it."""
    start = begun(facts, step)
    if start is None or step.after is None:
        return None
    passed = facts.entries[came].t - facts.entries[start].t
    return start if passed < soonest_of(step) * 1e9 else None


def only_afterwards(facts: Facts, step: ReferenceStep, came: tuple[int, ...]) -> int | None:
    """The proof that it would not have come by itself, if it came after that; else None.

    The program was stuck in the step, and only what the reference did later set it going.
    """
    found = over(facts, step)
    if found is None or found[1].reason != "stuck" or not came or came[-1] < found[0]:
        return None
    return found[0]


def answers_an_earlier(facts: Facts, session: Session, number: int, arrival: Arrival) -> bool:
    """Whether what came for step `number` is the same message for a step before it, come late.

    That one was given up before all of it was there: what came was not sent too soon.
    """
    for earlier in session.steps[:number]:
        if earlier.action in AWAITED and arrival.message in earlier.messages:
            found = over(facts, earlier)
            if found is not None and found[1].status == "missed" and found[0] < arrival.entries[-1]:
                return True
    return False


def belated(
    facts: Facts, session: Session, step: ReferenceStep, arrival: Arrival
) -> tuple[str, tuple[int, ...]] | None:
    """Of messages that came one step too late: the sentence for either, and what proves it.

    One that was given up, as the program was stuck, came later and was taken for another.
    """
    if arrival.match.status is not Status.FAIL:
        return None
    places = [s for s in session.steps if s.action in AWAITED for _ in s.messages]
    for place, other in zip(places, session.arrivals, strict=True):
        if not arrival.came and _is_in_place_of(other, arrival):
            proof = only_afterwards(facts, step, other.entries)
            if proof is not None:
                return "receive.afterwards", (proof, *other.entries[-1:])
        taken = not other.came and _is_in_place_of(arrival, other)
        if taken and only_afterwards(facts, place, arrival.entries) is not None:
            return "receive.earlier", arrival.entries
    return None


def _is_in_place_of(came: Arrival, missed: Arrival) -> bool:
    """Whether what came for one step is just what another one waited for, and is wrong here."""
    wrong = came.came and came.match.status is Status.FAIL
    if not wrong or came.answer is None or missed.answer is None:
        return False
    return bool(missed.answer.expected) and came.answer.body == missed.answer.expected


_AT_THE_END = ("dies-on-reset", "writes-after-close", "ignores-end-of-stream")


def is_too_late(facts: Facts, hit: Hit) -> bool:
    """The program ended by it when all steps were over: it is the cause of none of them."""
    if not facts.scenario.several or hit.id not in _AT_THE_END or facts.exited is None:
        return False
    return all(i < facts.exited[0] for i, _ in facts.all(Step))


# --- who waited --------------------------------------------------------------------------


def state_of(facts: Facts, step: ReferenceStep) -> tuple[int, State] | None:
    """The state in which the step was proved not to come."""
    found = over(facts, step)
    if found is None or found[1].reason not in ("stuck", "overdue"):
        return None
    start = begun(facts, step)
    proofs = [
        (i, s) for i, s in facts.states
        if (start or 0) < i < found[0] and s.why in ("waiting", "deadline")
    ]  # fmt: skip
    return proofs[-1] if proofs else None


def situation(facts: Facts, step: ReferenceStep) -> Text | None:
    """« Votre serveur attend alice dans recv(), ligne 14, pendant que bob … », if it is known."""
    found = state_of(facts, step)
    if found is None:
        return None
    index, state = found
    calls = [c for c in state.calls if c.connection]
    if not calls:
        return None
    call = next((c for c in calls if c.connection == step.connection), calls[0])
    position = facts.position_in(index)
    fields = {
        "program": program(facts.role),
        "call": method(call) or call.name,
        "line": at_line(position[1].line if position else None),
        "name": call.connection,
        "other": step.connection,
    }
    if call.connection == step.connection:
        return fill(SITUATIONS["named"], **fields)
    pending = any(s.connection == step.connection and not s.accepted for s in state.sockets)
    unread = any(s.connection == step.connection and s.receive_queue for s in state.sockets)
    key = "named.queue" if pending else "named.unread" if unread else "named.other"
    return fill(SITUATIONS[key], **fields)
