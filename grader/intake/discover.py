"""Finding the entries of a submissions folder: one for each student."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from grader.intake import paths
from grader.intake.errors import InputError
from grader.intake.names import identify
from grader.intake.roles import (
    DEFAULT_ROLES,
    folded,
    named_roles,
    program_suffixes,
    stem_of,
    without_role,
)
from grader.intake.texts import listed, same, shown, text
from grader.intake.tree import kind_of
from grader.lab.model import Role, RoleFiles, Text

Kind = Literal["folder", "archive", "loose", "link", "other"]
FolderKind = Literal["entry", "results", "hidden"]
"""A submission, an output folder of ours, or a tool's (`.github`): it holds no program."""

_LOCK = ".wiregrade.lock"
"""What an output folder of ours holds: the number (inode) of that very folder."""
_OUT = "wiregrade-out"
"""Litter within a submission; here it may be anybody's."""
_NUMBER_BYTES = 32
_LOOKED_AT = 1000
"""Names in a hidden folder that are looked at."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One submission, not yet opened.

    `paths` are the folder, the archive, or the loose programs of one person. A `link` or
    an `other` (FIFO, socket, device) is never opened: it has a problem.
    """

    id: str
    name: str
    kind: Kind
    paths: tuple[Path, ...]


@dataclass(frozen=True)
class Discovery:
    """All entries, sorted by id, and the names of what is there but not graded, sorted."""

    entries: tuple[Entry, ...]
    ignored: tuple[str, ...]
    results: tuple[str, ...] = ()
    """Output folders of ours: this run's, and what is surely an earlier one's."""


@dataclass(frozen=True)
class Found:
    """An entry without its id. `raw` are the names in the folder."""

    name: str
    kind: Kind
    raw: tuple[str, ...]

    @property
    def raw_bytes(self) -> bytes:
        """What tells it from all others in its folder."""
        return b"\0".join(paths.raw_bytes(name) for name in self.raw)


def discover(
    folder: Path, roles: Mapping[Role, RoleFiles] = DEFAULT_ROLES, own: Path | None = None
) -> Discovery:
    """The submissions in `folder`: folders, archives and loose programs.

    `own` is where this run writes: it may lie in there, and is no submission.

    Loose programs belong together where their names differ by the role only
    (`client_dupont.py`, `serveur_dupont.py`). Where there is nothing but programs, and the
    roles' names are bare (`client.py`), the folder itself is one submission.

    Raises:
        InputError: there is no such folder, it can't be read, or holds nothing to grade.
    """
    found, ignored, results = grouped(
        listing(folder), roles, _own_name(folder), lambda name: which(folder / name, roles, own)
    )
    if not found:
        raise InputError(nothing_in(folder, ignored + results))
    return Discovery(_entries(found, folder), tuple(sorted(ignored)), tuple(sorted(results)))


def grouped(
    names: Sequence[tuple[str, str]],
    roles: Mapping[Role, RoleFiles],
    own_name: str,
    which: Callable[[str], FolderKind],
) -> tuple[list[Found], list[str], list[str]]:
    """Entries among these names (each with its kind), what is none, and results of ours.

    `own_name` is that of whatever holds them; `which` tells what a folder is. Nothing else is
    opened.
    """
    found: list[Found] = []
    loose: list[str] = []
    ignored: list[str] = []
    results: list[str] = []
    for name, kind in names:
        if is_litter_beside(paths.decoded(name)):
            continue
        folder = which(name) if kind == "folder" else None
        if folder == "results":
            results.append(paths.decoded(name))
        elif folder == "entry":
            found.append(Found(paths.decoded(name), "folder", (name,)))
        elif kind == "file" and is_program(name, roles):
            loose.append(name)
        elif kind == "file" and paths.archive_suffix(name):
            found.append(Found(_without_suffix(name), "archive", (name,)))
        elif kind in ("link", "other") and _may_be_a_submission(name, roles):
            found.append(
                Found(_without_suffix(name), "link" if kind == "link" else "other", (name,))
            )
        else:
            ignored.append(paths.decoded(name))
    found += _loose(loose, own_name, roles, alone=not found)
    return found, ignored, results


def is_litter_beside(name: str) -> bool:
    """Litter beside submissions; a folder called as results of ours may be anybody's there."""
    return paths.is_litter(name) and name.casefold() != _OUT


def which(folder: Path, roles: Mapping[Role, RoleFiles], own: Path | None) -> FolderKind:
    """What a folder beside submissions is; `own` is where this run writes."""
    if is_results(folder, own):
        return "results"
    try:
        hidden = folder.name.startswith(".") and not _holds_program(folder, roles, 1)
    except InputError:  # reading it as a folder will tell what is wrong
        hidden = False
    return "hidden" if hidden else "entry"


def is_results(folder: Path, own: Path | None) -> bool:
    """Someone ran `wiregrade grade .`: results are no submission.

    A student can hand in whatever a folder of ours holds, but cannot know the number that
    the file system will give to their own folder here. A copy of results has another number,
    too: it gets a row, which is harmless.
    """
    try:
        if own is not None and folder.samefile(own):
            return True
    except OSError:
        pass  # there are no results yet
    return holds_own_number(folder)


def number_of(folder: Path) -> tuple[int, int] | None:
    """What the file system calls the folder; None where there is none yet."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def holds_own_number(folder: Path | str) -> bool:
    """The folder's lock says the number that the file system gave to the folder."""
    try:
        flags = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        descriptor = os.open(f"{folder}/{_LOCK}", os.O_RDONLY | flags)
        try:
            said = os.read(descriptor, _NUMBER_BYTES)
        finally:
            os.close(descriptor)
        return said.strip() == str(os.lstat(folder).st_ino).encode()
    except OSError:
        return False


