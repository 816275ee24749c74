"""A teacher's own CSV file, of which some cells are filled and not one other byte changes.

Encoding, BOM, delimiter, quotes, line ends and the order of rows and columns stay, because
each cell is known by its place in the text and only what is filled is written anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from grader.lab.model import Text

DELIMITERS = (",", ";", "\t", ":")
_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_ENCODINGS = ("utf-8", "cp1252", "latin-1")
"""The first that can read all of it; the last can read anything."""


class SheetError(ValueError):
    """The file can't be filled: it is no table, or not the one that is wanted."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(en)
        self.text = Text({"fr": fr, "en": en})


@dataclass(frozen=True)
class Cell:
    """A cell's value, and where in the text it stands, its quotes included."""

    value: str
    start: int
    end: int


@dataclass(frozen=True)
class Sheet:
    """A CSV file as it was read."""

    text: str
    bom: bytes
    encoding: str
    delimiter: str
    rows: tuple[tuple[Cell, ...], ...]
    """All of one length; the first is the header's."""

    @property
    def header(self) -> tuple[str, ...]:
        """The values of the first row, blanks around them taken off."""
        return tuple(cell.value.strip() for cell in self.rows[0])

    def value(self, row: int, column: int | None) -> str:
        """A cell's value; nothing for no column."""
        return "" if column is None else self.rows[row][column].value

    def filled(self, values: Mapping[tuple[int, int], str]) -> bytes:
        """The file with these cells (row, column) filled, and otherwise as it was.

        What the file's encoding lacks is written as an HTML entity.
        """
        pieces: list[str] = []
        done = 0
        for row, column in sorted(values):
            cell = self.rows[row][column]
            pieces.append(self.text[done : cell.start])
            pieces.append(self._written(cell, values[row, column]))
            done = cell.end
        pieces.append(self.text[done:])
        return self.bom + "".join(pieces).encode(self.encoding, "xmlcharrefreplace")

    def _written(self, cell: Cell, value: str) -> str:
        """The value, in quotes if the old one was or if it needs them."""
        quoted = self.text[cell.start : cell.start + 1] == '"'
        if quoted or any(sign in value for sign in (self.delimiter, '"', "\r", "\n")):
            return '"{}"'.format(value.replace('"', '""'))
        return value


def read_sheet(data: bytes) -> Sheet:
    """Read a CSV file, whatever its delimiter and encoding.

    Raises:
        SheetError: it is no table: rows differ in length, or there is one column only.
    """
    bom, encoding, text = _decoded(data)
    if not text.strip():
        raise SheetError("le fichier est vide", "the file is empty")
    uneven: SheetError | None = None
    # PHP's fputcsv, which Moodle has used, takes a backslash before a quote for an escape.
    for escapes in (False, True):
        for delimiter in DELIMITERS:
            rows = _rows(text, delimiter, escapes)
            if len(rows[0]) < 2:
                continue
            odd = next((i for i, row in enumerate(rows) if len(row) != len(rows[0])), None)
            if odd is None:
                return Sheet(text, bom, encoding, delimiter, tuple(rows))
            uneven = uneven or _uneven(odd, rows)
    raise uneven or SheetError(
        "ce n’est pas un fichier CSV\u00a0: une seule colonne",
        "this is no CSV file: it has one column only",
    )


def _uneven(odd: int, rows: Sequence[tuple[Cell, ...]]) -> SheetError:
    found, wanted = len(rows[odd]), len(rows[0])
    return SheetError(
        f"la rangée {odd + 1} a {found} cellules, et l’en-tête {wanted}",
        f"row {odd + 1} has {found} cells, and the header {wanted}",
    )


def _decoded(data: bytes) -> tuple[bytes, str, str]:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                return bom, encoding, data[len(bom) :].decode(encoding)
            except UnicodeDecodeError as error:
                raise SheetError(
                    f"ce n’est pas du texte en {encoding}", f"this is no text in {encoding}"
                ) from error
    for encoding in _ENCODINGS:
        try:
            return b"", encoding, data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssertionError("latin-1 reads everything")


@lru_cache(maxsize=len(DELIMITERS) * 2)
def _cell(delimiter: str, escapes: bool) -> re.Pattern[str]:
    inner = r'(?:[^"\\]|\\.|"")*+' if escapes else r'(?:[^"]|"")*+'
    sign = re.escape(delimiter)
    return re.compile(
        rf'(?:"(?P<quoted>{inner})"|(?P<plain>[^{sign}\r\n]*))(?P<end>{sign}|\r\n|\r|\n|\Z)',
        re.DOTALL,
    )


def _rows(text: str, delimiter: str, escapes: bool) -> list[tuple[Cell, ...]]:
    """The rows that hold anything: an empty line is none."""
    pattern = _cell(delimiter, escapes)
    rows: list[tuple[Cell, ...]] = []
    row: list[Cell] = []
    at = 0
    while at < len(text) or row:
        found = pattern.match(text, at)
        if found is None:
            raise AssertionError("the plain form matches anything up to the next end")
        quoted = found["quoted"]
        value = found["plain"] if quoted is None else quoted.replace('""', '"')
        row.append(Cell(value, at, found.start("end")))
        at = found.end()
        if found["end"] != delimiter:
            if len(row) > 1 or row[0].value:
                rows.append(tuple(row))
            row = []
    return rows or [()]
