"""CTRF, the Common Test Report Format: a criterion is a test, a submission a suite.

The format has no points (they are in `extra`) and wants times in ms: a test's is that of the
runs that prove it, and the report begins at 0, because a result says nothing of the clock.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from grader.formats import told
from grader.formats.safe import json_for_logs, one_line, plain
from grader.formats.told import Graded
from grader.results import CriterionDetail, Result, Tool, counted

SPEC_VERSION = "0.0.0"

_STATUS = {"pass": "passed", "partial": "failed", "fail": "failed", "not_run": "other"}


def ctrf_pieces(graded: Graded, language: str) -> Iterator[str]:
    """The document, a submission at a time; `graded` is gone through twice."""
    counts: Counter[str] = Counter()
    duration = 0
    tool = Tool(name="wiregrade", version="")
    for result in graded:
        counts.update(_STATUS[criterion.status] for criterion in result.criteria)
        duration += _milliseconds(result)
        tool = result.tool
    summary = {
        "tests": counts.total(),
        **{name: counts[name] for name in ("passed", "failed", "skipped", "pending", "other")},
        "start": 0,
        "stop": duration,
    }
    named = {"name": one_line(tool.name), "version": one_line(tool.version)}
    yield f'{{"reportFormat": "CTRF", "specVersion": "{SPEC_VERSION}", "results": {{\n'
    yield f'"tool": {_json(named)},\n"summary": {_json(summary)},\n"tests": ['
    between = "\n"
    for result in graded:
        for criterion in result.criteria:
            yield between + _json(_test(result, criterion, language))
            between = ",\n"
    yield "\n]}}\n"


def _test(result: Result, criterion: CriterionDetail, language: str) -> dict[str, Any]:
    role = told.role_of(result, criterion)
    runs = [finding.run for finding in criterion.findings]
    test: dict[str, Any] = {
        "name": one_line(told.title_of(criterion)),
        "status": _STATUS[criterion.status],
        "duration": _milliseconds(result, runs),
        "suite": [one_line(result.id), role],
        "rawStatus": criterion.status,
        "extra": {
            "id": one_line(result.id),
            "name": one_line(result.name),
            "criterion": one_line(criterion.id),
            "diagnoses": [one_line(one) for one in criterion.diagnoses],
        },
    }
    if criterion.status != "not_run":
        test["extra"] |= {"score": counted(criterion), "maxScore": criterion.max_points}
    if criterion.adjusted:
        test["extra"]["adjusted"] = {
            "judged": criterion.points,
            "why": one_line(criterion.adjusted.why),
            "date": one_line(criterion.adjusted.date),
        }
    if result.late:
        # A submission has no object of its own: its tests say it, each the same.
        test["extra"]["submission"] = {
            "earned": result.late.earned,
            "latePenalty": result.late.penalty,
            "score": result.score,
            "late": one_line(told.late(result, language)),
        }
    if criterion.status == "pass":
        if criterion.adjusted:
            test["message"] = one_line(told.adjusted(criterion, language))
        return test
    test["message"] = one_line(told.message(result, criterion, language))
    test["trace"] = plain(told.details(result, criterion, language))
    cause = told.cause_of(result, criterion)
    if cause and cause.file:
        test["filePath"] = told.inside(one_line(cause.file))
        if cause.line:
            test["line"] = cause.line
    return test


def _milliseconds(result: Result, runs: list[str] | None = None) -> int:
    return round(told.seconds(result, runs) * 1000)


def _json(value: Mapping[str, object]) -> str:
    return json_for_logs(json.dumps(value, ensure_ascii=False))
