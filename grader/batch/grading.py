"""Grades a class: what has changed is played, everything is judged and written as it is done.

One submission is in memory from the moment it is read until its pages are written, so a
class may be as big as it likes. Judging and writing are one thread's work, so that meanwhile
the next runs are handed out. A submission is done when `OUT/<id>/result.json` is there:
it is written last, after all that it speaks of.
"""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Protocol

from grader import __version__
from grader.batch import pages, saved
from grader.batch.output import Marker, OutputFolder
from grader.batch.pages import PageSettings
from grader.batch.plan import LabSource, jobs_of, seed_for
from grader.judge.model import Grade, Judged, Problem, Programs, Status
from grader.lab.model import Lab, Tests, Text
from grader.run.jobs import FactsMode, Job, Played, PlayedRun
from grader.submission import Submission
from grader.transcript import Transcript

_MOST_WAITING = 8
"""Submissions that may wait to be judged: a class that plays fast must not fill the memory."""

Judge = Callable[[Lab, Submission, str, Sequence[Transcript]], Grade]
"""Lab, submission, seed and transcripts to a grade."""

INTERNAL = Problem(
    code="internal",
    blame="ours",
    message=Text(
        {
            "fr": "Wiregrade a échoué sur ce dépôt. Ce n’est pas la faute de l’étudiant\u00a0: "
            "rien n’est compté.",
            "en": "Wiregrade failed on this submission. It is not the student's fault: "
            "nothing is counted.",
        }
    ),
)


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


@dataclass(frozen=True, kw_only=True)
class Done:
    """One submission is graded and written. `fault` is a traceback, where we failed."""

    grade: Grade
    taken_over: bool = False
    fault: str = ""
    untraced: str = ""
    """Why calls could not be traced, where they were to be."""


class Plays(Protocol):
    """What plays jobs: the engine."""

    def play(self, jobs: Iterable[Job]) -> Iterator[Played]:
        """Each job as it is done, in any order; jobs are pulled one by one."""
        ...


@dataclass(frozen=True)
class Waiting:
    """An entry of the submissions folder, to be read when its turn comes."""

    id: str
    name: str
    read: Callable[[], Submission]


@dataclass
class _Open:
    """A submission that is being played."""

    submission: Submission
    seed: str
    mark: str
    awaited: set[Tests]
    runs: list[PlayedRun] = field(default_factory=list)
    traced: list[PlayedRun] = field(default_factory=list)
    fault: str = ""


class Grading:
    """Grades into `folder`, with a lab and settings. `fresh`: nothing is taken over."""

    def __init__(
        self,
        folder: OutputFolder,
        source: LabSource,
        settings: Settings,
        judge: Judge,
        *,
        fresh: bool = False,
    ) -> None:
        self._folder = folder
        self._source = source
        self._settings = settings
        self._judge = judge
        self._fresh = fresh
        self._open: dict[str, _Open] = {}
        self._done: deque[Done | Future[Done]] = deque()
        lab = source.lab
        self._suffixes = {suffix for files in lab.roles.values() for suffix in files.suffixes}

    def grade(self, waiting: Iterable[Waiting], engine: Plays) -> Iterator[Done]:
        """Grade the entries, each yielded when it is written.

        Raises:
            OutputError: nothing more can be written.
            HostError: no run is possible on this machine.
        """
        # Whatever ends the grading: what was played is written before it is left.
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="judge") as finisher:
            for played in engine.play(self._jobs(waiting)):
                self._take(played, finisher)
                yield from self._drained(_MOST_WAITING)
            yield from self._drained(0)
            for left in list(self._open.values()):
                # The engine lost it without a word: our fault, told as such.
                yield self._fault(left, "the engine returned nothing for it")

    # --- what is to be played --------------------------------------------------------

    def _jobs(self, waiting: Iterable[Waiting]) -> Iterator[Job]:
        for entry in waiting:
            opened = self._read(entry)
            if not self._fresh and self._take_over(opened):
                continue
            try:
                jobs = jobs_of(
                    self._source.lab, opened.submission, opened.seed, self._settings.certify,
                    sweep=self._settings.sweep,
                )  # fmt: skip
            except Exception:
                self._done.append(self._fault(opened, traceback.format_exc()))
                continue
            opened.awaited = {job.role for job in jobs}
            if jobs:
                self._open[entry.id] = opened
                yield from (replace(job, strace=self._settings.strace) for job in jobs)
            else:
                self._done.append(self._finish(opened))

    def _read(self, entry: Waiting) -> _Open:
        fault = ""
        try:
            submission = entry.read()
        except Exception:
            # Reading never fails for what was handed in: this is ours.
            fault = traceback.format_exc()
            submission = failed(entry.id, entry.name)
        seed = seed_for(self._source.lab, submission, self._settings.seed)
        mark = self._mark(submission)
        return _Open(submission, seed, mark, awaited=set(), fault=fault)

    def _mark(self, submission: Submission) -> str:
        options = [part for item in sorted(self._settings.options.items()) for part in item]
        digest = self._source.digest
        return saved.fingerprint(__version__, digest, submission.digest, submission.name, *options)

    def _take_over(self, opened: _Open) -> bool:
        """Whether a result of before still holds; then it is judged and written, not played."""
        identifier = opened.submission.id
        found = saved.load(self._folder, identifier)
        if found is None or found.fingerprint != opened.mark:
            return False
        if self._folder.read(f"{identifier}/result.json") is None:
            return False
        if self._settings.strace is not None and found.runs and not found.traced:
            return False
        try:
            done = rejudge(self._folder, self._source, self._settings, self._judge, found)
        except (ValueError, LookupError):
            return False
        if not done.grade.complete:
            return False  # the machine failed it: now it may not
        self._done.append(replace(done, taken_over=True))
        return True

    # --- what was played ---------------------------------------------------------------

    def _take(self, played: Played, finisher: ThreadPoolExecutor) -> None:
        opened = self._open[played.key]
        opened.runs.extend(played.runs)
        opened.traced.extend(played.traced)
        opened.awaited.discard(played.role)
        if not opened.awaited:
            del self._open[played.key]
            self._done.append(finisher.submit(self._finish, opened))

    def _finish(self, opened: _Open) -> Done:
        """Judge and write; what fails here is our fault, and is nobody else's result."""
        submission = saved.bounded(opened.submission, self._suffixes)
        runs, traced = _servers_first(opened.runs), _servers_first(opened.traced)
        lab, fault = self._source.lab, opened.fault
        try:
            transcripts = [run.transcript for run in runs]
            grade = judged(self._judge, lab, submission, opened.seed, transcripts)
            shown = pages.pages_of(lab, self._settings, grade, submission, (*runs, *traced))
        except Exception:
            if traced:
                # Whatever is wrong with a trace, it costs nobody a grade.
                opened.traced.clear()
                return replace(self._finish(opened), fault=fault or traceback.format_exc())
            fault = fault or traceback.format_exc()
            grade = ungraded(lab, submission, opened.seed)
            shown = pages.pages_of(lab, self._settings, grade, submission, ())
        # In this order, cut off anywhere, it is not taken for a whole result.
        self._folder.remove(f"{submission.id}/result.json")
        self._folder.remove(submission.id)
        described = saved.describe(submission, opened.seed, opened.mark, runs, traced)
        saved.save(self._folder, submission, (*runs, *traced), described)
        pages.write(self._folder, submission.id, shown)
        return Done(grade=pages.slim(grade), fault=fault, untraced=untraced(traced))

    def _fault(self, opened: _Open, told: str) -> Done:
        """Write that we failed on this one, whatever it is."""
        self._open.pop(opened.submission.id, None)
        blank = failed(opened.submission.id, opened.submission.name)
        done = self._finish(_Open(blank, opened.seed, opened.mark, set()))
        return replace(done, fault=told)

    def _drained(self, may_wait: int) -> Iterator[Done]:
        """What is done, in order; all but the last `may_wait` are awaited."""
        while self._done:
            first = self._done[0]
            if isinstance(first, Future):
                if not first.done() and len(self._done) <= may_wait:
                    return
                first = first.result()
            self._done.popleft()
            yield first


