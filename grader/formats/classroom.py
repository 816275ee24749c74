"""Results for classrooms on GitHub: Classroom 50's `result.json` v1, and the older base64.

Both have integers or sums only, and no word for « not graded »: such a submission has no
document, and the command's status says that it is no fault of the student.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import Any

from grader.formats import told
from grader.formats.safe import one_line, plain
from grader.results import CriterionDetail, Number, Result, counted, number
from grader.view.words import words

FACTOR = 4
"""Classroom 50 has whole points: ours are quarters."""


@dataclass(frozen=True)
class Context:
    """What only the job knows, as Classroom 50 hands it over in the environment."""

    classroom: str
    assignment: str
    submission: str
    """The tag that was graded."""
    commit: str
    release: str
    review: str
    """These three are addresses."""
    time: str
    """UTC, as 2026-11-28T10:00:00Z."""


def classroom50(result: Result, context: Context, language: str) -> str | None:
    """The document as indented JSON; None where there is no grade."""
    if not told.has_grade(result):
        return None
    document = {
        "schema": "classroom50/result/v1",
        "classroom": one_line(context.classroom),
        "assignment": one_line(context.assignment),
        "submission": one_line(context.submission),
        "commit": one_line(context.commit),
        "release": one_line(context.release),
        "review": one_line(context.review),
        "datetime": one_line(context.time),
        "score": _whole(result.score),
        "max-score": _whole(result.max_score),
        "tests": [_test50(result, one, language) for one in result.criteria],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _test50(result: Result, criterion: CriterionDetail, language: str) -> dict[str, Any]:
    return {
        "test-name": one_line(told.title_of(criterion)),
        "passed": criterion.status == "pass",
        "score": _whole(counted(criterion)),
        "max-score": _whole(criterion.max_points),
        "message": plain(told.message(result, criterion, language)),
    }


def _whole(points: Number) -> int:
    return round(told.exact(points) * FACTOR)


def classroom(result: Result, language: str) -> str | None:
    """One line of base64: the document that GitHub Classroom's reporter sums.

    None where there is no grade.
    """
    if not told.has_grade(result):
        return None
    tests = [_test(result, one, language) for one in result.criteria]
    tests += _rest(result, language)
    document = {
        "version": 1,
        "status": "pass" if all(t["status"] == "pass" for t in tests) else "fail",
        "max_score": result.max_score,
        "tests": tests,
    }
    text = json.dumps(document, ensure_ascii=False)
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii") + "\n"


def _test(result: Result, criterion: CriterionDetail, language: str) -> dict[str, Any]:
    cause = told.cause_of(result, criterion)
    spent = told.seconds(result, [finding.run for finding in criterion.findings])
    passed = criterion.status == "pass"
    return {
        "name": one_line(told.title_of(criterion)),
        "status": "pass" if passed else "fail",
        "score": counted(criterion),
        "message": "" if passed else plain(told.message(result, criterion, language)),
        "test_code": "",
        "filename": one_line(cause.file) if cause and cause.file else "",
        # 0 hides the line.
        "line_no": cause.line or 0 if cause else 0,
        "execution_time": f"{float(spent):.3f}s",
    }


def _rest(result: Result, language: str) -> list[dict[str, Any]]:
    """What the score has besides its criteria (a penalty): the reporter sums the tests."""
    earned = sum((told.exact(counted(one)) for one in result.criteria), told.exact(0))
    rest = told.exact(result.score) - earned
    if not rest:
        return []
    name = words(language)["adjustment"]
    blank = {"message": "", "test_code": "", "filename": "", "line_no": 0, "execution_time": "0s"}
    return [{"name": name, "status": "pass", "score": number(rest), **blank}]
