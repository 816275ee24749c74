"""`grades.csv`: one row for each submission, one column for each criterion."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from grader.formats.safe import spreadsheet_cell
from grader.judge.model import Grade
from grader.lab.model import Lab
from grader.results import CriterionResult, Number, SubmissionResult, Submissions, counted

_FIXED = ("id", "name", "score", "max_score", "complete", "problem")
_LATE = ("late_seconds", "late_penalty")


def grades_csv(lab: Lab, grades: Sequence[Grade], language: str | None = None) -> str:
    """The grades as CSV; see `csv_rows`."""
    return "".join(csv_rows(Submissions(lab, grades, language)))


def csv_rows(submissions: Iterable[SubmissionResult]) -> Iterator[str]:
    """The grades as CSV, a header row first; points with a decimal point.

    `complete` is `true` or `false`; a criterion that was not graded has an empty cell, and so
    has the score where nothing was. Where somebody was late two columns more say by how much,
    and what it took off the score. `submissions` is gone through twice.
    """
    criteria: dict[str, None] = {}
    late: tuple[str, ...] = ()
    for submission in submissions:
        criteria.update(dict.fromkeys(c.id for c in submission.criteria))
        late = _LATE if submission.late else late
    yield _line([*_FIXED, *map(spreadsheet_cell, criteria), *late])
    for submission in submissions:
        judged = {c.id: c for c in submission.criteria}
        graded = submission.complete or submission.max_score
        yield _line(
            [
                spreadsheet_cell(submission.id),
                spreadsheet_cell(submission.name),
                _points(submission.score) if graded else "",
                _points(submission.max_score),
                str(submission.complete).lower(),
                spreadsheet_cell(submission.problem.message if submission.problem else ""),
                *(_cell(judged.get(c)) for c in criteria),
                *(_late(submission) if late else ()),
            ]
        )


def _late(submission: SubmissionResult) -> tuple[str, str]:
    late = submission.late
    return (str(late.seconds), _points(late.penalty)) if late else ("", "")


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _points(value: Number) -> str:
    """The shortest decimal: a quarter is `0.25`, never `0.250000`."""
    return repr(value)


def _cell(judged: CriterionResult | None) -> str:
    if judged is None or judged.status == "not_run":
        return ""
    return _points(counted(judged))
