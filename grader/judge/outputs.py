"""Diagnoses of what was printed, or was not, and remarks on how."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader.judge.facts import Facts
from grader.judge.hit import Hit
from grader.judge.model import Finding, Status
from grader.judge.screen import is_usual, same_but_case
from grader.judge.seen import messages_read
from grader.lab.model import ExpectStdout
from grader.matching import find_print, nearest


def absent(facts: Facts) -> list[str]:
    """Messages that should be on stdout, were read by the program, and are not there."""
    names = [
        e.message
        for e in facts.scenario.expect
        if isinstance(e, ExpectStdout) and e.how != "absent" and facts.text(e.message)
    ]
    read = {
        name
        for session in facts.sessions
        for _, entry in session.sent[: messages_read(facts, session)]
        for name in entry.messages
    }
    return [n for n in names if n in read and facts.printed(facts.text(n)) is None]


def _reach(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"stdout:{name}" for name in names)


def prints_to_stderr(facts: Facts) -> Hit | None:
    """The text is on standard error."""
    for name in absent(facts):
        found = find_print(facts.text(name), facts.stderr.data, facts.lab.tolerance)
        if found is not None:
            evidence = facts.stderr.entries(found.span)
            return Hit(id="prints-to-stderr", evidence=evidence, reach=("stdout",))
    return None


def prints_length(facts: Facts) -> Hit | None:
    """A number where the text should be: that of its bytes or characters."""
    for name in absent(facts):
        text = facts.text(name)
        numbers = "|".join(str(n) for n in sorted({len(text), len(text.encode())}))
        hit = re.search(rb"(?<!\d)(?:%s)(?!\d)" % numbers.encode(), facts.stdout.data)
        if hit is not None:
            evidence = facts.stdout.entries(slice(*hit.span()))
            return Hit(id="prints-length-only", evidence=evidence, reach=("stdout",))
    return None


def no_print(facts: Facts) -> Hit | None:
    """The message was read, and nothing like it was printed."""
    missing = _unlike(facts)
    if not missing:
        return None
    evidence = (*_sent(facts, missing[0]), facts.last)
    return Hit(id="no-print", evidence=evidence, reach=_reach(missing))


def prints_what_it_sent(facts: Facts) -> Hit | None:
    """It shows its own messages in place of the answers, which say something else."""
    missing = _unlike(facts) if not facts.is_plain else []
    shown = [
        found
        for session in facts.sessions
        for arrival in session.arrivals
        if arrival.came and (found := facts.printed(arrival.text.strip())) is not None
    ]
    if not missing or len(shown) < len(missing):
        return None
    evidence = (*_sent(facts, missing[0]), *facts.stdout.entries(shown[0].span))
    return Hit(id="hard-coded-output", evidence=evidence, reach=_reach(missing), variant="sent")


def _went_through(facts: Facts) -> bool:
    """Whether the whole exchange was made, and the program ended well."""
    well = facts.exited is not None and facts.exited[1].status == 0 and facts.traceback is None
    return well and all(
        set(session.to_send) <= set(session.was_sent) and all(a.came for a in session.arrivals)
        for session in facts.sessions
    )


def _unlike(facts: Facts) -> list[str]:
    """Messages that were read, and of which not even something like them was printed."""
    return [
        name
        for name in absent(facts)
        if nearest(facts.text(name), facts.stdout.data, facts.lab.tolerance) is None
    ]


def _sent(facts: Facts, name: str) -> tuple[int, ...]:
    return tuple(i for s in facts.sessions for i, e in s.sent if name in e.messages)


def altered(facts: Facts) -> Hit | None:
    """A text is printed, but not as it was received: in other capitals, or changed a little."""
    found = {
        e.message: shown
        for e in facts.scenario.expect
        if isinstance(e, ExpectStdout) and is_usual(facts, e) and facts.text(e.message)
        if (shown := facts.printed(facts.text(e.message))) is not None
        if shown.status is Status.PARTIAL
    }
    if not found:
        return None
    case = all(same_but_case(facts.text(name), shown.text) for name, shown in found.items())
    evidence = tuple(i for shown in found.values() for i in facts.stdout.entries(shown.span))
    variant = "case" if case else ""
    return Hit(id="output-altered", evidence=evidence, reach=_reach(list(found)), variant=variant)


def hard_coded(
    plain: Facts, drawn: Facts, findings: dict[str, tuple[Finding, Finding]]
) -> Hit | None:
    """A print that holds with the statement's words and not with others.

    Either those words are printed all the same, or (variant `known`) nothing like the others.

    `findings` has, by expectation, the finding of the plain run and that of the drawn one.
    """
    lost, evidence = list[str](), list[int]()
    for expectation, (before, after) in findings.items():
        if before.status is Status.FAIL or after.status is not Status.FAIL:
            continue
        name = expectation.partition(":")[2]
        shown = drawn.printed(plain.text(name))
        if shown is None:
            continue
        lost.append(expectation)
        evidence += drawn.stdout.entries(shown.span)
    if lost:
        return Hit(id="hard-coded-output", evidence=tuple(evidence), reach=tuple(lost))
    passed = {e.partition(":")[2]: e for e, (b, _) in findings.items() if b.status is Status.PASS}
    unknown = [name for name in _unlike(drawn) if name in passed]
    if not unknown or not all(_went_through(facts) for facts in (plain, drawn)):
        return None  # the words may not be what makes the difference
    return Hit(
        id="hard-coded-output",
        evidence=(*_sent(drawn, unknown[0]), drawn.last),
        reach=tuple(passed[name] for name in unknown),
        variant="known",
    )


def remarks(facts: Facts, findings: Sequence[Finding]) -> list[Hit]:
    """What the findings remark on and what the program did, that costs nothing."""
    hits: list[Hit] = []
    for kind in ("bytes-repr", "extra-output"):
        for finding in findings:
            if any(r.code == kind for r in finding.remarks):
                hits.append(Hit(id=kind, evidence=finding.evidence, reach=()))
                break
    return hits


def pressed_enter(facts: Facts) -> Hit | None:
    """It waited for the keyboard, and went on when it was given Enter."""
    # What the lab itself types is asked for.
    evidence = tuple(i for i, e in facts.keyboard if not e.data.strip())
    if not evidence:
        return None
    return Hit(id="waits-for-keyboard", evidence=evidence, reach=(), variant="enter")


def merged(facts: Facts) -> Hit | None:
    """Messages that came together and were printed as one."""
    together = [(i, e) for s in facts.sessions for i, e in s.sent if len(e.messages) > 1]
    if not together:
        return None
    index, entry = together[0]
    texts = [facts.text(name) for name in entry.messages]
    found = facts.printed("".join(texts))
    if found is None or b"\n" in facts.stdout.data[found.span]:
        return None
    evidence = (index, *facts.stdout.entries(found.span))
    return Hit(id="merged-messages", evidence=evidence, reach=())
