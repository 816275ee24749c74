"""What makes two results, or two runs, the same: their fingerprints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import msgspec

from grader.batch import saved
from grader.lab.model import Scenario
from grader.run.jobs import Job
from grader.run.pieces import alone
from grader.submission import Submission


class Marks:
    """Fingerprints of results: Wiregrade's version, the lab, the options, the submission."""

    def __init__(self, tool: str, lab_digest: str, options: Mapping[str, str]) -> None:
        self._made = (tool, lab_digest, options)

    def of(self, submission: Submission | saved.Saved) -> str:
        """The fingerprint of its result."""
        return saved.mark_of(*self._made, submission)

    def content(self, submission: Submission | saved.Saved) -> str:
        """The same, but for whose it is; empty for what was saved of another lab or version."""
        if isinstance(submission, Submission):
            return self.of(replace(submission, name="", origin=None))
        if submission.fingerprint != self.of(submission):
            return ""
        return self.of(msgspec.structs.replace(submission, name="", origin=None))


class RunKeys:
    """Fingerprints of runs: what a worker is told, and what it plays with.

    A scenario that is judged or worded in another way has another key, too: that costs a run,
    where to guess what a run does not depend on could cost a verdict.
    """

    def __init__(self, tool: str, options: Mapping[str, str]) -> None:
        self._how = [tool, *(part for item in sorted(options.items()) for part in item)]
        self._told: dict[tuple[str, str], str] = {}

    def of(self, job: Job, scenario: Scenario, digest: str) -> str:
        """The key of one scenario's run. `digest`: `Submission.digest` of the job's files."""
        place = job.role, scenario.id
        if place not in self._told:
            self._told[place] = _as_text(alone(job.lab, scenario))
        partner = job.partner.program if job.partner else ""
        return saved.fingerprint(
            *self._how, self._told[place], *place, digest, job.program, partner, job.seed
        )


def _as_text(told: object) -> str:
    return msgspec.json.encode(told, enc_hook=_plain, order="deterministic").decode()


def _plain(value: object) -> object:
    if isinstance(value, Fraction):
        return str(value)
    raise TypeError(f"no fingerprint of {type(value).__name__}")
