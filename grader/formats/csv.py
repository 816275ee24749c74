"""`grades.csv`: one row for each submission, one column for each criterion."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from grader.formats.safe import spreadsheet_cell
from grader.judge.model import Grade
from grader.lab.model import Lab
from grader.results import CriterionResult, Number, Results, results

_FIXED = ("id", "name", "score", "max_score", "complete", "problem")


def grades_csv(lab: Lab, grades: Sequence[Grade], language: str | None = None) -> str:
    """The grades as CSV; see `csv_text`."""
    return csv_text(results(lab, "", grades, language))


def csv_text(document: Results) -> str:
    """The grades as CSV with a header row; points with a decimal point.

    `complete` is `true` or `false`; a criterion that was not graded has an empty cell.
    """
    criteria = dict.fromkeys(c.id for s in document.submissions for c in s.criteria)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*_FIXED, *criteria])
    for submission in document.submissions:
        judged = {c.id: c for c in submission.criteria}
        writer.writerow(
            [
                spreadsheet_cell(submission.id),
                spreadsheet_cell(submission.name),
                _points(submission.score),
                _points(submission.max_score),
                str(submission.complete).lower(),
                spreadsheet_cell(submission.problem.message if submission.problem else ""),
                *(_cell(judged.get(c)) for c in criteria),
            ]
        )
    return out.getvalue()


def _points(value: Number) -> str:
    """The shortest decimal: a quarter is `0.25`, never `0.250000`."""
    return repr(value)


def _cell(judged: CriterionResult | None) -> str:
    if judged is None or judged.status == "not_run":
        return ""
    return _points(judged.points)
