"""Texts searched by their letters alone: what may differ is taken out of both sides first.

White space (and, for a loose comparison, case and punctuation) is squeezed out, so that the
search itself is one `str.find`; then the gaps between the letters found are compared. The
cost is linear in the text searched, whatever it holds.
"""

from __future__ import annotations

import unicodedata
from enum import Enum, auto

from grader.lab.model import Accents

_CHUNK = 4096
_REMEMBERED = 1 << 16
"""Characters whose letter is kept: all that honest texts have; a flood of others is not."""
_BREAKS = frozenset("\r\n")


class Compare(Enum):
    """What may differ for free."""

    EXACT = auto()
    """White space for white space; accents where they are optional."""
    BROKEN = auto()
    """The same, and a line may end inside a word."""
    LOOSE = auto()
    """Case and punctuation too."""


def without_accents(text: str) -> str:
    """The text with each letter's accents taken off."""
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(c for c in decomposed if not _is_mark(c))


def find(wanted: str, text: str, compare: Compare, accents: Accents) -> tuple[int, int] | None:
    """Where `wanted` (words with one blank between) first stands in `text`: (start, end)."""
    loose = compare is Compare.LOOSE
    table = _TABLES[loose, accents]
    letters, starts = _letters(wanted, table)
    if not letters:
        return None
    squeezed = text.translate(table)
    at = squeezed.find(letters)
    while at >= 0:
        start = _index_of(text, table, at)
        end = _index_of(text, table, at + len(letters) - 1) + 1
        other = accents is Accents.REQUIRED and _is_mark(text[end : end + 1])
        if not other and _gaps_agree(text[start:end], table, starts, compare):
            while _is_mark(text[end : end + 1]):
                end += 1
            return start, end
        at = squeezed.find(letters, at + 1)
    return None


def _is_mark(char: str) -> bool:
    """A combining accent."""
    return "\u0300" <= char <= "\u036f"


class _Table(dict[int, str]):
    """For `str.translate`: each character's letter, or nothing; made as they are met."""

    def __init__(self, loose: bool, accents: Accents) -> None:
        super().__init__()
        self._loose, self._accents = loose, accents

    def __missing__(self, code: int) -> str:
        letter = self._letter(chr(code))
        if len(self) < _REMEMBERED:
            self[code] = letter
        return letter

    def _letter(self, char: str) -> str:
        if char.isspace():
            return ""
        optional = self._accents is Accents.OPTIONAL
        # Composed or not, the same letter gives the same: its decomposed form.
        char = without_accents(char) if optional else unicodedata.normalize("NFD", char)
        if not self._loose:
            return char
        return "".join(c for c in char.casefold() if c.isalnum() or _is_mark(c))


_TABLES = {
    (loose, accents): _Table(loose, accents) for loose in (False, True) for accents in Accents
}


def _letters(wanted: str, table: _Table) -> tuple[str, frozenset[int]]:
    """The letters, and the indices among them at which a word (but the first) starts."""
    letters, starts = "", set[int]()
    for word in wanted.split():
        if squeezed := word.translate(table):
            starts.add(len(letters))
            letters += squeezed
    return letters, frozenset(starts - {0})


def _index_of(text: str, table: _Table, number: int) -> int:
    """The index of the character that gives letter `number`."""
    base = done = 0
    while True:
        size = len(text[base : base + _CHUNK].translate(table))
        if done + size > number:
            break
        done, base = done + size, base + _CHUNK
    for index in range(base, len(text)):
        done += len(text[index].translate(table))
        if done > number:
            return index
    return len(text)


def _gaps_agree(region: str, table: _Table, starts: frozenset[int], compare: Compare) -> bool:
    """Whether words are apart where they should be, and letters together elsewhere."""
    number, gap = 0, ""
    for char in region:
        letter = char.translate(table)
        if not letter:
            gap += char
            continue
        if not _gap_is_right(gap, number in starts, compare):
            return False
        number, gap = number + len(letter), ""
    return True


def _gap_is_right(gap: str, between_words: bool, compare: Compare) -> bool:
    blanks = {c for c in gap if c.isspace()}
    if compare is Compare.LOOSE:
        # Punctuation may stand for a blank, and may stand inside a word.
        return bool(gap) if between_words else blanks <= _BREAKS
    if between_words:
        return bool(blanks)
    return not blanks or (compare is Compare.BROKEN and blanks <= _BREAKS)
