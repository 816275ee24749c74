"""One object for what is equal: so a class of a hundred thousand grades fits in memory.

What a grade has of its own is its name, its sums and how long its runs took; its verdicts, its
mistakes with their words, how its runs ended are those of many others.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable
from dataclasses import replace
from typing import TypeVar, cast

import msgspec

from grader.judge.model import Grade, Judged, RunSummary

_T = TypeVar("_T")


class Alike:
    """Remembers the parts of grades."""

    def __init__(self) -> None:
        self._known: dict[Hashable, object] = {}
        self._tuples: set[int] = set()

    def grade(self, grade: Grade) -> Grade:
        """An equal grade, slim, of parts that others have; seconds to three places, as written."""
        if {id(grade.criteria), id(grade.runs), id(grade.diagnoses)} <= self._tuples:
            return grade  # a copy of one that was here
        return replace(
            grade,
            programs=self._encoded(grade.programs),
            score=self._one(grade.score, grade.score),
            max_score=self._one(grade.max_score, grade.max_score),
            criteria=self._all(map(self._judged, grade.criteria)),
            runs=self._all(map(self._run, grade.runs)),
            diagnoses=self._all(map(self._encoded, grade.diagnoses)),
            remarks=self._all(map(self._encoded, grade.remarks)),
            problem=self._encoded(grade.problem),
        )

    def _one(self, key: Hashable, value: _T) -> _T:
        return cast(_T, self._known.setdefault((type(value), key), value))

    def _all(self, parts: Iterable[_T]) -> tuple[_T, ...]:
        """These very parts, which are kept: so their numbers tell them apart."""
        made = tuple(parts)
        # As bytes: a tuple of these numbers takes four times as much.
        one = self._one(array("Q", map(id, made)).tobytes(), made)
        self._tuples.add(id(one))
        return one

    def _encoded(self, value: _T) -> _T:
        try:
            return self._one(msgspec.json.encode(value), value)
        except UnicodeEncodeError:  # a path that is no text: nobody else's
            return value

    def _judged(self, judged: Judged) -> Judged:
        said = (judged.criterion.id, judged.status, judged.points)
        return self._one((*said, judged.diagnoses, judged.adjusted), judged)

    def _run(self, run: RunSummary) -> RunSummary:
        seconds = round(run.seconds, 3)
        ended = None if run.exit is None else tuple(run.exit.items())
        said = (run.id, run.scenario, run.role, run.level, run.delivery, run.outcome)
        key = (*said, run.limit, ended, seconds, run.problem)
        known = self._known.get((RunSummary, key))
        return cast(RunSummary, known) if known else self._one(key, replace(run, seconds=seconds))
