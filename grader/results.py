"""`results.json` and `result.json`: what machines read of a graded class and of one submission.

The fields, their names and their order are a contract (`schemas/*.schema.json`, generated
from these structs). Points are JSON numbers; the exact fractions of judging become the
shortest decimal that says the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from inspect import cleandoc
from typing import Any, Literal, TypeVar

import msgspec

import grader
from grader.form import Form
from grader.judge.model import (
    Adjustment,
    Diagnosis,
    Difference,
    Digests,
    Finding,
    Grade,
    Judged,
    Problem,
    Remark,
    RunSummary,
    Status,
    Sweep,
)
from grader.lab.model import Lab, Level, Text
from grader.lab.visibility import of_criteria
from grader.submission import Origin, SourceFile
from grader.view.bytes_view import TYPOGRAPHY, escaped, literal

SCHEMA_VERSION: Literal[1] = 1

_DEEPER = b"    "
"""Before each line of a submission in results.json."""

_REMEMBERED = 4096
"""Parts of results that are kept at hand; then they are forgotten."""

BYTES_KEPT = 4096
"""Bytes of `expected` and `actual` that a finding in result.json keeps."""

_Part = TypeVar("_Part")
_Made = TypeVar("_Made")
Number = int | float
StatusWord = Literal["pass", "partial", "fail", "not_run"]
VisibilityWord = Literal["visible", "after_due", "hidden"]
Outcome = Literal["completed", "stuck", "crashed", "timeout", "limit", "skipped", "not_run"]


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """Who wrote this."""

    name: str
    version: str


class LabInfo(msgspec.Struct, frozen=True, kw_only=True):
    """The lab, its title in the language of the report."""

    id: str
    title: str
    max_score: Number


class Files(msgspec.Struct, frozen=True, kw_only=True):
    """The program found for each role: its path inside the submission."""

    server: str | None
    client: str | None


class ProblemInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Why a submission could not be graded, or only in part."""

    code: str
    message: str


class AdjustmentInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Points that a person gave: they count instead of the criterion's `points`."""

    points: Number
    why: str
    date: str


class CriterionResult(msgspec.Struct, frozen=True, kw_only=True):
    """A criterion's verdict. `diagnoses` are the ids that explain it, the worst first."""

    id: str
    status: StatusWord
    points: Number
    max_points: Number
    diagnoses: tuple[str, ...]
    visibility: VisibilityWord = "visible"
    """The most visible of the graded scenarios that prove it."""
    adjusted: AdjustmentInfo | msgspec.UnsetType = msgspec.UNSET
    """Only where it was adjusted; `score` has it."""


