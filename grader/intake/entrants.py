"""A row of a class before it is read: whose it is, and how to read what they handed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import msgspec

from grader.intake import apart, archives, commits, paths, texts
from grader.intake.bounds import BOUNDS
from grader.intake.errors import Refused
from grader.intake.gathering import Gathering
from grader.intake.lateness import Deadline, lateness
from grader.intake.layouts.model import Piece
from grader.intake.reading import digest_of, submission_from
from grader.intake.sources import Source
from grader.judge.model import Programs
from grader.lab.model import Role, RoleFiles
from grader.stamps import Stamp, together
from grader.submission import Origin, Submission

GIT = ("github", "classroom50")
"""Layouts whose entries are clones."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entrant:
    """A row of the class, not yet read.

    `person` is one for all attempts of one person; `team` is one for all members of a team
    and empty for everybody else.
    """

    id: str
    name: str
    person: str
    team: str
    origin: Origin
    fetch: Callable[[Entrant], Submission]

    def read(self) -> Submission:
        """The submission; never raises for what was handed in."""
        return self.fetch(self)

    def looked_at(self) -> tuple[str, Stamp | None]:
        """What is known before anything is read, as text, and the stamp of what was handed in.

        None where a stamp does not tell whether that has changed.
        """
        told = msgspec.json.encode((self.name, self.person, self.team, self.origin)).decode()
        if not isinstance(self.fetch, Handed) or self.origin.layout in GIT:
            return told, None
        pieces = (f"{one.item}\0{one.file}\0{one.notes}" for one in self.fetch.pieces)
        return "\0".join((told, *pieces)), self.fetch.stamp()


@dataclass(frozen=True, kw_only=True, slots=True)
class Handed:
    """What was handed in at one time: where it lies, and what it is read by."""

    source: Source
    pieces: tuple[Piece, ...]
    roles: Mapping[Role, RoleFiles]
    deadline: Deadline | None

    def __call__(self, entrant: Entrant) -> Submission:
        """Read it, with a large archive in a process of its own.

        Raises:
            OSError: no process can be started.
        """
        sizes = (self.source.largest_archive(piece.item) for piece in self.pieces if piece.item)
        if max(sizes, default=0) > apart.LARGE:
            return apart.told("grader.intake.entrants:Handed.read_here", self, entrant)
        return self.read_here(entrant)

    def stamp(self) -> Stamp | None:
        """Of all pieces; nothing is read."""
        stamps = [self.source.stamp(piece.item) for piece in self.pieces if piece.item]
        return together(one for one in stamps if one) if all(stamps) else None

    def read_here(self, entrant: Entrant) -> Submission:
        """Read it in this process. Of a clone, also the commit."""
        origin = entrant.origin
        if origin.layout in GIT and (found := commits.head(self.source, self.pieces[0].item)):
            origin = replace(origin, commit=found.sha)
            # A commit's time is its author's word: what the roster says comes first.
            if origin.submitted is None and found.time is not None:
                late = lateness(found.time, self.deadline)
                origin = replace(origin, submitted=found.time.isoformat(), late=late)
        fill = partial(_fill, self.source, self.pieces)
        read = submission_from(entrant.id, entrant.name, fill, self.roles, BOUNDS)
        again = sorted(piece.file or "" for piece in self.pieces if "re-uploaded" in piece.notes)
        said = (texts.remark("re-uploaded", again),) if again else ()
        return replace(read, origin=origin, remarks=(*said, *read.remarks))


def nothing_handed_in(entrant: Entrant) -> Submission:
    """The submission of somebody who is in the roster only: nothing, which is theirs."""
    return Submission(
        id=entrant.id,
        name=entrant.name,
        files=(),
        programs=Programs(server=None, client=None),
        digest=digest_of(()),
        problem=texts.problem("nothing-handed-in"),
        origin=entrant.origin,
    )


def _fill(source: Source, pieces: Sequence[Piece], gathering: Gathering) -> None:
    """Take in all pieces; an archive that is alone is opened, as anywhere."""
    there = [piece for piece in pieces if piece.item]
    layers = gathering.bounds.layers
    if len(there) == 1 and _is_archive(there[0], gathering):
        data = source.read(there[0].item, gathering.bounds.archive_bytes)
        archives.unpack(data, gathering)
        archives.unwrap(gathering, layers - 1)
        return
    for piece in sorted(there, key=lambda piece: piece.item):
        if piece.file is None:
            source.fill_folder(piece.item, gathering)
        else:
            _fill_file(source, piece, piece.file, gathering)
    archives.unwrap(gathering, layers)


def _fill_file(source: Source, piece: Piece, name: str, gathering: Gathering) -> None:
    path = gathering.path_of(name)
    if path is None:
        return
    if _is_archive(piece, gathering):
        limit = gathering.bounds.archive_bytes
        gathering.archives[path] = partial(source.read, piece.item, limit)
        return
    try:
        gathering.keep(path, source.read(piece.item, gathering.bounds.file_bytes))
    except Refused as refused:
        if refused.code != "too-large":
            raise
        gathering.note("file-too-large", path)


def _is_archive(piece: Piece, gathering: Gathering) -> bool:
    name = piece.file or ""
    return bool(paths.archive_suffix(name)) and not gathering.is_program(name)
