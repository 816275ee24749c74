"""PrairieLearn's `results/results.json`: what an external grader hands back.

Field rules: PrairieLearn's documentation of external grading. `gradable: false` takes no
points and no attempt away: said of what we could not run, and where no program was found.
"""

from __future__ import annotations

import json
from typing import Any

from grader.formats import told
from grader.formats.safe import one_line, plain
from grader.results import CriterionDetail, Result, counted

MOST_BYTES = 1_000_000
"""PrairieLearn refuses a document of more than 1 MB."""


def prairielearn(result: Result, language: str) -> str:
    """The document as indented JSON with a final line end, at most `MOST_BYTES` of UTF-8."""
    if not told.has_grade(result) or _has_no_program(result):
        said = [told.overview(result, language)]
        return _written({"gradable": False, "format_errors": said})
    for quoted in (True, False):
        document = {
            "gradable": True,
            "score": _share(result),
            "output": told.cut(told.overview(result, language), MOST_BYTES // 10),
            "tests": [_test(result, one, language, quoted) for one in result.criteria],
        }
        text = _written(document)
        if len(text.encode()) <= MOST_BYTES:
            break
    return text


def _has_no_program(result: Result) -> bool:
    nothing = result.files.server is None and result.files.client is None
    return result.problem is not None and nothing


def _share(result: Result) -> float:
    """The score from 0 to 1."""
    most = told.exact(result.max_score)
    share = told.exact(result.score) / most if most > 0 else told.exact(0)
    return float(min(max(share, told.exact(0)), told.exact(1)))


def _test(
    result: Result, criterion: CriterionDetail, language: str, quoted: bool
) -> dict[str, Any]:
    test: dict[str, Any] = {
        "name": told.cut(one_line(criterion.title), 500),
        "points": counted(criterion),
        "max_points": criterion.max_points,
        "message": told.cut(plain(told.message(result, criterion, language)), 1000),
    }
    if quoted and criterion.status != "pass":
        test["output"] = plain(told.details(result, criterion, language))
    return test


def _written(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
