"""The parts of a student's page, as plain data that only has to be written down."""

from __future__ import annotations

from dataclasses import dataclass

from grader.judge.model import Status
from grader.lab.model import Role
from grader.view.bytes_view import Run
from grader.view.call_section import CallSection
from grader.view.certified import CertifiedView
from grader.view.difference import Difference
from grader.view.links import Links as Links
from grader.view.run_section import RunSection
from grader.view.source import Excerpt, Source
from grader.view.strip import Strip


@dataclass(frozen=True, kw_only=True)
class FindingView:
    """One finding: where, what came, and the two texts compared."""

    run: str
    anchor: str
    """The moment of the run that proves it, else the run."""
    title: str
    time: str
    """That moment's; empty where there is none."""
    status: Status
    symbol: str
    word: str
    about: str
    """How the text begins that it speaks of; empty where it speaks of none."""
    what: tuple[Run, ...]
    difference: Difference | None
    """None where there is nothing to compare: it passes, or speaks of no text."""
    got: tuple[Run, ...]
    """What came, where words say what was asked for; empty where it passes."""
    remarks: tuple[tuple[Run, ...], ...]
    again: str = ""
    """`4 times, until 320 ms`: as many passes of one run say the same."""


@dataclass(frozen=True, kw_only=True)
class CriterionView:
    """One criterion with all that was found for it."""

    id: str
    role: Role
    title: str
    requirement: tuple[Run, ...]
    hint: tuple[Run, ...]
    status: Status
    symbol: str
    word: str
    points: str
    max_points: str
    causes: tuple[tuple[str, tuple[Run, ...]], ...]
    """Diagnoses that explain it: (anchor, title)."""
    findings: tuple[FindingView, ...]


@dataclass(frozen=True, kw_only=True)
class PlaceView:
    """Where a mistake is: in which program and on which line."""

    file: tuple[Run, ...]
    line: int | None
    look: bool
    """No run showed the line: it is only where to look."""
    href: str
    """The line in the program below; empty where the page does not have it."""
    run: str
    run_anchor: str
    excerpt: Excerpt | None
    difference: Difference | None
    """The text asked for and what came, where the mistake is in that text."""


@dataclass(frozen=True, kw_only=True)
class FurtherView:
    """What stands behind a notion, and what was tried that has to do with it."""

    text: tuple[Run, ...]
    reading: str
    advice: tuple[tuple[str, str], ...]
    """(anchor, title) of advice about the same notion."""


@dataclass(frozen=True, kw_only=True)
class DiagnosisView:
    """A named mistake and where it is: in both programs, where the same is said of both."""

    anchors: tuple[str, ...]
    """A fragment for each of the diagnoses that it stands for."""
    id: str
    level: str
    title: tuple[Run, ...]
    explanation: tuple[Run, ...]
    places: tuple[PlaceView, ...]
    said: tuple[Run, ...]
    """The last line of the error that Python wrote; empty where it wrote none."""
    notion: str
    """Where the statement speaks of it."""
    notion_anchor: str
    """What it says there, on this page; empty where the lab does not quote it."""
    quote: tuple[Run, ...]
    """Those words, with the first mistake that is about them."""
    criteria: tuple[tuple[str, str], ...]
    """Criteria that it explains: (id, title); of many the first ones."""
    more: str
    """`and 9 more`; empty where all of them are told."""
    further: FurtherView | None


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
    anchor: str
    title: str
    text: str
    role: str
    holds: bool
    findings: tuple[FindingView, ...]
    diagnoses: tuple[DiagnosisView, ...]
    sweep: Strip | None = None
    later: bool = False
    """The statement's exchange has to work first: nothing is said of this one yet."""


@dataclass(frozen=True, kw_only=True)
class RunGroup:
    """The runs of a role: those that count, and those of the advice."""

    name: str
    graded: tuple[RunSection, ...]
    advice: tuple[RunSection, ...]
    unplayed: tuple[RunSection, ...] = ()
    """Those of the advice that need not be played: told in one line."""


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
    """What to mend first, the worst first."""
    left: tuple[CriterionView, ...]
    """Criteria that were lost and that no mistake explains, while there is room at the top."""
    later: tuple[DiagnosisView, ...]
    """What to mend after that."""
    notes: tuple[DiagnosisView, ...]
    """Diagnoses that are only remarks; those of advice runs stand with the advice."""
    remarks: tuple[tuple[Run, ...], ...]
    runs: tuple[RunGroup, ...]
    calls: tuple[CallSection, ...]
    """Of traced runs whose own run is not on the page."""
    advice: tuple[AdviceView, ...]
    sources: tuple[Source, ...]
    seed: str
    links: Links
    certified: CertifiedView | None = None
    """Where every run was repeated."""
    late: tuple[Run, ...] = ()
    """What being late took off."""
    abridged: str = ""
    """Says that less is shown than of others, so that the page does not get too big."""
