"""JUnit XML that Jenkins (its XSD), GitLab and the usual readers take.

A submission is a test suite, a criterion a test case. What the student got wrong is a
`failure`; what the host or Wiregrade could not run is an `error`. Points that a person gave
change no verdict: they are told in its text, and with what being late cost in the properties.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from grader.formats import told
from grader.formats.safe import xml_for_logs, xml_text
from grader.formats.told import Graded
from grader.results import CriterionDetail, Result
from grader.view.words import decimal


def junit(graded: Graded, language: str) -> bytes:
    """The document, UTF-8, with its XML declaration."""
    return b"".join(junit_pieces(graded, language))


def junit_pieces(graded: Graded, language: str) -> Iterator[bytes]:
    """The document, a suite at a time."""
    total: Counter[str] = Counter()
    title = ""
    for result in graded:
        total += _counts(result)
        title = title or result.lab.title
    root = ET.Element("testsuites", name=xml_text(title))
    for name in ("tests", "failures", "errors"):
        root.set(name, str(total[name]))
    root.text = "\n"
    opening, _, ending = ET.tostring(root, encoding="utf-8", xml_declaration=True).rpartition(b"\n")
    yield xml_for_logs(opening) + b"\n"
    for result in graded:
        suite = _suite(result, language)
        ET.indent(suite)
        yield xml_for_logs(ET.tostring(suite, encoding="utf-8")) + b"\n"
    yield ending + b"\n"


def _counts(result: Result) -> Counter[str]:
    found = Counter(criterion.status for criterion in result.criteria)
    return Counter(
        tests=len(result.criteria),
        failures=found["fail"] + found["partial"],
        errors=found["not_run"],
    )


def _suite(result: Result, language: str) -> ET.Element:
    counts = _counts(result)
    suite = ET.Element(
        "testsuite",
        name=xml_text(result.id),
        tests=str(counts["tests"]),
        failures=str(counts["failures"]),
        errors=str(counts["errors"]),
        skipped="0",
        time=decimal(told.seconds(result), "en", 3),
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(result, language):
        ET.SubElement(properties, "property", name=xml_text(name), value=xml_text(value))
    for criterion in result.criteria:
        suite.append(_case(result, criterion, language))
    return suite


def _properties(result: Result, language: str) -> list[tuple[str, str]]:
    values = [
        ("lab", result.lab.id),
        ("name", result.name),
        ("score", decimal(told.exact(result.score), "en", 4)),
        ("max_score", decimal(told.exact(result.max_score), "en", 4)),
        ("complete", str(result.complete).lower()),
        ("seed", result.seed),
    ]
    if result.problem:
        values.append(("problem", result.problem.message))
    if result.late:
        values += [
            ("earned", decimal(told.exact(result.late.earned), "en", 4)),
            ("late_penalty", decimal(told.exact(result.late.penalty), "en", 4)),
            ("late", told.late(result, language)),
        ]
    values += [
        (f"adjusted.{criterion.id}", told.adjusted(criterion, language))
        for criterion in result.criteria
        if criterion.adjusted
    ]
    return values


def _case(result: Result, criterion: CriterionDetail, language: str) -> ET.Element:
    # The class name carries the submission: GitLab drops a second (classname, name) pair.
    case = ET.Element(
        "testcase",
        classname=xml_text(f"{result.id}.{told.role_of(result, criterion)}"),
        name=xml_text(told.title_of(criterion)),
    )
    if criterion.status == "pass":
        if criterion.adjusted:
            ET.SubElement(case, "system-out").text = xml_text(told.adjusted(criterion, language))
        return case
    cause = told.cause_of(result, criterion)
    if cause and cause.file:
        case.set("file", xml_text(cause.file))
        if cause.line:
            case.set("line", str(cause.line))
    tag = "error" if criterion.status == "not_run" else "failure"
    detail = ET.SubElement(case, tag, type=xml_text(cause.id if cause else criterion.status))
    detail.set("message", xml_text(told.message(result, criterion, language)))
    detail.text = xml_text(told.details(result, criterion, language))
    return case
