"""Copies of reports to hand out: one folder for each student, with nothing in it of others.

What students may not see (`grader.lab.visibility`) is in none of the copy's bytes: the page and
result.json are made without it, transcripts and captures of hidden runs are not copied, those of
the others lose the messages that only hidden scenarios use. Neither the lab nor what `report`
would need is there: a copy is for reading.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from grader import __version__
from grader import transcript as tr
from grader.batch import pages, saved
from grader.batch.judging import Judge, judged
from grader.batch.output import (
    LOCK,
    MARKER,
    STUDENTS,
    Marker,
    NotOursError,
    OutputFolder,
    is_for_students,
)
from grader.batch.pages import PageSettings
from grader.batch.plan import LabSource
from grader.intake.discover import holds_own_number
from grader.judge.withheld import withheld
from grader.lab.visibility import for_students
from grader.run.causes import Causes
from grader.run.jobs import Run

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The time of every member: the same copy is the same bytes."""
_CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Handout:
    """What the copies are made of: a graded folder, its lab, and whether the date has passed."""

    folder: OutputFolder
    source: LabSource
    settings: PageSettings
    judge: Judge
    due_passed: bool

    def files(self, found: saved.Saved) -> Iterator[tuple[str, Iterable[bytes]]]:
        """A student's files by name and in parts, result.json last.

        Raises:
            ValueError: what was saved is not whole any more.
        """
        submission = saved.submission_of(self.folder, found)
        runs = saved.runs_of(self.folder, found)
        shown_lab = for_students(self.source.lab, due_passed=self.due_passed)
        shown_source = replace(self.source, lab=shown_lab)
        shown_runs = tuple(self._shown(runs, shown_source))
        traced = tuple(self._shown(saved.traced_of(self.folder, found), shown_source))
        whole, shown = (
            judged(self.judge, source, submission, found.seed, of)
            for source, of in ((self.source, runs), (shown_source, shown_runs))
        )
        digests = self.source.digests(submission)
        grade = replace(withheld(whole, shown), digests=digests)
        kept = (*shown_runs, *traced)
        made = pages.pages_of(shown_lab, self.settings, grade, submission, kept, class_page=None)
        for played in kept:
            yield f"runs/{played.header.run}.jsonl", (tr.dump(played.read()),)
            if played.has_wire:
                yield f"runs/{played.header.run}.pcapng", played.wire()
        for file in submission.files:
            yield f"source/{found.sources[file.path]}", (file.data,)
        yield from ((name, (data,)) for name, data in made.items())

    def _shown(self, runs: Iterable[Run], source: LabSource) -> Iterator[Run]:
        """The runs of scenarios that are shown, without the texts that only others have."""
        scenarios = {scenario.id for scenario in source.lab.scenarios}
        gone = self.source.lab.messages.keys() - source.lab.messages.keys()
        for played in runs:
            if played.header.scenario in scenarios:
                yield _Without(whole=played, gone=frozenset(gone))


@dataclass(frozen=True, kw_only=True, eq=False)
class _Without:
    """A run without some of its texts, read when it is needed."""

    whole: Run
    gone: frozenset[str]

    @property
    def header(self) -> tr.Header:
        """Without them."""
        header = self.whole.header
        texts = {name: text for name, text in header.texts.items() if name not in self.gone}
        return msgspec.structs.replace(header, texts=texts)

    @property
    def end(self) -> tr.Ended:
        """As it was."""
        return self.whole.end

    @property
    def causes(self) -> Causes:
        """As they were."""
        return self.whole.causes

    @property
    def has_wire(self) -> bool:
        """As it was."""
        return self.whole.has_wire

    @property
    def transcript(self) -> tr.Transcript:
        """What `read` gives."""
        return self.read()

    @property
    def pcapng(self) -> bytes:
        """As it was."""
        return self.whole.pcapng

    def read(self) -> tr.Transcript:
        """Without them in its header."""
        return msgspec.structs.replace(self.whole.read(), header=self.header)

    def wire(self) -> Iterable[bytes]:
        """As it was."""
        return self.whole.wire()


def check(place: Path) -> None:
    """Refuse a folder that only looks like an earlier copy: everything in it would be removed.

    Anybody can write a marker; the number that the file system gave to a folder, nobody knows
    beforehand.

    Raises:
        NotOursError: it may be somebody else's.
    """
    if is_for_students(OutputFolder(place).marker()) and not holds_own_number(place):
        raise NotOursError(
            f"{place} may be somebody else's folder, or a copy that was moved: nothing in it was "
            "removed. Name another folder: --out FOLDER"
        )


def begin(copy: OutputFolder, lab: str, language: str) -> None:
    """Make the copy's folder ready: marked as one, what an earlier copy left in it removed.

    Raises:
        NotOursError: it holds the results of a class.
        CannotWriteError: no permission.
    """
    marker = copy.marker()
    if (copy.path / MARKER).exists() and not is_for_students(marker):
        raise NotOursError(
            f"{copy.path} holds results of wiregrade grade, which a copy would replace; "
            "name another folder: --out FOLDER"
        )
    for left in sorted(copy.path.iterdir()):
        if left.name not in (MARKER, LOCK):
            copy.remove(left.name)
    bare = Marker(
        tool=__version__, lab=lab, lab_digest="", lab_files={}, options={}, language=language
    )
    copy.mark(bare.copied_for(STUDENTS))


def write(
    copy: OutputFolder,
    identifier: str,
    files: Iterable[tuple[str, Iterable[bytes]]],
    *,
    zipped: bool,
) -> None:
    """Write a student's files, as a folder or as one archive with that folder in it.

    Raises:
        CannotWriteError: no space, no permission.
    """
    if zipped:
        copy.write_parts(f"{identifier}.zip", _archive(identifier, files))
        return
    for name, parts in files:
        copy.write_parts(f"{identifier}/{name}", parts)


def _archive(identifier: str, files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """The archive, in parts."""
    with tempfile.TemporaryFile() as whole:
        with zipfile.ZipFile(whole, "w") as archive:
            for name, parts in files:
                member = zipfile.ZipInfo(f"{identifier}/{name}", _EPOCH)
                member.external_attr = 0o644 << 16
                member.compress_type = zipfile.ZIP_DEFLATED
                with archive.open(member, "w") as file:
                    for part in parts:
                        file.write(part)
        whole.seek(0)
        while part := whole.read(_CHUNK):
            yield part
