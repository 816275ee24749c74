"""Reading one submission into memory. A student's fault is a problem, not an exception."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

from grader.intake import archives, paths, texts, tree
from grader.intake.bounds import BOUNDS, Bounds
from grader.intake.discover import Entry, cannot_read, is_program
from grader.intake.errors import InputError, Refused
from grader.intake.gathering import Gathering
from grader.intake.names import identify
from grader.intake.roles import Assignment, assign, program_suffixes
from grader.intake.texts import same, shown, text
from grader.judge.model import Problem, Programs
from grader.lab.model import Role, RoleFiles
from grader.submission import SourceFile, Submission

Fill = Callable[[Gathering], None]

_MOST_KNOWN = 256
_known: dict[tuple[object, ...], Assignment] = {}
"""What was found in files that were read before: a class has many copies of a few."""


def read(entry: Entry, roles: Mapping[Role, RoleFiles], *, bounds: Bounds = BOUNDS) -> Submission:
    """The submission of that entry: its files, and which of them plays which role.

    Never raises for what was handed in, nor for what the host refuses: that is `problem`.
    """
    return submission_from(entry.id, entry.name, lambda g: _fill(entry, g), roles, bounds)


def read_folder(
    path: Path,
    roles: Mapping[Role, RoleFiles],
    left_out: Collection[str] = (),
    *,
    bounds: Bounds = BOUNDS,
) -> Submission:
    """The submission at `path`, for `check`: a folder, a program, or an archive.

    Of a program, the other programs beside it are read as well (it may import them), but
    no other can play a role. Of a folder, the files and folders `left_out` (by their path in
    it) are not looked at.

    Raises:
        InputError: there is nothing there, or nothing that could be a submission.
    """
    real, kind = _resolved(path, roles)
    name = paths.decoded(real.name) or "submission"
    if kind == "program":
        suffixes = program_suffixes(roles)
        fill, only = (lambda g: _fill_siblings(real, g, suffixes)), paths.clean(real.name, bounds)
    elif kind == "archive":
        name, only = name.removesuffix(paths.archive_suffix(name)), None
        fill = lambda g: _fill_archive(real, g)  # noqa: E731
    else:
        fill, only = (lambda g: _fill_folder(real, g, frozenset(left_out))), None
    (identifier,) = identify([(name, paths.raw_bytes(real.name))])
    return submission_from(identifier, name, fill, roles, bounds, only=only)


def digest_of(files: Iterable[SourceFile]) -> str:
    """Hex SHA-256 over sorted paths and contents, each with its length before it."""
    total = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.path):
        for part in (file.path.encode(), file.data):
            total.update(len(part).to_bytes(8, "big"))
            total.update(part)
    return total.hexdigest()


def submission_from(
    identifier: str,
    name: str,
    fill: Fill,
    roles: Mapping[Role, RoleFiles],
    bounds: Bounds,
    *,
    only: str | None = None,
) -> Submission:
    """The submission that `fill` gathers; what it refuses is the submission's problem."""
    gathering = Gathering(program_suffixes(roles), bounds)
    files: tuple[SourceFile, ...] = ()
    digest = ""
    problem: Problem | None = None
    assignment = Assignment(Programs(server=None, client=None), (), ())
    try:
        fill(gathering)
    except Refused as refused:
        problem = texts.problem(refused.code, detail=refused.detail)
    except MemoryError:
        problem = texts.problem("unreadable", detail="MemoryError")
    else:
        files = gathering.settled()
        if files:
            digest = digest_of(files)
            assignment = _assigned(files, digest, roles, bounds, only)
        else:
            left_out = gathering.notes.keys() & {"file-too-large", "too-many-files"}
            problem = texts.problem("too-large" if left_out else "empty-submission")
    return Submission(
        id=identifier,
        name=name,
        files=files,
        programs=assignment.programs,
        digest=digest or digest_of(files),
        remarks=gathering.remarks() + assignment.remarks,
        problem=problem,
        missing=assignment.missing,
    )


def _assigned(
    files: tuple[SourceFile, ...],
    digest: str,
    roles: Mapping[Role, RoleFiles],
    bounds: Bounds,
    only: str | None,
) -> Assignment:
    """Which program plays which role: looked for once in the same files, by their digest."""
    key = (digest, only, bounds, *roles.items())
    if key not in _known:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[key] = assign(files, roles, bounds, only=only)
    return _known[key]


def _fill(entry: Entry, gathering: Gathering) -> None:
    if entry.kind == "folder":
        if entry.paths[0].is_symlink():  # since it was discovered
            raise Refused("link-refused")
        _fill_folder(entry.paths[0], gathering)
    elif entry.kind == "archive":
        _fill_archive(entry.paths[0], gathering)
    elif entry.kind == "loose":
        for path in entry.paths:
            _fill_file(path, gathering)
    else:
        raise Refused("link-refused" if entry.kind == "link" else "not-a-file")


def _fill_folder(path: Path, gathering: Gathering, left_out: frozenset[str] = frozenset()) -> None:
    tree.gather_folder(path, gathering, left_out)
    archives.unwrap(gathering, gathering.bounds.layers)


def _fill_archive(path: Path, gathering: Gathering) -> None:
    archives.unpack(tree.read_regular(path, gathering.bounds.archive_bytes), gathering)
    archives.unwrap(gathering, gathering.bounds.layers - 1)


def _fill_file(path: Path, gathering: Gathering) -> None:
    inside = gathering.path_of(path.name)
    if inside is not None:
        gathering.keep(inside, tree.read_regular(path, gathering.bounds.file_bytes))


def _fill_siblings(program: Path, gathering: Gathering, suffixes: tuple[str, ...]) -> None:
    _fill_file(program, gathering)
    try:
        siblings = sorted(program.parent.iterdir())[: gathering.bounds.files]
    except OSError:  # a folder that can be passed through but not listed
        return
    for path in siblings:
        if path != program and paths.has_suffix(path.name, suffixes):
            try:
                _fill_file(path, gathering)
            except Refused as refused:
                if refused.code != "unreadable":
                    gathering.note(refused.code, path.name)


def _resolved(path: Path, roles: Mapping[Role, RoleFiles]) -> tuple[Path, str]:
    """The path without links (the user's own path may hold some), and what it is."""
    try:
        real = Path(os.path.realpath(path, strict=True))
        mode = real.stat().st_mode
        if stat.S_ISDIR(mode):
            with os.scandir(real):
                return real, "folder"
        if stat.S_ISREG(mode):
            with real.open("rb"):
                pass
    except FileNotFoundError as error:
        raise InputError(
            text(
                "{where} n’existe pas. Donnez le dossier qui contient vos programmes, ou l’un "
                "des deux.",
                "{where} doesn't exist. Give the folder that holds your programs, or one of them.",
                where=same(shown(paths.decoded(str(path)))),
            )
        ) from error
    except OSError as error:
        raise InputError(cannot_read(path, error)) from error
    if stat.S_ISREG(mode) and is_program(real.name, roles):
        return real, "program"
    if stat.S_ISREG(mode) and paths.archive_suffix(real.name):
        return real, "archive"
    raise InputError(
        text(
            "{where} n’est ni un dossier, ni un programme Python, ni une archive. Donnez le "
            "dossier qui contient vos programmes, ou l’un des deux.",
            "{where} is neither a folder, nor a Python program, nor an archive. Give the folder "
            "that holds your programs, or one of them.",
            where=same(shown(paths.decoded(str(path)))),
        )
    )
