"""Work of a team is played once: each member gets the same runs, and so the same grade."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol, TypeVar

from grader.run.jobs import Job, Played, Plays


class _Named(Protocol):
    @property
    def id(self) -> str: ...


_N = TypeVar("_N", bound=_Named)


def in_teams(those: Iterable[_N], team: Callable[[_N], str]) -> list[_N]:
    """In the order in which they are graded: members of a team one after the other."""
    return sorted(those, key=lambda one: (team(one), one.id))


@dataclass
class _Together:
    """A job of a team's first member, who waits for its runs, and the runs once they are there."""

    job: Job
    waiting: list[str] = field(default_factory=list)
    played: Played | None = None


class PlayedOnce:
    """An engine that plays what members of a team have in common once.

    `teams` is the team of an id. Members come one after the other: the runs of the team before
    are forgotten then, so that a class fits in memory.
    """

    def __init__(self, engine: Plays, teams: Mapping[str, str]) -> None:
        self._engine = engine
        self._teams = teams

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        """Each job as it is done; those of members right after the first one's."""
        leaders: dict[tuple[str, str], _Together] = {}
        ready: list[Played] = []
        for played in self._engine.play(self._firsts(jobs, leaders, ready)):
            yield played
            together = leaders.get((self._teams.get(played.key, ""), played.role))
            if together is not None and together.job.key == played.key:
                together.played = played
                yield from (replace(played, key=key) for key in together.waiting)
                together.waiting.clear()
            while ready:
                yield ready.pop(0)
        yield from ready

    def _firsts(
        self,
        jobs: Iterable[Job],
        leaders: dict[tuple[str, str], _Together],
        ready: list[Played],
    ) -> Iterator[Job]:
        for job in jobs:
            team = self._teams.get(job.key, "")
            if not team:
                yield job
                continue
            place = (team, job.role)
            first = leaders.get(place)
            if first is None or replace(job, key=first.job.key) != first.job:
                for other in [p for p, t in leaders.items() if p[0] != team and t.played]:
                    del leaders[other]
                if first is None:
                    leaders[place] = _Together(job)
                yield job
            elif first.played is not None:
                ready.append(replace(first.played, key=job.key))
            else:
                first.waiting.append(job.key)
