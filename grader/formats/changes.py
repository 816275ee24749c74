"""What one grading of a class changes against another: for whom, in which criterion, by how much.

Two folders with results of the same submissions are compared, from their results alone: before
and after a lab was changed, or a program handed in again. Only what counts is compared: points,
verdicts, mistakes. A grade that is provisional on one side went neither up nor down.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal, TypeGuard

from grader.formats import told
from grader.formats.safe import json_for_logs, one_line
from grader.results import CriterionDetail, Result, counted
from grader.view.words import decimal, labelled, words

Pair = tuple[Result | None, Result | None]
"""A submission's result before and after; None where it was not there."""


@dataclass(frozen=True)
class CriterionChange:
    """A criterion before and after; None where the lab had or has none of that id."""

    id: str
    before: CriterionDetail | None
    after: CriterionDetail | None


@dataclass(frozen=True)
class Change:
    """A submission that is not graded as it was."""

    id: str
    before: Result | None
    after: Result | None
    criteria: tuple[CriterionChange, ...]
    gone: tuple[str, ...]
    """Mistakes that were told before, and are not any more."""
    new: tuple[str, ...]
    resubmitted: bool
    """What was handed in differs, too."""

    @property
    def step(self) -> Fraction | None:
        """By how much the grade went up; None where there are not two grades."""
        if self.before is None or self.after is None:
            return None
        if not (told.has_grade(self.before) and told.has_grade(self.after)):
            return None
        return told.exact(self.after.score) - told.exact(self.before.score)


@dataclass
class Totals:
    """What all of it comes to; filled while the changes are gone through."""

    submissions: Counter[str] = field(default_factory=Counter)
    """`same`, `changed`, `added`, `removed`, and of the changed `up` and `down`."""
    better: Counter[str] = field(default_factory=Counter)
    """Criterion -> how many have more points in it than before."""
    worse: Counter[str] = field(default_factory=Counter)


def changes(pairs: Iterable[Pair], totals: Totals) -> Iterator[Change]:
    """The submissions that are not graded as they were; `totals` counts them all."""
    for before, after in pairs:
        change = _change(before, after)
        if change is None:
            totals.submissions["same"] += 1
            continue
        _count(change, totals)
        yield change


def _change(before: Result | None, after: Result | None) -> Change | None:
    either = after or before
    if either is None:
        return None
    old = {one.id: one for one in before.criteria} if before else {}
    new = {one.id: one for one in after.criteria} if after else {}
    criteria = tuple(
        CriterionChange(key, old.get(key), new.get(key))
        for key in dict.fromkeys([*old, *new])
        if _verdict(old.get(key)) != _verdict(new.get(key))
    )
    had = {d.id for d in before.diagnoses} if before else set()
    has = {d.id for d in after.diagnoses} if after else set()
    graded_alike = before and after and _grade(before) == _grade(after)
    if graded_alike and not criteria and had == has:
        return None
    return Change(
        id=either.id,
        before=before,
        after=after,
        criteria=criteria if before and after else (),
        gone=tuple(sorted(had - has)) if after else (),
        new=tuple(sorted(has - had)) if before else (),
        resubmitted=_handed_in(before) != _handed_in(after) if before and after else False,
    )


def _verdict(criterion: CriterionDetail | None) -> tuple[object, ...]:
    if criterion is None:
        return ()
    return criterion.status, criterion.points, criterion.max_points


def _grade(result: Result) -> tuple[object, ...]:
    return result.score, result.max_score, told.has_grade(result)


def _handed_in(result: Result | None) -> str:
    digests = result.digests if result else None
    return digests.submission if digests else ""


def _count(change: Change, totals: Totals) -> None:
    kind = "added" if change.before is None else "removed" if change.after is None else "changed"
    totals.submissions[kind] += 1
    if change.step:
        totals.submissions["up" if change.step > 0 else "down"] += 1
    for one in change.criteria:
        if _was_judged(one.before) and _was_judged(one.after):
            step = told.exact(counted(one.after)) - told.exact(counted(one.before))
            if step:
                (totals.better if step > 0 else totals.worse)[one.id] += 1


