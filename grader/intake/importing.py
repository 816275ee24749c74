"""A class as it was downloaded: which layout, whose is what, and which attempt counts."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from grader.intake import import_words, paths
from grader.intake.discover import grouped, is_litter_beside, nothing_in
from grader.intake.entrants import GIT, Entrant, Handed, nothing_handed_in
from grader.intake.errors import InputError, Refused
from grader.intake.lateness import Deadline, lateness
from grader.intake.layouts.blackboard import receipts
from grader.intake.layouts.clones import FOLDER
from grader.intake.layouts.detect import GOOGLE, PLAIN, RECOGNISERS, Ambiguous, detect
from grader.intake.layouts.gradescope import MAX_BYTES, METADATA
from grader.intake.layouts.model import Item, Piece, Reading
from grader.intake.layouts.pattern import by_pattern
from grader.intake.names import identify
from grader.intake.people import Attempt, People, Person, in_teams, persons_of, with_roster
from grader.intake.roles import named_roles, program_suffixes, stem_of
from grader.intake.roster import Roster
from grader.intake.sources import Source, opened
from grader.lab.model import Role, RoleFiles
from grader.submission import Origin

Attempts = Literal["last", "first", "best"]
_RECEIPT = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a class is to be read. `layout` None: by its names."""

    layout: str | None = None
    pattern: re.Pattern[str] | None = None
    roster: Roster | None = None
    attempts: Attempts = "last"
    deadline: Deadline | None = None


@dataclass(frozen=True, kw_only=True)
class ClassRead:
    """Everybody of a class, sorted by id, and what there is to say of how it was read."""

    entrants: tuple[Entrant, ...]
    layout: str
    ignored: tuple[str, ...] = ()
    """Names that are no submission."""
    results: tuple[str, ...] = ()
    """Output folders of ours: this run's, and what is surely an earlier one's."""
    unmatched: tuple[str, ...] = ()
    """Names that the layout does not know; each has a row all the same."""
    doubts: tuple[str, ...] = ()
    inside: str = ""
    """The folder that everything lay in, where there was one around all."""
    unknown: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    doubtful: tuple[str, ...] = ()
    has_roster: bool = False
    timeless: int = 0
    """Submissions that nobody knows the time of, where there is a due date."""

    @property
    def teams(self) -> dict[str, str]:
        """Id -> team, of who is in one."""
        return {one.id: one.team for one in self.entrants if one.team}


@contextlib.contextmanager
def class_at(
    path: Path,
    roles: Mapping[Role, RoleFiles],
    options: Options | None = None,
    own: Path | None = None,
) -> Iterator[ClassRead]:
    """The class in a folder or a zip, which stays open meanwhile.

    `own` is where this run writes: it may lie in there, and is no submission.

    Raises:
        InputError: there is nothing to grade, or more than one layout may be meant.
    """
    with opened(path, roles, own) as source:
        yield _Import(source, path, roles, options or Options()).read()


