"""Repeats of a run: whether any verdict differs between them, and what counts if one does.

A program's verdict may not depend on when it is played, nor beside what. Where it does, a
patient examiner would not hold it against the student: an expectation counts as it was at
best, which was seen and has its evidence, and the difference is told to the teacher as ours.
Where nothing differs, what counts is the first repeat: certifying changes no grade.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from grader.judge.criteria import WORSE
from grader.judge.diagnosis import Examined
from grader.judge.model import Certification, Difference, Finding, Status, Verdict
from grader.runids import number_of
from grader.transcript import UNPLAYED

Key = tuple[str, int]
"""An expectation, and which of that name within its run (a greeting may be awaited twice)."""


def settled(examined: Sequence[Examined]) -> list[Examined]:
    """One run for each scenario, with the findings that count.

    The run is the best of its repeats, the first if they are equally good; a finding that
    another repeat has better is taken from there.
    """
    found = []
    for repeats in _by_scenario(examined):
        best = min(repeats, key=_badness)
        others = [_keyed(e) for e in repeats if e is not best]
        findings = tuple(
            min((own, *(o[key] for o in others if key in o)), key=_rank)
            for key, own in _keyed(best).items()
        )
        found.append(best if findings == best.findings else replace(best, findings=findings))
    return found


def certification(examined: Sequence[Examined]) -> Certification | None:
    """What the repeats came to; None where nothing was played more than once."""
    repeats = max((number_of(e.facts.header.run) for e in examined), default=1)
    if repeats == 1:
        return None
    verdicts = 0
    differences: list[Difference] = []
    for group in _by_scenario(examined):
        compared = [_keyed(e) for e in group if not e.is_cut]
        for key in dict.fromkeys(key for one in compared for key in one):
            findings = [one[key] for one in compared if key in one]
            reached = [f for f in findings if f.status is not Status.NOT_RUN]
            verdicts += bool(reached)
            if len({f.status for f in reached}) > 1:
                differences.append(_difference(group[0], reached))
    played = [e for e in examined if e.facts.end.outcome not in UNPLAYED]
    return Certification(
        repeats=repeats, runs=len(played), verdicts=verdicts, differences=tuple(differences)
    )


def _by_scenario(examined: Iterable[Examined]) -> list[list[Examined]]:
    """The repeats of each scenario in their order, the scenarios as they came."""
    groups: dict[tuple[str, str], list[Examined]] = {}
    for e in examined:
        groups.setdefault((e.facts.header.role, e.facts.header.scenario), []).append(e)
    return [sorted(group, key=lambda e: number_of(e.facts.header.run)) for group in groups.values()]


def _keyed(e: Examined) -> dict[Key, Finding]:
    seen: Counter[str] = Counter()
    keyed = {}
    for finding in e.findings:
        keyed[finding.expectation, seen[finding.expectation]] = finding
        seen[finding.expectation] += 1
    return keyed


def _rank(finding: Finding) -> int:
    """Better verdicts first; no verdict is the last choice."""
    return WORSE.get(finding.status, len(WORSE))


def _badness(e: Examined) -> tuple[bool, int]:
    """A run without a verdict can't stand for the others."""
    reached = [f for f in e.findings if f.status is not Status.NOT_RUN]
    return not reached or e.is_cut, sum(map(_rank, reached))


def _difference(e: Examined, findings: Sequence[Finding]) -> Difference:
    runs: dict[Status, list[str]] = {}
    for finding in findings:
        runs.setdefault(finding.status, []).append(finding.run)
    verdicts = (
        Verdict(status=status, runs=tuple(names))
        for status, names in sorted(runs.items(), key=lambda item: WORSE[item[0]])
    )
    return Difference(
        role=e.facts.role,
        scenario=e.facts.header.scenario,
        expectation=findings[0].expectation,
        criterion=findings[0].criterion,
        verdicts=tuple(verdicts),
    )