class Exit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a process ended: by a `status` or by a `signal`, never both."""

    status: int | msgspec.UnsetType = msgspec.UNSET
    signal: str | msgspec.UnsetType = msgspec.UNSET


class RunResult(msgspec.Struct, frozen=True, kw_only=True):
    """One scenario played once."""

    id: str
    scenario: str
    role: Literal["server", "client", "both"]
    graded: bool
    delivery: str
    outcome: Outcome
    limit: str | None
    exit: Exit | None
    seconds: Number
    visibility: VisibilityWord = "visible"
    """Whether students may see it (the scenario's `visibility`)."""


class DiagnosisResult(msgspec.Struct, frozen=True, kw_only=True):
    """A named mistake and where it stands."""

    id: str
    role: Literal["server", "client"]
    file: str | None
    line: int | None
    level: Literal["error", "remark"]


class VerdictResult(msgspec.Struct, frozen=True, kw_only=True):
    """A status that an expectation had in some repeats; `transcript` is that of the first."""

    status: StatusWord
    runs: tuple[str, ...]
    transcript: str


class DifferenceResult(msgspec.Struct, frozen=True, kw_only=True):
    """An expectation whose verdict was not the same in every repeat; it counts at its best."""

    role: Literal["server", "client", "both"]
    scenario: str
    expectation: str
    criterion: str | None
    verdicts: tuple[VerdictResult, ...]


class CertificationResult(msgspec.Struct, frozen=True, kw_only=True):
    """What `--certify` came to: nothing may be in `differences`."""

    repeats: int
    runs: int
    verdicts: int
    differences: tuple[DifferenceResult, ...]


class SweepResult(msgspec.Struct, frozen=True, kw_only=True):
    """A message cut in two, once in each run: `tried` and `failed` are bytes of the first part.

    `run` is one to look at; the others are `scenario@offset`.
    """

    scenario: str
    role: Literal["server", "client", "both"]
    message: str
    bytes: int
    run: str
    tried: tuple[int, ...]
    failed: tuple[int, ...]


class DigestsInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What the grade was made from, as hex SHA-256: the submission's files, the lab's files."""

    submission: str
    lab: str


class OriginInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Where a submission was imported from (`layout`), and whose it is.

    `entries` are the names as they were downloaded; `ids` tell the person apart, by kind:
    `participant` (Moodle), `canvas`, `user` (Brightspace), `login`, `number`, `email`.
    `submitted` is ISO 8601, without an offset where the platform gives none. `flagged_late`:
    the platform says that it is late.
    """

    layout: str
    entries: tuple[str, ...]
    ids: dict[str, str]
    groups: tuple[str, ...]
    team: str | None
    submitted: str | None
    attempt: int
    attempts: int
    commit: str | None
    flagged_late: bool


class LateInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What being late cost: `score` is `earned` (the points of the criteria) less `penalty`.

    `penalty` is what was really taken off: never more than was earned.
    """

    due: str
    seconds: int
    rule: str
    penalty: Number
    earned: Number


class SubmissionResult(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the submissions folder. Not complete: `max_score` is what could be judged."""

    id: str
    name: str
    score: Number
    max_score: Number
    complete: bool
    problem: ProblemInfo | None
    seed: str
    files: Files
    criteria: tuple[CriterionResult, ...]
    runs: tuple[RunResult, ...]
    diagnoses: tuple[DiagnosisResult, ...]
    result: str
    report: str
    certification: CertificationResult | msgspec.UnsetType = msgspec.UNSET
    """Only with `--certify`."""
    sweeps: tuple[SweepResult, ...] | msgspec.UnsetType = msgspec.UNSET
    """Only with `--sweep`."""
    digests: DigestsInfo | msgspec.UnsetType = msgspec.UNSET
    """Always there in what `grade`, `report` and `check` write."""
    origin: OriginInfo | msgspec.UnsetType = msgspec.UNSET
    """Only in what `grade` wrote of a class."""
    late: LateInfo | msgspec.UnsetType = msgspec.UNSET
    """Only where it was handed in late; then `score` is what is left."""


class Results(msgspec.Struct, frozen=True, kw_only=True):
    """`results.json`: the whole class."""

    schema_version: Literal[1]
    tool: Tool
    lab: LabInfo
    isolation: str
    submissions: tuple[SubmissionResult, ...]


class RemarkInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Something to know that costs no points."""

    code: str
    text: str


class FindingInfo(msgspec.Struct, frozen=True, kw_only=True):
    r"""What one expectation of one run came to.

    `expected` and `actual` are bytes as text: UTF-8, with everything else and everything
    invisible as Python's escapes (`\xe9`, `\n`) and the backslash doubled. `evidence` are
    positions in `runs/<run>.jsonl`, from 0, its header line not counted.
    """

    run: str
    expectation: str
    criterion: str | None
    status: StatusWord
    what: str
    expected: str | None
    actual: str | None
    truncated: bool
    evidence: tuple[int, ...]
    remarks: tuple[RemarkInfo, ...]


class CriterionDetail(CriterionResult, frozen=True, kw_only=True):
    """A criterion with its words and its findings."""

    title: str
    requirement: str
    hint: str
    findings: tuple[FindingInfo, ...]


class DiagnosisDetail(DiagnosisResult, frozen=True, kw_only=True):
    """A diagnosis with its words."""

    run: str
    title: str
    explanation: str
    criteria: tuple[str, ...]
    confidence: Literal["certain", "likely", "possible"] = "certain"
    """How much the evidence proves."""


class Result(SubmissionResult, frozen=True, kw_only=True):
    """`result.json`: a submission's object of results.json, and more detail."""

    schema_version: Literal[1]
    tool: Tool
    lab: LabInfo
    isolation: str
    criteria: tuple[CriterionDetail, ...]
    diagnoses: tuple[DiagnosisDetail, ...]
    advice: tuple[FindingInfo, ...]
    remarks: tuple[RemarkInfo, ...]
    sha256: dict[str, str]
    """Hex SHA-256 of each file that the report shows, by path."""


def counted(criterion: CriterionResult) -> Number:
    """The points that count: those that a person gave, else those that were judged."""
    given = criterion.adjusted
    return criterion.points if isinstance(given, msgspec.UnsetType) else given.points


def results(
    lab: Lab, isolation: str, grades: Sequence[Grade], language: str | None = None
) -> Results:
    """The whole class, in the order of `grades`; texts in `language`, else in the lab's."""
    return Results(
        schema_version=SCHEMA_VERSION,
        tool=_tool(),
        lab=_lab(lab, language or lab.language),
        isolation=isolation,
        submissions=tuple(Submissions(lab, grades, language)),
    )


@dataclass(frozen=True)
class Submissions:
    """The submissions of `results`, each made when it is come to and not kept."""

    lab: Lab
    grades: Sequence[Grade]
    language: str | None = None

    def __iter__(self) -> Iterator[SubmissionResult]:
        tongue = self.language or self.lab.language
        seen = _Visibilities.of(self.lab)
        made = _Parts()
        return (SubmissionResult(**_submission(g, tongue, seen, made)) for g in self.grades)


class _Parts:
    """Parts of results, each made once of what several grades have in common (the very object)."""

    def __init__(self) -> None:
        self._made: dict[int, tuple[object, Any]] = {}

    def of(self, source: Sequence[_Part], make: Callable[[_Part], _Made]) -> tuple[_Made, ...]:
        """What `make` makes of each part."""
        known = self._made.get(id(source))
        if known is None or known[0] is not source:
            if len(self._made) >= _REMEMBERED:
                self._made.clear()
            known = self._made[id(source)] = (source, tuple(map(make, source)))
        parts: tuple[_Made, ...] = known[1]
        return parts


def encoded(
    lab: Lab, isolation: str, grades: Sequence[Grade], language: str | None = None
) -> Iterator[bytes]:
    """`encode(results(...))` in pieces: a class of 10,000 is 100 MB, and is never in memory."""
    empty = encode(results(lab, isolation, (), language))
    if not grades:
        yield empty
        return
    before, after = empty.rsplit(b"[]", 1)
    yield before + b"["
    for number, one in enumerate(Submissions(lab, grades, language)):
        # In a string no line ends: every line end stands between two things.
        lines = msgspec.json.format(msgspec.json.encode(one), indent=2)
        yield (b",\n" if number else b"\n") + _DEEPER + lines.replace(b"\n", b"\n" + _DEEPER)
    yield b"\n  ]" + after


def result(
    lab: Lab,
    isolation: str,
    grade: Grade,
    sources: Sequence[SourceFile] = (),
    language: str | None = None,
) -> Result:
    """One submission with its findings; texts in `language`, else in the lab's."""
    tongue = language or lab.language
    seen = _Visibilities.of(lab)
    fields = _submission(grade, tongue, seen)
    fields["criteria"] = tuple(_criterion_detail(j, tongue, seen) for j in grade.criteria)
    fields["diagnoses"] = tuple(_diagnosis_detail(d, tongue) for d in grade.diagnoses)
    return Result(
        **fields,
        schema_version=SCHEMA_VERSION,
        tool=_tool(),
        lab=_lab(lab, tongue),
        isolation=isolation,
        advice=tuple(_finding(f, tongue) for f in grade.advice),
        remarks=tuple(_remark(r, tongue) for r in grade.remarks),
        sha256={escaped(s.path): hashlib.sha256(s.data).hexdigest() for s in sources},
    )


class AnyResult:
    """A result.json for whoever handed in the same, in time: cut where it says whose it is."""

    def __init__(self, result: Result) -> None:
        """`result` is of somebody whose id and name are words like no others, without origin."""
        nowhere = msgspec.structs.replace(result, origin=_origin(Origin(layout=result.name)))
        places = {
            "origin": _lines(nowhere.origin),
            "id": result.id.encode(),
            "name": result.name.encode(),
        }
        self._form = Form(encode(nowhere), places)

    @property
    def tail(self) -> bytes:
        """What the file ends in for everybody."""
        return self._form.tail

    def of(self, identifier: str, name: str, origin: Origin) -> list[bytes]:
        """The file's bytes for somebody, in pieces; the last is `tail`."""
        return self._form.filled(
            {
                "id": identifier.encode(),
                "name": msgspec.json.encode(escaped(name))[1:-1],
                "origin": _lines(_origin(origin)),
            }
        )


def _lines(origin: OriginInfo | msgspec.UnsetType) -> bytes:
    """An origin as it stands in result.json."""
    formatted = msgspec.json.format(msgspec.json.encode(origin), indent=2)
    return formatted.replace(b"\n", b"\n  ")


def encode(document: Results | Result) -> bytes:
    """The document as indented JSON with a final line end."""
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def read_results(data: bytes) -> Results:
    """Read `results.json`.

    Raises:
        ValueError: it is not one (msgspec's ValidationError and DecodeError are ValueErrors).
    """
    return msgspec.json.decode(data, type=Results)


def read_result(data: bytes) -> Result:
    """Read `result.json`.

    Raises:
        ValueError: it is not one.
    """
    return msgspec.json.decode(data, type=Result)


SCHEMAS: dict[str, type[Results] | type[Result]] = {"results": Results, "result": Result}


def json_schema(name: str) -> bytes:
    """The JSON Schema of `results` or `result`; what `schemas/<name>.schema.json` holds.

    Raises:
        KeyError: another name.
    """
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{name}.json of Wiregrade",
        **msgspec.json.schema(SCHEMAS[name]),
    }
    for definition in schema["$defs"].values():
        if "description" in definition:
            # A docstring; before Python 3.13 it still has the source's indentation.
            definition["description"] = cleandoc(definition["description"])
    return msgspec.json.format(msgspec.json.encode(schema), indent=2) + b"\n"