class _Import:
    def __init__(
        self, source: Source, path: Path, roles: Mapping[Role, RoleFiles], options: Options
    ) -> None:
        self._source = source
        self._path = path
        self._roles = roles
        self._options = options
        self._inside = ""
        self._results: set[str] = set()
        self._seen: dict[Source, tuple[Item, ...]] = {}
        """What lies in a source: a class of 100,000 is looked through once."""

    def read(self) -> ClassRead:
        reading = self._reading()
        plain, ignored = self._plain(reading.unmatched)
        unmatched = [piece.item for piece in plain] if reading.layout not in (PLAIN, GOOGLE) else []
        persons = (
            *persons_of(reading.layout, reading.pieces),
            *persons_of(PLAIN, plain),
        )
        ignored += [paths.decoded(name) for name in (*reading.known, *self._source.refused)]
        if not persons:
            raise InputError(nothing_in(self._path, [*ignored, *self._results]))
        people = self._people(in_teams(persons))
        entrants = self._entrants(people.persons, reading.layout)
        return ClassRead(
            entrants=entrants,
            layout=reading.layout,
            ignored=tuple(sorted(ignored)),
            results=tuple(sorted(self._results)),
            unmatched=tuple(sorted(paths.decoded(name) for name in unmatched)),
            doubts=reading.doubts,
            inside=self._inside,
            unknown=people.unknown,
            absent=people.absent,
            doubtful=people.doubtful,
            has_roster=self._options.roster is not None,
            timeless=self._timeless(entrants),
        )

    # --- which layout -------------------------------------------------------------------

    def _reading(self) -> Reading:
        options = self._options
        items = self._items()
        if options.pattern is not None:
            return by_pattern(options.pattern, items)
        if options.layout in (PLAIN, GOOGLE):
            if options.layout == GOOGLE and not (options.roster and options.roster.has_entries):
                raise InputError(import_words.needs_mapping())
            self._look_through(items)
            return self._plainly(options.layout)
        if options.layout is not None:
            return self._forced(options.layout, items)
        found = detect(items, self._texts(items))
        if found is None and (inner := self._around(items)) is not None:
            below = self._source.below(inner)
            deeper = self._listed(below)
            found = detect(deeper, _texts(below, deeper))
            if found is not None:
                self._source, self._inside = below, inner
        if isinstance(found, Ambiguous):
            raise InputError(import_words.ambiguous(found))
        if found is None:
            self._look_through(items)
            return self._plainly(PLAIN)
        return found

    def _forced(self, layout: str, items: tuple[Item, ...]) -> Reading:
        reader = RECOGNISERS[layout]
        reading = reader(items, self._texts(items))
        if not reading.pieces and (inner := self._around(items)) is not None:
            below = self._source.below(inner)
            deeper = self._listed(below)
            reading = reader(deeper, _texts(below, deeper))
            if reading.pieces:
                self._source, self._inside = below, inner
        if not reading.pieces:
            raise InputError(import_words.not_that(layout, len(items)))
        return replace(reading, layout=layout)

    def _plainly(self, layout: str) -> Reading:
        return Reading(
            layout=layout, pieces=(), unmatched=tuple(item.name for item in self._items())
        )

    def _around(self, items: tuple[Item, ...]) -> str | None:
        """The only folder, where there is nothing beside it."""
        if len(items) == 1 and items[0].kind == "folder":
            return items[0].name
        return None

    def _look_through(self, items: tuple[Item, ...]) -> None:
        """A zip of one folder that holds nothing but folders and archives is a class in a folder.

        Where each of these is called as a role (`serveur/`, `client/`), it is one submission.
        """
        inner = self._around(items)
        if inner is None or self._path.is_dir():
            return
        below = self._source.below(inner)
        deeper = self._listed(below)
        suffixes = program_suffixes(self._roles)
        whole = [i for i in deeper if i.kind == "folder" or paths.archive_suffix(i.name)]
        named = [i for i in whole if len(named_roles(stem_of(i.text, suffixes), self._roles)) == 1]
        if len(deeper) > 1 and whole == [*deeper] and named != whole:
            self._source, self._inside = below, inner

    def _items(self) -> tuple[Item, ...]:
        return self._listed(self._source)

    def _listed(self, source: Source) -> tuple[Item, ...]:
        """What lies in `source`; results of ours are remembered, and no part of the class."""
        if source not in self._seen:
            self._seen[source] = self._looked_at(source)
        return self._seen[source]

    def _looked_at(self, source: Source) -> tuple[Item, ...]:
        items = [item for item in source.items() if not is_litter_beside(item.text)]
        results = {i.name for i in items if i.kind == "folder" and source.is_results(i.name)}
        self._results |= {paths.decoded(name) for name in results}
        return tuple(item for item in items if item.name not in results)

    def _texts(self, items: tuple[Item, ...]) -> dict[str, str]:
        return _texts(self._source, items)

    # --- what is plain ------------------------------------------------------------------

    def _plain(self, names: tuple[str, ...]) -> tuple[list[Piece], list[str]]:
        """Pieces of what no platform named: folders, archives, loose programs."""
        wanted = {*names}
        kinds = [(i.name, i.kind) for i in self._items() if i.name in wanted]
        found, ignored, _ = grouped(kinds, self._roles, self._source.name, self._source.which)
        pieces = []
        for one in found:
            key = one.raw_bytes.decode("utf-8", "surrogateescape")
            for raw in one.raw:
                file = None if one.kind == "folder" else paths.decoded(raw)
                pieces.append(Piece(item=raw, key=key, name=one.name, file=file))
        return pieces, ignored

    # --- who, and which attempt -----------------------------------------------------------

    def _people(self, persons: tuple[Person, ...]) -> People:
        if self._options.roster is None:
            return People(persons)
        return with_roster(persons, self._options.roster)

    def _entrants(self, persons: tuple[Person, ...], layout: str) -> tuple[Entrant, ...]:
        rows = [(person, one) for person in persons for one in self._chosen(person)]
        several = self._options.attempts == "best"
        raws = [
            p.raw + (b"\0" + one.mark.encode() if one and several and len(p.attempts) > 1 else b"")
            for p, one in rows
        ]
        ids = identify([(p.label, raw) for (p, _), raw in zip(rows, raws, strict=True)])
        entrants = [
            self._entrant(identifier, person, one, layout)
            for identifier, (person, one) in zip(ids, rows, strict=True)
        ]
        return tuple(sorted(entrants, key=lambda one: one.id))

    def _chosen(self, person: Person) -> tuple[Attempt | None, ...]:
        if not person.attempts:
            return (None,)
        if self._options.attempts == "best":
            return person.attempts
        return person.attempts[-1:] if self._options.attempts == "last" else person.attempts[:1]

    def _entrant(
        self, identifier: str, person: Person, attempt: Attempt | None, layout: str
    ) -> Entrant:
        pieces = attempt.pieces if attempt else ()
        time = (attempt.time if attempt else None) or person.submitted
        origin = Origin(
            layout=layout if person.layout != PLAIN or layout == GOOGLE else PLAIN,
            entries=tuple(sorted({paths.decoded(piece.item) for piece in pieces if piece.item})),
            ids=dict(sorted(person.ids.items())),
            groups=person.groups,
            team=person.team,
            submitted=time.isoformat() if time else None,
            attempt=person.attempts.index(attempt) + 1 if attempt else 0,
            attempts=len(person.attempts),
            late=lateness(time, self._options.deadline),
            flagged_late=any(piece.late for piece in pieces),
        )
        return Entrant(
            id=identifier,
            name=person.name,
            person=person.raw.hex(),
            team=f"{person.key}\0{person.team}" if person.team is not None else "",
            origin=origin,
            fetch=self._handed(attempt) if attempt else nothing_handed_in,
        )

    def _handed(self, attempt: Attempt) -> Handed:
        return Handed(
            source=self._source,
            pieces=attempt.pieces,
            roles=self._roles,
            deadline=self._options.deadline,
        )

    def _timeless(self, entrants: tuple[Entrant, ...]) -> int:
        if self._options.deadline is None:
            return 0
        origins = (one.origin for one in entrants)
        return sum(o.attempts > 0 and o.submitted is None and o.layout not in GIT for o in origins)


def _texts(source: Source, items: tuple[Item, ...]) -> dict[str, str]:
    """What recognisers may want to read: receipts, metadata, the folder's own name."""
    found = {FOLDER: source.name}
    wanted = [(name, _RECEIPT) for name in receipts(items)]
    wanted += [(item.name, MAX_BYTES) for item in items if item.text == METADATA]
    for name, limit in wanted:
        try:
            data = source.read(name, limit)
        except Refused:
            continue
        if len(data) <= limit:
            found[name] = data.decode("utf-8-sig", "replace")
    return found
