"""Texts searched by their letters alone: what may differ is taken out of both sides first.

White space (and, for a loose comparison, case and punctuation) is squeezed out, so that the
search itself is one `str.find`; then the gaps between the letters found are compared. The
cost is linear in the text searched, whatever it holds.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from enum import Enum, auto
from functools import lru_cache, partial
from itertools import accumulate

from grader.lab.model import Accents

_Squeeze = Callable[[str], str]
_CHUNK = 4096
_TRIES = 64
"""Places where the letters stand that are looked at: a flood may hold them many times."""
_MARKS = re.compile("[\u0300-\u036f]+")
_NO_LETTERS = {
    Accents.OPTIONAL: re.compile(r"[\W_]+"),
    Accents.REQUIRED: re.compile("(?:[^\\w\u0300-\u036f]|_)+"),
}
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
    return _MARKS.sub("", unicodedata.normalize("NFD", text))


def find(wanted: str, text: str, compare: Compare, accents: Accents) -> tuple[int, int] | None:
    """Where `wanted` (words with one blank between) first stands in `text`: (start, end)."""
    loose = compare is Compare.LOOSE
    squeeze = partial(_squeeze, loose=loose, accents=accents)
    letters, starts = _letters(wanted, squeeze)
    if not letters:
        return None
    squeezed, ends = _squeezed(text, loose, accents)
    at = squeezed.find(letters)
    for _ in range(_TRIES):
        if at < 0:
            break
        start = _index_of(text, squeeze, ends, at)
        end = _index_of(text, squeeze, ends, at + len(letters) - 1) + 1
        other = accents is Accents.REQUIRED and _is_mark(text[end : end + 1])
        if not other and _gaps_agree(text[start:end], squeeze, starts, compare):
            while _is_mark(text[end : end + 1]):
                end += 1
            return start, end
        at = squeezed.find(letters, at + 1)
    return None


@lru_cache(maxsize=8)  # several texts are looked for in one output
def _squeezed(text: str, loose: bool, accents: Accents) -> tuple[str, list[int]]:
    """The letters of a text, and their count up to the end of each chunk of it."""
    parts = (text[i : i + _CHUNK] for i in range(0, len(text), _CHUNK))
    chunks = [_squeeze(part, loose, accents) for part in parts]
    return "".join(chunks), list(accumulate(map(len, chunks)))


def _is_mark(char: str) -> bool:
    """A combining accent."""
    return "\u0300" <= char <= "\u036f"


def _squeeze(text: str, loose: bool, accents: Accents) -> str:
    """The letters of a text: composed or not, the same letter gives the same."""
    optional = accents is Accents.OPTIONAL
    if not text.isascii():
        text = without_accents(text) if optional else unicodedata.normalize("NFD", text)
    if not loose:
        return "".join(text.split())
    return _NO_LETTERS[accents].sub("", text.casefold())


def _letters(wanted: str, squeeze: _Squeeze) -> tuple[str, frozenset[int]]:
    """The letters, and the indices among them at which a word (but the first) starts."""
    letters, starts = "", set[int]()
    for word in wanted.split():
        if squeezed := squeeze(word):
            starts.add(len(letters))
            letters += squeezed
    return letters, frozenset(starts - {0})


def _index_of(text: str, squeeze: _Squeeze, ends: list[int], number: int) -> int:
    """The index of the character that gives letter `number`.

    `ends` counts the letters up to the end of each chunk of the text.
    """
    chunk = bisect_right(ends, number)
    done = ends[chunk - 1] if chunk else 0
    for index in range(chunk * _CHUNK, len(text)):
        done += len(squeeze(text[index]))
        if done > number:
            return index
    return len(text)


def _gaps_agree(region: str, squeeze: _Squeeze, starts: frozenset[int], compare: Compare) -> bool:
    """Whether words are apart where they should be, and letters together elsewhere."""
    number, gap = 0, ""
    for char in region:
        letter = squeeze(char)
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