def number(value: Fraction) -> Number:
    """An exact number as JSON has it: 2, 17.5, 0.25; thirds to four places."""
    if value.denominator == 1:
        return value.numerator
    # Through a decimal: the float nearest to it prints as that very decimal.
    places = Decimal(value.numerator) / Decimal(value.denominator)
    return float(places.quantize(Decimal("0.0001")))


def _tool() -> Tool:
    return Tool(name="wiregrade", version=grader.__version__)


def _lab(lab: Lab, language: str) -> LabInfo:
    title = escaped(lab.title.in_language(language), keep=TYPOGRAPHY)
    return LabInfo(id=lab.id, title=title, max_score=number(lab.max_score))


def _say(text: Text, language: str) -> str:
    return escaped(text.in_language(language), keep=TYPOGRAPHY)


def _path(path: str | None) -> str | None:
    return None if path is None else escaped(path)


@dataclass(frozen=True)
class _Visibilities:
    """Who may see what, by id; what the lab doesn't know is visible."""

    scenarios: dict[str, VisibilityWord]
    criteria: dict[str, VisibilityWord]

    @classmethod
    def of(cls, lab: Lab) -> _Visibilities:
        return cls(
            {s.id: s.visibility.value for s in lab.scenarios},
            {name: seen.value for name, seen in of_criteria(lab).items()},
        )


