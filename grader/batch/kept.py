"""`OUT/<id>/kept.json`: what lets the next run take a result over without judging it again.

It has the grade as the class's pages need it, the sums of the files that judging made, and what
these were made from. Its first line is the sum of the rest: one that was changed is no use, and
is passed over. Nothing here gives points that judging did not: what does not match is judged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

import msgspec

from grader.batch import saved
from grader.batch.output import OutputFolder
from grader.form import Form, word
from grader.judge.model import (
    Adjustment,
    Diagnosis,
    Digests,
    Grade,
    Judged,
    Problem,
    Programs,
    Remark,
    RunSummary,
    Status,
)
from grader.lab.model import Criterion, Lab, Role
from grader.submission import Origin

KEPT = "kept.json"


class _Adjusted(msgspec.Struct, frozen=True, array_like=True):
    points: str
    why: str
    date: str


class _Judged(msgspec.Struct, frozen=True, array_like=True):
    criterion: str
    status: Status
    points: str
    diagnoses: tuple[str, ...]
    adjusted: _Adjusted | None


class _Grade(msgspec.Struct, frozen=True, kw_only=True):
    """`Grade`, slim; criteria by id, points as text."""

    id: str
    name: str
    seed: str
    programs: Programs
    score: str
    max_score: str
    criteria: tuple[_Judged, ...]
    runs: tuple[RunSummary, ...]
    diagnoses: tuple[Diagnosis, ...]
    remarks: tuple[Remark, ...]
    problem: Problem | None
    submission: str
    lab: str
    sums: dict[Role, str]
    origin: Origin | None


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What `kept.json` says."""

    mark: str
    """The fingerprint of the result: `Saved.fingerprint`."""
    shown: str
    """What its pages depend on besides: `shown_by`."""
    saved: str
    """Hex SHA-256 of `submission.json`."""
    pages: dict[str, str]
    """Name -> hex SHA-256 of each file that judging made, without its tail."""
    tails: dict[str, tuple[int, str]] = {}
    """Name -> how many bytes at the end of that file have a sum of their own, and that sum: what
    copies have in common is summed once."""
    grade: _Grade


@lru_cache(256)
def shown_by(language: str, given: str) -> str:
    """One text for all that pages depend on besides the result. `given`: points by hand."""
    return saved.fingerprint(language, given)


def can_be_kept(grade: Grade) -> bool:
    """Whether the grade is one that the next run may take over as it is.

    Repeats and sweeps carry evidence of their own: they are judged again.
    """
    return grade.complete and grade.certification is None and not grade.sweeps


def keep(folder: OutputFolder, kept: Kept) -> None:
    """Write it: the last of a submission's files.

    Raises:
        CannotWriteError: no space, no permission.
    """
    folder.write(f"{kept.grade.id}/{KEPT}", encoded(kept))


def encoded(kept: Kept) -> bytes:
    """The file's bytes."""
    return b"".join(_summed(msgspec.json.encode(kept)))


def _summed(body: bytes) -> list[bytes]:
    return [hashlib.sha256(body).hexdigest().encode(), b"\n", body]


def load(folder: OutputFolder, identifier: str) -> Kept | None:
    """What is kept of a submission; None where there is nothing, or not what was written."""
    body = _body(folder.read(f"{identifier}/{KEPT}") or b"")
    if body is None:
        return None
    try:
        kept = msgspec.json.decode(body, type=Kept)
    except ValueError:
        return None
    return kept if kept.grade.id == identifier else None


def is_altered(folder: OutputFolder, identifier: str) -> bool:
    """Whether there is a file that is not as it was written."""
    data = folder.read(f"{identifier}/{KEPT}")
    return data is not None and _body(data) is None


def is_forged(folder: OutputFolder, identifier: str) -> bool:
    """Whether `submission.json` is not the one that this speaks of: nothing it says is believed."""
    there = load(folder, identifier)
    return there is not None and folder.digest(f"{identifier}/submission.json") != there.saved


def _body(data: bytes) -> bytes | None:
    """What its first line is the sum of; None where it is not."""
    said, _, body = data.partition(b"\n")
    return body if said == hashlib.sha256(body).hexdigest().encode() else None


def give_way(folder: OutputFolder, identifier: str, made: Mapping[str, bytes]) -> Kept | None:
    """Before `made` is written: what tells of other files goes, or they would pass for changed.

    What it was, if it had to go.

    Raises:
        CannotWriteError: no permission.
    """
    there = load(folder, identifier)
    if there is not None and not all(
        _is_summed(data, there.pages.get(name, ""), *there.tails.get(name, (0, "")))
        for name, data in made.items()
    ):
        folder.remove(f"{identifier}/{KEPT}")
        return there
    return None


def describe(
    grade: Grade, mark: str, shown: str, saved_sum: str, made: Mapping[str, bytes]
) -> Kept:
    """What is to be kept of a grade, and of the files that were made of it."""
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in made.items()}
    return Kept(mark=mark, shown=shown, saved=saved_sum, pages=sums, grade=_slim(grade))


