"""A student's program with its line numbers, the diagnosed lines marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.view.bytes_view import Run, decoded, runs

LINES_SHOWN = 600
LINE_COLUMNS = 400
AROUND = 2
"""Lines before and after the diagnosed one in an excerpt."""


@dataclass(frozen=True)
class Line:
    """One line: its number, its text, and what is said of it (empty: nothing)."""

    number: int
    text: tuple[Run, ...]
    mark: str = ""


@dataclass(frozen=True)
class Excerpt:
    """The lines around a diagnosed one."""

    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Source:
    """A whole program; `hidden` lines are left out at the end. `binary`: it is not text."""

    path: tuple[Run, ...]
    anchor: str
    lines: tuple[Line, ...]
    hidden: int
    binary: bool = False


def excerpt(data: bytes, line: int) -> Excerpt | None:
    """The lines around `line` (from 1); None when the file has no such line."""
    texts = source_lines(data)
    if not 1 <= line <= len(texts):
        return None
    first, last = max(1, line - AROUND), min(len(texts), line + AROUND)
    numbers = range(first, last + 1)
    return Excerpt(tuple(_line(n, texts[n - 1], "x" if n == line else "") for n in numbers))


def source(path: str, data: bytes, marks: Mapping[int, str]) -> Source:
    """The program at `path`; `marks` are texts by line number."""
    anchor = "src-" + "".join(c if c.isascii() and c.isalnum() else "-" for c in path)
    if b"\0" in data[:4096]:
        return Source(runs(path), anchor, (), 0, binary=True)
    texts = source_lines(data)
    shown = enumerate(texts[:LINES_SHOWN], 1)
    lines = tuple(_line(n, text, marks.get(n, "")) for n, text in shown)
    return Source(runs(path), anchor, lines, max(0, len(texts) - LINES_SHOWN))


def source_lines(data: bytes) -> tuple[str, ...]:
    """Lines as Python counts them: ended by CR LF, LF or CR, and by nothing else."""
    plain = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return tuple(decoded(plain.removesuffix(b"\n")).split("\n"))


def _line(number: int, text: str, mark: str) -> Line:
    cut = text if len(text) <= LINE_COLUMNS else text[:LINE_COLUMNS] + "…"
    return Line(number, runs(cut, keep="\t"), mark)
