r"""Bytes and texts of students, made visible: nothing invisible stays so, nothing is obeyed.

Everything that shows a student's bytes (page, terminal, CSV, XML) goes through here first.
A character that has no ink (controls, bidi overrides, zero-width marks, odd blanks, lone
surrogates) becomes an escape as Python writes it: `\n`, `\x1b`, `\u202e`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache

import msgspec

BYTES_SHOWN = 16 * 1024
"""Bytes of one stream that a page shows before it says how many more there are."""

HEX_SHOWN = 2048
"""Bytes of one direction in a hex view."""

ROW = 16
"""Bytes in one row of a hex view."""

TYPOGRAPHY = "\u00a0\u202f\n"
"""Blanks of our own sentences (French has no-break ones), kept where a sentence is shown."""

BEYOND_ASCII = "\u00a1-\u00ac\u00ae-\u02ff\u2013\u2014\u2018-\u201d\u2026\u2190-\u2193"
"""Latin letters and signs, dashes, quotes and arrows of our own sentences, for an expression:
each one has ink, is no mark, and takes one column."""
_INKED = f" -~{BEYOND_ASCII}"
"""The same with ASCII."""
_OTHERS = re.compile(f"[^\0-\u00a0\u00ad{_INKED}]")
"""Characters that may take no column, or two."""

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_MARKS_IN_A_ROW = 2
"""Combining marks on one letter before the rest is escaped: no tower of accents leaves its line."""


class Run(msgspec.Struct, frozen=True, gc=False):
    """A stretch of text: printed as it is, or an `escape` standing for what can't be seen."""

    text: str
    escape: bool = False
    code: bool = False
    """Words of a program inside a sentence of ours, written `like this` there."""
    look: str = ""
    """In a program's text: what it is for its colour, as `grader.view.highlight` has it."""


_SENTENCES = 2000
"""Characters of a text that may be kept."""


def decoded(data: bytes) -> str:
    r"""The bytes as text: UTF-8, each byte that is not UTF-8 as a lone surrogate (U+DC80 + n)."""
    return data.decode("utf-8", "surrogateescape")


def runs(text: str, *, keep: str = "", look: str = "") -> tuple[Run, ...]:
    r"""The text in stretches of plain and escaped characters, all of them with that look.

    `keep` are characters left as they are although they have no ink (`"\n\t"` in a `<pre>`).
    """
    if _all_shown(keep)(text):
        return (Run(text, look=look),) if text else ()
    out: list[Run] = []
    for shown, escape in _stretches(text, keep):
        if out and out[-1].escape is escape:
            out[-1] = Run(out[-1].text + shown, escape, look=look)
        else:
            out.append(Run(shown, escape, look=look))
    return tuple(out)


def prose(text: str) -> tuple[Run, ...]:
    """A sentence of ours, which may quote a student: words between backquotes become code."""
    return _prose_again(text) if len(text) <= _SENTENCES else _prose(text)


@lru_cache(maxsize=512)  # a class reads the same sentences on each of its pages
def _prose_again(text: str) -> tuple[Run, ...]:
    return _prose(text)


def _prose(text: str) -> tuple[Run, ...]:
    out: list[Run] = []
    parts = text.split("`")
    for i, part in enumerate(parts):
        quoted = i % 2 == 1 and i < len(parts) - 1
        opening = "`" if i % 2 == 1 and not quoted else ""
        for run in runs(opening + part, keep=TYPOGRAPHY):
            out.append(Run(run.text, run.escape, quoted))
    return tuple(out)


def escaped(text: str, *, keep: str = "") -> str:
    r"""The text with everything invisible as escapes; a backslash of the text stays single."""
    if _all_shown(keep)(text):
        return text
    return "".join(shown for shown, _ in _stretches(text, keep))


def escaped_bytes(data: bytes, limit: int = BYTES_SHOWN) -> str:
    r"""The bytes as one line of text, at most `limit` of them, `…` for the rest."""
    text = escaped(decoded(data[:limit]))
    return text if len(data) <= limit else text + "…"


def literal(data: bytes) -> str:
    r"""The bytes as text that can be turned back: as `escaped_bytes`, backslashes doubled."""
    parts = (run.text if run.escape else run.text.replace("\\", "\\\\") for run in _whole(data))
    return "".join(parts)


def _whole(data: bytes) -> tuple[Run, ...]:
    return runs(decoded(data))


