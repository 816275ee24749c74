"""Texts searched by their letters alone: what may differ is taken out of both sides first.

White space (and, for a loose comparison, case and punctuation) is squeezed out, so that the
search itself is one `str.find`; then the gaps between the letters found are compared. The
cost is linear in the text searched, whatever it holds.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from itertools import accumulate

from grader.lab.model import Accents

_CHUNK = 4096
_TRIES = 64
"""Places where the letters stand that are looked at: a flood may hold them many times."""
_MARKS = re.compile("[\u0300-\u036f]+")
# A control character is no punctuation: text in UTF-16 is half NUL bytes.
_PUNCTUATION = re.compile(r"(?:[^\w\s\x00-\x08\x0e-\x1b\x7f]|_)+")
_PUNCTUATION_BUT_MARKS = re.compile("(?:[^\\w\\s\\x00-\\x08\\x0e-\\x1b\\x7f\u0300-\u036f]|_)+")
_ASCII = [chr(code) for code in range(128)]
_ASCII_BLANKS = "".join(c for c in _ASCII if c.isspace()).encode()
_ASCII_PUNCTUATION = "".join(
    c for c in _ASCII if c.isprintable() and not c.isalnum() and not c.isspace()
).encode()
_ASCII_LOWER = bytes(range(256)).lower()
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


def without_case(text: str, punctuation: re.Pattern[str] = _PUNCTUATION) -> str:
    """The text without case and punctuation."""
    if text.isascii():
        return text.encode().translate(_ASCII_LOWER, _ASCII_PUNCTUATION).decode()
    return punctuation.sub("", text.casefold())


def find(wanted: str, text: str, compare: Compare, accents: Accents) -> tuple[int, int] | None:
    """Where `wanted` (words with one blank between) first stands in `text`: (start, end)."""
    loose = compare is Compare.LOOSE
    sought = _sought(wanted, loose, accents)
    if not sought.letters:
        return None
    squeezed, ends = _squeezed(text, loose, accents)
    at = squeezed.find(sought.letters)
    for _ in range(_TRIES):
        if at < 0:
            break
        start = _index_of(text, sought, ends, at)
        end = _index_of(text, sought, ends, at + len(sought.letters) - 1) + 1
        other = accents is Accents.REQUIRED and _is_mark(text[end : end + 1])
        if not other and _gaps_agree(text[start:end], sought, compare):
            while _is_mark(text[end : end + 1]):
                end += 1
            return start, end
        at = squeezed.find(sought.letters, at + 1)
    return None


@dataclass(frozen=True)
class _Sought:
    """What is looked for: its words without what may differ."""

    words: list[str]
    letters: str
    starts: frozenset[int]
    """The indices among the letters at which a word (but the first) starts."""
    loose: bool
    accents: Accents

    def squeezed(self, text: str) -> str:
        """The letters of a text, by the rules of this search."""
        return _squeeze(text, self.loose, self.accents)


@lru_cache(maxsize=64)  # a lab has few texts, and asks for each again and again
def _sought(wanted: str, loose: bool, accents: Accents) -> _Sought:
    words = _words(wanted, loose, accents)
    starts = frozenset(accumulate(map(len, words[:-1])))
    return _Sought(words, "".join(words), starts, loose, accents)


def _words(text: str, loose: bool, accents: Accents) -> list[str]:
    """The words of a text, by letters: composed or not, the same letter gives the same.

    Each character gives the same letters wherever it stands (only accents in a row may change
    places), so that a text may be taken in pieces.
    """
    optional = accents is Accents.OPTIONAL
    if not text.isascii():
        text = without_accents(text) if optional else unicodedata.normalize("NFD", text)
    if loose:
        text = without_case(text, _PUNCTUATION if optional else _PUNCTUATION_BUT_MARKS)
    return text.split()


def _squeeze(text: str, loose: bool, accents: Accents) -> str:
    """The letters of a text: its words in one."""
    if text.isascii():  # as most outputs are, and floods are long
        dropped = _ASCII_BLANKS + _ASCII_PUNCTUATION if loose else _ASCII_BLANKS
        return text.encode().translate(_ASCII_LOWER if loose else None, dropped).decode()
    return "".join(_words(text, loose, accents))


@lru_cache(maxsize=8)  # several texts are looked for in one output
def _squeezed(text: str, loose: bool, accents: Accents) -> tuple[str, list[int]]:
    """The letters of a text, and their count up to the end of each chunk of it."""
    parts = (text[i : i + _CHUNK] for i in range(0, len(text), _CHUNK))
    chunks = [_squeeze(part, loose, accents) for part in parts]
    return "".join(chunks), list(accumulate(map(len, chunks)))


def _is_mark(char: str) -> bool:
    """A combining accent."""
    return "\u0300" <= char <= "\u036f"


def _index_of(text: str, sought: _Sought, ends: list[int], number: int) -> int:
    """The index of the character that gives letter `number`.

    `ends` counts the letters up to the end of each chunk of the text.
    """
    chunk = bisect_right(ends, number)
    done = ends[chunk - 1] if chunk else 0
    piece = text[chunk * _CHUNK : (chunk + 1) * _CHUNK]

    def letters_up_to(index: int) -> int:
        return len(sought.squeezed(piece[: index + 1]))

    return chunk * _CHUNK + bisect_right(range(len(piece)), number - done, key=letters_up_to)


def _gaps_agree(region: str, sought: _Sought, compare: Compare) -> bool:
    """Whether words are apart where they should be, and letters together elsewhere."""
    if _words(region, sought.loose, sought.accents) == sought.words:
        return True
    number, gap = 0, ""
    for char in region:
        letter = sought.squeezed(char)
        if not letter:
            gap += char
            continue
        if not _gap_is_right(gap, number in sought.starts, compare):
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
