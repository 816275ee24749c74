"""What judging yields: findings, diagnoses, criteria with their points.

These are data for people and machines; how they look is `grader.view`'s business.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from grader.lab.model import Criterion, Demand, Level, Role, Tests, Text

if TYPE_CHECKING:
    from grader.submission import Origin


class Status(StrEnum):
    """A verdict, worst last but for `not_run` (no verdict)."""

    PASS = "pass"  # noqa: S105 -- a verdict, not a password
    PARTIAL = "partial"
    FAIL = "fail"
    NOT_RUN = "not_run"


@dataclass(frozen=True, kw_only=True)
class Remark:
    """Something to know that costs no points. `code` is stable, `text` is for people."""

    code: str
    text: Text


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What one expectation of one run came to.

    `evidence` are indices into the transcript's entries; a pass has some, and so has a fail.
    `expected`, `actual` are what was looked for and what came, as bytes, for a text
    compared; None where words say it better (`what`).
    """

    run: str
    expectation: str
    """Stable name within the scenario: `receive:greeting`, `stdout:hello`, `exit`, ..."""
    criterion: str | None
    status: Status
    what: Text
    """One sentence: what came instead (or that it came)."""
    expected: bytes | None = None
    actual: bytes | None = None
    evidence: tuple[int, ...] = ()
    remarks: tuple[Remark, ...] = ()
    demand: Demand = Demand.MUST


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """A named mistake (ids: the catalogue), proved by evidence of one run."""

    id: str
    role: Role
    run: str
    level: str
    """`error` or `remark`."""
    title: Text
    explanation: Text
    file: str | None = None
    line: int | None = None
    evidence: tuple[int, ...] = ()
    criteria: tuple[str, ...] = ()
    """Criteria that it explains: they point here instead of saying it again."""
    confidence: Literal["certain", "likely", "possible"] = "certain"
    """How much the evidence proves."""
    notion: Text | None = None
    """What to read again, where the statement speaks of it."""
    about: str = ""
    """The notion's key in the catalogue."""
    look: int | None = None
    """Where to look, by the source alone, when no run showed a line."""
    also: tuple[int, ...] = ()
    """Further lines to look at, by the source alone."""
    again: tuple[str, ...] = ()
    """Other runs that the same mistake explains: nothing more needs to be said of them."""


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """One run, as results.json has it."""

    id: str
    scenario: str
    role: Tests
    level: Level
    delivery: str
    outcome: str
    limit: str | None
    exit: dict[str, int | str] | None
    seconds: float
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class Adjustment:
    """Points for a criterion that a person gave, with the reason and the day (`2026-11-28`)."""

    points: Fraction
    why: str
    date: str


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A criterion with its verdict."""

    criterion: Criterion
    status: Status
    points: Fraction
    findings: tuple[Finding, ...]
    diagnoses: tuple[str, ...]
    """Ids of the diagnoses that explain it, the worst first."""
    adjusted: Adjustment | None = None
    """What counts instead of `points`."""

    @property
    def counted(self) -> Fraction:
        """The points that count."""
        return self.points if self.adjusted is None else self.adjusted.points


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A status that an expectation had in some repeats of a scenario: which, the first first."""

    status: Status
    runs: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Difference:
    """An expectation whose verdict was not the same in every repeat, the best verdict first.

    It counts as it was at best: what differs is our fault, never the student's loss.
    """

    role: Role
    scenario: str
    expectation: str
    criterion: str | None
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, kw_only=True)
class Certification:
    """What repeating every run came to. Certified: `differences` is empty."""

    repeats: int
    """How many times each scenario was played, every second time under load."""
    runs: int
    """Runs that were compared: those that were played."""
    verdicts: int
    """Expectations with a verdict, each counted once for all its repeats."""
    differences: tuple[Difference, ...]


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """A message cut at each of its bytes: where a cut changed what the program did.

    Offsets are in bytes from the beginning of `data`: the second piece begins there.
    """

    scenario: str
    role: Role
    message: str
    data: bytes
    run: str
    """A run to look at: the first that failed, else the first."""
    offsets: tuple[int, ...]
    """Where it was cut, a run for each; a verdict was reached in all of them."""
    failed: tuple[int, ...]
    what: Text
    """Where that is, and what is special there."""
    problem: str = ""
    """Why the sweep was cut short, if it was."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Why something could not be graded, or only in part. `blame`: `student`, `host`, `ours`."""

    code: str
    blame: str
    message: Text


@dataclass(frozen=True, kw_only=True)
class Programs:
    """The programs found for each role: path inside the submission, or None."""

    server: str | None
    client: str | None

    def of(self, role: Role) -> str | None:
        """The path of that role's program."""
        return self.server if role == "server" else self.client


@dataclass(frozen=True, kw_only=True)
class Digests:
    """What a grade was made from, as hex SHA-256."""

    submission: str
    """Over the paths and contents of its files (`Submission.digest`)."""
    lab: str
    programs: Mapping[Role, str] = field(default_factory=dict)
    """Over each role's program alone, whatever its name; not in results.json."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Grade:
    """Everything that judging one submission came to.

    `score` and `max_score` are exact; `not_run` criteria are out of both, and then
    `complete` is false.
    """

    id: str
    name: str
    seed: str
    programs: Programs
    score: Fraction
    max_score: Fraction
    complete: bool
    criteria: tuple[Judged, ...]
    advice: tuple[Finding, ...]
    runs: tuple[RunSummary, ...]
    diagnoses: tuple[Diagnosis, ...]
    remarks: tuple[Remark, ...]
    problem: Problem | None = None
    certification: Certification | None = None
    """None unless every run was played several times."""
    sweeps: tuple[Sweep, ...] = ()
    digests: Digests | None = None
    """None where nobody said: the grade is the same."""
    origin: Origin | None = None
    """Where it was imported from. Late: `score` is without what that cost (`judge.late`)."""

    @property
    def earned(self) -> Fraction:
        """The points that count of the criteria, before anything was taken off for being late."""
        return sum(
            (j.counted for j in self.criteria if j.status is not Status.NOT_RUN), Fraction(0)
        )
