"""From pieces to persons: whose is what, with the roster's word where there is one.

Nobody is guessed: an id that both sides have decides, then a name that only one person on each
side has. Whoever can't be told apart stays as the platform calls them, and is listed.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from grader.intake.layouts.model import Member, Piece
from grader.intake.paths import archive_suffix, raw_bytes
from grader.intake.roster import KINDS, Roster, Student

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What was handed in at one time. `mark` tells it from others and sorts it."""

    mark: str
    pieces: tuple[Piece, ...]

    @property
    def time(self) -> datetime | None:
        """When, as far as a name says."""
        return next((piece.time for piece in self.pieces if piece.time), None)


@dataclass(frozen=True, kw_only=True)
class Person:
    """A row to be. `raw` is what the id is made of where the name alone is not plain."""

    layout: str
    key: str
    label: str
    """What the platform calls them: the id is made of it, with a roster or without."""
    name: str
    raw: bytes
    attempts: tuple[Attempt, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)
    groups: tuple[str, ...] = ()
    team: str | None = None
    members: tuple[Member, ...] = ()
    submitted: datetime | None = None


@dataclass(frozen=True)
class People:
    """Everybody, in no particular order, and names that nobody was found for, sorted."""

    persons: tuple[Person, ...]
    unknown: tuple[str, ...] = ()
    """Handed in, and not in the roster."""
    absent: tuple[str, ...] = ()
    """In the roster, and nothing handed in."""
    doubtful: tuple[str, ...] = ()
    """More than one person of the roster, or more than one entry, could be meant."""


def persons_of(layout: str, pieces: Iterable[Piece]) -> tuple[Person, ...]:
    """One person (or team) for each key, attempts in the order of their marks."""
    by_key: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_key[piece.key].append(piece)
    return tuple(_person(layout, key, found) for key, found in by_key.items())


def _person(layout: str, key: str, pieces: Sequence[Piece]) -> Person:
    by_mark: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_mark[piece.attempt].append(piece)
    ids = {kind: value for piece in pieces for kind, value in piece.ids.items()}
    # A receipt may know the name, the files beside it only the login.
    name = max((piece.name for piece in pieces), key=lambda name: (name != key, name))
    return Person(
        layout=layout,
        key=key,
        label=name,
        name=name,
        # Plain entries keep the id that their name on the disk has always given them.
        raw=raw_bytes(key if layout == "plain" else f"{layout}\0{key}"),
        attempts=tuple(Attempt(mark=mark, pieces=tuple(by_mark[mark])) for mark in sorted(by_mark)),
        ids=ids,
        members=next((piece.members for piece in pieces if piece.members), ()),
    )


def with_roster(persons: Sequence[Person], roster: Roster) -> People:
    """The persons with what the roster knows of them, and those who handed in nothing.

    A team that the platform names the members of is already those (`in_teams`).
    """
    matching = _Matching(persons, roster.students)
    return matching.people()


def in_teams(persons: Iterable[Person]) -> tuple[Person, ...]:
    """Each team as its members, a row each, where anybody names them; no two rows alike."""
    rows: list[Person] = []
    for person in persons:
        rows += [_of_team(person, m) for m in person.members] if person.members else [person]
    return tuple(_told_apart(rows))


def _of_team(team: Person, member: Member) -> Person:
    own = next((f"{kind}:{member.ids[kind]}" for kind in KINDS if kind in member.ids), member.name)
    return replace(
        team,
        label=member.name,
        name=member.name,
        ids={**team.ids, **member.ids},
        raw=team.raw + f"\0{own}".encode("utf-8", "surrogatepass"),
        team=team.name,
        members=(),
    )


def _told_apart(rows: Iterable[Person]) -> Iterator[Person]:
    """Of rows that nothing tells apart (two of one name and nothing else) none is lost."""
    seen: Counter[bytes] = Counter()
    for row in rows:
        seen[row.raw] += 1
        again = seen[row.raw]
        yield row if again == 1 else replace(row, raw=row.raw + b"\0%d" % again)


