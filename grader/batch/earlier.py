"""What an earlier run left in the folder, and what of it still holds.

A result of the same bytes, lab, version and options is taken over, its files compared with
their sums; where only some scenarios are others now, the runs of the rest are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

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

_UNPLAYED = ("skipped", "not_run")


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
        self.distrusted: list[str] = []
        """Who had a result of the same mark whose files are not as they were written."""

    def taken_over(
        self, identifier: str, mark: str, *, traced: bool, kept_too: bool
    ) -> Grade | None:
        """The grade, if a result of before still holds; slim. None: it is to be played.

        It does not hold where a file of it is gone, torn or was changed since. `traced`: only
        where its calls were traced. `kept_too`: what `kept.json` says need not be judged again.

        Raises:
            OutputError: its pages cannot be written.
        """
        try:
            found = saved.load(self._folder, identifier)
            if found is None or found.fingerprint != mark:
                return None
            if traced and found.runs and not found.traced:
                return None
            grade = self._kept(found) if kept_too else None
            return grade or self._judged(found)
        except OutputError:
            raise
        except Exception:
            return None  # played again, it is told where that fails, too

    def _kept(self, found: saved.Saved) -> Grade | None:
        there = kept.load(self._folder, found.id)
        if there is None:
            return None
        if (there.mark, there.shown) != (found.fingerprint, self._shown.of(found.id)):
            return None
        if not kept.is_whole(self._folder, there, found):
            return None
        return kept.grade_of(there, self._source.lab)

    def _judged(self, found: saved.Saved) -> Grade | None:
        """Judge what was saved, and write its pages again."""
        whole = saved.is_whole(self._folder, found)
        if not whole or self._folder.read(f"{found.id}/result.json") is None:
            self.distrusted.append(found.id)
            return None
        settings = self._shown.settings
        grade, made = judged_again(self._folder, self._source, settings, self._judge, found)
        if not grade.complete:
            return None  # the machine failed it: now it may not
        pages.write(self._folder, found.id, made)
        written = self._folder.digest(f"{found.id}/submission.json") or ""
        keep(self._folder, self._shown, grade, found.fingerprint, written, made)
        return pages.slim(grade)

    def runs(self, submission: Submission, keys: Mapping[str, str]) -> dict[str, list[Run]]:
        """Runs of before, by scenario, of the scenarios that had these very `keys`.

        They come out of the folder, which is written anew. One whose transcript or capture is
        not as it was written is left out.
        """
        found = saved.load(self._folder, submission.id)
        if found is None or found.digest != submission.digest:
            return {}
        same = {name for name, key in keys.items() if found.keys.get(name) == key}
        if not same:
            return {}
        try:
            gone, changed = saved.altered(self._folder, found)
            bad = {*gone, *changed}
            runs: defaultdict[str, list[Run]] = defaultdict(list)
            for name in found.runs:
                files = {f"runs/{name}.jsonl", f"runs/{name}.pcapng"}
                if files & bad or f"runs/{name}.jsonl" not in found.artifacts:
                    continue
                run = saved.run_of(self._folder, found, name)
                scenario = run.header.scenario
                if scenario in same and run.end.outcome not in _UNPLAYED:
                    runs[scenario].append(stored(run, self._spool))
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
