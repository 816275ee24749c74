"""A submission as data: what was handed in, under which name, and what was found in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from grader.judge.model import Problem, Programs, Remark
from grader.lab.model import Role


@dataclass(frozen=True, kw_only=True)
class SourceFile:
    """One regular file of a submission: its path inside it (POSIX, NFC) and its bytes."""

    path: str
    data: bytes


@dataclass(frozen=True, kw_only=True)
class MissingRole:
    """A role that nothing can be run for, and why.

    `problem.code` is `missing-file`, `unclear-role` or `empty-program`.
    """

    role: Role
    problem: Problem


@dataclass(frozen=True, kw_only=True)
class Late:
    """How late it was handed in. `due` is ISO 8601, `penalty` exact points as text (`5/2`)."""

    due: str
    seconds: int
    rule: str
    """As the teacher wrote it; empty: lateness is said, and costs nothing."""
    penalty: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Origin:
    """Where a submission came from: a platform's download, a roster, a clone.

    `ids` tell the person apart, by kind: `participant` (Moodle), `canvas`, `user`, `login`,
    `number`, `email`.
    """

    layout: str
    entries: tuple[str, ...] = ()
    """Names as they were downloaded: Moodle takes feedback back under them."""
    ids: dict[str, str] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    team: str | None = None
    """Whose work it is, where several persons handed in together."""
    submitted: str | None = None
    """ISO 8601; without an offset where the platform gives none."""
    attempt: int = 1
    attempts: int = 1
    commit: str | None = None
    late: Late | None = None
    flagged_late: bool = False
    """The platform says that it is late; by how much, nobody does."""


@dataclass(frozen=True, kw_only=True)
class Submission:
    """One entry of the submissions folder, read into memory and bounded.

    Nothing of the submission is opened again after this: the sandbox gets these bytes.
    `digest` is the hex SHA-256 over sorted paths and contents (the seed of drawn texts).
    """

    id: str
    name: str
    files: tuple[SourceFile, ...]
    programs: Programs
    digest: str
    remarks: tuple[Remark, ...] = ()
    problem: Problem | None = None
    """The whole entry could not be read (a broken archive, nothing in it)."""
    missing: tuple[MissingRole, ...] = ()
    """Roles without a program, server first."""
    origin: Origin | None = None
    """None where nobody asked: a student's own folder."""
