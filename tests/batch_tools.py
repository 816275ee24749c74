"""A class without programs: an engine that plays nothing, submissions made on the spot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

from grader import transcript as tr
from grader.batch.faults import ungraded
from grader.batch.grading import Settings, Waiting
from grader.batch.plan import LabSource
from grader.judge.model import Grade, Programs
from grader.lab.load import lab_files, load_lab_bytes
from grader.lab.model import Lab
from grader.run.jobs import Job, Played, PlayedRun
from grader.submission import SourceFile, Submission
from grader.transcript import Recorded

TP09 = Path(__file__).resolve().parent.parent / "scenarios" / "tp09"
SETTINGS = Settings(isolation="full", facts="kernel", python="3.11.7", language="fr")


@cache
def source() -> LabSource:
    """The lab tp09 with its files."""
    files = lab_files(TP09)
    return LabSource(lab=load_lab_bytes(files), files=files)


def submission(
    name: str, *, text: bytes = b"pass\n", server: str | None = "serveur.py"
) -> Submission:
    """A submission of one server program."""
    files = (SourceFile(path=server, data=text),) if server else ()
    return Submission(
        id=name, name=name, files=files, programs=Programs(server=server, client=None),
        digest=f"{name}{text!r}",
    )  # fmt: skip


def waiting(*submissions: Submission) -> list[Waiting]:
    """Entries that can be read."""
    return [Waiting(one.id, one.name, lambda one=one: one) for one in submissions]  # type: ignore[misc]


def run_of(job: Job, scenario: str, outcome: str = "completed") -> PlayedRun:
    """A run in which nothing happened but its end."""
    header = tr.Header(
        run=scenario, scenario=scenario, role=job.role, program=job.program, texts={},
        port=65432, delivery="separate", seed=job.seed, isolation="full", facts="kernel",
        interpreter="3.11.7", started="2026-01-01T00:00:00Z",
    )  # fmt: skip
    problem = "the machine refuses it" if outcome == "not_run" else ""
    ended = tr.Ended(t=1, outcome=outcome, problem=problem)
    return PlayedRun(transcript=tr.of(header, (tr.Started(t=0), ended)), pcapng=b"wire")


class FakeEngine:
    """Says what it was asked to play; `before` is called with each job."""

    def __init__(
        self, before: Callable[[Job], None] = lambda job: None, outcome: str = "completed"
    ) -> None:
        self.before = before
        self.outcome = outcome
        self.traced = "completed"
        """How the traced run of a job ends, where one is asked for."""
        self.played: list[str] = []

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        for job in jobs:
            self.before(job)
            self.played.append(job.key)
            runs = tuple(run_of(job, s.id, self.outcome) for s in job.scenarios)
            asked = job.scenarios[:1] if job.strace else ()
            traced = tuple(run_of(job, f"{s.id}~trace", self.traced) for s in asked)
            yield Played(key=job.key, role=job.role, runs=runs, traced=traced)


def judge(lab: Lab, submission: Submission, seed: str, transcripts: Sequence[Recorded]) -> Grade:
    """A point for each run that completed."""
    completed = sum(one.end.outcome == "completed" for one in transcripts)
    blank = ungraded(lab, submission, seed)
    return replace(
        blank,
        score=Fraction(completed),
        max_score=lab.max_score,
        complete=not transcripts or completed > 0,
        problem=submission.problem,
    )
