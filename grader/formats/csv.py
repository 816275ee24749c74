"""`grades.csv`: one row for each submission, one column for each criterion."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from fractions import Fraction

from grader.formats.safe import spreadsheet_cell
from grader.judge.model import Grade, Judged, Status
from grader.lab.model import Lab
from grader.view.words import decimal

_FIXED = ("id", "name", "score", "max_score", "complete", "problem")


def grades_csv(lab: Lab, grades: Sequence[Grade], language: str | None = None) -> str:
    """The grades as CSV with a header row; points with a decimal point.

    `complete` is `true` or `false`; a criterion that was not graded has an empty cell.
    """
    tongue = language or lab.language
    criteria = [c.id for c in lab.criteria if c.enabled]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*_FIXED, *criteria])
    for grade in grades:
        judged = {j.criterion.id: j for j in grade.criteria}
        problem = grade.problem.message.in_language(tongue) if grade.problem else ""
        writer.writerow(
            [
                spreadsheet_cell(grade.id),
                spreadsheet_cell(grade.name),
                _points(grade.score),
                _points(grade.max_score),
                str(grade.complete).lower(),
                spreadsheet_cell(problem),
                *(_cell(judged.get(c)) for c in criteria),
            ]
        )
    return out.getvalue()


def _points(value: Fraction) -> str:
    return decimal(value, "en", 4)


def _cell(judged: Judged | None) -> str:
    if judged is None or judged.status is Status.NOT_RUN:
        return ""
    return _points(judged.points)
