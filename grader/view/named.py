"""A student's page for another name: what is handed in alike is shown alike, but for the name."""

from __future__ import annotations

from dataclasses import dataclass

from grader.view import markup
from grader.view.bytes_view import runs

_PLACES = (markup.plain, markup.runs)
"""How `student.html.j2` writes the name, in this order: its title, its heading."""


@dataclass(frozen=True)
class NamedPage:
    """A page as bytes, cut where the name stands."""

    parts: tuple[bytes, ...]

    @classmethod
    def of(cls, page: str, name: str) -> NamedPage | None:
        """The page that was made for `name`, a word like no other; None: it is elsewhere, too."""
        parts = tuple(part.encode() for part in page.split(name))
        return cls(parts) if len(parts) == len(_PLACES) + 1 else None

    @property
    def tail(self) -> bytes:
        """What the pages for all names end in."""
        return self.parts[-1]

    def for_name(self, name: str) -> tuple[bytes, ...]:
        """The page as it is made for that name, in pieces; the last is the same for all."""
        shown = runs(name)
        written = [self.parts[0]]
        for place, part in zip(_PLACES, self.parts[1:], strict=True):
            written += [place(shown).encode(), part]
        return tuple(written)
