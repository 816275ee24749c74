"""The parts of a student's page, as plain data that only has to be written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from grader.judge.model import Status
from grader.lab.model import Role
from grader.view.bytes_view import Run
from grader.view.call_section import CallSection
from grader.view.certified import CertifiedView
from grader.view.difference import Difference
from grader.view.run_section import RunSection
from grader.view.source import Excerpt, Source
from grader.view.strip import Strip


@dataclass(frozen=True, kw_only=True)
class Links:
    """Where a page may point to; relative addresses. What is not given is not linked."""

    class_page: str | None = None
    wires: Mapping[str, str] = field(default_factory=dict)
    """pcapng by run id."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Further files, by the name to show (`grades.csv`)."""


@dataclass(frozen=True, kw_only=True)
class FindingView:
    """One finding: where, what came, and the two texts compared."""

    run: str
    anchor: str
    title: str
    status: Status
    symbol: str
    word: str
    what: tuple[Run, ...]
    difference: Difference | None
    """None where there is nothing to compare: it passes, or speaks of no text."""
    remarks: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True, kw_only=True)
class CriterionView:
    """One criterion with all that was found for it."""

    id: str
    role: Role
    title: str
    requirement: str
    hint: str
    status: Status
    symbol: str
    word: str
    points: str
    max_points: str
    causes: tuple[tuple[str, tuple[Run, ...]], ...]
    """Diagnoses that explain it: (anchor, title)."""
    findings: tuple[FindingView, ...]


@dataclass(frozen=True, kw_only=True)
class DiagnosisView:
    """A named mistake, where it is, and the lines around it."""

    anchor: str
    id: str
    level: str
    role: str
    title: tuple[Run, ...]
    explanation: tuple[Run, ...]
    file: tuple[Run, ...]
    line: int | None
    run: str
    run_anchor: str
    excerpt: Excerpt | None
    criteria: tuple[tuple[str, str], ...]
    """Criteria that it explains: (id, title)."""


@dataclass(frozen=True, kw_only=True)
class RoleView:
    """A role: its program and its points."""

    role: Role
    name: str
    program: tuple[Run, ...]
    score: str
    max_score: str
    criteria: tuple[CriterionView, ...]


@dataclass(frozen=True, kw_only=True)
class AdviceView:
    """An advice scenario: what was found, and what to read."""

    scenario: str
    title: str
    text: str
    role: str
    holds: bool
    findings: tuple[FindingView, ...]
    diagnoses: tuple[DiagnosisView, ...]
    sweep: Strip | None = None


@dataclass(frozen=True, kw_only=True)
class StudentPage:
    """Everything on the page, from top to bottom."""

    lab: str
    lab_id: str
    id: str
    name: tuple[Run, ...]
    score: str
    max_score: str
    share: float
    """Score over maximum, 0 to 1, for the bar."""
    complete: bool
    problem: tuple[Run, ...]
    passed: int
    total: int
    roles: tuple[RoleView, ...]
    errors: tuple[DiagnosisView, ...]
    notes: tuple[DiagnosisView, ...]
    """Diagnoses that are only remarks; those of advice runs stand with the advice."""
    remarks: tuple[tuple[Run, ...], ...]
    runs: tuple[tuple[str, tuple[RunSection, ...]], ...]
    """By role, under the role's name."""
    calls: tuple[tuple[str, tuple[CallSection, ...]], ...]
    """Of runs that were traced; as `runs`."""
    advice: tuple[AdviceView, ...]
    sources: tuple[Source, ...]
    seed: str
    links: Links
    certified: CertifiedView | None = None
    """Where every run was repeated."""
