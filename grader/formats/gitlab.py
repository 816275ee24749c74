"""GitLab's code quality report: the mistakes at their lines in the student's files.

The grades themselves go to GitLab as JUnit XML (`grader.formats.junit`).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from grader.formats import told
from grader.formats.safe import json_for_logs, one_line
from grader.formats.told import Graded
from grader.results import DiagnosisDetail, Result

_SEVERITY = {"error": "major", "remark": "info"}


def code_quality_pieces(graded: Graded, folder: str = "") -> Iterator[str]:
    """The JSON array, an entry at a time.

    `folder` is the submission's path inside the repository; with several submissions that of
    the folder with all of them.
    """
    between = "\n"
    yield "["
    for result in graded:
        place = told.inside(folder, result.name) if len(graded) > 1 else folder
        for entry in _entries(result, place):
            yield between + json_for_logs(json.dumps(entry, ensure_ascii=False))
            between = ",\n"
    yield "\n]\n"


def _entries(result: Result, folder: str) -> Iterator[dict[str, Any]]:
    met: Counter[str] = Counter()
    for diagnosis in result.diagnoses:
        if diagnosis.file is None:
            continue
        path = told.inside(folder, one_line(diagnosis.file))
        key = "\0".join((result.id, diagnosis.id, diagnosis.role, path))
        met[key] += 1
        yield {
            "description": one_line(f"{diagnosis.title.rstrip('.')}. {diagnosis.explanation}"),
            "check_name": one_line(diagnosis.id),
            "fingerprint": _fingerprint(key, met[key]),
            "severity": _severity(diagnosis),
            "location": {"path": path, "lines": {"begin": max(diagnosis.line or 1, 1)}},
        }


def _fingerprint(key: str, number: int) -> str:
    """The same when lines move; another for a second mistake of the kind."""
    return hashlib.sha256(f"{key}\0{number}".encode("utf-8", "surrogatepass")).hexdigest()


def _severity(diagnosis: DiagnosisDetail) -> str:
    return _SEVERITY[diagnosis.level]
