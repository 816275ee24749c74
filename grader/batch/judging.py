"""Judges a submission, just played or saved long ago; nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from grader.batch import pages, saved
from grader.batch.faults import is_internal, ungraded
from grader.batch.late import with_origin
from grader.batch.output import OutputFolder
from grader.batch.pages import PageSettings
from grader.batch.plan import LabSource
from grader.judge.model import Grade
from grader.lab.model import Lab
from grader.run.jobs import Run
from grader.submission import Submission
from grader.transcript import Recorded

Judge = Callable[[Lab, Submission, str, Sequence[Recorded]], Grade]
"""Lab, submission, seed and transcripts to a grade."""


def judge_run(
    lab: Lab, submission: Submission, seed: str, transcripts: Sequence[Recorded]
) -> Grade:
    """Judge a submission by the transcripts of its runs."""
    # Programs run by now: what is imported here holds none of them up.
    from grader.judge.grade import judge

    return judge(
        lab,
        submission.id,
        submission.name,
        seed,
        submission.programs,
        transcripts,
        submission.remarks,
        submission.problem,
        submission.missing,
        {file.path: file.data for file in submission.files},
    )


def judged(
    judge: Judge,
    source: LabSource,
    submission: Submission,
    seed: str,
    transcripts: Sequence[Recorded],
) -> Grade:
    """Judge a submission, unless we failed on it before there was anything to judge."""
    if is_internal(submission.problem):
        grade = ungraded(source.lab, submission, seed, submission.problem)
    else:
        grade = judge(source.lab, submission, seed, transcripts)
    return replace(with_origin(grade, submission.origin), digests=source.digests(submission))


def judged_again(
    folder: OutputFolder,
    source: LabSource,
    settings: PageSettings,
    judge: Judge,
    found: saved.Saved,
) -> tuple[Grade, dict[str, bytes]]:
    """The grade of what was saved, and its pages by name; nothing is written.

    Raises:
        ValueError: what was saved is not whole any more.
    """
    submission = saved.submission_of(folder, found)
    runs = saved.runs_of(folder, found)
    grade = judged(judge, source, submission, found.seed, runs)
    traced = saved.traced_of(folder, found)
    return grade, pages.pages_of(source.lab, settings, grade, submission, (*runs, *traced))


def untraced(traced: Iterable[Run]) -> str:
    """Why the calls of these runs could not be traced; empty: they could."""
    return next(filter(None, (run.end.problem for run in traced)), "")
