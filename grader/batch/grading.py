"""Grades a class: what has changed is played, everything is judged and written as it is done.

One submission is in memory from the moment it is read until its pages are written, so a
class may be as big as it likes. Judging and writing are one thread's work, so that meanwhile
the next runs are handed out. A submission is done when `OUT/<id>/result.json` is there:
it is written last, after all that it speaks of. Whatever fails while one submission is dealt
with, our bugs included, is its `not_run` and nobody else's; only a disk that takes nothing
more, or a machine that can run nothing, ends the batch.
"""

from __future__ import annotations

import hashlib
import traceback
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from functools import partial

from grader import __version__
from grader.batch import adjustments, earlier, kept, pages, saved
from grader.batch.alike import Alike
from grader.batch.aside import set_aside
from grader.batch.copies import Copies, Owner
from grader.batch.earlier import Earlier, Shown
from grader.batch.entry import Done, Handed, Open, Settings, Waiting
from grader.batch.faults import FaultLog, failed, internal, ungraded, why_incomplete
from grader.batch.index import Index
from grader.batch.judging import Judge, judged, judged_again, untraced
from grader.batch.keys import Marks, RunKeys
from grader.batch.known import Files, Known, files_of
from grader.batch.output import Marker, OutputError, OutputFolder
from grader.batch.pages import PageSettings
from grader.batch.plan import LabSource, jobs_of, seed_for
from grader.batch.twins import Twins
from grader.judge.model import Grade, Problem
from grader.run.errors import HostError
from grader.run.jobs import NOTHING, Job, Played, Plays, Run
from grader.run.meter import OFF, Meter
from grader.run.spool import Spool
from grader.submission import Submission

__all__ = ["Done", "Grading", "Settings", "Waiting", "is_alone", "marker_of", "rejudge"]

_MOST_WAITING = 8
"""Submissions that may wait to be judged: a class that plays fast must not fill the memory."""
_MOST_COPIES = 64
"""Copies that may wait to be written: an interrupt waits for them."""