def _holds_program(folder: Path, roles: Mapping[Role, RoleFiles], below: int) -> bool:
    """There is a program in it, or in one of its first folders, `below` levels down."""
    for name, kind in listing(folder)[:_LOOKED_AT]:
        if kind == "file" and is_program(name, roles):
            return True
        if kind == "folder" and below and _holds_program(folder / name, roles, below - 1):
            return True
    return False


def is_program(name: str, roles: Mapping[Role, RoleFiles] = DEFAULT_ROLES) -> bool:
    """Whether a file of that name is a program; `serveur.py.txt` is, too."""
    return paths.has_suffix(name, (*program_suffixes(roles), *paths.HIDDEN_SUFFIXES))


def listing(folder: Path) -> list[tuple[str, str]]:
    """Names in a folder, sorted, each with its kind: `folder`, `file`, `link` or `other`.

    Raises:
        InputError: there is no such folder, or it can't be read.
    """
    where = same(shown(paths.decoded(str(folder))))
    try:
        with os.scandir(folder) as entries:
            return sorted((entry.name, _kind(entry)) for entry in entries)
    except FileNotFoundError as error:
        raise InputError(
            text(
                "Le dossier {where} n’existe pas. Vérifiez le chemin, par exemple avec « ls ».",
                "The folder {where} doesn't exist. Check the path, for example with 'ls'.",
                where=where,
            )
        ) from error
    except NotADirectoryError as error:
        raise InputError(
            text(
                "{where} n’est pas un dossier. Donnez le dossier qui contient les remises (une "
                "archive de toute la classe se décompresse d’abord) ; pour un seul dépôt : "
                "wiregrade check {where}",
                "{where} is not a folder. Give the folder that holds the submissions (unpack an "
                "archive of the whole class first); for one submission: wiregrade check {where}",
                where=where,
            )
        ) from error
    except OSError as error:
        raise InputError(cannot_read(folder, error)) from error


def _kind(entry: os.DirEntry[str]) -> str:
    try:
        return kind_of(entry)
    except OSError:  # reading it as a folder will tell what is wrong
        return "folder"


def cannot_read(path: Path, error: OSError) -> Text:
    """What to say, and what to do, when the system refuses `path`."""
    return text(
        "{where} ne peut pas être lu ({reason}). Vérifiez les droits, par exemple avec « ls -ld ».",
        "{where} can't be read ({reason}). Check its permissions, for example with 'ls -ld'.",
        where=same(shown(paths.decoded(str(path)))),
        reason=same(error.strerror or type(error).__name__),
    )


def nothing_in(folder: Path, ignored: Sequence[str]) -> Text:
    """What to say of a folder without a single entry."""
    where = same(shown(paths.decoded(str(folder))))
    if not ignored:
        return text(
            "Le dossier {where} est vide. Mettez-y un dossier ou une archive par étudiant.",
            "The folder {where} is empty. Put one folder or one archive for each student in it.",
            where=where,
        )
    return text(
        "Rien à noter dans {where} : ni dossier, ni archive, ni programme (laissés de côté : "
        "{names}). Mettez-y un dossier ou une archive par étudiant.",
        "There is nothing to grade in {where}: no folder, no archive, no program (left out: "
        "{names}). Put one folder or one archive for each student in it.",
        where=where,
        names=listed(sorted(ignored)),
    )


def _may_be_a_submission(name: str, roles: Mapping[Role, RoleFiles]) -> bool:
    return "." not in name or bool(paths.archive_suffix(name)) or is_program(name, roles)


def _without_suffix(name: str) -> str:
    return paths.decoded(name.removesuffix(paths.archive_suffix(name)))


def _loose(
    names: list[str], own_name: str, roles: Mapping[Role, RoleFiles], *, alone: bool
) -> list[Found]:
    """Loose programs, by person. `alone`: there is nothing else in the folder."""
    stems = {name: stem_of(paths.decoded(name), program_suffixes(roles)) for name in names}
    persons: dict[str, dict[str, str]] = defaultdict(dict)
    said: dict[str, Role] = {}
    for name, stem in stems.items():
        played = named_roles(stem, roles)
        if len(played) == 1:
            said[name] = played[0]
            rest = without_role(stem, played[0], roles)
            persons["".join(c for c in folded(rest) if c.isalnum())][name] = rest
    bare = set(persons.get("", ()))
    if alone and bare and bare == set(said):
        return [Found(own_name, "loose", tuple(names))]
    found: list[Found] = []
    for of_person in persons.values():
        if len({said[name] for name in of_person}) > 1:
            name = of_person[min(of_person)] or own_name
            found.append(Found(name, "loose", tuple(of_person)))
    paired = {name for one in found for name in one.raw}
    return found + [
        Found(stem or paths.decoded(name), "loose", (name,))
        for name, stem in stems.items()
        if name not in paired
    ]


def _own_name(folder: Path) -> str:
    return paths.decoded(folder.resolve().name) or "submission"


def _entries(found: list[Found], folder: Path) -> tuple[Entry, ...]:
    ids = identify([(one.name, one.raw_bytes) for one in found])
    return tuple(
        sorted(
            (
                Entry(
                    id=identifier,
                    name=one.name,
                    kind=one.kind,
                    paths=tuple(folder / name for name in one.raw),
                )
                for identifier, one in zip(ids, found, strict=True)
            ),
            key=lambda entry: entry.id,
        )
    )