def name_key(name: str) -> str:
    """A name however it is ordered, accented or spaced: `DUPONT Élise`, `Elise Dupont`."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(sorted(_WORD.findall(plain.replace("_", " "))))


def slug_key(name: str) -> str:
    """A name as Canvas writes it: `doejane` of « Doe, Jane »."""
    folded = unicodedata.normalize("NFC", name.lower())
    return "".join(c for c in folded if c == "_" or unicodedata.category(c)[0] in "LNM")


# --- ways to know somebody, the surest first: keys of a person, keys of a student ---------


def _same_ids(one: Person | Student) -> Iterator[str]:
    yield from (f"{kind}:{value.casefold()}" for kind, value in one.ids.items())


def _entries(person: Person) -> Iterator[str]:
    names = {p.item for a in person.attempts for p in a.pieces}
    for name in (unicodedata.normalize("NFC", name) for name in names):
        yield from {name, name.removesuffix(archive_suffix(name)), person.label}


def _called_by_id(person: Person) -> Iterator[str]:
    if person.layout in _FREE:  # elsewhere a name is a name
        yield person.label.casefold()


def _any_id(student: Student) -> Iterator[str]:
    yield from {value.casefold() for value in student.ids.values()}


def _exact(one: Person | Student) -> Iterator[str]:
    yield " ".join(unicodedata.normalize("NFC", one.name).casefold().split())


def _words(one: Person | Student) -> Iterator[str]:
    yield name_key(one.name)


def _slugs_of(student: Student) -> Iterator[str]:
    """`Doe, Jane`, and what Canvas would make of « Jane Doe », wherever the surname begins."""
    words = student.name.split()
    turned = (" ".join((*words[i:], *words[:i])) for i in range(len(words)))
    yield from {slug_key(text) for text in (student.name, *turned)}


def _slug(person: Person) -> Iterator[str]:
    yield slug_key(person.name)


_CLONES = ("github", "classroom50")
_FREE = ("plain", "pattern")
_WAYS: tuple[tuple[Callable[[Person], Iterator[str]], Callable[[Student], Iterator[str]]], ...] = (
    (_same_ids, _same_ids),
    (_entries, lambda student: iter((student.entry,))),
    (_called_by_id, _any_id),
    (_exact, _exact),
    (_words, _words),
    (_slug, _slugs_of),
)


class _Matching:
    """One round of matching: surest ways first, each person and each student once."""

    def __init__(self, persons: Sequence[Person], students: Sequence[Student]) -> None:
        self._persons = list(persons)
        self._students = students
        self._found: dict[int, int] = {}
        """Person to student, by place."""
        self._teams: dict[int, tuple[int, ...]] = {}
        self._doubtful: set[int] = set()

    def people(self) -> People:
        """Match, and say who is left over on either side."""
        for of_person, of_student in _WAYS:
            self._match(of_person, of_student)
        self._match_repositories()
        self._match_teams()
        taken = {*self._found.values(), *(s for team in self._teams.values() for s in team)}
        missing = [s for place, s in enumerate(self._students) if place not in taken]
        known = {*self._found, *self._teams}
        return People(
            persons=in_teams(
                (
                    *(self._joined(place, person) for place, person in enumerate(self._persons)),
                    *map(_absent, missing),
                )
            ),
            unknown=tuple(
                sorted(p.label for place, p in enumerate(self._persons) if place not in known)
            ),
            absent=tuple(sorted(s.name for s in missing)),
            doubtful=tuple(sorted({self._persons[place].label for place in self._doubtful})),
        )

    def _match(
        self,
        of_person: Callable[[Person], Iterator[str]],
        of_student: Callable[[Student], Iterator[str]],
    ) -> None:
        """Match by keys that mean one student of the whole roster and one person."""
        if len(self._found) == len(self._persons):
            return
        taken = {*self._found.values()}
        students: dict[str, set[int]] = defaultdict(set)
        for place, student in enumerate(self._students):
            for key in filter(None, of_student(student)):
                students[key].add(place)
        claims: dict[int, list[int]] = defaultdict(list)
        for place, person in enumerate(self._persons):
            if place in self._found:
                continue
            meant = {s for key in of_person(person) for s in students.get(key, ())} - taken
            if of_person is not _entries:  # a mapping means just this entry
                meant = {s for s in meant if not self._contradict(person, s)}
            if len(meant) > 1:
                self._doubtful.add(place)
            elif meant:
                claims[meant.pop()].append(place)
        self._settle(claims)

    def _settle(self, claims: Mapping[int, Sequence[int]]) -> None:
        """Who alone claims a student is that student."""
        for student, places in claims.items():
            if len(places) == 1:
                self._found[places[0]] = student
                self._doubtful.discard(places[0])
            else:
                self._doubtful.update(places)

    def _contradict(self, person: Person, place: int) -> bool:
        """Both have an id of one kind, and not the same: two persons, whatever they are called."""
        ids = self._students[place].ids
        return any(ids[k].casefold() != v.casefold() for k, v in person.ids.items() if k in ids)

    def _match_repositories(self) -> None:
        """`tp9-jean-dupont` is of the longest login that it ends with."""
        taken = {*self._found.values()}
        logins = {
            login.casefold(): place
            for place, s in enumerate(self._students)
            if (login := s.ids.get("login")) and place not in taken
        }
        claims: dict[int, list[int]] = defaultdict(list)
        for place, person in enumerate(self._persons):
            if place in self._found or person.layout not in _CLONES:
                continue
            parts = person.key.casefold().split("-")
            ends = ("-".join(parts[i:]) for i in range(1, len(parts)))
            login = next((end for end in ends if end in logins), None)
            if login is not None:
                claims[logins[login]].append(place)
        self._settle(claims)

    def _match_teams(self) -> None:
        """What is called as a group of the roster is of that group's members."""
        groups: dict[str, set[str]] = defaultdict(set)
        members: dict[str, list[int]] = defaultdict(list)
        taken = {*self._found.values()}
        for place, student in enumerate(self._students):
            for group in student.groups:
                groups[f"n:{name_key(group)}"].add(group)
                groups[f"s:{slug_key(group)}"].add(group)
                if place not in taken:
                    members[group].append(place)
        for place, person in enumerate(self._persons):
            if place in self._found or person.team is not None:
                continue
            keys = (f"n:{name_key(person.label)}", f"s:{slug_key(person.label)}")
            meant = {group for key in keys if len(key) > 2 for group in groups.get(key, ())}
            if len(meant) == 1 and (found := members[meant.pop()]):
                self._teams[place] = tuple(found)
                self._doubtful.discard(place)

    def _joined(self, place: int, person: Person) -> Person:
        if place in self._teams:
            students = [self._students[one] for one in self._teams[place]]
            return replace(person, members=tuple(Member(name=s.name, ids=s.ids) for s in students))
        if place not in self._found:
            return person
        student = self._students[self._found[place]]
        return replace(
            person,
            name=student.name or person.name,
            ids={**person.ids, **student.ids},
            groups=student.groups,
            submitted=student.submitted,
        )


def _absent(student: Student) -> Person:
    own = next((f"{kind}:{student.ids[kind]}" for kind in KINDS if kind in student.ids), "")
    return Person(
        layout="roster",
        key=own or student.name,
        label=student.name,
        name=student.name,
        raw=f"roster\0{own or student.name}".encode("utf-8", "surrogatepass"),
        ids=student.ids,
        groups=student.groups,
    )