class Grading:
    """Grades into `folder`, with a lab and settings. `fresh`: nothing is taken over.

    `sharing`: what is the same is played and judged once, within a class and from one run to the
    next. `given` is, by id, what a person gave points for, as text. `meter` hears of each phase.
    """

    def __init__(
        self,
        folder: OutputFolder,
        source: LabSource,
        settings: Settings,
        judge: Judge,
        *,
        fresh: bool = False,
        sharing: bool = True,
        given: Mapping[str, str] | None = None,
        index: Index | None = None,
        meter: Meter = OFF,
        some_only: bool = False,
    ) -> None:
        """`some_only`: of a class whose list stays."""
        self._meter = meter
        self._begun = some_only
        self._folder = folder
        self._source = source
        self._settings = settings
        self._judge = judge
        self._fresh = fresh
        self._alone = is_alone(settings)
        self._sharing = sharing and not self._alone
        self._kept_too = sharing
        self._log = FaultLog(folder)
        self._spool = Spool(folder.path)
        self._open: dict[str, Open] = {}
        self._done: deque[Done | Future[Done | Waiting]] = deque()
        self._handing: Done | Waiting | None = None
        """What was yielded last, or is just being: an interrupt may come in between."""
        self._last: Future[Done | Waiting] | None = None
        """What the thread that judges and writes was given last."""
        self._shown = Shown(settings=settings, given=given or {})
        self._alike = Alike()
        self._known = None
        if index is not None and self._sharing:
            self._known = Known(folder, index, source.lab, self._shown.of, self._alike)
        self._marks = Marks(__version__, source.digest, settings.options)
        self._keys = RunKeys(__version__, settings.options)
        self._earlier = Earlier(folder, source, self._shown, judge, self._spool)
        self._twins = Twins(folder, self._marks.content)
        self._copies = Copies(folder, source, self._shown, judge, self._twins, self._alike)
        self._all_known = fresh
        self._leads: dict[str, str] = {}
        """Id -> content of what is being graded for itself and whoever handed in the same."""
        self._followers: dict[str, list[tuple[Waiting, Owner]]] = {}
        self._again: list[Waiting] = []
        lab = source.lab
        self._suffixes = {suffix for files in lab.roles.values() for suffix in files.suffixes}

    @property
    def distrusted(self) -> Sequence[str]:
        """Ids of results that were not taken over as they were: files of theirs were changed."""
        return self._earlier.distrusted

    def grade(self, waiting: Iterable[Waiting], engine: Plays) -> Generator[Done, None, None]:
        """Grade the entries, each yielded when it is written.

        Raises:
            OutputError: nothing more can be written.
            HostError: no run is possible on this machine.
        """
        # Whatever ends the grading: what was played is written before it is left.
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="judge") as finisher:
            entries: Iterable[Waiting] | None = waiting
            while entries:
                for played in engine.play(self._jobs(entries, finisher)):
                    if played is not NOTHING:
                        self._take(played, finisher)
                    yield from self._drained(_MOST_WAITING, finisher)
                yield from self._drained(0, finisher)
                for left in list(self._open.values()):
                    # The engine lost it without a word: our fault, told as such.
                    self._done.append(self._fault(left, "the engine returned nothing for it"))
                yield from self._drained(0, finisher)
                entries, self._again = self._again, []

    # --- what is to be played --------------------------------------------------------

    def _jobs(self, waiting: Iterable[Waiting], finisher: ThreadPoolExecutor) -> Iterator[Job]:
        for entry in waiting:
            with self._meter.of("known", entry.id):
                handed = self._handed(entry)
                unchanged = self._unchanged(entry, handed)
            if unchanged:
                continue
            self._begin()
            with self._meter.of("read", entry.id):
                opened = replace(self._read(entry), handed=handed)
            if not self._fresh:
                with self._meter.of("known", entry.id):
                    known = self._take_over(opened)
                if known:
                    continue
            if self._sharing and not opened.fault and self._shares(entry, opened, finisher):
                self._hold_back()
                continue
            try:
                jobs = self._jobs_of(opened)
            except Exception:
                self._done.append(self._fault(opened, traceback.format_exc()))
                continue
            opened.awaited = {job.role for job in jobs}
            if jobs:
                self._open[entry.id] = opened
                yield from jobs
            else:
                self._later(finisher, partial(self._finish, opened))

    def _begin(self) -> None:
        """Something may be written anew: until all is there, nothing says that all is."""
        if not self._begun:
            self._folder.remove("results.json")
            self._begun = True

    def _handed(self, entry: Waiting) -> Handed:
        """What is known of the entry before it is read; a fault of ours there costs a read."""
        try:
            return self._known.handed(entry) if self._known else Handed()
        except Exception:
            return Handed()

    def _unchanged(self, entry: Waiting, handed: Handed) -> bool:
        """Whether stamps tell that its result of before holds: then nothing is even read."""
        if self._known is None or self._fresh:
            return False
        try:
            grade = self._known.grade(entry, handed)
        except Exception:
            return False  # looked at, it is told where that fails, too
        if grade is not None:
            self._done.append(Done(grade=grade, taken_over=True))
        return grade is not None

    def _noted(self, done: Done, handed: Handed, files: Files | None, shape: bytes = b"") -> Done:
        """Tell the next run by what to know that this result is unchanged."""
        if self._known is not None and not done.fault:
            self._known.note(done.grade, handed, files, shape)
        return done

    def _hold_back(self) -> None:
        """Read no faster than copies are written, which is done in order."""
        if len(self._done) > _MOST_COPIES and isinstance(
            early := self._done[-_MOST_COPIES], Future
        ):
            wait((early,))

    def undelivered(self) -> Iterator[Done]:
        """After whatever ended the grading: what is written and may not have been taken."""
        for one in (*((self._handing,) if isinstance(self._handing, Done) else ()), *self._done):
            if isinstance(one, Done):
                yield one
            elif one.done() and not one.cancelled() and one.exception() is None:
                done = one.result()
                if isinstance(done, Done):
                    yield done

    def settle(self) -> None:
        """All is written: what the next run is to know is kept."""
        if self._known is not None:
            self._known.settle()

    def _jobs_of(self, opened: Open) -> list[Job]:
        """What is to be played; with the runs of before that still hold."""
        settings, submission = self._settings, opened.submission
        jobs = jobs_of(
            self._source.lab, submission, opened.seed, settings.certify, sweep=settings.sweep
        )
        if self._alone:
            return [replace(job, strace=settings.strace) for job in jobs]
        opened.keys = {
            scenario.id: self._keys.of(job, scenario, submission.digest)
            for job in jobs
            for scenario in job.scenarios
        }
        if self._fresh or not self._sharing:
            return list(jobs)
        known = self._earlier.runs(submission, opened.keys)
        return [replace(job, known=known) for job in jobs]

    def _shares(self, entry: Waiting, opened: Open, finisher: ThreadPoolExecutor) -> bool:
        """Whether somebody else's result is this one's, too: copied now, or when it is there."""
        content = self._marks.content(opened.submission)
        owner = Owner.of(opened.submission, opened.mark, opened.handed)
        if content in self._followers:
            self._followers[content].append((entry, owner))
            return True
        if not self._all_known:
            self._all_known = True
            self._twins.know_all()
        if self._twins.knows(content, entry.id):
            self._copy_soon(content, entry, owner, finisher)
            return True
        self._leads[entry.id] = content
        self._followers[content] = []
        return False

    def _copy_soon(
        self, content: str, entry: Waiting, owner: Owner, finisher: ThreadPoolExecutor
    ) -> None:
        """In its turn; at once where nothing waits: handing it over would take as long again."""
        if self._is_writing() or not self._copies.is_at_hand(content):
            self._later(finisher, partial(self._copy, content, entry, owner))
            return
        done = self._copy(content, entry, owner)
        if isinstance(done, Waiting):
            self._again.append(done)
        else:
            self._done.append(done)

    def _later(self, finisher: ThreadPoolExecutor, work: Callable[[], Done | Waiting]) -> None:
        """Have it done by the one thread that judges and writes, in turn."""
        self._last = finisher.submit(work)
        self._done.append(self._last)

    def _is_writing(self) -> bool:
        """Whether that thread has something to do: it does one thing after the other."""
        return self._last is not None and not self._last.done()

    def _copy(self, content: str, entry: Waiting, owner: Owner) -> Done | Waiting:
        """Write what somebody else has; the entry itself where that could not be done."""
        try:
            with self._meter.of("copy", entry.id):
                copied = self._copies.copy(content, owner)
        except OutputError:
            raise
        except Exception:
            self._log.tell(entry.id, traceback.format_exc())
            copied = None
        if copied is None:
            self._copies.distrust(content)
            return entry
        return self._noted(Done(grade=copied.grade), owner.handed, copied.files, copied.shape)

    def _settle(self, done: Done, finisher: ThreadPoolExecutor) -> None:
        """Who handed in the same gets the same; after a fault of ours each for themselves."""
        content = self._leads.pop(done.grade.id, None)
        if content is None:
            return
        followers = self._followers.pop(content)
        if done.grade.complete and not done.fault:
            self._twins.know(content, done.grade.id)
            for one in followers:
                self._later(finisher, partial(self._copy, content, *one))
        else:
            self._again.extend(entry for entry, _ in followers)

    def _read(self, entry: Waiting) -> Open:
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

    def _opened(self, submission: Submission) -> Open:
        seed = seed_for(self._source.lab, submission, self._settings.seed)
        return Open(submission, seed, self._marks.of(submission), set())

    def _take_over(self, opened: Open) -> bool:
        """Whether a result of before still holds; then nothing is played."""
        # Before it is compared: what is changed meanwhile has another stamp.
        files = files_of(self._folder, opened.submission.id) if self._known else None
        grade = self._earlier.taken_over(
            opened.submission.id, opened.mark,
            traced=self._settings.strace is not None, kept_too=self._kept_too,
        )  # fmt: skip
        if grade is None:
            return False
        as_it_was = not self._earlier.is_distrusted(opened.submission.id)
        done = Done(grade=grade, taken_over=as_it_was)
        self._done.append(self._noted(done, opened.handed, files))
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
            self._later(finisher, partial(self._finish, opened))

    def _finish(self, opened: Open) -> Done:
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

    def _with_faults(self, opened: Open, told: str) -> str:
        """What is told, with what the workers said; alone that is for the log only."""
        said = "\n".join(dict.fromkeys(opened.faults))
        if told:
            return f"{said}\n{told}"
        self._log.tell(opened.submission.id, said)
        return ""

    def _graded(self, opened: Open) -> Done:
        submission = saved.bounded(opened.submission, self._suffixes)
        runs, traced = _servers_first(opened.runs), _servers_first(opened.traced)
        meter, identifier = self._meter, submission.id
        with meter.of("judge", identifier):
            grade = judged(self._judge, self._source, submission, opened.seed, runs)
        with meter.of("page", identifier):
            shown = pages.pages_of(
                self._source.lab, self._settings, grade, submission, (*runs, *traced)
            )
        with meter.of("files", identifier):
            written = self._keep(opened, submission, shown, runs, traced)
            earlier.keep(self._folder, self._shown, grade, opened.mark, written, shown)
        done = Done(grade=pages.slim(grade), fault=opened.fault, untraced=untraced(traced))
        files = files_of(self._folder, submission.id) if self._known else None
        return self._noted(done, opened.handed, files)

    def _fault(self, opened: Open, told: str) -> Done:
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
        opened: Open,
        submission: Submission,
        shown: dict[str, bytes],
        runs: Sequence[Run] = (),
        traced: Sequence[Run] = (),
    ) -> str:
        """Write it all; the sum of `submission.json`."""
        self._copies.forget(submission.id)
        # In this order, cut off anywhere, it is not taken for a whole result.
        self._folder.remove(f"{submission.id}/result.json")
        self._folder.remove(submission.id)
        described = saved.describe(submission, opened.seed, opened.mark, runs, traced, opened.keys)
        written = saved.save(self._folder, submission, (*runs, *traced), described)
        pages.write(self._folder, submission.id, shown)
        return hashlib.sha256(saved.encoded(written)).hexdigest()

    def _drained(self, may_wait: int, finisher: ThreadPoolExecutor) -> Iterator[Done]:
        """What is done, in order; all but the last `may_wait` are awaited."""
        while self._done:
            first = self._done[0]
            if isinstance(first, Future):
                if not first.done() and len(self._done) <= may_wait:
                    return
                done = first.result()
            else:
                done = first
            self._handing = done
            self._done.popleft()
            if isinstance(done, Waiting):
                self._again.append(done)
            else:
                self._settle(done, finisher)
                grade = self._alike.grade(done.grade)
                yield done if grade is done.grade else replace(done, grade=grade)


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
    before = kept.give_way(folder, found.id, shown)
    pages.write(folder, found.id, shown)
    if before is not None and kept.can_be_kept(grade):
        given = {one.criterion.id: one.adjusted for one in grade.criteria if one.adjusted}
        by = kept.shown_by(settings.language, adjustments.as_text(given))
        kept.keep(folder, kept.describe(grade, before.mark, by, before.saved, shown))
    return Done(grade=pages.slim(grade))


def is_alone(settings: Settings) -> bool:
    """Repeats, sweeps and traces are asked for to be seen: each submission has its own."""
    return settings.certify > 1 or settings.sweep or settings.strace is not None


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
