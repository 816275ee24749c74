"""A team's work is played once, and each member has its runs."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest
from batch_tools import FakeEngine, run_of, source, submission

from grader.batch.plan import jobs_of
from grader.batch.shared import PlayedOnce
from grader.run.jobs import Job, Played

LAB = source().lab


def jobs(*names: str, text: bytes = b"pass\n") -> list[Job]:
    made: list[Job] = []
    for name in names:
        one = replace(submission("x", text=text), id=name, name=name)
        made += jobs_of(LAB, one, "seed")
    return made


class Behind(FakeEngine):
    """Pulls `ahead` jobs before it gives the first one back, in any order."""

    def __init__(self, ahead: int) -> None:
        super().__init__()
        self.ahead = ahead

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        pulled: deque[Job] = deque()
        for job in jobs:
            self.played.append(job.key)
            pulled.append(job)
            if len(pulled) > self.ahead:
                yield self._done(pulled.pop())
        while pulled:
            yield self._done(pulled.popleft())

    def _done(self, job: Job) -> Played:
        return Played(key=job.key, role=job.role, runs=(run_of(job, f"{job.key}-run"),))


TEAMS = {"a": "t1", "b": "t1", "c": "t1", "d": "t2", "e": "t2"}


@pytest.mark.parametrize("ahead", [0, 1, 2, 9])
def test_each_member_gets_the_runs_of_the_first(ahead: int) -> None:
    engine = Behind(ahead)
    given = jobs(*"abc", "alone", *"de", "other")
    told = list(PlayedOnce(engine, TEAMS).play(given))
    assert Counter(p.key for p in told) == Counter(job.key for job in given)
    assert sorted(engine.played) == ["a", "alone", "d", "other"]
    runs = {p.key: p.runs[0].transcript.header.run for p in told}
    assert runs == {
        **dict.fromkeys("abc", "a-run"), **dict.fromkeys("de", "d-run"),
        "alone": "alone-run", "other": "other-run",
    }  # fmt: skip


def test_other_work_is_played() -> None:
    """A member whose files differ (they came from elsewhere) has runs of their own."""
    engine = Behind(0)
    told = list(PlayedOnce(engine, TEAMS).play([*jobs("a"), *jobs("b", text=b"other\n")]))
    assert engine.played == ["a", "b"]
    assert [p.key for p in told] == ["a", "b"]


def test_without_teams_nothing_changes() -> None:
    engine = Behind(1)
    assert len(list(PlayedOnce(engine, {}).play(jobs(*"abc")))) == 3
    assert engine.played == ["a", "b", "c"]
