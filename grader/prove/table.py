"""A proof as tables for people: which mutants lose each criterion, and what each mutant loses."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest

from grader.lab.model import ROLES, Criterion, Role
from grader.prove.proof import Proof, Trial
from grader.prove.words import does, number, say, why

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


def tables(proof: Proof, language: str = "en") -> list[Table]:
    """Three tables for each role: criteria, mutants, right variants; then what is left out."""
    found = [table for role in ROLES for table in _Tables(proof, role, language).all()]
    if proof.skipped:
        rows = tuple((f"{one.role} {one.id}", why(one, language)) for one in proof.skipped)
        columns = (say("what", language), say("why", language))
        found.append(Table(say("left_out", language), columns, rows))
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


def verdict(proof: Proof, language: str = "en") -> str:
    """One line that says what the proof came to."""
    mutants = sum(trial.case.kind == "mutant" for trial in proof.trials)
    runs = sum(len(_scenarios(proof, trial)) for trial in proof.trials)
    told = {
        "lab": proof.lab.id,
        "mutants": mutants,
        "played": say("played", language, programs=len(proof.trials), runs=runs),
        "remarks": number(len(proof.remarks), "remarks", language),
        "problems": number(len(proof.problems), "problem", language),
        "programs": number(len(proof.faults), "programs", language),
    }
    if proof.unplayed:
        whole = len(proof.trials) + proof.unplayed
        wrong = len(proof.problems) + len(proof.faults)
        told |= {"done": len(proof.trials), "whole": whole}
        told["problems"] = number(wrong, "problem", language)
        return say("interrupted", language, **told)
    if proof.part and not proof.problems and not proof.faults:
        names = ", ".join(s.id for s in proof.lab.scenarios if s.level == "graded")
        return say("part", language, names=names, **told)
    if proof.proved:
        return say("proved_remarks" if proof.remarks else "proved", language, **told)
    if proof.problems:
        return say("problems", language, **told)
    return say("fault" if len(proof.faults) == 1 else "faults", language, **told)


def points(number: Fraction) -> str:
    """Points as an author writes them."""
    return str(number) if number.denominator == 1 else str(float(number))


def _scenarios(proof: Proof, trial: Trial) -> list[str]:
    return [s.id for s in proof.lab.scenarios if s.tests == trial.case.role and s.level == "graded"]


@dataclass(frozen=True)
class _Tables:
    """Those of one role."""

    proof: Proof
    role: Role
    language: str

    def all(self) -> Iterator[Table]:
        """What loses each criterion, then right programs and mutants."""
        trials = [trial for trial in self.proof.trials if trial.case.role == self.role]
        if not trials:
            return
        yield self._criteria(trials)
        yield self._programs("right", [trial for trial in trials if trial.case.kind != "mutant"])
        yield self._programs("mutants", [trial for trial in trials if trial.case.kind == "mutant"])

    def _say(self, key: str, **fields: object) -> str:
        return say(key, self.language, role=say(self.role, self.language), **fields)

    def _criteria(self, trials: Sequence[Trial]) -> Table:
        counted = [c for c in self.proof.lab.criteria if c.role == self.role and c.enabled]
        lost_by = {c.id: _losers(c, trials) for c in counted}
        nobody = self._say("nobody")
        rows = tuple((c.id, points(c.points), ", ".join(lost_by[c.id]) or nobody) for c in counted)
        bad = frozenset(number for number, c in enumerate(counted) if not lost_by[c.id])
        total = points(sum((c.points for c in counted), Fraction(0)))
        heading = self._say("criteria", count=len(counted), points=total)
        columns = (self._say("criterion"), self._say("points"), self._say("lost_by"))
        return Table(heading, columns, rows, bad)

    def _programs(self, heading: str, trials: Sequence[Trial]) -> Table:
        rows, bad = [], set[int]()
        for row, trial in enumerate(trials):
            what = does(trial.case).in_language(self.language)
            rows.append((trial.case.id, self._loses(trial), what))
            if trial.fault or bool(trial.lost) == (trial.case.kind != "mutant"):
                bad.add(row)
        columns = (self._say("program"), self._say("loses"), self._say("does"))
        return Table(self._say(heading), columns, tuple(rows), frozenset(bad))

    def _loses(self, trial: Trial) -> str:
        """The criteria lost, by their names within the role."""
        if trial.fault:
            return self._say("not_judged", fault=trial.fault)
        if trial.lost and len(trial.lost) == len(trial.statuses):
            return self._say("everything")
        return ", ".join(name.partition(".")[2] for name in trial.lost) or self._say("nothing")


def _losers(criterion: Criterion, trials: Sequence[Trial]) -> list[str]:
    return [t.case.id for t in trials if t.case.kind == "mutant" and criterion.id in t.lost]
