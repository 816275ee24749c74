"""A student's program with its line numbers and colours, the diagnosed lines marked."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from grader.view.bytes_view import Run, all_shown, decoded, runs
from grader.view.detail import DEAR, FULL, Detail
from grader.view.highlight import coloured

LINES_SHOWN = FULL.lines
LINE_COLUMNS = FULL.columns
_PLAIN = 40
"""Characters of a path that its fragment has."""
AROUND = 2
"""Lines before and after the diagnosed one in an excerpt."""


class Line(msgspec.Struct, frozen=True):
    """One line: its number, its text, and what is said of it (empty: nothing)."""

    number: int
    text: tuple[Run, ...]
    mark: str = ""
    remark: bool = False
    """What is said of it costs nothing."""


@dataclass(frozen=True)
class Excerpt:
    """The lines around a diagnosed one; `anchor` is that of the whole program."""

    lines: tuple[Line, ...]
    anchor: str = ""


@dataclass(frozen=True)
class Source:
    """A whole program; `hidden` lines are left out at the end. `binary`: it is not text."""

    path: tuple[Run, ...]
    anchor: str
    lines: tuple[Line, ...]
    hidden: int
    binary: bool = False
    plain: bool = False
    """Shown without colours: it is too long for them."""


class Program:
    """A program's text, split and coloured once for all places that show some of it."""

    def __init__(self, path: str, data: bytes, detail: Detail = FULL) -> None:
        self.path = path
        self.data = data
        self.anchor = source_anchor(path)
        self.binary = b"\0" in data[:4096]
        self.texts = () if self.binary else source_lines(data)
        self._columns = detail.columns
        self._runs: dict[int, tuple[Run, ...]] = {}
        shown = _within([self._cut(t) for t in self.texts[: detail.lines]], detail.source)
        self._shown = shown
        self._colours = coloured(shown, path) if len(shown) == len(self.texts) else None

    def line(self, number: int, mark: str = "", *, remark: bool = False) -> Line:
        """A line as it is shown. Raises IndexError."""
        if number not in self._runs:  # a page has some lines many times
            self._runs[number] = self._shown_line(number)
        return Line(number, self._runs[number], mark, remark)

    def _shown_line(self, number: int) -> tuple[Run, ...]:
        if self._colours is None:
            return runs(self._cut(self.texts[number - 1]), keep="\t")
        pieces = self._colours[number - 1]
        return tuple(r for look, text in pieces for r in runs(text, keep="\t", look=look))

    def _cut(self, text: str) -> str:
        return text if len(text) <= self._columns else text[: self._columns] + "…"

    def has(self, number: int) -> bool:
        """Whether the page shows this line."""
        return 1 <= number <= len(self._shown)

    def excerpt(self, number: int, also: Sequence[int] = ()) -> Excerpt | None:
        """The lines around `number` (from 1) and others; None when the file has no such line."""
        if not 1 <= number <= len(self.texts):
            return None
        marked = {number, *also}
        numbers = around(marked, len(self.texts))
        # Blank lines at its ends show nothing.
        while numbers and self._is_blank(numbers[0]) and numbers[0] not in marked:
            numbers = numbers[1:]
        while numbers and self._is_blank(numbers[-1]) and numbers[-1] not in marked:
            numbers = numbers[:-1]
        return Excerpt(
            tuple(self.line(n, "x" if n in marked else "") for n in numbers), self.anchor
        )

    def _is_blank(self, number: int) -> bool:
        return not self.texts[number - 1].strip()

    def source(self, marks: Mapping[int, str], remarks: Mapping[int, str]) -> Source:
        """The whole; `marks` and `remarks` are texts by line number, the former go first."""
        lines = tuple(
            self.line(n, marks.get(n) or remarks.get(n, ""), remark=n not in marks)
            for n in range(1, len(self._shown) + 1)
        )
        return Source(
            path=runs(self.path),
            anchor=self.anchor,
            lines=lines,
            hidden=len(self.texts) - len(self._shown),
            binary=self.binary,
            plain=not self.binary and self._colours is None,
        )


_T = TypeVar("_T")


def named(programs: Mapping[str, _T], file: str) -> _T | None:
    """The program that the interpreter calls so: by its path, or its path's end."""
    found = programs.get(file)
    if found is None:
        ends = [p for path, p in programs.items() if path.endswith(f"/{file}")]
        found = ends[0] if len(ends) == 1 else None
    return found


def _within(lines: list[str], most: int) -> list[str]:
    """The first lines, so many that a page has room for them; one at least."""
    for number, text in enumerate(lines):
        most -= len(text) * (1 if all_shown(text) else DEAR)
        if most < 0:
            return lines[: max(1, number)]
    return lines


def around(marked: Iterable[int], last: int) -> list[int]:
    """The numbers of the lines to show: those, and AROUND before and after each, up to `last`."""
    near = {n for m in marked for n in range(m - AROUND, m + AROUND + 1)}
    return sorted(n for n in near if 1 <= n <= last)


def source_anchor(path: str) -> str:
    """The fragment of a program's section; that of its line 12 is `<anchor>-12`."""
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in path)
    if len(plain) <= _PLAIN:
        return f"src-{plain}"
    # It stands in front of each line of the page's programs.
    digest = hashlib.sha256(path.encode("utf-8", "surrogatepass")).hexdigest()
    return f"src-{plain[:_PLAIN]}-{digest[:8]}"


def source_lines(data: bytes) -> tuple[str, ...]:
    """Lines as Python counts them: ended by CR LF, LF or CR, and by nothing else."""
    plain = data.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return tuple(decoded(plain.removesuffix(b"\n")).split("\n"))
