"""Diagnoses: named mistakes, the worst first, consequences folded under their cause.

Every criterion that is lost points at one cause at most: of those that can explain it, the
one of the lowest rank in the catalogue. A mistake that explains nothing that is not explained
already is left out, and so is one that the lab has switched off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from grader.judge import among, exchange, outputs
from grader.judge.conditions import CAUSES, REMARKS
from grader.judge.facts import Facts
from grader.judge.hit import ADDRESSES, EVERYTHING, Hit
from grader.judge.model import Diagnosis, Finding, Problem, Status
from grader.judge.wording import at_line, fill_fields, in_brackets
from grader.lab.catalogue import Entry
from grader.lab.model import ROLES, Lab, Level, Role
from grader.lab.sayings import Sayings, sayings_of
from grader.transcript import Step

CONSEQUENCES: Mapping[str, frozenset[str]] = {
    "hard-coded-output": frozenset({"no-print", "one-recv-two-messages"}),
    "both-wait-first": frozenset({"dies-on-reset", "writes-after-close"}),
    "one-recv-two-messages": frozenset({"merged-messages"}),
}
"""Remarks that only say again, of another situation, what a mistake has explained already."""
ALL_BUT_RIGHT = ("output-altered",)
"""Mistakes that stand behind all others: what they cost is half of their criteria at most."""
_BOTH: Mapping[str, set[str]] = {"one-recv-is-one-message": {"piece", "together"}}
"""Variants of a mistake that, found in two runs, have words of their own: variant `both`."""
_SPEAKS_OUT_OF_TURN: Mapping[Role, str] = {"server": "both-wait-first", "client": "speaks-first"}


@dataclass(frozen=True)
class Examined:
    """A run's facts with the findings drawn from them."""

    facts: Facts
    findings: tuple[Finding, ...]

    @property
    def is_cut(self) -> bool:
        """An advice run that we cut before the time that students are promised.

        What did not come there might have come later: nothing may be concluded from it.
        """
        facts = self.facts
        if facts.scenario.level is not Level.ADVICE:
            return False
        promised = facts.lab.limits.promised * 1e9
        struck = facts.limit
        if struck is not None and struck[1].limit == "wall" and struck[1].t < promised:
            return True
        return any(s.reason == "overdue" and s.t < promised for _, s in facts.all(Step))


def diagnose(lab: Lab, examined: Sequence[Examined]) -> list[Diagnosis]:
    """The diagnoses of a submission's runs: errors first, server before client."""
    errors: list[Diagnosis] = []
    remarks: list[Diagnosis] = []
    sayings = sayings_of(lab)
    played = [e for e in examined if e.facts.end.outcome not in ("not_run", "skipped")]
    for role in ROLES:
        own = [e for e in played if e.facts.role == role and not e.is_cut]
        graded = [e for e in own if e.facts.scenario.level is Level.GRADED]
        errors += _errors(graded, lab, sayings)
        remarks += _remarks(own, [d for d in errors if d.role == role], sayings)
    graded = [e for e in played if e.facts.scenario.level is Level.GRADED]
    return _agreed(errors, graded, sayings) + remarks


def _agreed(
    errors: list[Diagnosis], graded: Sequence[Examined], sayings: Sayings
) -> list[Diagnosis]:
    """The errors; where both programs have the same wrong order, told as one misunderstanding."""
    waits = any(
        (hit := exchange.both_wait(e.facts)) is not None and hit.variant == "server"
        for e in graded
        if e.facts.role == "server"
    )
    out_of_turn = [d for d in errors if d.id == _SPEAKS_OUT_OF_TURN[d.role]]
    if not waits or {d.role for d in out_of_turn} != set(_SPEAKS_OUT_OF_TURN):
        return errors
    return [_said_again(d, "agreed", sayings) if d in out_of_turn else d for d in errors]


def _said_again(diagnosis: Diagnosis, variant: str, sayings: Sayings) -> Diagnosis:
    entry = sayings.entry(diagnosis.id, variant)
    if entry is None:
        return diagnosis
    fields = {"notion": diagnosis.notion, "at": in_brackets(diagnosis.line)}
    return replace(
        diagnosis,
        title=fill_fields(entry.title, fields),
        explanation=fill_fields(entry.explanation, fields),
    )


def missing_program(
    lab: Lab, role: Role, problem: Problem, criteria: tuple[str, ...]
) -> Diagnosis | None:
    """The cause of all criteria of a role for which nothing was handed in."""
    sayings = sayings_of(lab)
    known = problem.code in sayings.base.entries
    entry = sayings.entry(problem.code if known else "missing-file")
    if entry is None:
        return None
    hit = Hit(id=entry.id, evidence=(), reach=EVERYTHING, fields={"reason": problem.message})
    return _said(sayings, entry, hit, role, criteria, level="error")


