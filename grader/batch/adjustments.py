"""`OUT/adjustments.json`: points given by hand, with a reason and a date, by submission's id.

The file is no result: grading again, `--fresh` too, reads it and leaves it as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction

import msgspec

from grader.batch.judging import Judge
from grader.batch.output import OutputError, OutputFolder
from grader.judge.adjusted import adjusted
from grader.judge.model import Adjustment, Grade
from grader.lab.model import Lab
from grader.results import number
from grader.submission import Submission
from grader.transcript import Recorded

FILE = "adjustments.json"
VERSION = 1
WHY_CHARACTERS = 1000
_POINTS = re.compile(r"\d{1,6}([.]\d{1,4})?", re.ASCII)

ByCriterion = dict[str, Adjustment]


class AdjustmentsError(OutputError):
    """The file can't be read: somebody edited it, or a newer version wrote it."""


class _Written(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    points: str
    """Exact: `1.5`."""
    why: str
    date: str


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schema_version: int
    submissions: dict[str, dict[str, _Written]]


def load(folder: OutputFolder) -> dict[str, ByCriterion]:
    """Adjustments by submission's id and criterion; none where there is no such file.

    Raises:
        AdjustmentsError: it is not one of ours. Grades without it would be other grades.
    """
    data = folder.read(FILE)
    if data is None:
        return {}
    try:
        found = msgspec.json.decode(data, type=_File)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise _unreadable(folder, str(error)) from error
    if found.schema_version != VERSION:
        raise _unreadable(folder, f"schema_version {found.schema_version}, not {VERSION}")
    return {
        identifier: {name: _read(folder, one) for name, one in criteria.items()}
        for identifier, criteria in found.submissions.items()
    }


def save(folder: OutputFolder, adjustments: Mapping[str, ByCriterion]) -> None:
    """Write them, whole or not at all.

    Raises:
        CannotWriteError: no space, no permission.
    """
    submissions = {
        identifier: {
            name: _Written(points=str(number(one.points)), why=one.why, date=one.date)
            for name, one in sorted(criteria.items())
        }
        for identifier, criteria in sorted(adjustments.items())
        if criteria
    }
    document = _File(schema_version=VERSION, submissions=submissions)
    folder.write(FILE, msgspec.json.format(msgspec.json.encode(document)) + b"\n")


def judging(folder: OutputFolder, judge: Judge) -> Judge:
    """`judge`, and after it the adjustments that the folder holds now.

    Raises:
        AdjustmentsError: they can't be read.
    """
    adjustments = load(folder)
    if not adjustments:
        return judge

    def judged(
        lab: Lab, submission: Submission, seed: str, transcripts: Sequence[Recorded]
    ) -> Grade:
        grade = judge(lab, submission, seed, transcripts)
        return adjusted(grade, adjustments.get(submission.id, {}))

    return judged


def told(folder: OutputFolder) -> dict[str, str]:
    """What was given, by id, as one text each: it changes when any of it does.

    Raises:
        AdjustmentsError: they can't be read.
    """
    return {
        identifier: as_text(criteria) for identifier, criteria in load(folder).items() if criteria
    }


def as_text(criteria: Mapping[str, Adjustment]) -> str:
    """What was given to one, by criterion: nothing is the empty text."""
    return "\n".join(
        f"{name} {one.points} {one.date} {one.why}" for name, one in sorted(criteria.items())
    )


def _read(folder: OutputFolder, one: _Written) -> Adjustment:
    if not _POINTS.fullmatch(one.points):
        raise _unreadable(folder, f"{one.points!r} is not a number of points")
    if not one.why.strip():
        raise _unreadable(folder, "an adjustment without a reason")
    return Adjustment(points=Fraction(one.points), why=one.why, date=one.date)


def _unreadable(folder: OutputFolder, why: str) -> AdjustmentsError:
    return AdjustmentsError(
        f"{folder.path / FILE} can't be read ({why}); mend it, or take it away to grade without it"
    )
