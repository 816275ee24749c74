"""The rules of those who read exports, as they state them (each with its source).

Written from their documentation, knowing nothing of what writes the files.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import re
from collections.abc import Iterable
from typing import Any


def gradescope(document: dict[str, Any]) -> float | None:
    """The score that Gradescope takes from results.json (autograder_samples, docs/specs.md)."""
    known = {
        "score", "execution_time", "output", "output_format", "test_output_format",
        "test_name_format", "visibility", "stdout_visibility", "extra_data", "tests", "leaderboard",
    }  # fmt: skip
    formats = {"text", "html", "simple_format", "md", "ansi"}
    visibilities = {"hidden", "after_due_date", "after_published", "visible"}
    assert set(document) <= known
    for key in ("output_format", "test_output_format", "test_name_format"):
        assert document.get(key, "text") in formats
    assert document.get("visibility", "visible") in visibilities
    assert isinstance(document.get("output", ""), str)
    total, scored = 0.0, False
    for test in document.get("tests", []):
        assert set(test) <= {
            "score", "max_score", "status", "name", "name_format", "number", "output",
            "output_format", "tags", "visibility", "extra_data",
        }  # fmt: skip
        assert test.get("status", "passed") in ("passed", "failed")
        assert all(isinstance(test.get(key, ""), str) for key in ("name", "output"))
        assert all(isinstance(tag, str) for tag in test.get("tags", []))
        if "score" in test:
            scored = True
            total += _number(test["score"])
            assert 0 <= test["score"] <= _number(test["max_score"])
    if "score" in document:
        return _number(document["score"])
    return total if scored else None


def prairielearn(document: dict[str, Any]) -> float | None:
    """The share of the points that PrairieLearn gives; None: the attempt does not count."""
    assert len(json.dumps(document, ensure_ascii=False).encode()) <= 1024 * 1024
    if not document.get("gradable", True):
        errors = document["format_errors"]
        assert errors
        assert all(isinstance(one, str) for one in errors)
        assert "score" not in document
        return None
    for test in document.get("tests", []):
        assert set(test) <= {
            "name", "description", "points", "max_points", "message", "output", "images",
        }  # fmt: skip
        # Points are shown only where every test has both.
        assert 0 <= _number(test["points"]) <= _number(test["max_points"])
    score = _number(document["score"])
    assert 0 <= score <= 1
    return score


def classroom50(document: dict[str, Any]) -> tuple[int, int]:
    """Score and maximum of a `result.json` v1 (foundation50/classroom50, wiki)."""
    assert document["schema"] == "classroom50/result/v1"
    for key in ("classroom", "assignment", "submission", "commit", "release", "review"):
        assert isinstance(document[key], str)
        assert document[key]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", document["datetime"])
    for one in (document, *document["tests"]):
        assert type(one["score"]) is int
        assert type(one["max-score"]) is int
        assert 0 <= one["score"] <= one["max-score"]
    for test in document["tests"]:
        assert isinstance(test["test-name"], str)
        assert isinstance(test["passed"], bool)
    names = [test["test-name"] for test in document["tests"]]
    assert len(names) == len(set(names))
    assert document["score"] == sum(test["score"] for test in document["tests"])
    assert document["max-score"] == sum(test["max-score"] for test in document["tests"])
    return document["score"], document["max-score"]


def classroom(encoded: str) -> tuple[float, float, bool]:
    """What the reporter of GitHub Classroom publishes: points, maximum, and whether all passed."""
    document = json.loads(base64.b64decode(encoded.removesuffix("\n"), validate=True))
    assert document["version"] == 1
    assert document["status"] in ("pass", "fail", "error")
    for test in document["tests"]:
        assert test["status"] in ("pass", "fail", "error")
        assert {"name", "message", "test_code", "filename", "line_no", "execution_time"} <= {*test}
        assert type(test["line_no"]) is int
    points = sum(_number(test["score"]) for test in document["tests"])
    passed = all(test["status"] == "pass" for test in document["tests"])
    return points, _number(document["max_score"]), passed


def _number(value: Any) -> float:
    assert type(value) in (int, float)
    return float(value)


# --- GitHub Actions: actions/runner, ActionCommand.cs ------------------------------------


def github_annotations(log: str) -> list[dict[str, str]]:
    """The commands that the runner obeys in a step's log: `level`, `message`, properties."""
    found = []
    for line in re.split(r"\r\n|\r|\n", log):
        head = re.match(r"\s*::([^\s:]+)(?: (.*?))?::(.*)", line)
        if head is None:
            assert "##[" not in line
            continue
        properties = {}
        for pair in filter(None, (head[2] or "").split(",")):
            name, _, value = pair.partition("=")
            for escape, sign in (("%3A", ":"), ("%2C", ","), *_ESCAPES):
                value = value.replace(escape, sign)
            properties[name] = value
        message = head[3]
        for escape, sign in _ESCAPES:
            message = message.replace(escape, sign)
        found.append({"level": head[1].lower(), "message": message, **properties})
    return found


