"""What grading speaks of: an entry before it is read, while it is played, when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from grader.batch.pages import PageSettings
from grader.intake.entrants import Entrant
from grader.judge.model import Grade
from grader.lab.model import Tests
from grader.run.jobs import FactsMode, Run
from grader.stamps import Stamp
from grader.submission import Origin, Submission


@dataclass(frozen=True, kw_only=True)
class Settings(PageSettings):
    """What a result depends on besides the submission and the lab, and the pages' language."""

    facts: FactsMode
    python: str
    """Version of the students' interpreter."""
    seed: str | None = None
    strace: str | None = None
    """Its path, where calls are to be traced: that changes no result."""
    certify: int = 1
    sweep: bool = False
    """Split sweeps are played, too."""

    @property
    def options(self) -> dict[str, str]:
        """All that makes a result another one, as text."""
        return {
            "isolation": self.isolation,
            "facts": self.facts,
            "python": self.python,
            "seed": self.seed or "",
            "certify": str(self.certify),
            **({"sweep": "yes"} if self.sweep else {}),
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """One submission is graded and written.

    `fault` says what went wrong where we or the machine failed (of ours, a traceback), and
    `reference` is the entry in `OUT/.wiregrade.log` that has it.
    """

    grade: Grade
    taken_over: bool = False
    fault: str = ""
    reference: str = ""
    untraced: str = ""
    """Why calls could not be traced, where they were to be."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Handed:
    """What was handed in, before it is read. `stamp` is empty where it has to be read."""

    told: str = ""
    stamp: bytes = b""


NOT_LOOKED_AT = Handed()


@dataclass(frozen=True, slots=True)
class Waiting:
    """An entry of the submissions folder, to be read when its turn comes."""

    id: str
    name: str
    read: Callable[[], Submission]
    origin: Origin | None = None
    looked_at: Callable[[], tuple[str, Stamp | None]] | None = None
    """What is known before it is read, and the stamp of its files; None: it has to be read."""

    @classmethod
    def of(cls, entrant: Entrant) -> Waiting:
        """A row of the class."""
        one = entrant
        return cls(one.id, one.name, one.read, origin=one.origin, looked_at=one.looked_at)


@dataclass
class Open:
    """A submission that is being played."""

    submission: Submission
    seed: str
    mark: str
    awaited: set[Tests]
    handed: Handed = NOT_LOOKED_AT
    keys: dict[str, str] = field(default_factory=dict)
    """Scenario -> fingerprint of what its runs are played with."""
    runs: list[Run] = field(default_factory=list)
    traced: list[Run] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """Tracebacks of workers that broke off over it; others may have played it all the same."""
    fault: str = ""
    """A traceback, where reading it failed: there is nothing to judge."""
    reference: str = ""
