"""Diagnoses: named mistakes, the worst first, consequences folded under their cause.

Every criterion that is lost points at one cause at most: the first in `_IN_ORDER` that can
explain it. A mistake that explains nothing that is not explained already is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from grader.judge import mistakes, outputs
from grader.judge.crashes import crash
from grader.judge.facts import Facts
from grader.judge.hit import ADDRESSES, EVERYTHING, Hit
from grader.judge.mistake_texts import MISTAKES, Words
from grader.judge.model import Diagnosis, Finding, Problem, Status
from grader.judge.wording import at_line, fill
from grader.lab.model import ROLES, Lab, Level, Role

_IN_ORDER: tuple[Callable[[Facts], Hit | None], ...] = (
    mistakes.other_port,
    mistakes.one_interface,
    crash,
    mistakes.missing_argument,
    mistakes.datagram,
    mistakes.waits_for_keyboard,
    mistakes.sleeps,
    mistakes.no_listen,
    mistakes.never_accepts,
    mistakes.accept_once,
    mistakes.swapped,
    mistakes.wrong_text,
    mistakes.both_wait,
    mistakes.speaks_first,
    outputs.prints_to_stderr,
    outputs.prints_length,
    mistakes.cut_short,
    mistakes.endless,
    mistakes.never_receives,
    mistakes.one_recv,
    mistakes.leaves_early,
    mistakes.message_missing,
    outputs.no_print,
    mistakes.waits_for_end,
    mistakes.never_closes,
    mistakes.accepts_again,
    mistakes.status,
    mistakes.still_running,
)


@dataclass(frozen=True)
class Examined:
    """A run's facts with the findings drawn from them."""

    facts: Facts
    findings: tuple[Finding, ...]


def diagnose(lab: Lab, examined: Sequence[Examined]) -> list[Diagnosis]:
    """The diagnoses of a submission's runs: errors first, server before client."""
    errors: list[Diagnosis] = []
    remarks: list[Diagnosis] = []
    played = [e for e in examined if e.facts.end.outcome not in ("not_run", "skipped")]
    for role in ROLES:
        own = [e for e in played if e.facts.role == role]
        graded = [e for e in own if e.facts.scenario.level is Level.GRADED]
        errors += _errors(graded, lab)
        known = {d.id for d in errors if d.role == role}
        remarks += _remarks(own, known)
    return errors + remarks


def missing_program(role: Role, problem: Problem, criteria: tuple[str, ...]) -> Diagnosis:
    """The cause of all criteria of a role for which nothing was handed in."""
    key = problem.code if problem.code in MISTAKES else "missing-file"
    words = MISTAKES[key]
    return Diagnosis(
        id=key,
        role=role,
        run="",
        level="error",
        title=fill(words.title),
        explanation=fill(words.explanation, reason=problem.message),
        criteria=criteria,
    )


def _errors(graded: Sequence[Examined], lab: Lab) -> list[Diagnosis]:
    """The causes of what was lost in a role's graded runs, the costliest first."""
    made: dict[str, Diagnosis] = {}
    explained: set[str] = set()
    counted = {c.id: c.points for c in lab.criteria if c.enabled}
    for _, e, hit in sorted(_candidates(graded), key=lambda found: found[0]):
        lost = {f.criterion for f in e.findings if _is_lost(f) and _explains(e.facts, hit, f)}
        criteria = tuple(c for c in counted if c in lost and c not in explained)
        if not criteria:
            continue
        explained.update(criteria)
        before = made.get(hit.id)
        if before is None:
            made[hit.id] = _diagnosis(e.facts, hit, criteria)
        else:
            made[hit.id] = replace(before, criteria=before.criteria + criteria)
    return sorted(made.values(), key=lambda d: -sum(counted[c] for c in d.criteria))


def _candidates(graded: Sequence[Examined]) -> Iterable[tuple[int, Examined, Hit]]:
    """Every mistake seen in a run, with its rank."""
    for e in graded:
        for rank, look in enumerate(_IN_ORDER):
            if (hit := look(e.facts)) is not None:
                yield rank, e, hit
    rank = _IN_ORDER.index(outputs.prints_to_stderr)
    for plain in graded:
        for drawn in graded:
            if plain is not drawn and (hit := _hard_coded(plain, drawn)) is not None:
                yield rank, drawn, hit


def _hard_coded(plain: Examined, drawn: Examined) -> Hit | None:
    """A print that holds with the words of the statement and not with drawn ones."""
    before = {f.expectation: f for f in plain.findings}
    pairs = {
        f.expectation: (before[f.expectation], f)
        for f in drawn.findings
        if f.expectation.startswith("stdout:") and f.expectation in before
    }
    names = [e.partition(":")[2] for e in pairs]
    if all(plain.facts.text(n) == drawn.facts.text(n) for n in names):
        return None
    return outputs.hard_coded(plain.facts, drawn.facts, pairs)


def _is_lost(finding: Finding) -> bool:
    return finding.status in (Status.FAIL, Status.PARTIAL)


def _explains(facts: Facts, hit: Hit, finding: Finding) -> bool:
    """Whether the mistake can be the cause of this finding.

    After a mistake that stops everything, only what had not come yet is its consequence:
    not the address of a connection that was made, nor the words of a message that came.
    """
    if not hit.explains(finding.expectation):
        return False
    if hit.reach != EVERYTHING:
        return True
    if finding.expectation in ADDRESSES:
        return not facts.connected
    return not (finding.expectation.startswith("receive:") and finding.actual)


def _remarks(own: Sequence[Examined], known: set[str]) -> list[Diagnosis]:
    """What costs nothing: of all runs, and the mistakes that only advice brings out."""
    made: dict[str, Diagnosis] = {}
    for e in own:
        hits = outputs.remarks(e.facts, e.findings)
        if e.facts.scenario.level is Level.ADVICE and any(map(_is_lost, e.findings)):
            hits += _advice(e)
        for hit in hits:
            if hit.id not in known and hit.id not in made:
                made[hit.id] = _diagnosis(e.facts, replace(hit, level="remark"), ())
    return list(made.values())


def _advice(e: Examined) -> list[Hit]:
    """The first mistake that explains what an advice run missed."""
    for look in _IN_ORDER:
        hit = look(e.facts)
        if hit is not None and any(_is_lost(f) and _explains(e.facts, hit, f) for f in e.findings):
            return [hit]
    return []


def _diagnosis(facts: Facts, hit: Hit, criteria: tuple[str, ...]) -> Diagnosis:
    words = words_of(hit.id, hit.variant)
    fields = {"line": at_line(hit.line), **hit.fields}
    return Diagnosis(
        id=hit.id,
        role=facts.role,
        run=facts.header.run,
        level=hit.level,
        title=fill(words.title, **fields),
        explanation=fill(words.explanation, **fields),
        file=_file(facts, hit.file),
        line=hit.line,
        evidence=tuple(dict.fromkeys(hit.evidence)),
        criteria=criteria,
    )


def words_of(kind: str, variant: str = "") -> Words:
    """The texts of a diagnosis, in the variant that says it best."""
    return MISTAKES.get(f"{kind}/{variant}") or MISTAKES[kind]


def _file(facts: Facts, file: str | None) -> str:
    """The path inside the submission of a file as the interpreter named it."""
    own = facts.header.program
    if file is None or PurePosixPath(file).name == PurePosixPath(own).name:
        return own
    return PurePosixPath(file).name
