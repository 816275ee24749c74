"""Short texts drawn anew from a seed: words, names, numbers, hexadecimal digits; and bytes.

The same on every machine: nothing is used but SHA-256 and whole numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache

from grader.lab.model import Draw

LONGEST_WORD = 40
MOST_GENERATED = 8 << 20
"""Bytes that a generated message may have."""
_WORD_LETTERS = 7
_HEX_DIGITS = 8
_DIGITS = "0123456789abcdef"
_ATTEMPTS = 1000
_NAMES = (
    "Adèle", "Amir", "Anaïs", "Arthur", "Aya", "Basile", "Bérénice", "Camille", "Céleste",
    "Chloé", "Diane", "Driss", "Elias", "Éloïse", "Emma", "Fanny", "Farid", "Félix", "Gabin",
    "Garance", "Hélène", "Hugo", "Inès", "Ivan", "Jade", "Joël", "Kenza", "Lila", "Loïc", "Maël",
    "Malik", "Margot", "Naïma", "Noé", "Nora", "Odile", "Oscar", "Pablo", "Perle", "Quentin",
    "Rachid", "Régis", "Romane", "Salomé", "Samir", "Sofia", "Tarek", "Théo", "Ulysse", "Valère",
    "Victoire", "Wassim", "Xavier", "Yanis", "Yvonne", "Zélie", "Zoé",
)  # fmt: skip
_CONSONANTS, _VOWELS = "bcdfgjklmnprstvz", "aeiou"
_LETTERS = bytes(b"abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789"[i % 64]
                 for i in range(256))  # fmt: skip
_LINE = 64


class Numbers:
    """Whole numbers from SHA-256 in counter mode."""

    def __init__(self, key: str) -> None:
        self._key = key
        self._count = 0

    def below(self, limit: int) -> int:
        """Draw the next number, 0 to `limit` - 1; the bias of 2**-128 is nobody's business."""
        self._count += 1
        block = hashlib.sha256(f"{self._key}#{self._count}".encode()).digest()
        return int.from_bytes(block[:20], "big") % limit


def draw_short(key: str, draw: Draw, others: Sequence[str], never: Sequence[str]) -> str:
    """A short text; none of `others` is in it, nor it in them, if that can be."""
    numbers = Numbers(key)
    make = _MAKERS[draw.kind]
    apart = [text.casefold() for text in (*others, *never) if text]
    taken = {text.casefold() for text in others}
    second = ""
    for attempt in range(_ATTEMPTS):
        made = make(numbers, draw, attempt)
        folded = made.casefold()
        if not any(folded in other or other in folded for other in apart):
            return made
        # Of few numbers some are parts of others: then it is enough that they differ.
        if not second and folded not in taken:
            second = made
    return second or make(numbers, draw, 0)


def _word(numbers: Numbers, draw: Draw, _attempt: int) -> str:
    pools = (_CONSONANTS, _VOWELS)
    size = draw.length or _WORD_LETTERS
    return "".join(pools[i % 2][numbers.below(len(pools[i % 2]))] for i in range(size))


def _name(numbers: Numbers, draw: Draw, attempt: int) -> str:
    name = _NAMES[numbers.below(len(_NAMES))]
    return name if attempt < _ATTEMPTS // 2 else f"{name}-{_word(numbers, draw, 0).title()}"


def _number(numbers: Numbers, draw: Draw, _attempt: int) -> str:
    return str(draw.low + numbers.below(draw.high - draw.low + 1))


def _hex(numbers: Numbers, draw: Draw, _attempt: int) -> str:
    size = draw.length or _HEX_DIGITS
    return "".join(_DIGITS[numbers.below(len(_DIGITS))] for _ in range(size))


_MAKERS: dict[str, Callable[[Numbers, Draw, int], str]] = {
    "word": _word, "name": _name, "number": _number, "hex": _hex,
}  # fmt: skip


@lru_cache(maxsize=4)  # played, then judged, several runs of one submission
def generated(key: str, size: int, kind: str) -> bytes:
    """So many bytes: any `bytes`, `text` of letters and blanks, or `lines` of 63 of these."""
    blocks = -(-size // 32)
    data = b"".join(hashlib.sha256(f"{key}#{i}".encode()).digest() for i in range(blocks))[:size]
    if kind == "bytes":
        return data
    text = bytearray(data.translate(_LETTERS))
    if kind == "lines" and size:
        text[_LINE - 1 :: _LINE] = b"\n" * len(text[_LINE - 1 :: _LINE])
        text[-1:] = b"\n"
    return bytes(text)
