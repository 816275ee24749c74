"""Gradescope's `results/results.json`: what an autograder hands back for one submission.

Field rules: Gradescope's autograder specification (`docs/specs.md` of its samples). All texts
are `text`, which Gradescope shows as it is. Where a part could not be run there is no score
anywhere: Gradescope then keeps the submission as not graded.
"""

from __future__ import annotations

import json
from typing import Any

from grader.formats import told
from grader.formats.safe import one_line, plain
from grader.results import CriterionDetail, Result, counted


def gradescope(result: Result, language: str) -> str:
    """The document as indented JSON with a final line end."""
    graded = told.has_grade(result)
    document: dict[str, Any] = {
        "output": told.overview(result, language),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "execution_time": round(float(told.seconds(result)), 3),
        "tests": [_test(result, one, language, graded=graded) for one in result.criteria],
        "extra_data": {
            "lab": one_line(result.lab.id),
            "id": one_line(result.id),
            "complete": graded,
        },
    }
    if graded:
        document = {"score": result.score, **document}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _test(
    result: Result, criterion: CriterionDetail, language: str, *, graded: bool
) -> dict[str, Any]:
    test: dict[str, Any] = {"name": one_line(criterion.title)}
    if graded:
        test["score"] = counted(criterion)
        test["max_score"] = criterion.max_points
    if criterion.status != "not_run":
        test["status"] = "passed" if criterion.status == "pass" else "failed"
    said = told.message(result, criterion, language)
    if criterion.status != "pass":
        said = f"{said}\n{told.details(result, criterion, language)}"
    test["output"] = plain(said)
    test["tags"] = [told.role_of(result, criterion)]
    test["extra_data"] = {
        "criterion": one_line(criterion.id),
        "status": criterion.status,
        "diagnoses": [one_line(one) for one in criterion.diagnoses],
    }
    return test
