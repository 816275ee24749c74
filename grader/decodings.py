"""Bytes read as text in each of the encodings allowed, with the way back from text to bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_CONTROLS = re.compile(rb"[\x80-\x9f]")
_BYTE_FOR_BYTE = ("ascii", "latin-1", "cp1252")


@dataclass(frozen=True)
class View:
    """A way to read bytes as text, with the way back from characters to bytes."""

    encoding: str
    text: str

    def offset(self, index: int) -> int:
        """The offset in bytes of character `index`."""
        if self.encoding in _BYTE_FOR_BYTE:
            return index
        errors = "surrogateescape" if self.encoding == "utf-8" else "replace"
        return len(self.text[:index].encode(self.encoding, errors))


@lru_cache(maxsize=4)  # several texts are looked for in one output
def views(data: bytes, encodings: tuple[str, ...]) -> list[View]:
    """The bytes as text, in each encoding allowed; once if they are ASCII."""
    if data.isascii():
        return [View("ascii", data.decode("ascii"))]
    if "latin-1" in encodings and _CONTROLS.search(data) is None:
        encodings = tuple(name for name in encodings if name != "cp1252")  # there they are the same
    return [View(name, decode(data, name)) for name in encodings]


def decode(data: bytes, encoding: str) -> str:
    """One character for each byte in Latin-1 and CP1252; undecodable bytes survive UTF-8."""
    if encoding == "latin-1":
        return data.decode("latin-1")
    if encoding == "cp1252":
        return data.decode("cp1252", "replace")
    return data.decode(encoding, "surrogateescape" if encoding == "utf-8" else "replace")


def best_view(data: bytes, encodings: tuple[str, ...]) -> View:
    """The most plausible reading of bytes that are no text that we know."""
    found = views(data, encodings)
    first = found[0]
    if first.encoding != "utf-8":
        return first
    wrong = sum("\udc80" <= c <= "\udcff" for c in first.text)
    right = sum(c > "\x7f" for c in first.text) - wrong
    if wrong == 0 or right >= wrong:
        return first
    return next((v for v in found if v.encoding in ("cp1252", "latin-1")), first)


def printable(text: str) -> str:
    """The text without the surrogates that stand for undecodable bytes."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