def rejudge(
    folder: OutputFolder,
    source: LabSource,
    settings: PageSettings,
    judge: Judge,
    found: saved.Saved,
) -> Done:
    """Judge what was saved, and write its pages again; nothing is run.

    Raises:
        ValueError: what was saved is not whole any more.
    """
    submission = saved.submission_of(folder, found)
    runs = saved.runs_of(folder, found)
    transcripts = [run.transcript for run in runs]
    grade = judged(judge, source.lab, submission, found.seed, transcripts)
    traced = saved.traced_of(folder, found)
    shown = pages.pages_of(source.lab, settings, grade, submission, (*runs, *traced))
    pages.write(folder, found.id, shown)
    return Done(grade=pages.slim(grade))


def untraced(traced: Iterable[PlayedRun]) -> str:
    """Why the calls of these runs could not be traced; empty: they could."""
    return next(filter(None, (run.transcript.end.problem for run in traced)), "")


def _servers_first(runs: Iterable[PlayedRun]) -> tuple[PlayedRun, ...]:
    return tuple(sorted(runs, key=lambda run: run.transcript.header.role != "server"))


def judged(
    judge: Judge, lab: Lab, submission: Submission, seed: str, transcripts: Sequence[Transcript]
) -> Grade:
    """Judge a submission, unless we failed on it before there was anything to judge."""
    if submission.problem == INTERNAL:
        return ungraded(lab, submission, seed)
    return judge(lab, submission, seed, transcripts)


def failed(identifier: str, name: str) -> Submission:
    """A submission that we could not deal with."""
    return Submission(
        id=identifier,
        name=name,
        files=(),
        programs=Programs(server=None, client=None),
        digest="",
        problem=INTERNAL,
    )


def ungraded(lab: Lab, submission: Submission, seed: str) -> Grade:
    """The grade of a submission that we failed to judge: nothing counts, and it says so."""
    criteria = tuple(
        Judged(
            criterion=criterion,
            status=Status.NOT_RUN,
            points=Fraction(0),
            findings=(),
            diagnoses=(),
        )
        for criterion in lab.criteria
        if criterion.enabled
    )
    return Grade(
        id=submission.id, name=submission.name, seed=seed, programs=submission.programs,
        score=Fraction(0), max_score=Fraction(0), complete=False, criteria=criteria, advice=(),
        runs=(), diagnoses=(), remarks=submission.remarks, problem=INTERNAL,
    )  # fmt: skip


def marker_of(source: LabSource, settings: Settings) -> Marker:
    """What the output folder says of itself."""
    return Marker(
        tool=__version__,
        lab=source.lab.id,
        lab_digest=source.digest,
        lab_files=source.texts,
        options=settings.options,
        language=settings.language,
    )