def _stretches(text: str, keep: str) -> Iterator[tuple[str, bool]]:
    """The text as it is shown, piece by piece, and whether the piece is an escape.

    Nearly all of a text has ink: that is taken in one piece, the rest character by character.
    """
    marks = 0
    for hit in _pieces(keep).finditer(text):
        piece = hit[0]
        if hit.lastgroup == "shown":
            marks = 0
            yield piece, False
            continue
        invisible, mark = _look(piece)
        marks = marks + 1 if mark else 0
        if invisible or marks > _MARKS_IN_A_ROW:
            yield _escape(piece), True
        else:
            yield piece, False


def all_shown(text: str, *, keep: str = "\t") -> bool:
    """Whether nothing of a text has to be escaped, by a quick look."""
    return _all_shown(keep)(text) is not None


@lru_cache(maxsize=16)
def _all_shown(keep: str) -> Callable[[str], re.Match[str] | None]:
    """Asks whether nothing of a text has to be escaped, as is so with nearly all of them."""
    return re.compile(f"[{_INKED}{re.escape(keep)}]*").fullmatch


@lru_cache(maxsize=16)
def _pieces(keep: str) -> re.Pattern[str]:
    return re.compile(f"(?P<shown>[{_INKED}{re.escape(keep)}]+)|.", re.DOTALL)


@lru_cache(maxsize=4096)
def _look(character: str) -> tuple[bool, bool]:
    """Whether it has no ink, and whether it is a combining mark."""
    category = unicodedata.category(character)
    return _invisible(character, category), category[0] == "M"


def _invisible(character: str, category: str) -> bool:
    if category[0] in "CZ":
        return character != " "
    return character in _WITHOUT_INK or (
        category == "Mn" and ("\ufe00" <= character <= "\ufe0f" or character >= "\U000e0100")
    )


# Letters and marks without ink that Unicode does not class as controls: Hangul fillers, the
# Braille blank, the combining grapheme joiner, inherent vowels of Khmer, variation selectors
# of Mongolian (all but the Braille blank: Default_Ignorable_Code_Point).
_WITHOUT_INK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f")


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if named := _NAMED.get(character):
        return named
    if code < 0x80:  # above, `\x` stands for a byte that is not UTF-8
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def width(text: str) -> int:
    """Columns that the (already escaped) text takes in a fixed-width font."""
    if text.isascii():
        return len(text)
    return len(text) + sum(_columns(c) - 1 for c in _OTHERS.findall(text))


def fitting(text: str, columns: int) -> int:
    """How many characters of the text, from its first on, `columns` columns have room for."""
    if _OTHERS.search(text, 0, columns + 1) is None:
        return min(len(text), max(columns, 0))
    used = 0
    for index, character in enumerate(text):
        used += _columns(character)
        if used > columns:
            return index
    return len(text)


@lru_cache(maxsize=4096)
def _columns(character: str) -> int:
    if unicodedata.category(character)[0] == "M":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shortened(text: str, columns: int) -> str:
    """The text in at most `columns` columns, an ellipsis for what is left out."""
    if width(text) <= columns:
        return text
    return text[: fitting(text, columns - 1)].rstrip() + "…"


class HexRow(msgspec.Struct, frozen=True, gc=False):
    """Sixteen bytes: `offset`, their two-digit forms, and their ASCII look (`.` for others)."""

    offset: str
    left: str
    right: str
    ascii: str


class HexView(msgspec.Struct, frozen=True):
    """A hex view, capped: `hidden` bytes are not shown."""

    rows: tuple[HexRow, ...]
    total: int
    hidden: int


def hex_view(data: bytes, limit: int = HEX_SHOWN) -> HexView:
    """The bytes, 16 a row, the first `limit` of them."""
    shown = data[:limit]
    return HexView(rows=_hex_rows(shown), total=len(data), hidden=len(data) - len(shown))


@lru_cache(maxsize=64)  # the runs of a page send the same messages
def _hex_rows(data: bytes) -> tuple[HexRow, ...]:
    return tuple(_hex_row(i, data[i : i + ROW]) for i in range(0, len(data), ROW))


def _hex_row(offset: int, data: bytes) -> HexRow:
    half = ROW // 2
    return HexRow(
        offset=f"{offset:04x}",
        left=data[:half].hex(" ").ljust(half * 3 - 1),
        right=data[half:].hex(" ").ljust(half * 3 - 1),
        ascii=data.translate(_ASCII_LOOK).decode("ascii"),
    )


_ASCII_LOOK = bytes(b if 0x20 <= b < 0x7F else ord(".") for b in range(256))
