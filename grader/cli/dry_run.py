"""`grade --dry-run`: what would be graded, and what taken over; nothing is run or written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from types import MappingProxyType

from grader import __version__
from grader.batch import kept
from grader.batch.earlier import is_finished, of_before, runs_that_hold, was_complete
from grader.batch.grading import Settings, Waiting, is_alone
from grader.batch.keys import Marks, RunKeys
from grader.batch.output import OutputFolder
from grader.batch.plan import LabSource, jobs_of, seed_for
from grader.batch.shared import in_teams
from grader.batch.twins import Twins
from grader.cli.streams import safe
from grader.run.jobs import Job
from grader.run.pieces import cut, done
from grader.submission import Submission
from grader.view.bytes_view import TYPOGRAPHY, escaped

_WORDS = {
    "kept": ("repris", "taken over"),
    "problem": ("rien à exécuter~: {why}", "nothing to run: {why}"),
    "copied": (
        "à noter, copie d’une autre remise, rien à exécuter",
        "to be graded, a copy of another submission, nothing to run",
    ),
    "mate": (
        "à noter, avec les exécutions de son équipe",
        "to be graded, with the runs of the team",
    ),
    "graded": ("à noter, {runs} exécutions", "to be graded, {runs} runs"),
    "known": (" (en plus de {known} reprises)", " (besides {known} taken over)"),
    "total": (
        "{graded} à noter{copies}, {kept} repris, {runs} exécutions{others}~; "
        "rien n’a été exécuté ni écrit.",
        "{graded} to be graded{copies}, {kept} taken over, {runs} runs{others}; "
        "nothing was run or written.",
    ),
    "copies": (" (copies~: {copied})", " (copies: {copied})"),
}


def plan_text(
    waiting: Iterable[Waiting],
    folder: OutputFolder,
    source: LabSource,
    settings: Settings,
    *,
    fresh: bool,
    sharing: bool = True,
    teams: Mapping[str, str] = MappingProxyType({}),
) -> str:
    """A line for each submission, then the sums. Split sweeps and traces come on top of `runs`.

    `fresh` and `sharing` are those of `Grading`, `teams` those of `PlayedOnce`.
    """
    place = 1 if settings.language == "en" else 0
    words = {key: pair[place].replace("~", "\u00a0") for key, pair in _WORDS.items()}
    plan = _Plan(folder, source, settings, fresh=fresh, sharing=sharing, teams=teams)
    colon = ": " if place else "\u00a0: "
    entries = list(waiting)
    told: dict[str, str] = {}
    last: list[Waiting] = []
    # In the order in which they are graded, as others may have what one hands in.
    for entry in in_teams(entries, lambda one: teams.get(one.id, "")):
        submission = entry.read()
        if (what := plan.take(submission)) is None:
            last.append(entry)
        else:
            told[entry.id] = _said(submission, what, words, settings.language)
    for entry in last:
        submission = entry.read()
        what = plan.take_last(submission)
        told[entry.id] = _said(submission, what, words, settings.language)
    lines = [f"{safe(entry.name)}{colon}{told[entry.id]}" for entry in entries]
    return "\n".join([*lines, _total(plan.counts, words)])


def _said(submission: Submission, what: Counter[str], words: dict[str, str], language: str) -> str:
    if submission.problem is not None and what["graded"]:
        why = submission.problem.message.in_language(language)
        return words["problem"].format(why=escaped(why, keep=TYPOGRAPHY))
    key = next(key for key in ("kept", "copied", "mate", "graded") if what[key])
    said = words[key].format(runs=what["runs"])
    return said + (words["known"].format(known=what["known"]) if what["known"] else "")


def _total(counts: Counter[str], words: dict[str, str]) -> str:
    copies = words["copies"].format(copied=counts["copied"]) if counts["copied"] else ""
    others = words["known"].format(known=counts["known"]) if counts["known"] else ""
    told = {key: counts[key] for key in ("graded", "kept", "runs")}
    return words["total"].format(copies=copies, others=others, **told)


class _Plan:
    """What `Grading` would do with one submission after the other, counted in `counts`."""

    def __init__(
        self,
        folder: OutputFolder,
        source: LabSource,
        settings: Settings,
        *,
        fresh: bool,
        sharing: bool,
        teams: Mapping[str, str],
    ) -> None:
        self._folder = folder
        self._source = source
        self._settings = settings
        self._fresh = fresh
        self._sharing = sharing and not is_alone(settings)
        self._teams = teams
        self._marks = Marks(__version__, source.digest, settings.options)
        self._keys = RunKeys(__version__, settings.options)
        self._leads: set[str] = set()
        """What those who come to be played handed in; who comes later with it is a copy."""
        self._of_team: dict[tuple[str, str], Job] = {}
        """Team and role -> the job that is played for all of its members with the same."""
        self.counts: Counter[str] = Counter()

    def take(self, submission: Submission) -> Counter[str] | None:
        """What would become of it: `kept`, or `graded`, maybe as `copied` or `mate`; its runs.

        None: it would be a copy of a result that does not hold, and so comes again at the end.
        """
        if not self._fresh and self._is_kept(submission):
            return self._counted(Counter(kept=1))
        if not self._sharing or submission.problem is not None:
            return self._counted(Counter(graded=1) + self._runs(submission))
        content = self._marks.content(submission)
        if content not in self._leads and self._twins.knows(content, submission.id):
            if not self._has_whole(content):
                return None
            return self._counted(Counter(graded=1, copied=1))
        return self.take_last(submission)

    def take_last(self, submission: Submission) -> Counter[str]:
        """The same where nobody in the folder has a result for it."""
        content = self._marks.content(submission)
        if content in self._leads:
            return self._counted(Counter(graded=1, copied=1))
        self._leads.add(content)
        return self._counted(Counter(graded=1) + self._runs(submission))

    def _counted(self, what: Counter[str]) -> Counter[str]:
        self.counts += what
        return what

    def _is_kept(self, submission: Submission) -> bool:
        """Whether its files are whole and of this very submission, lab and options."""
        mark, traced = self._marks.of(submission), self._settings.strace is not None
        try:
            if kept.is_forged(self._folder, submission.id):
                return False
            found = of_before(self._folder, submission.id, mark, traced=traced)
            finished = found is not None and is_finished(self._folder, found)
            return finished and was_complete(self._folder, submission.id)
        except Exception:
            return False  # graded, it is told where that fails, too

    def _has_whole(self, content: str) -> bool:
        found = self._twins.whole(content)
        return found is not None and was_complete(self._folder, found.id)

    @cached_property
    def _twins(self) -> Twins:
        """Who of those in the folder has a result of what was handed in."""
        twins = Twins(self._folder, self._marks.content)
        if not self._fresh:
            twins.know_all()
        return twins

    def _runs(self, submission: Submission) -> Counter[str]:
        """Its runs that would be played, and those of before that would be taken over."""
        seed = seed_for(self._source.lab, submission, self._settings.seed)
        jobs = jobs_of(self._source.lab, submission, seed, self._settings.certify)
        if self._sharing and not self._fresh:
            keys = {
                scenario.id: self._keys.of(job, scenario, submission.digest)
                for job in jobs
                for scenario in job.scenarios
            }
            known = runs_that_hold(self._folder, submission, keys)
            jobs = tuple(replace(job, known=known) for job in jobs)
        own = [job for job in jobs if not self._is_played(job)]
        mate = Counter(mate=1) if jobs and not own else Counter[str]()
        return sum(map(_runs_of, own), mate)

    def _is_played(self, job: Job) -> bool:
        """Whether a member of the same team has it played already (`PlayedOnce`)."""
        team = self._teams.get(job.key, "")
        if not team:
            return False
        first = self._of_team.setdefault((team, job.role), job)
        return first is not job and replace(job, key=first.key) == first


def _runs_of(job: Job) -> Counter[str]:
    """The runs of a job, cut as the engine does: advice that known runs make vain is not played."""
    counts: Counter[str] = Counter()
    waiting = cut(job)
    while waiting:
        piece = waiting.pop()
        if not piece.skip:
            counts["known" if piece.known else "runs"] += len(piece.known) or job.certify
        later, _ = done(piece, piece.known)
        waiting += later
    return counts
