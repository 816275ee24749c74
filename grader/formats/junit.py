"""JUnit XML that Jenkins (its XSD), GitLab and the usual readers take.

A submission is a test suite, a criterion a test case. What the student got wrong is a
`failure`; what the host or Wiregrade could not run is an `error`.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from xml.etree import ElementTree as ET

from grader.formats.safe import xml_for_logs, xml_text
from grader.judge.model import Diagnosis, Finding, Grade, Judged, Status
from grader.lab.model import Lab
from grader.view.bytes_view import escaped_bytes
from grader.view.words import decimal, labelled, words

BYTES_SHOWN = 2048


def junit(lab: Lab, grades: Sequence[Grade], language: str | None = None) -> bytes:
    """The document, UTF-8, with its XML declaration."""
    tongue = language or lab.language
    root = ET.Element("testsuites", name=xml_text(lab.title.in_language(tongue)))
    for grade in grades:
        root.append(_suite(lab, grade, tongue))
    for count in ("tests", "failures", "errors"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml_for_logs(document) + b"\n"


def _suite(lab: Lab, grade: Grade, language: str) -> ET.Element:
    failed = sum(j.status in (Status.FAIL, Status.PARTIAL) for j in grade.criteria)
    not_run = sum(j.status is Status.NOT_RUN for j in grade.criteria)
    seconds = sum((Fraction(repr(run.seconds)) for run in grade.runs), Fraction(0))
    suite = ET.Element(
        "testsuite",
        name=xml_text(grade.id),
        tests=str(len(grade.criteria)),
        failures=str(failed),
        errors=str(not_run),
        skipped="0",
        time=decimal(seconds, "en", 3),
    )
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(lab, grade, language):
        ET.SubElement(properties, "property", name=name, value=xml_text(value))
    for judged in grade.criteria:
        suite.append(_case(grade, judged, language))
    return suite


def _properties(lab: Lab, grade: Grade, language: str) -> list[tuple[str, str]]:
    values = [
        ("lab", lab.id),
        ("name", grade.name),
        ("score", decimal(grade.score, "en", 4)),
        ("max_score", decimal(grade.max_score, "en", 4)),
        ("complete", str(grade.complete).lower()),
        ("seed", grade.seed),
    ]
    if grade.problem:
        values.append(("problem", grade.problem.message.in_language(language)))
    return values


def _case(grade: Grade, judged: Judged, language: str) -> ET.Element:
    criterion = judged.criterion
    # The class name carries the submission: GitLab drops a second (classname, name) pair.
    case = ET.Element(
        "testcase",
        classname=xml_text(f"{grade.id}.{criterion.role}"),
        name=xml_text(f"{criterion.id}: {criterion.title.in_language(language)}"),
    )
    if judged.status is Status.PASS:
        return case
    cause = _cause(grade, judged)
    if cause and cause.file:
        case.set("file", xml_text(cause.file))
        if cause.line:
            case.set("line", str(cause.line))
    tag = "error" if judged.status is Status.NOT_RUN else "failure"
    detail = ET.SubElement(case, tag, type=cause.id if cause else judged.status.value)
    detail.set("message", xml_text(_message(judged, cause, language)))
    detail.text = xml_text(_details(judged, cause, language))
    return case


def _cause(grade: Grade, judged: Judged) -> Diagnosis | None:
    return next((d for d in grade.diagnoses if judged.criterion.id in d.criteria), None)


def _message(judged: Judged, cause: Diagnosis | None, language: str) -> str:
    points = decimal(judged.points, language)
    most = decimal(judged.criterion.points, language)
    said = [f.what.in_language(language) for f in judged.findings if f.status is not Status.PASS]
    title = cause.title.in_language(language) if cause else (said or [""])[0]
    verdict = words(language)[judged.status]
    return " ".join(f"{verdict}, {points}/{most}. {title}".split("\n")).rstrip(". ") + "."


def _details(judged: Judged, cause: Diagnosis | None, language: str) -> str:
    table = words(language)
    lines = [
        labelled(table["requirement"], language)
        + judged.criterion.requirement.in_language(language)
    ]
    if cause:
        lines.append(cause.explanation.in_language(language))
    for finding in judged.findings:
        if finding.status is not Status.PASS:
            lines += _finding(finding, language)
    return "\n".join(lines)


def _finding(finding: Finding, language: str) -> list[str]:
    table = words(language)
    lines = [f"[{finding.run}] {finding.what.in_language(language)}"]
    if finding.expected is not None:
        label = labelled(table["expected"], language)
        lines.append(f"  {label}{escaped_bytes(finding.expected, BYTES_SHOWN)}")
    if finding.actual is not None:
        label = labelled(table["actual"], language)
        lines.append(f"  {label}{escaped_bytes(finding.actual, BYTES_SHOWN)}")
    return lines
