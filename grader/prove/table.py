"""A proof as tables for people: which mutants lose each criterion, and what each mutant loses."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest

from grader.lab.model import ROLES, Criterion, Role
from grader.prove.proof import Proof, Trial

_GAP = "  "
_WIDEST_CELL = 34
_NARROWEST = 20


@dataclass(frozen=True)
class Table:
    """A heading, column titles and rows; the first column is never wrapped."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    bad: frozenset[int] = frozenset()
    """Numbers of the rows that tell of an error."""


def tables(proof: Proof) -> list[Table]:
    """Three tables for each role: criteria, mutants, right variants; then what is left out."""
    found = [table for role in ROLES for table in _of_role(proof, role)]
    if proof.skipped:
        rows = tuple((f"{one.role} {one.id}", one.why) for one in proof.skipped)
        found.append(Table("Left out", ("what", "why"), rows))
    return found


def plain(table: Table, width: int) -> str:
    """The table as text, `width` columns wide where that can be."""
    rows = (table.columns, *table.rows)
    sizes = [max(len(row[i]) for row in rows) for i in range(len(table.columns))]
    sizes[1:-1] = [min(size, _WIDEST_CELL) for size in sizes[1:-1]]
    sizes[-1] = max(_NARROWEST, width - sum(sizes[:-1]) - len(_GAP) * len(sizes))
    lines = [table.heading]
    for row in rows:
        cells = [
            textwrap.wrap(cell, size, break_on_hyphens=False) or [""]
            for cell, size in zip(row, sizes, strict=True)
        ]
        for pieces in zip_longest(*cells, fillvalue=""):
            line = _GAP.join(p.ljust(size) for p, size in zip(pieces, sizes, strict=True))
            lines.append(f"{_GAP}{line}".rstrip())
    return "\n".join(lines)


def verdict(proof: Proof) -> str:
    """One line that says what the proof came to."""
    lab = proof.lab.id
    mutants = sum(trial.case.kind == "mutant" for trial in proof.trials)
    runs = sum(len(_scenarios(proof, trial)) for trial in proof.trials)
    played = f"{len(proof.trials)} programs, {runs} runs"
    if proof.unplayed:
        whole = len(proof.trials) + proof.unplayed
        wrong = len(proof.problems) + len(proof.faults)
        return (
            f"{lab}: interrupted when {len(proof.trials)} of {whole} programs were played;"
            f" {wrong or 'no'} problem{'s'[: wrong != 1]} until then."
        )
    if proof.part and not proof.problems and not proof.faults:
        names = ", ".join(s.id for s in proof.lab.scenarios if s.level == "graded")
        count = len(proof.remarks)
        return (
            f"{lab}: in {names} alone right programs keep all points,"
            f" {count or 'no'} remark{'s'[: count != 1]} ({played})."
        )
    if proof.proved and not proof.remarks:
        return f"{lab}: proved. Each of {mutants} mutants loses a criterion ({played})."
    if proof.proved:
        count = len(proof.remarks)
        return f"{lab}: proved, with {count} remark{'s'[: count != 1]} ({played})."
    if proof.problems:
        count = len(proof.problems)
        return f"{lab}: not proved, {count} problem{'s'[: count != 1]} ({played})."
    count = len(proof.faults)
    return f"{lab}: not proved, {count} program{'s'[: count != 1]} could not be judged ({played})."


def points(number: Fraction) -> str:
    """Points as an author writes them."""
    return str(number) if number.denominator == 1 else str(float(number))


def _scenarios(proof: Proof, trial: Trial) -> list[str]:
    return [s.id for s in proof.lab.scenarios if s.tests == trial.case.role and s.level == "graded"]


def _of_role(proof: Proof, role: Role) -> Iterator[Table]:
    trials = [trial for trial in proof.trials if trial.case.role == role]
    if not trials:
        return
    yield _criteria(proof, role, trials)
    right = [trial for trial in trials if trial.case.kind != "mutant"]
    mutants = [trial for trial in trials if trial.case.kind == "mutant"]
    yield _programs(f"{role.capitalize()}: right programs", right)
    yield _programs(f"{role.capitalize()}: mutants", mutants)


def _criteria(proof: Proof, role: Role, trials: Sequence[Trial]) -> Table:
    counted = [c for c in proof.lab.criteria if c.role == role and c.enabled]
    lost_by = {c.id: _losers(c, trials) for c in counted}
    rows = tuple((c.id, points(c.points), ", ".join(lost_by[c.id]) or "nobody") for c in counted)
    bad = frozenset(number for number, c in enumerate(counted) if not lost_by[c.id])
    total = points(sum((c.points for c in counted), Fraction(0)))
    heading = f"{role.capitalize()}: {len(counted)} criteria, {total} points"
    return Table(heading, ("criterion", "points", "mutants that lose it"), rows, bad)


def _losers(criterion: Criterion, trials: Sequence[Trial]) -> list[str]:
    return [t.case.id for t in trials if t.case.kind == "mutant" and criterion.id in t.lost]


def _programs(heading: str, trials: Sequence[Trial]) -> Table:
    rows, bad = [], set[int]()
    for number, trial in enumerate(trials):
        rows.append((trial.case.id, _loses(trial), trial.case.what))
        if trial.fault or bool(trial.lost) == (trial.case.kind != "mutant"):
            bad.add(number)
    return Table(heading, ("program", "loses", "what it does"), tuple(rows), frozenset(bad))


def _loses(trial: Trial) -> str:
    """The criteria lost, by their names within the role."""
    if trial.fault:
        return f"not judged: {trial.fault}"
    if trial.lost and len(trial.lost) == len(trial.statuses):
        return "everything"
    return ", ".join(name.partition(".")[2] for name in trial.lost) or "nothing"
