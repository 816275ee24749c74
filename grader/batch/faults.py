"""Faults of ours while one submission is graded: what is said of it, and the log's entry.

`OUT/.wiregrade.log` is for whoever mends them. What a student reads is a reference into it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from datetime import UTC, datetime
from fractions import Fraction

from grader.batch.output import LOG, OutputFolder
from grader.judge.model import Grade, Judged, Problem, Programs, Status
from grader.lab.model import Lab, Text
from grader.submission import Submission
from grader.view.bytes_view import escaped

_DIGITS = 8
_ENTRY_CHARACTERS = 16 * 1024
"""Of one fault this much is kept, the end of it: there a traceback says what happened."""
_LOG_BYTES = 8 * 2**20
"""A log that is larger is begun anew: a class of 100,000 with one fault each fills no disk."""
_CODE = "internal"


class FaultLog:
    """Writes entries into the log. That it cannot be written never costs more than the entry."""

    def __init__(self, folder: OutputFolder) -> None:
        self._path = folder.path / LOG

    def tell(self, identifier: str, told: str) -> str:
        """Write down a fault; returns its reference, the same for the same fault again."""
        reference = reference_of(identifier, told)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        # A line of somebody else's words never begins as one of ours does.
        lines = [f"  {escaped(line)}" for line in told[-_ENTRY_CHARACTERS:].splitlines()]
        entry = "\n".join([f"{now} {reference} {identifier}", *lines, ""])
        with contextlib.suppress(OSError):
            self._append(entry.encode("utf-8", "replace"))
        return reference

    def _append(self, entry: bytes) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        for careful in ("O_CLOEXEC", "O_NOFOLLOW"):  # not on Windows
            flags |= getattr(os, careful, 0)
        descriptor = os.open(self._path, flags, 0o644)
        try:
            if os.fstat(descriptor).st_size > _LOG_BYTES:
                os.ftruncate(descriptor, 0)
            # In one call: of two writers neither cuts the other's entry in two.
            os.write(descriptor, entry)
        finally:
            os.close(descriptor)


def reference_of(identifier: str, told: str) -> str:
    """Eight hex digits that stand for this fault of this submission, on any day."""
    whole = f"{identifier}\0{told}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(whole).hexdigest()[:_DIGITS]


def internal(reference: str) -> Problem:
    """The problem of a submission that we failed on."""
    words = {
        "fr": "Wiregrade a échoué sur ce dépôt. Ce n’est pas la faute de l’étudiant\u00a0: "
        "rien n’est compté. Référence pour l’enseignant\u00a0: {reference} dans {log}.",
        "en": "Wiregrade failed on this submission. It is not the student's fault: "
        "nothing is counted. Reference for the teacher: {reference} in {log}.",
    }
    said = {tongue: text.format(reference=reference, log=LOG) for tongue, text in words.items()}
    return Problem(code=_CODE, blame="ours", message=Text(said))


def is_internal(problem: Problem | None) -> bool:
    """Whether we failed on the submission: there is nothing to judge."""
    return problem is not None and problem.code == _CODE


def failed(identifier: str, name: str, problem: Problem) -> Submission:
    """A submission that we could not deal with."""
    return Submission(
        id=identifier,
        name=name,
        files=(),
        programs=Programs(server=None, client=None),
        digest="",
        problem=problem,
    )


def ungraded(lab: Lab, submission: Submission, seed: str, problem: Problem | None = None) -> Grade:
    """The grade of a submission that we failed to judge: nothing counts, and it says so."""
    criteria = tuple(
        Judged(
            criterion=criterion,
            status=Status.NOT_RUN,
            points=Fraction(0),
            findings=(),
            diagnoses=(),
        )
        for criterion in lab.criteria
        if criterion.enabled
    )
    return Grade(
        id=submission.id, name=submission.name, seed=seed, programs=submission.programs,
        score=Fraction(0), max_score=Fraction(0), complete=False, criteria=criteria, advice=(),
        runs=(), diagnoses=(), remarks=submission.remarks, problem=problem,
        origin=submission.origin,
    )  # fmt: skip


def why_incomplete(grade: Grade) -> str:
    """What left criteria ungraded without our failing on the whole submission, a line each.

    A submission that cannot be read, say, is graded completely: it has no points.
    """
    problem = grade.problem
    lines: list[str] = []
    if problem is not None and problem.blame in ("host", "ours"):
        lines.append(problem.message.in_language("en"))
    lines += [f"{run.id}: {run.problem}" for run in grade.runs if run.outcome == "not_run"]
    return "\n".join(dict.fromkeys(lines))
