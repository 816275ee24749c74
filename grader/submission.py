"""A submission as data: what was handed in, under which name, and what was found in it."""

from __future__ import annotations

from dataclasses import dataclass

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