def _was_judged(criterion: CriterionDetail | None) -> TypeGuard[CriterionDetail]:
    """Else it has no points to compare."""
    return criterion is not None and criterion.status != "not_run"


# --- as text ---------------------------------------------------------------------------------


def changes_text(pairs: Iterable[Pair], language: str) -> Iterator[str]:
    """Lines for people: each changed submission, then the criteria, then the totals."""
    totals = Totals()
    for change in changes(pairs, totals):
        yield from _lines(change, language)
    table = words(language)
    touched = sorted({*totals.better, *totals.worse})
    if touched:
        yield ""
        yield labelled(table["criteria"], language).rstrip()
    for key in touched:
        counts = {"up": totals.better[key], "down": totals.worse[key]}
        yield f"  {one_line(key)}  {table['d_steps'].format(**counts)}"
    if totals.submissions.total() > totals.submissions["same"]:
        yield ""
    yield table["d_total"].format(**_all_counts(totals))


def _lines(change: Change, language: str) -> Iterator[str]:
    table = words(language)
    before, after = (_shown(one, language) for one in (change.before, change.after))
    note = f"  ({table['d_resubmitted']})" if change.resubmitted else ""
    yield f"{one_line(change.id)}  {before} → {after}{note}"
    for one in change.criteria:
        old, new = (_shown_verdict(side, language) for side in (one.before, one.after))
        yield f"  {one_line(one.id)}  {old} → {new}"
    for key, names in (("d_gone", change.gone), ("d_new", change.new)):
        if names:
            yield f"  {labelled(table[key], language)}{', '.join(map(one_line, names))}"


def _shown(result: Result | None, language: str) -> str:
    if result is None:
        return words(language)["d_absent"]
    score = told.points(result.score, result.max_score, language)
    return score if told.has_grade(result) else f"{score} ({words(language)['provisional']})"


def _shown_verdict(criterion: CriterionDetail | None, language: str) -> str:
    if criterion is None:
        return words(language)["d_absent"]
    verdict = words(language)[criterion.status]
    if criterion.status == "not_run":
        return verdict
    most = decimal(told.exact(criterion.max_points), language)
    return f"{verdict} {decimal(told.exact(counted(criterion)), language)}/{most}"


def _all_counts(totals: Totals) -> dict[str, int]:
    keys = ("same", "changed", "up", "down", "added", "removed")
    return {key: totals.submissions[key] for key in keys}


# --- as JSON ---------------------------------------------------------------------------------


def changes_json(pairs: Iterable[Pair], lab_changed: bool) -> Iterator[str]:
    """The same as one JSON document, a changed submission a line; each pair is [before, after]."""
    totals = Totals()
    yield f'{{"schema_version": 1, "lab_changed": {json.dumps(lab_changed)},\n"submissions": ['
    between = "\n"
    for change in changes(pairs, totals):
        yield between + _json(_entry(change))
        between = ",\n"
    touched = sorted({*totals.better, *totals.worse})
    criteria = [
        {"id": key, "better": totals.better[key], "worse": totals.worse[key]} for key in touched
    ]
    yield f'\n],\n"criteria": {_json(criteria)},\n"totals": {_json(_all_counts(totals))}}}\n'


_Kind = Literal["changed", "added", "removed"]


def _entry(change: Change) -> dict[str, Any]:
    both = (change.before, change.after)
    kind: _Kind = "added" if both[0] is None else "removed" if both[1] is None else "changed"
    return {
        "id": change.id,
        "change": kind,
        "score": [one.score if one else None for one in both],
        "max_score": [one.max_score if one else None for one in both],
        "complete": [told.has_grade(one) if one else None for one in both],
        "resubmitted": change.resubmitted,
        "criteria": [_entry_of(one) for one in change.criteria],
        "diagnoses": {"gone": change.gone, "new": change.new},
    }


def _entry_of(change: CriterionChange) -> dict[str, Any]:
    both = (change.before, change.after)
    return {
        "id": change.id,
        "status": [one.status if one else None for one in both],
        "points": [counted(one) if one else None for one in both],
        "max_points": [one.max_points if one else None for one in both],
    }


def _json(value: object) -> str:
    return json_for_logs(json.dumps(value, ensure_ascii=False))
