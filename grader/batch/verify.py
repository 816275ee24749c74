"""Is an output folder as it was written? Sums are compared, and everything is judged again.

Nothing is run and nothing is written. What `submission.json` has a sum of (programs, transcripts,
captures) is compared with it; results and pages are made once more from that and compared byte
for byte; the lab's snapshot and the fingerprints hold these together. It is no signature:
whoever can write the folder can, with care, write another whole one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from grader import __version__
from grader.batch import output, pages, saved
from grader.batch.alike import Alike
from grader.batch.graded import listed_ids
from grader.batch.judging import Judge, judged_again
from grader.batch.kept import KEPT
from grader.batch.output import Marker, OutputFolder
from grader.batch.pages import PageSettings
from grader.batch.plan import LabSource
from grader.judge.model import Grade
from grader.lab.load import load_lab_bytes
from grader.lab.problems import LabError
from grader.submission import Submission

Code = Literal[
    "gone", "changed", "added", "unreadable", "foreign", "unlike", "unjudged", "lab",
    "resubmitted", "new", "withdrawn",
]  # fmt: skip
_OWN = ("index.html", "result.json", "submission.json", KEPT)
_PLACES = ("runs", "source")


@dataclass(frozen=True, order=True)
class Change:
    """Something that is not as it was written. `where` is a name below the output folder.

    - `gone`, `changed`, `added`, `unreadable`: a file, by its name or its sum;
    - `foreign`: graded with another lab, options or version than the folder says, or edited;
    - `unlike`: not what the saved runs come to; `unjudged`: they cannot be judged any more;
    - `lab`: the lab's snapshot is not the one that its sum is of;
    - `resubmitted`, `new`, `withdrawn`: an id, compared with the folder of submissions.
    """

    where: str
    code: Code


@dataclass
class Verified:
    """What was looked at and what came of it."""

    submissions: int = 0
    files: int = 0
    changes: list[Change] = field(default_factory=list)
    unlisted: list[str] = field(default_factory=list)
    """Graded submissions that results.json does not have: withdrawn, or cut off before."""
    judged: bool = True
    """Whether verdicts were judged again; not where another version of Wiregrade made them."""


class Verification:
    """Looks through one output folder."""

    def __init__(self, folder: OutputFolder, marker: Marker, judge: Judge) -> None:
        self._folder = folder
        self._marker = marker
        self._judge = judge
        self._alike = Alike()
        self._verified = Verified(judged=marker.tool == __version__)
        settings = PageSettings(
            isolation=marker.options.get("isolation", ""),
            language=marker.language,
        )
        self._settings = pages.of_class(settings, marker)
        self._source = self._lab()

    def verify(self) -> Verified:
        """Look at everything."""
        listed = self._listed()
        self._verified.unlisted = sorted(set(self._graded()) - set(listed))
        grades = [self._submission(identifier) for identifier in listed]
        whole = [grade for grade in grades if grade is not None]
        if len(whole) == len(grades) and self._source is not None and self._verified.judged:
            made = pages.class_files(self._source.lab, self._settings, whole)
            for name, parts in made.items():
                self._compare_digest(name, parts)
        self._verified.changes.sort()
        return self._verified

    def compare_with(self, submissions: Iterable[Submission]) -> None:
        """Compare what was graded with what is in the folder of submissions now."""
        known = set(self._listed())
        for one in submissions:
            if one.id not in known:
                self._tell(one.id, "new")
                continue
            known.discard(one.id)
            found = saved.load(self._folder, one.id)
            if found is not None and (
                found.digest != one.digest
                or found.name != one.name
                or (found.problem and found.problem.code) != (one.problem and one.problem.code)
            ):
                self._tell(one.id, "resubmitted")
        for identifier in known:
            self._tell(identifier, "withdrawn")
        self._verified.changes.sort()

    def _lab(self) -> LabSource | None:
        files = lab_snapshot(self._marker)
        try:
            lab = load_lab_bytes(files, where=self._folder.path / output.MARKER)
        except LabError:
            self._tell(output.MARKER, "lab")
            return None
        source = LabSource(lab=lab, files=files)
        if source.digest != self._marker.lab_digest:
            self._tell(output.MARKER, "lab")
            return None
        return source

    def _listed(self) -> list[str]:
        try:
            return listed_ids(self._folder)
        except OSError:
            self._tell("results.json", "gone")
        except ValueError:
            self._tell("results.json", "unreadable")
        return self._graded()

    def _graded(self) -> list[str]:
        found = (path.parent.name for path in self._folder.path.glob("*/submission.json"))
        return sorted(name for name in found if not name.startswith("."))

    def _submission(self, identifier: str) -> Grade | None:
        """Look at one; its grade, where it could be judged again."""
        self._verified.submissions += 1
        try:
            return self._looked_at(identifier)
        except (OSError, ValueError):
            # Edited beyond use, or a name in it leads elsewhere.
            self._tell(f"{identifier}/submission.json", "unreadable")
            return None

    def _looked_at(self, identifier: str) -> Grade | None:
        name = f"{identifier}/submission.json"
        if self._folder.read(name) is None:
            self._tell(name, "gone")
            return None
        found = saved.load(self._folder, identifier)
        if found is None:
            self._tell(name, "unreadable")
            return None
        marker = self._marker
        mark = saved.mark_of(marker.tool, marker.lab_digest, marker.options, found)
        if found.fingerprint != mark:
            self._tell(name, "foreign")
        for file in self._added(found):
            self._tell(f"{identifier}/{file}", "added")
        gone, changed = saved.altered(self._folder, found)
        self._verified.files += len(found.artifacts)
        for file in gone:
            self._tell(f"{identifier}/{file}", "gone")
        for file in changed:
            self._tell(f"{identifier}/{file}", "changed")
        if gone or changed or self._source is None or not self._verified.judged:
            return None
        return self._judged(self._source, found)

    def _judged(self, source: LabSource, found: saved.Saved) -> Grade | None:
        try:
            grade, made = judged_again(self._folder, source, self._settings, self._judge, found)
        except Exception:
            self._tell(f"{found.id}/result.json", "unjudged")
            return None
        self._compare((f"{found.id}/{name}", data) for name, data in made.items())
        return self._alike.grade(pages.slim(grade))

    def _added(self, found: saved.Saved) -> Iterator[str]:
        base = self._folder.path / found.id
        for path in sorted(base.iterdir()):
            if path.name in _PLACES and path.is_dir():
                inside = (f"{path.name}/{one.name}" for one in sorted(path.iterdir()))
                yield from (name for name in inside if name not in found.artifacts)
            elif path.name not in _OWN:
                yield path.name

    def _compare(self, made: Iterable[tuple[str, bytes]]) -> None:
        for name, data in made:
            self._verified.files += 1
            there = self._folder.read(name)
            if there != data:
                self._tell(name, "gone" if there is None else "unlike")

    def _compare_digest(self, name: str, parts: Iterable[bytes]) -> None:
        """As `_compare`, for a file that is too big to be in memory."""
        self._verified.files += 1
        digest = hashlib.sha256()
        for part in parts:
            digest.update(part)
        there = self._folder.digest(name)
        if there != digest.hexdigest():
            self._tell(name, "gone" if there is None else "unlike")

    def _tell(self, where: str, code: Code) -> None:
        change = Change(where, code)
        if change not in self._verified.changes:
            self._verified.changes.append(change)


def lab_snapshot(marker: Marker) -> dict[str, bytes]:
    """The lab's files as the output folder keeps them."""
    return {
        name: text.encode("utf-8", "surrogateescape") for name, text in marker.lab_files.items()
    }


def verified(
    folder: OutputFolder, marker: Marker, judge: Judge, submissions: Sequence[Submission] | None
) -> Verified:
    """What is not as it was written; with `submissions`, also what was handed in since."""
    verification = Verification(folder, marker, judge)
    found = verification.verify()
    if submissions is not None:
        verification.compare_with(submissions)
    return found