_ESCAPES = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))


# --- Moodle: mod/assign/feedback/offline/importgradeslib.php ----------------------------


def moodle_import(
    data: bytes,
    maximum: float,
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    comma: bool = False,
    identifier: str = "Identifier",
    grade: str = "Grade",
    modified: str = "Last modified (grade)",
    feedback: str | None = None,
) -> dict[int, tuple[float, str]]:
    """What Moodle would write to its gradebook: participant -> grade, feedback."""
    text = data.decode(encoding)
    text = text.removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    header = rows[0]
    columns = [header.index(name) for name in (identifier, grade, modified)]
    imported = {}
    for row in rows[1:]:
        assert len(row) == len(header)
        participant = re.search(r"(\d+)\s*$", row[columns[0]])
        assert participant, row
        shown = row[columns[1]].strip()
        if not shown:
            continue
        assert re.fullmatch(r"\d+(,\d+)?" if comma else r"\d+(\.\d+)?", shown)
        points = float(shown.replace(",", "."))
        if 0 <= points <= maximum:
            # A feedback column that is the first is passed over.
            said = row[header.index(feedback)] if feedback and header.index(feedback) else ""
            imported[int(participant[1])] = (points, said)
    return imported


# --- Moodle: mod/assign/feedback/file/importziplib.php ----------------------------------


def moodle_feedback(names: Iterable[str]) -> dict[int, list[str]]:
    """Participant -> the feedback files that Moodle takes from a zip with these names."""
    taken: dict[int, list[str]] = {}
    for name in names:
        parts = name.split("/")
        if parts[-1].startswith((".", "~")):
            continue
        for index, part in enumerate(parts):
            pieces = part.split("_", 4)
            if len(pieces) < 4 or not pieces[1].isdigit():
                continue
            if (pieces[2], pieces[3]) in (("assignsubmission", "file"), ("assignfeedback", "file")):
                rest = [piece for piece in (*pieces[4:], *parts[index + 1 :]) if piece]
                taken.setdefault(int(pieces[1]), []).append("/".join(rest))
                break
    return taken


def old_moodle_feedback(names: Iterable[str]) -> dict[int, str]:
    """The same before folders: the whole path is cut at `_`, and needs a fifth piece."""
    taken = {}
    for name in names:
        pieces = f"/{name}".split("_", 4)
        if len(pieces) == 5 and pieces[1].isdigit():
            taken[int(pieces[1])] = pieces[4].strip("/")
    return taken


# --- Canvas: lib/gradebook_importer.rb --------------------------------------------------


def canvas_import(data: bytes, title: str) -> dict[str, float | None]:
    """Canvas ID -> the score that Canvas would write for the assignment `title`."""
    text = data.decode("utf-8-sig")
    lines = text.splitlines()[:3]
    delimiter = max(",;", key=lambda sign: sum(line.count(sign) for line in lines))
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    header = rows[0]
    assert header[:2] == ["Student", "ID"] or header[:3] == ["LastName", "FirstName", "ID"]
    section = header.index("Section")
    assert set(header[header.index("ID") + 1 : section]) <= {
        "SIS User ID", "SIS Login ID", "Integration ID", "Root Account",
    }  # fmt: skip
    found = [i for i, name in enumerate(header) if name.startswith(title) and i > section]
    assert len(found) == 1
    assert "(read only)" not in rows[1][found[0]]
    scores: dict[str, float | None] = {}
    for row in rows[1:]:
        if row[0].strip() == "Points Possible" or not row[header.index("ID")]:
            continue
        cell = row[found[0]].strip()
        score = None if cell in ("", "-") else float(cell.replace(",", "."))
        scores[row[header.index("ID")]] = score
    return scores
