"""The strip of a split sweep: a message byte by byte, and what a cut before each of them did.

    ·····················✗······
    la connexion est établ…

A character of several bytes stands over its first one; the others continue it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from grader.judge.model import Sweep
from grader.view.bytes_view import Run, prose, width
from grader.view.detail import FULL
from grader.view.words import LANGUAGES

MOST_BYTES = FULL.cells
"""Bytes of a message that a strip shows."""
CONTINUED = "-"
"""Stands for the further bytes of a character in a terminal."""

Mark = Literal["ok", "bad", "untried"]
SYMBOLS: dict[Mark, str] = {"ok": "·", "bad": "✗", "untried": " "}
ASCII: dict[Mark, str] = {"ok": ".", "bad": "x", "untried": " "}

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("Le message coupé à chaque octet", "The message cut at each byte"),
    "legend": (
        "Une case pour chaque octet. ✗~: coupé juste avant lui, le message ne passe plus~; "
        "·~: il passe~; vide~: pas essayé. Une case grisée continue le caractère d’avant.",
        "A box for each byte. ✗: cut just before it, the message no longer comes through; "
        "·: it does; empty: not tried. A shaded box continues the character before it.",
    ),
    "failed": (
        "Octets devant lesquels la coupure gêne, comptés à partir de 0~: {list}",
        "Bytes before which a cut does harm, counted from 0: {list}",
    ),
    "none": ("Aucune coupure ne gêne.", "No cut does harm."),
    "more": ("… {n} octets de plus, non montrés", "… {n} more bytes, not shown"),
}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One byte: the character that begins there (empty where one goes on), and the cut's mark."""

    text: str
    mark: Mark
    symbol: str
    before: int


@dataclass(frozen=True, kw_only=True)
class Strip:
    """A sweep as a page shows it."""

    what: tuple[Run, ...]
    label: str
    """All that the drawing says, in words."""
    legend: str
    cells: tuple[Cell, ...]
    more: str


def strip(sweep: Sweep, language: str, most: int = MOST_BYTES) -> Strip:
    """The strip of a sweep for a page."""
    failed = ", ".join(map(str, sweep.failed))
    hidden = len(sweep.data) - most
    return Strip(
        what=prose(sweep.what.in_language(language)),
        label=_say("failed", language).format(list=failed) if failed else _say("none", language),
        legend=_say("legend", language),
        cells=cells(sweep, most),
        more=_say("more", language).format(n=hidden) if hidden > 0 else "",
    )


def title(language: str) -> str:
    """What a strip is headed by."""
    return _say("title", language)


def cells(sweep: Sweep, most: int = MOST_BYTES) -> tuple[Cell, ...]:
    """A cell for each byte of the message, the first `most`."""
    tried, failed = {*sweep.offsets}, {*sweep.failed}
    shown = _characters(sweep.data[:most])
    marks: list[Mark] = [
        "bad" if at in failed else "ok" if at in tried else "untried" for at in range(len(shown))
    ]
    return tuple(
        Cell(text=text, mark=mark, symbol=SYMBOLS[mark], before=at)
        for at, (text, mark) in enumerate(zip(shown, marks, strict=True))
    )


def rows(sweep: Sweep, columns: int, symbols: dict[Mark, str]) -> list[tuple[str, str]]:
    """Marks and, below them, the text, in rows of at most `columns` bytes for a terminal."""
    all_cells = cells(sweep)
    listed = []
    for start in range(0, len(all_cells), columns):
        row = all_cells[start : start + columns]
        marks = "".join(symbols[cell.mark] for cell in row)
        listed.append((marks.rstrip(), _one_column_each(row)))
    return listed


def _characters(data: bytes) -> list[str]:
    """For each byte the character that begins there, as it can be shown; else nothing."""
    shown: list[str] = []
    for character in data.decode("utf-8", "replace"):
        size = 1 if character == "\ufffd" else len(character.encode())
        shown += [_visible(character), *[""] * (size - 1)]
    return shown[: len(data)] + [""] * (len(data) - len(shown))


def _visible(character: str) -> str:
    if character.isprintable() and not unicodedata.combining(character):
        return character
    return "\N{SYMBOL FOR NEWLINE}" if character == "\n" else "\N{REPLACEMENT CHARACTER}"


def _one_column_each(row: Sequence[Cell]) -> str:
    """The row's text, a column for each byte: a wide character has bytes enough for two."""
    text, taken = "", 0
    for at, cell in enumerate(row):
        if cell.text:
            text += cell.text
            taken = at + width(cell.text)
        elif at >= taken:
            text += CONTINUED
            taken = at + 1
    return text


def _say(key: str, language: str) -> str:
    column = LANGUAGES.index(language) if language in LANGUAGES else 0
    return _WORDS[key][column].replace("~", "\u00a0")
