"""What an earlier run left in the folder, and what of it still holds.

A result of the same bytes, lab, version and options is taken over, its files compared with
their sums; where only some scenarios are others now, the runs of the rest are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from grader.batch import kept, pages, saved
from grader.batch.judging import Judge, judged_again
from grader.batch.output import OutputError, OutputFolder
from grader.batch.pages import PageSettings
from grader.batch.plan import LabSource
from grader.judge.model import Grade
from grader.run.jobs import Run
from grader.run.spool import Spool
from grader.run.stored import stored
from grader.submission import Submission
from grader.transcript import UNPLAYED


class _Result(msgspec.Struct, frozen=True):
    """Of result.json only that."""

    complete: bool = True


@dataclass(frozen=True, kw_only=True)
class Shown:
    """How pages are made, and with whose points by hand: what a result on paper depends on."""

    settings: PageSettings
    given: Mapping[str, str]
    """By id: what a person gave, as text."""

    def of(self, identifier: str) -> str:
        """One text for all of that."""
        return kept.shown_by(self.settings.language, self.given.get(identifier, ""))


class Earlier:
    """Looks at what is there, one submission at a time."""

    def __init__(
        self, folder: OutputFolder, source: LabSource, shown: Shown, judge: Judge, spool: Spool
    ) -> None:
        self._folder = folder
        self._source = source
        self._shown = shown
        self._judge = judge
        self._spool = spool
        self._distrusted: dict[str, None] = {}

    @property
    def distrusted(self) -> Sequence[str]:
        """Whose files are not as they were written."""
        return list(self._distrusted)

    def is_distrusted(self, identifier: str) -> bool:
        """Whether this one's files are not as they were written."""
        return identifier in self._distrusted

    def taken_over(
        self, identifier: str, mark: str, *, traced: bool, kept_too: bool
    ) -> Grade | None:
        """The grade, if a result of before still holds; slim. None: it is to be played.

        It does not hold where what it was judged from is gone, torn or was changed since; what
        judging made is made again then. `traced`: only where its calls were traced. `kept_too`:
        what `kept.json` says need not be judged again.

        Raises:
            OutputError: its pages cannot be written.
        """
        try:
            if kept.is_forged(self._folder, identifier):
                self._distrusted[identifier] = None
                return None
            found = of_before(self._folder, identifier, mark, traced=traced)
            if found is None:
                return None
            grade = self._kept(found)
            return grade if grade is not None and kept_too else self._judged(found)
        except OutputError:
            raise
        except Exception:
            return None  # played again, it is told where that fails, too

    def _kept(self, found: saved.Saved) -> Grade | None:
        """The grade that is told by `kept.json`, if all files are as that says.

        Pages in another language, or of other points by hand, are no sign of a change.
        """
        there = kept.load(self._folder, found.id)
        if there is None and kept.is_altered(self._folder, found.id):
            self._distrusted[found.id] = None
        if there is None or there.mark != found.fingerprint:
            return None
        same = there.shown == self._shown.of(found.id)
        if same and kept.is_whole(self._folder, there, found):
            return kept.grade_of(there, self._source.lab)
        if same:
            self._distrusted[found.id] = None
        return None

    def _judged(self, found: saved.Saved) -> Grade | None:
        """Judge what was saved, and write its pages again."""
        if not is_finished(self._folder, found):
            self._distrusted[found.id] = None
            return None
        settings = self._shown.settings
        grade, made = judged_again(self._folder, self._source, settings, self._judge, found)
        if not grade.complete:
            return None  # the machine failed it: now it may not
        kept.give_way(self._folder, found.id, made)
        pages.write(self._folder, found.id, made)
        written = self._folder.digest(f"{found.id}/submission.json") or ""
        keep(self._folder, self._shown, grade, found.fingerprint, written, made)
        return pages.slim(grade)

    def runs(self, submission: Submission, keys: Mapping[str, str]) -> dict[str, list[Run]]:
        """Runs of before, by scenario, of the scenarios that had these very `keys`.

        They come out of the folder, which is written anew.
        """
        held = runs_that_hold(self._folder, submission, keys)
        try:
            return {
                scenario: [stored(run, self._spool) for run in runs]
                for scenario, runs in held.items()
            }
        except (OSError, ValueError):
            return {}


def of_before(
    folder: OutputFolder, identifier: str, mark: str, *, traced: bool
) -> saved.Saved | None:
    """What is saved under that id, where that is of this very submission, lab and options.

    `traced`: only where its calls were traced. Whether its files are whole is another question.
    """
    found = saved.load(folder, identifier)
    if found is None or found.fingerprint != mark:
        return None
    return None if traced and found.runs and not found.traced else found


def is_finished(folder: OutputFolder, found: saved.Saved) -> bool:
    """Whether all that it was judged from is there as it was written, and its result, too.

    Raises:
        ValueError: `submission.json` was edited since.
    """
    whole = saved.is_whole(folder, found)
    return whole and folder.read(f"{found.id}/result.json") is not None


def was_complete(folder: OutputFolder, identifier: str) -> bool:
    """Whether all could be judged, as its `result.json` says: else the next run tries again."""
    try:
        told = msgspec.json.decode(folder.read(f"{identifier}/result.json") or b"", type=_Result)
    except msgspec.DecodeError:  # torn: judged again, from the same runs
        return True
    return told.complete


def runs_that_hold(
    folder: OutputFolder, submission: Submission, keys: Mapping[str, str]
) -> dict[str, list[Run]]:
    """Runs of before, by scenario, of the scenarios that had these very `keys`, where they lie.

    One whose transcript or capture is not as it was written is left out.
    """
    found = saved.load(folder, submission.id)
    if found is None or found.digest != submission.digest or kept.is_forged(folder, found.id):
        return {}
    same = {name for name, key in keys.items() if found.keys.get(name) == key}
    if not same:
        return {}
    try:
        gone, changed = saved.altered(folder, found)
        bad = {*gone, *changed}
        runs: defaultdict[str, list[Run]] = defaultdict(list)
        for name in found.runs:
            files = {f"runs/{name}.jsonl", f"runs/{name}.pcapng"}
            if files & bad or f"runs/{name}.jsonl" not in found.artifacts:
                continue
            run = saved.run_of(folder, found, name)
            if run.header.scenario in same and run.end.outcome not in UNPLAYED:
                runs[run.header.scenario].append(run)
    except (OSError, ValueError):
        return {}
    return dict(runs)


def keep(
    folder: OutputFolder,
    shown: Shown,
    grade: Grade,
    mark: str,
    saved_sum: str,
    made: Mapping[str, bytes],
) -> None:
    """Write what the next run needs to take it over; nothing where it may not.

    `saved_sum` is the hex SHA-256 of `submission.json`, `made` what judging wrote beside it.

    Raises:
        CannotWriteError: no space, no permission.
    """
    if kept.can_be_kept(grade):
        kept.keep(folder, kept.describe(grade, mark, shown.of(grade.id), saved_sum, made))
    else:
        folder.remove(f"{grade.id}/{kept.KEPT}")