class AnyKept:
    """A `kept.json` for whoever handed in the same: cut where it says whose it is."""

    _NAMES = ("id", "name", "mark", "shown", "saved", "index.html", "result.json")

    def __init__(self, grade: Grade, tails: Mapping[str, bytes]) -> None:
        """`grade` is slim; `tails` is by name what everybody's file ends in."""
        words = {name: word() for name in self._NAMES}
        nowhere = Origin(layout=word())
        said = replace(grade, id=words["id"], name=words["name"], origin=nowhere)
        made = Kept(
            mark=words["mark"],
            shown=words["shown"],
            saved=words["saved"],
            pages={name: words[name] for name in self._NAMES[-2:]},
            tails={
                name: (len(tail), hashlib.sha256(tail).hexdigest()) for name, tail in tails.items()
            },
            grade=_slim(said),
        )
        places = {name: found.encode() for name, found in words.items()}
        places["origin"] = msgspec.json.encode(nowhere)
        self._form = Form(msgspec.json.encode(made), places)

    def of(
        self, grade: Grade, mark: str, shown: str, saved_sum: str, sums: Mapping[str, str]
    ) -> list[bytes]:
        """The file's bytes for somebody, in pieces: `sums` are those of their files' beginnings."""
        told = {"id": grade.id, "mark": mark, "shown": shown, "saved": saved_sum, **sums}
        values = {name: text.encode() for name, text in told.items()}
        values["name"] = msgspec.json.encode(grade.name)[1:-1]
        values["origin"] = msgspec.json.encode(grade.origin)
        return _summed(b"".join(self._form.filled(values)))


def is_whole(folder: OutputFolder, kept: Kept, found: saved.Saved) -> bool:
    """Whether all files are there as they were written; each is read.

    Raises:
        ValueError: a name in `submission.json` is none of ours.
    """
    return has_its_pages(folder, kept) and saved.is_whole(folder, found)


def has_its_pages(folder: OutputFolder, kept: Kept) -> bool:
    """Whether page, grade and `submission.json` are there as they were written."""
    base = kept.grade.id
    own = {"submission.json": kept.saved, **kept.pages}
    if set(kept.pages) != {"index.html", "result.json"}:
        return False
    for name, digest in own.items():
        size, tail = kept.tails.get(name, (0, ""))
        if not _is_as_summed(folder, f"{base}/{name}", digest, size, tail):
            return False
    return True


def _is_as_summed(folder: OutputFolder, name: str, digest: str, size: int, tail: str) -> bool:
    if not tail:
        return folder.digest(name) == digest
    data = folder.read(name)
    return data is not None and _is_summed(data, digest, size, tail)


def _is_summed(data: bytes, digest: str, size: int, tail: str) -> bool:
    if not 0 <= size <= len(data):
        return False
    ends = (data[: len(data) - size], data[len(data) - size :]) if tail else (data,)
    return [hashlib.sha256(end).hexdigest() for end in ends] == [digest, tail][: len(ends)]


def grade_of(kept: Kept, lab: Lab) -> Grade:
    """The grade, slim.

    Raises:
        KeyError: it speaks of a criterion that the lab has not.
    """
    return _grade(kept.grade, lab)


def shape_of(grade: Grade) -> bytes:
    """All that `kept.json` says of a grade but whose it is."""
    return msgspec.json.encode(_slim(replace(grade, id="", name="", origin=None)))


def grade_in(shape: bytes, lab: Lab) -> Grade:
    """The grade of that shape, nobody's.

    Raises:
        KeyError: it speaks of a criterion that the lab has not.
        ValueError: it is no shape.
    """
    return _grade(msgspec.json.decode(shape, type=_Grade), lab)


def _grade(told: _Grade, lab: Lab) -> Grade:
    criteria = {criterion.id: criterion for criterion in lab.criteria}
    return Grade(
        id=told.id, name=told.name, seed=told.seed, programs=told.programs,
        score=Fraction(told.score), max_score=Fraction(told.max_score), complete=True,
        criteria=tuple(_judged(one, criteria) for one in told.criteria),
        advice=(), runs=told.runs, diagnoses=told.diagnoses, remarks=told.remarks,
        problem=told.problem,
        digests=Digests(submission=told.submission, lab=told.lab, programs=told.sums),
        origin=told.origin,
    )  # fmt: skip


def _judged(one: _Judged, criteria: Mapping[str, Criterion]) -> Judged:
    return Judged(
        criterion=criteria[one.criterion], status=one.status, points=Fraction(one.points),
        findings=(), diagnoses=one.diagnoses, adjusted=_given(one.adjusted),
    )  # fmt: skip


def _given(one: _Adjusted | None) -> Adjustment | None:
    if one is None:
        return None
    return Adjustment(points=Fraction(one.points), why=one.why, date=one.date)


def _written(one: Adjustment | None) -> _Adjusted | None:
    return None if one is None else _Adjusted(str(one.points), one.why, one.date)


def _slim(grade: Grade) -> _Grade:
    digests = grade.digests or Digests(submission="", lab="")
    return _Grade(
        id=grade.id, name=grade.name, seed=grade.seed, programs=grade.programs,
        score=str(grade.score), max_score=str(grade.max_score),
        criteria=tuple(
            _Judged(
                one.criterion.id, one.status, str(one.points), one.diagnoses,
                _written(one.adjusted),
            )
            for one in grade.criteria
        ),
        runs=grade.runs,
        diagnoses=tuple(replace(one, evidence=()) for one in grade.diagnoses),
        remarks=grade.remarks, problem=grade.problem,
        submission=digests.submission, lab=digests.lab, sums=dict(digests.programs),
        origin=grade.origin,
    )  # fmt: skip
