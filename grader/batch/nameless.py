"""Takes known names out of texts and bytes, and puts a pseudonym in the place of each.

A name is known by its parts (`dupont_marie`: two), however they are written: case and accents
are ignored, `_`, `.`, `-` and spaces end a part. Nothing else is recognised: no nickname, no part
of one or two letters, no name that is run together with other letters.
"""

from __future__ import annotations

import builtins
import dataclasses
import keyword
import re
import sys
import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar, cast

import msgspec

_T = TypeVar("_T")

SHORTEST = 3
"""A part with fewer Latin letters is too common to be taken for somebody's."""
SHARED = "somebody"
"""Stands for a part that several persons have."""
_MARKS = "".join(
    chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code)).startswith("M")
)
_PART = re.compile(rf"[^\W_](?:[^\W_]|[{_MARKS}])*")
"""Letters and digits, with their accents where these are characters of their own (NFD)."""
_LATIN_1 = {0xDC00 + byte: byte for byte in range(0x80, 0x100)}
"""What `surrogateescape` makes of a byte -> the letter that it is in Latin-1."""
_OF_PYTHON = frozenset({*keyword.kwlist, *sys.stdlib_module_names, *dir(builtins)})
_OURS = frozenset((
    "server", "serveur", "client", "both", "completed", "stuck", "crashed", "timeout", "limit",
    "skipped", "separate", "coalesced", "split", "kernel", "paced", "full", "none", "pass",
    "fail", "partial", "remark", "error", "listener", "connection", "keyboard", "terminal",
    "waiting", "deadline", "exit", "begun", "done", "missed", "passed-over", "half", "close",
    "reset", "tcp", "udp", "python", "main",
))  # fmt: skip
"""Values of our own files, and names of programs: nobody is meant by them."""
_OF_DOWNLOADS = frozenset((
    "assignsubmission", "assignfeedback", "file", "onlinetext", "participant", "submission",
    "attempt", "late", "anon", "link", "zip", "tar", "tgz", "gz", "bz2", "xz", "rar", "7z",
))  # fmt: skip
"""What platforms and archivers put into the name of a download."""


class Nameless:
    """`names`: what names a person -> the pseudonym; `kept`: words that are nobody's name here."""

    def __init__(self, names: Mapping[str, Iterable[str]], kept: Iterable[str] = ()) -> None:
        spared = {_folded(word) for word in (*_OF_PYTHON, *_OURS, *_OF_DOWNLOADS)}
        spared |= {_folded(part) for text in kept for part in _PART.findall(text)}
        self._instead: dict[str, str] = {}
        self.spared: set[str] = set()
        """Parts of names that stay, as the lab or Python uses the same word."""
        for pseudonym, texts in names.items():
            for part in {_folded(p) for text in texts for p in _PART.findall(text)}:
                if part in spared:
                    self.spared.add(part)
                elif _is_telling(part):
                    other = self._instead.get(part, pseudonym)
                    self._instead[part] = pseudonym if other == pseudonym else SHARED

    def text(self, text: str) -> str:
        """The text without names."""
        return _PART.sub(lambda found: self._for(found[0]), text)

    def data(self, data: bytes) -> bytes:
        """The bytes without names, where they are text in UTF-8 or Latin-1."""
        return self.pieces([data])[0]

    def pieces(self, pieces: Sequence[bytes]) -> list[bytes]:
        """The same for bytes that came one after the other: a name may begin in one piece only."""
        whole = b"".join(pieces)
        spans = list(self._spans(whole))
        starts = [start for start, _, _ in spans]
        out, at, taken = [], 0, 0
        for piece in pieces:
            end, made = at + len(piece), b""
            taken = max(taken, at)
            for start, stop, instead in spans[bisect_left(starts, at) :]:
                if start >= end:
                    break
                made += whole[taken:start] + instead
                taken = stop
            made += whole[taken:end]
            out.append(made)
            at = end
        return out

    def _spans(self, data: bytes) -> Iterator[tuple[int, int, bytes]]:
        text = data.decode("utf-8", "surrogateescape")
        before, at = 0, 0
        for start, stop, instead in self._found(text):
            at += len(text[before:start].encode("utf-8", "surrogateescape"))
            size = len(text[start:stop].encode("utf-8", "surrogateescape"))
            yield at, at + size, instead.encode()
            at, before = at + size, stop

    def _found(self, text: str) -> Iterator[tuple[int, int, str]]:
        """Names in it: bytes that are no UTF-8 are letters of Latin-1, or part two words."""
        latin = text.translate(_LATIN_1)
        for word in _PART.finditer(latin):
            instead = self._for(word[0])
            if instead != word[0]:
                yield word.start(), word.end(), instead
            elif text[word.start() : word.end()] != word[0]:
                for part in _PART.finditer(text, word.start(), word.end()):
                    instead = self._for(part[0])
                    if instead != part[0]:
                        yield part.start(), part.end(), instead

    def anything(self, value: _T, own: Collection[str] = ()) -> _T:
        """Data of any depth without names, keys of mappings too.

        Fields called as in `own` hold words of ours (codes, states), and stay as they are.
        """
        return cast(_T, self._anything(value, own))

    def _anything(self, value: object, own: Collection[str]) -> object:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, bytes):
            return self.data(value)
        if isinstance(value, dict):
            return {self.text(key): self._anything(one, own) for key, one in value.items()}
        if isinstance(value, list | tuple):
            return type(value)([self._anything(one, own) for one in value])
        if isinstance(value, msgspec.Struct):
            return msgspec.structs.replace(
                value, **self._fields(value, value.__struct_fields__, own)
            )
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            names = [field.name for field in dataclasses.fields(value)]
            return dataclasses.replace(value, **self._fields(value, names, own))
        return value

    def _fields(
        self, value: object, names: Iterable[str], own: Collection[str]
    ) -> dict[str, object]:
        return {
            name: self._anything(getattr(value, name), own) for name in names if name not in own
        }

    def _for(self, part: str) -> str:
        return self._instead.get(_folded(part), part)


def telling_words(download: str) -> str:
    """The name of a download without what its platform and its archiver put there."""
    return " ".join(p for p in _PART.findall(download) if p.casefold() not in _OF_DOWNLOADS)


def _folded(word: str) -> str:
    whole = unicodedata.normalize("NFKD", word.casefold())
    return "".join(c for c in whole if not unicodedata.combining(c))


def _is_telling(part: str) -> bool:
    if part.isascii() and part.isalpha():
        return len(part) >= SHORTEST
    # A number of one or two digits is in every program; other scripts name in one character.
    return len(part) >= SHORTEST or not part.isascii()
