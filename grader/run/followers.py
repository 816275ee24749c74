"""Jobs that wait for others: a pair is played when what is graded of its two programs was.

What a program did against the reference tells whether it is worth playing with the other
one: what a limit ended, or what never came to an exchange, would end the same way again.
"""

from __future__ import annotations

from collections import defaultdict

from grader.lab.model import Level, Tests
from grader.run.jobs import Job, Played


class Followers:
    """Keeps back the jobs of role `both` until those of the same key are done."""

    def __init__(self) -> None:
        self._running: defaultdict[str, set[Tests]] = defaultdict(set)
        """Key -> the roles whose graded runs are not done."""
        self._graded: dict[str, set[str]] = {}
        self._kept: dict[str, list[Job]] = {}
        self._lost: dict[str, str] = {}

    def keeps(self, job: Job) -> bool:
        """Take note of a new job; True: it is given back by `done`, and not played now."""
        if job.role == "both":
            waits = job.key in self._running
            if waits:
                self._kept.setdefault(job.key, []).append(job)
            return waits
        self._running[job.key].add(job.role)
        graded = (s.id for s in job.scenarios if s.level is Level.GRADED)
        self._graded.setdefault(job.key, set()).update(graded)
        return False

    def why_skipped(self, job: Job) -> str:
        """Why this job need not be played; empty: it is to be played."""
        return self._lost.pop(job.key, "") if job.role == "both" else ""

    def done(self, played: Played) -> list[Job]:
        """The jobs that waited for this one and for no other.

        It is done when its graded runs are: they need not wait for its advice.
        """
        key = played.key
        if played.role not in self._running.get(key, ()):
            return []
        graded = self._graded[key]
        whys = (run.causes.advice for run in played.runs if run.header.scenario in graded)
        if why := next(filter(None, whys), ""):
            self._lost[key] = why
        self._running[key].discard(played.role)
        if self._running[key]:
            return []
        del self._running[key], self._graded[key]
        return self._kept.pop(key, [])