def _submission(
    grade: Grade, language: str, seen: _Visibilities, made: _Parts | None = None
) -> dict[str, Any]:
    programs, made = grade.programs, made or _Parts()
    return {
        "id": grade.id,
        "name": escaped(grade.name),
        "score": number(grade.score),
        "max_score": number(grade.max_score),
        "complete": grade.complete,
        "problem": _problem(grade.problem, language),
        "seed": grade.seed,
        "files": Files(server=_path(programs.server), client=_path(programs.client)),
        "criteria": made.of(grade.criteria, lambda j: CriterionResult(**_criterion(j, seen))),
        "runs": made.of(grade.runs, lambda r: _run(r, seen)),
        "diagnoses": made.of(grade.diagnoses, lambda d: DiagnosisResult(**_diagnosis(d))),
        "result": f"{grade.id}/result.json",
        "report": f"{grade.id}/index.html",
        "certification": _certification(grade),
        "sweeps": tuple(map(_sweep, grade.sweeps)) or msgspec.UNSET,
        "digests": _digests(grade.digests),
        "origin": _origin(grade.origin),
        "late": _late(grade),
    }


def _origin(origin: Origin | None) -> OriginInfo | msgspec.UnsetType:
    if origin is None:
        return msgspec.UNSET
    return OriginInfo(
        layout=origin.layout,
        entries=tuple(map(escaped, origin.entries)),
        ids={kind: escaped(value) for kind, value in origin.ids.items()},
        groups=tuple(map(escaped, origin.groups)),
        team=None if origin.team is None else escaped(origin.team),
        submitted=origin.submitted,
        attempt=origin.attempt,
        attempts=origin.attempts,
        commit=origin.commit,
        flagged_late=origin.flagged_late,
    )


def _late(grade: Grade) -> LateInfo | msgspec.UnsetType:
    if grade.origin is None or grade.origin.late is None:
        return msgspec.UNSET
    late = grade.origin.late
    return LateInfo(
        due=late.due,
        seconds=late.seconds,
        rule=late.rule,
        penalty=number(grade.earned - grade.score),
        earned=number(grade.earned),
    )


def _digests(digests: Digests | None) -> DigestsInfo | msgspec.UnsetType:
    if digests is None:
        return msgspec.UNSET
    return DigestsInfo(submission=digests.submission, lab=digests.lab)


