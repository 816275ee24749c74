"""Is the first mistake named of a wrong submission its true cause?

    PYTHONPATH=. python tests/first_causes.py

`expected.yaml` states the true cause: the first of its diagnoses. Grades all fixtures by
the graded scenarios and says how many begin with it, how many of those name a line, and
lists the others.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from engine_tools import tp09
from sample_grading import grade_all, graded_only, submissions
from samples import PROGRAMS, SUBMISSIONS, Sample, load_samples

from grader.judge.model import Grade


@dataclass(frozen=True)
class FirstNamed:
    """A wrong sample, its true cause, and what its grade names first."""

    name: str
    cause: str
    named: str | None
    """The id of the first error; None where none is named."""
    line: int | None

    @property
    def is_true(self) -> bool:
        """Whether the true cause comes first."""
        return self.named == self.cause


def first_named(samples: Iterable[Sample], grades: Mapping[str, Grade]) -> list[FirstNamed]:
    """The first error of each wrong sample that states a cause, in the order of the samples."""
    return [
        _first_of(sample.name, sample.diagnoses[0], grades[sample.name])
        for sample in samples
        if sample.diagnoses
    ]


def _first_of(name: str, cause: str, grade: Grade) -> FirstNamed:
    first = next((d for d in grade.diagnoses if d.level == "error"), None)
    if first is None:
        return FirstNamed(name, cause, None, None)
    return FirstNamed(name, cause, first.id, first.line)


def main() -> int:
    """Grade, count, list; 1 if less than nine of ten begin with their true cause."""
    roots = (SUBMISSIONS, PROGRAMS)
    samples = [sample for root in roots for sample in load_samples(root)]
    grades = grade_all(submissions(roots=roots), lab=graded_only(tp09()))
    found = first_named(samples, grades)
    true = [f for f in found if f.is_true]
    lines = sum(f.line is not None for f in true)
    print(f"{len(true)} of {len(found)} ({len(true) / len(found):.1%}), {lines} with a line")
    for each in found:
        if not each.is_true:
            print(f"  {each.name}: {each.named}, not {each.cause}")
    silent = [s.name for s in samples if not s.is_right and not s.diagnoses]
    print(f"wrong, and no cause stated: {', '.join(silent) or 'none'}")
    return 0 if len(true) >= 0.9 * len(found) else 1


if __name__ == "__main__":
    sys.exit(main())