def _errors(graded: Sequence[Examined], lab: Lab, sayings: Sayings) -> list[Diagnosis]:
    """The causes of what was lost in a role's graded runs, the costliest first."""
    made: dict[str, Diagnosis] = {}
    variants: dict[str, str] = {}
    explained: set[str] = set()
    counted = {c.id: c.points for c in lab.criteria if c.enabled}
    for entry, e, hit in sorted(_candidates(graded, sayings), key=lambda c: c[0].rank):
        lost = {f.criterion for f in e.findings if _is_lost(f) and _explains(e.facts, hit, f)}
        criteria = tuple(c for c in counted if c in lost and c not in explained)
        if not criteria or entry.level != "error":
            continue
        explained.update(criteria)
        before = made.get(hit.id)
        if before is None:
            made[hit.id] = _diagnosis(sayings, entry, e.facts, hit, criteria)
            variants[hit.id] = hit.variant
        else:
            found = replace(before, criteria=before.criteria + criteria)
            both = _BOTH.get(hit.id)
            if both is not None and {hit.variant, variants[hit.id]} == both:
                found = _said_again(found, "both", sayings)
            made[hit.id] = found
    return sorted(
        made.values(), key=lambda d: (d.id in ALL_BUT_RIGHT, -sum(counted[c] for c in d.criteria))
    )


def _candidates(
    graded: Sequence[Examined], sayings: Sayings
) -> Iterable[tuple[Entry, Examined, Hit]]:
    """Every mistake seen in a run, with what the catalogue says of it."""
    for e in graded:
        for condition in CAUSES:
            hit = condition.found(e.facts)
            entry = None if hit is None else sayings.entry(hit.id, hit.variant)
            if hit is not None and entry is not None and not among.is_too_late(e.facts, hit):
                yield entry, e, hit
    for plain in graded:
        for drawn in graded:
            hit = None if plain is drawn else _hard_coded(plain, drawn)
            entry = None if hit is None else sayings.entry(hit.id, hit.variant)
            if hit is not None and entry is not None:
                yield entry, drawn, hit


def _hard_coded(plain: Examined, drawn: Examined) -> Hit | None:
    """A print that holds with the words of the statement and not with drawn ones."""
    if not plain.facts.is_plain:
        return None
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


def _remarks(
    own: Sequence[Examined], errors: Sequence[Diagnosis], sayings: Sayings
) -> list[Diagnosis]:
    """What costs nothing: of all runs, and the mistakes that only advice brings out."""
    made: dict[str, Diagnosis] = {}
    known = {d.id for d in errors}
    known.update(*(CONSEQUENCES.get(d.id, ()) for d in errors))
    lines = {(d.file, d.line) for d in errors if d.line is not None}
    for e in own:
        hits = outputs.remarks(e.facts, e.findings)
        hits += [hit for c in REMARKS if (hit := c.found(e.facts)) is not None]
        if e.facts.scenario.level is Level.ADVICE and any(map(_is_lost, e.findings)):
            hits += _advice(e, sayings)
        for hit in hits:
            entry = sayings.entry(hit.id, hit.variant)
            again = hit.id == "exit-status" and (_file(e.facts, hit.file), hit.line) in lines
            if entry is None or again or hit.id in known:
                continue
            if (before := made.get(hit.id)) is not None:
                seen = (*before.again, e.facts.header.run)
                made[hit.id] = replace(before, again=tuple(dict.fromkeys(seen)))
                continue
            said = _diagnosis(sayings, entry, e.facts, hit, ())
            made[hit.id] = replace(said, level="remark")
    return list(made.values())


def _advice(e: Examined, sayings: Sayings) -> list[Hit]:
    """The first mistake that explains what an advice run missed."""
    for _, _, hit in sorted(_candidates([e], sayings), key=lambda c: c[0].rank):
        if any(_is_lost(f) and _explains(e.facts, hit, f) for f in e.findings):
            return [hit]
    return []


def _diagnosis(
    sayings: Sayings, entry: Entry, facts: Facts, hit: Hit, criteria: tuple[str, ...]
) -> Diagnosis:
    file = _file(facts, hit.file)
    said = _said(sayings, entry, hit, facts.role, criteria, level=entry.level, file=file)
    return replace(said, run=facts.header.run, file=file)


def _said(
    sayings: Sayings,
    entry: Entry,
    hit: Hit,
    role: Role,
    criteria: tuple[str, ...],
    *,
    level: str,
    file: str = "",
) -> Diagnosis:
    # The address that a client needs is that of the server: it gives it to connect().
    at_client = role == "client" and entry.notion == "address"
    about = "connect" if at_client else entry.notion
    notion = sayings.notion(about, file)
    told = {"line": at_line(hit.line), "at": in_brackets(hit.line)}
    fields = {**told, "notion": notion, **hit.fields}
    return Diagnosis(
        id=hit.id,
        role=role,
        run="",
        level=level,
        title=fill_fields(entry.title, fields),
        explanation=fill_fields(entry.explanation, fields),
        line=hit.line,
        evidence=tuple(dict.fromkeys(hit.evidence)),
        criteria=criteria,
        confidence=entry.confidence.value,
        notion=notion,
        about=about,
    )


def _file(facts: Facts, file: str | None) -> str:
    """The path inside the submission of a file as the interpreter named it."""
    own = facts.header.program
    if file is None or PurePosixPath(file).name == PurePosixPath(own).name:
        return own
    return PurePosixPath(file).name
