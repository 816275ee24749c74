"""Grades a class: what has changed is played, everything is judged and written as it is done.

One submission is in memory from the moment it is read until its pages are written, so a
class may be as big as it likes. Judging and writing are one thread's work, so that meanwhile
the next runs are handed out. A submission is done when `OUT/<id>/result.json` is there:
it is written last, after all that it speaks of. Whatever fails while one submission is dealt
with, our bugs included, is its `not_run` and nobody else's; only a disk that takes nothing
more, or a machine that can run nothing, ends the batch.
"""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from grader import __version__
from grader.batch import pages, saved
from grader.batch.aside import set_aside
from grader.batch.faults import FaultLog, failed, internal, ungraded, why_incomplete
from grader.batch.judging import Judge, judged, judged_again, untraced
from grader.batch.output import Marker, OutputError, OutputFolder
from grader.batch.pages import PageSettings
from grader.batch.plan import LabSource, jobs_of, seed_for
from grader.judge.model import Grade, Problem
from grader.lab.model import Tests
from grader.run.errors import HostError
from grader.run.jobs import FactsMode, Job, Played, Plays, Run
from grader.run.spool import Spool
from grader.submission import Submission

_MOST_WAITING = 8
"""Submissions that may wait to be judged: a class that plays fast must not fill the memory."""


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
    runs: list[Run] = field(default_factory=list)
    traced: list[Run] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    """Tracebacks of workers that broke off over it; others may have played it all the same."""
    fault: str = ""
    """A traceback, where reading it failed: there is nothing to judge."""
    reference: str = ""


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
        self._log = FaultLog(folder)
        self._spool = Spool(folder.path)
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
        try:
            return self._opened(set_aside(entry.read(), self._spool))
        except HostError:
            raise
        except Exception:
            # Reading never fails for what was handed in: this is ours.
            told = traceback.format_exc()
        reference = self._log.tell(entry.id, told)
        opened = self._opened(failed(entry.id, entry.name, internal(reference)))
        return replace(opened, fault=told, reference=reference)

    def _opened(self, submission: Submission) -> _Open:
        seed = seed_for(self._source.lab, submission, self._settings.seed)
        return _Open(submission, seed, self._mark(submission), set())

    def _mark(self, submission: Submission) -> str:
        options = self._settings.options
        return saved.mark_of(__version__, self._source.digest, options, submission)

    def _take_over(self, opened: _Open) -> bool:
        """Whether a result of before still holds; then it is judged and written, not played.

        It does not where a file of it is gone, torn or was changed since.
        """
        identifier = opened.submission.id
        try:
            found = saved.load(self._folder, identifier)
            if found is None or found.fingerprint != opened.mark:
                return False
            if self._folder.read(f"{identifier}/result.json") is None:
                return False
            if not saved.is_whole(self._folder, found):
                return False
            if self._settings.strace is not None and found.runs and not found.traced:
                return False
            done = rejudge(self._folder, self._source, self._settings, self._judge, found)
        except OutputError:
            raise
        except Exception:
            return False  # played again, it is told where that fails, too
        if not done.grade.complete:
            return False  # the machine failed it: now it may not
        self._done.append(replace(done, taken_over=True))
        return True

    # --- what was played ---------------------------------------------------------------

    def _take(self, played: Played, finisher: ThreadPoolExecutor) -> None:
        opened = self._open[played.key]
        opened.runs.extend(played.runs)
        opened.traced.extend(played.traced)
        opened.faults.extend(played.faults)
        opened.awaited.discard(played.role)
        if not opened.awaited:
            del self._open[played.key]
            self._done.append(finisher.submit(self._finish, opened))

    def _finish(self, opened: _Open) -> Done:
        """Judge and write; what fails here is our fault, and is nobody else's result."""
        try:
            done = self._graded(opened)
        except OutputError:
            raise
        except Exception:
            told = traceback.format_exc()
            if not opened.traced:
                return self._fault(opened, told)
            # Whatever is wrong with a trace, it costs nobody a grade.
            opened.traced.clear()
            done = replace(self._finish(opened), fault=told)
        told = done.fault or why_incomplete(done.grade)
        if opened.faults:
            told = self._with_faults(opened, told)
        if told:
            reference = opened.reference or self._log.tell(done.grade.id, told)
            return replace(done, fault=told, reference=reference)
        return done

    def _with_faults(self, opened: _Open, told: str) -> str:
        """What is told, with what the workers said; alone that is for the log only."""
        said = "\n".join(dict.fromkeys(opened.faults))
        if told:
            return f"{said}\n{told}"
        self._log.tell(opened.submission.id, said)
        return ""

    def _graded(self, opened: _Open) -> Done:
        submission = saved.bounded(opened.submission, self._suffixes)
        runs, traced = _servers_first(opened.runs), _servers_first(opened.traced)
        grade = judged(self._judge, self._source, submission, opened.seed, runs)
        shown = pages.pages_of(
            self._source.lab, self._settings, grade, submission, (*runs, *traced)
        )
        self._keep(opened, submission, shown, runs, traced)
        return Done(grade=pages.slim(grade), fault=opened.fault, untraced=untraced(traced))

    def _fault(self, opened: _Open, told: str) -> Done:
        """Write that we failed on this one; its runs are kept where they can be."""
        identifier = opened.submission.id
        self._open.pop(identifier, None)
        reference = opened.reference or self._log.tell(identifier, told)
        problem = internal(reference)
        try:
            whole = saved.bounded(opened.submission, self._suffixes)
            grade = self._ungraded(whole, opened.seed, problem)
            shown = pages.pages_of(self._source.lab, self._settings, grade, whole, ())
            self._keep(opened, whole, shown, _servers_first(opened.runs))
        except OutputError:
            raise
        except Exception:
            # Nothing of the submission itself: that may be what cannot be written.
            blank = failed(identifier, opened.submission.name, problem)
            grade = self._ungraded(blank, opened.seed, problem)
            shown = pages.plain(self._source.lab, self._settings, grade)
            self._keep(opened, blank, shown)
        return Done(grade=pages.slim(grade), fault=opened.fault or told, reference=reference)

    def _ungraded(self, submission: Submission, seed: str, problem: Problem) -> Grade:
        grade = ungraded(self._source.lab, submission, seed, problem)
        return replace(grade, digests=self._source.digests(submission))

    def _keep(
        self,
        opened: _Open,
        submission: Submission,
        shown: dict[str, bytes],
        runs: Sequence[Run] = (),
        traced: Sequence[Run] = (),
    ) -> None:
        # In this order, cut off anywhere, it is not taken for a whole result.
        self._folder.remove(f"{submission.id}/result.json")
        self._folder.remove(submission.id)
        described = saved.describe(submission, opened.seed, opened.mark, runs, traced)
        saved.save(self._folder, submission, (*runs, *traced), described)
        pages.write(self._folder, submission.id, shown)

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
    grade, shown = judged_again(folder, source, settings, judge, found)
    pages.write(folder, found.id, shown)
    return Done(grade=pages.slim(grade))


def _servers_first(runs: Iterable[Run]) -> tuple[Run, ...]:
    return tuple(sorted(runs, key=lambda run: run.header.role != "server"))


def marker_of(source: LabSource, settings: Settings, shard: str = "") -> Marker:
    """What the output folder says of itself."""
    return Marker(
        tool=__version__,
        lab=source.lab.id,
        lab_digest=source.digest,
        lab_files=source.texts,
        options=settings.options,
        language=settings.language,
        shard=shard,
    )
