"""Who handed in the same bytes as somebody else gets the same result, made once.

Transcripts, captures and copies of programs are the very files of the first (hard links, where
the file system has them: nobody writes into a file of ours, each is replaced whole). The page
and result.json are those of the first with another name in them.
"""

from __future__ import annotations

import secrets
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import msgspec

from grader import results
from grader.batch import earlier, kept, pages, saved
from grader.batch.alike import Alike
from grader.batch.earlier import Shown
from grader.batch.entry import NOT_LOOKED_AT, Handed
from grader.batch.judging import Judge, judged, judged_again
from grader.batch.known import Files, files_made, files_of
from grader.batch.output import OutputFolder
from grader.batch.plan import LabSource
from grader.batch.twins import Twins
from grader.batch.whole import NewFolder, new_folder
from grader.judge.model import Grade
from grader.stamps import Stamp
from grader.submission import Origin, Submission

if TYPE_CHECKING:
    from grader.view.named import NamedPage

_PATTERNS = 64
"""Results that are kept at hand to make others of: each has the size of a page or two."""


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Whose a result is."""

    id: str
    name: str
    origin: Origin | None
    mark: str
    """The fingerprint that it has for them."""
    handed: Handed = NOT_LOOKED_AT

    @classmethod
    def of(cls, submission: Submission, mark: str, handed: Handed) -> Owner:
        """Whose the submission is."""
        one = submission
        return cls(id=one.id, name=one.name, origin=one.origin, mark=mark, handed=handed)


@dataclass(frozen=True, kw_only=True)
class Copied:
    """A result that was written for somebody else; its grade is slim.

    `files` are its stamps; `shape` is that of the grade (`kept.shape_of`).
    """

    grade: Grade
    files: Files | None
    shape: bytes = b""


@dataclass(frozen=True, kw_only=True)
class _Form:
    """Its files, to be filled with whose they are."""

    saved: saved.AnySaved
    page: NamedPage
    result: results.AnyResult
    kept: kept.AnyKept


@dataclass(frozen=True, kw_only=True)
class _Pattern:
    """A result for nobody: what is to be written for whoever handed in the same."""

    saved: saved.Saved
    shared: Stamp
    """Of the files that copies share, the first one's."""
    grade: Grade
    shape: bytes
    form: _Form | None
    """None where they cannot be made for any name."""


