"""What recognisers take and give: names, and what each name says."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal, Protocol

from grader.intake import paths

ItemKind = Literal["folder", "file", "link", "other"]


@dataclass(frozen=True, kw_only=True)
class Item:
    """A name at the top of what was downloaded. `inside` are names of note in a folder."""

    name: str
    kind: ItemKind
    inside: frozenset[str] = frozenset()

    @cached_property
    def text(self) -> str:
        """The name as recognisers read it: NFC, whatever unpacked it (macOS makes NFD)."""
        return unicodedata.normalize("NFC", paths.decoded(self.name))


@dataclass(frozen=True, kw_only=True)
class Member:
    """A person of a team, as the platform names them. `ids` are by kind, see `Piece`."""

    name: str
    ids: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """What one name says: whose it is, and which file of theirs.

    Pieces of one `key` and one `attempt` are one submission. `ids` tell who it is, by kind:
    `participant` (Moodle), `canvas`, `login` (a user name), `number`, `email`.
    """

    item: str
    """The name as it was listed; empty where nothing lies there, only words say so."""
    key: str
    name: str
    file: str | None = None
    """Of a file: what the student called it. None: a folder, or nothing to read."""
    attempt: str = ""
    """What tells the attempts of one person apart, and sorts them: mostly a time."""
    time: datetime | None = None
    """When it was handed in; without an offset where the platform gives none."""
    late: bool = False
    """The platform says so."""
    ids: Mapping[str, str] = field(default_factory=dict)
    members: tuple[Member, ...] = ()
    """Of a team, where the platform names them."""
    notes: tuple[str, ...] = ()
    """Codes of remarks about this name."""


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one recogniser makes of all names.

    `unmatched` are names that it does not know; `known` are names that it knows not to be
    submissions (an index page, a worksheet). `doubts` are codes of what it is unsure of.
    """

    layout: str
    pieces: tuple[Piece, ...]
    unmatched: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


class Recogniser(Protocol):
    """Reads names as one platform writes them."""

    def __call__(self, items: tuple[Item, ...], texts: Mapping[str, str], /) -> Reading:
        """What the names say. `texts` are contents of small files that a layout asks for."""
        ...