def _certification(grade: Grade) -> CertificationResult | msgspec.UnsetType:
    made = grade.certification
    if made is None:
        return msgspec.UNSET
    return CertificationResult(
        repeats=made.repeats,
        runs=made.runs,
        verdicts=made.verdicts,
        differences=tuple(_difference(grade.id, d) for d in made.differences),
    )


def _difference(identifier: str, difference: Difference) -> DifferenceResult:
    return DifferenceResult(
        role=difference.role,
        scenario=difference.scenario,
        expectation=difference.expectation,
        criterion=difference.criterion,
        verdicts=tuple(
            VerdictResult(
                status=verdict.status.value,
                runs=verdict.runs,
                transcript=f"{identifier}/runs/{verdict.runs[0]}.jsonl",
            )
            for verdict in difference.verdicts
        ),
    )


def _sweep(sweep: Sweep) -> SweepResult:
    return SweepResult(
        scenario=sweep.scenario,
        role=sweep.role,
        message=sweep.message,
        bytes=len(sweep.data),
        run=sweep.run,
        tried=sweep.offsets,
        failed=sweep.failed,
    )


def _problem(problem: Problem | None, language: str) -> ProblemInfo | None:
    if problem is None:
        return None
    return ProblemInfo(code=problem.code, message=_say(problem.message, language))


def _criterion(judged: Judged, seen: _Visibilities) -> dict[str, Any]:
    return {
        "id": judged.criterion.id,
        "status": judged.status.value,
        "points": number(judged.points),
        "max_points": number(judged.criterion.points),
        "diagnoses": judged.diagnoses,
        "visibility": seen.criteria.get(judged.criterion.id, "visible"),
        "adjusted": _adjustment(judged.adjusted),
    }


def _adjustment(given: Adjustment | None) -> AdjustmentInfo | msgspec.UnsetType:
    if given is None:
        return msgspec.UNSET
    why = escaped(given.why, keep=TYPOGRAPHY)
    return AdjustmentInfo(points=number(given.points), why=why, date=escaped(given.date))


def _criterion_detail(judged: Judged, language: str, seen: _Visibilities) -> CriterionDetail:
    criterion = judged.criterion
    return CriterionDetail(
        **_criterion(judged, seen),
        title=_say(criterion.title, language),
        requirement=_say(criterion.requirement, language),
        hint=_say(criterion.hint, language),
        findings=tuple(_finding(f, language) for f in judged.findings),
    )


def _diagnosis(diagnosis: Diagnosis) -> dict[str, Any]:
    return {
        "id": diagnosis.id,
        "role": diagnosis.role,
        "file": _path(diagnosis.file),
        "line": diagnosis.line,
        "level": diagnosis.level,
    }


def _diagnosis_detail(diagnosis: Diagnosis, language: str) -> DiagnosisDetail:
    return DiagnosisDetail(
        **_diagnosis(diagnosis),
        run=diagnosis.run,
        title=_say(diagnosis.title, language),
        explanation=_say(diagnosis.explanation, language),
        criteria=diagnosis.criteria,
        confidence=diagnosis.confidence,
    )


def _run(run: RunSummary, seen: _Visibilities) -> RunResult:
    return RunResult(
        id=run.id,
        scenario=run.scenario,
        role=run.role,
        graded=run.level is Level.GRADED,
        delivery=run.delivery,
        outcome=msgspec.convert(run.outcome, Outcome),
        limit=run.limit,
        exit=None if run.exit is None else msgspec.convert(run.exit, Exit),
        seconds=round(run.seconds, 3),
        visibility=seen.scenarios.get(run.scenario, "visible"),
    )


def _finding(finding: Finding, language: str) -> FindingInfo:
    both = (finding.expected, finding.actual)
    return FindingInfo(
        run=finding.run,
        expectation=finding.expectation,
        criterion=finding.criterion,
        status=Status(finding.status).value,
        what=_say(finding.what, language),
        expected=_bytes(finding.expected),
        actual=_bytes(finding.actual),
        truncated=any(data is not None and len(data) > BYTES_KEPT for data in both),
        evidence=finding.evidence,
        remarks=tuple(_remark(r, language) for r in finding.remarks),
    )


def _bytes(data: bytes | None) -> str | None:
    return None if data is None else literal(data[:BYTES_KEPT])


def _remark(remark: Remark, language: str) -> RemarkInfo:
    return RemarkInfo(code=remark.code, text=_say(remark.text, language))