class Copies:
    """Writes results that others have already."""

    def __init__(
        self,
        folder: OutputFolder,
        source: LabSource,
        shown: Shown,
        judge: Judge,
        twins: Twins,
        alike: Alike | None = None,
    ) -> None:
        """`twins` knows whose result a copy is of, `alike` the parts of other grades."""
        self._alike = alike or Alike()
        self._folder = folder
        self._source = source
        self._shown = shown
        self._judge = judge
        self._twins = twins
        self._patterns: OrderedDict[str, _Pattern] = OrderedDict()

    def forget(self, identifier: str) -> None:
        """What lies there is about to be something else."""
        if content := self._twins.forget(identifier):
            self._patterns.pop(content, None)

    def distrust(self, content: str) -> None:
        """Its result does not hold after all."""
        self._twins.distrust(content)
        self._patterns.pop(content, None)

    def is_at_hand(self, content: str) -> bool:
        """Whether what copies of that content are made of is made: each takes a moment then."""
        return content in self._patterns

    def copy(self, content: str, owner: Owner) -> Copied | None:
        """Write the known result for somebody else. None: it does not hold.

        Raises:
            OutputError: nothing more can be written.
        """
        pattern = self._pattern(content)
        if pattern is None:
            return None
        self.forget(owner.id)
        found = msgspec.structs.replace(
            pattern.saved, id=owner.id, name=owner.name, origin=owner.origin,
            fingerprint=owner.mark,
        )  # fmt: skip
        late = owner.origin is None or owner.origin.late is not None
        form = None if late or owner.id in self._shown.given else pattern.form
        grade = replace(pattern.grade, id=owner.id, name=owner.name, origin=owner.origin)
        with new_folder(self._folder, owner.id) as place:
            linked = place.link(pattern.saved.id, pattern.saved.artifacts)
            if form is None:
                written = place.write("submission.json", (saved.encoded(found),))
            else:
                self._written(form, grade, owner, place)
        if not linked:  # a file has as many links as it can have: further ones are of this copy's
            shared = self._shared(owner.id) or pattern.shared
            pattern = replace(pattern, saved=found, shared=shared)
            self._twins.stand_for(content, owner.id)
            self._patterns[content] = pattern
        if form is None:
            grade = self._judged(found, written)
            return Copied(grade=grade, files=files_of(self._folder, owner.id))
        files = files_made(self._folder, owner.id, place.made, pattern.shared)
        return Copied(grade=grade, files=files, shape=pattern.shape)

    def _shared(self, identifier: str) -> Stamp | None:
        files = files_of(self._folder, identifier)
        return files.shared if files else None

    def _judged(self, found: saved.Saved, written: str) -> Grade:
        """Judge it for this one alone: others have another page."""
        settings = self._shown.settings
        grade, made = judged_again(self._folder, self._source, settings, self._judge, found)
        pages.write(self._folder, found.id, made)
        earlier.keep(self._folder, self._shown, grade, found.fingerprint, written, made)
        return pages.slim(grade)

    def _written(self, form: _Form, grade: Grade, owner: Owner, place: NewFolder) -> None:
        """Write its other files, the same as the first one's but for whose they are."""
        assert owner.origin is not None  # noqa: S101 -- else it is judged
        told = form.saved.of(owner.id, owner.name, owner.origin, owner.mark)
        written = place.write("submission.json", told)
        made = {
            "index.html": form.page.for_name(owner.name),
            "result.json": form.result.of(owner.id, owner.name, owner.origin),
        }
        sums = {name: place.write(name, parts[:-1], parts[-1]) for name, parts in made.items()}
        shown = self._shown.of(owner.id)
        place.write(kept.KEPT, form.kept.of(grade, owner.mark, shown, written, sums))

    def _pattern(self, content: str) -> _Pattern | None:
        if content in self._patterns:
            self._patterns.move_to_end(content)
            return self._patterns[content]
        made = self._new_pattern(content)
        if made is None:
            return None
        self._patterns[content] = made
        if len(self._patterns) > _PATTERNS:
            self._patterns.popitem(last=False)
        return made

    def _new_pattern(self, content: str) -> _Pattern | None:
        """Judge what was saved of it once more, as nobody's; None where that is not whole."""
        # Before it is compared: what is changed meanwhile has another stamp.
        shared = self._shared(self._twins.of(content))
        found = self._twins.whole(content)
        if shared is None or found is None:
            return None
        nobody, unnamed = (f"{word}{secrets.token_hex(16)}" for word in ("nobody", "unnamed"))
        whole = saved.submission_of(self._folder, found)
        submission = replace(whole, id=nobody, name=unnamed, origin=None)
        runs = saved.runs_of(self._folder, found)
        grade = judged(self._judge, self._source, submission, found.seed, runs)
        if not grade.complete:
            return None
        files = pages.for_any_name(self._source.lab, self._shown.settings, grade, submission, runs)
        bare = pages.slim(grade)
        return _Pattern(
            saved=found,
            shared=shared,
            grade=self._alike.grade(bare),
            shape=kept.shape_of(bare),
            form=files and _form(found, bare, *files),
        )


def _form(found: saved.Saved, bare: Grade, page: NamedPage, result: results.AnyResult) -> _Form:
    tails = {"index.html": page.tail, "result.json": result.tail}
    return _Form(
        saved=saved.AnySaved(found), page=page, result=result, kept=kept.AnyKept(bare, tails)
    )
