"""What filling a teacher's file has in common, whichever platform it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from grader.formats.people import Matches
from grader.formats.points import Style, Written, read_number
from grader.formats.safe import one_line
from grader.formats.sheet import Sheet, SheetError

_HEADERS_SHOWN = 12


@dataclass(frozen=True)
class Filled:
    """The filled file, and who is in it. `left` rows have no submission.

    `ungraded` were matched and have no grade to write; `scales` are the lab's maximum and the
    file's, where they differ.
    """

    data: bytes
    written: int
    ungraded: tuple[str, ...]
    matches: Matches
    left: int
    scales: frozenset[tuple[Fraction, Fraction]]


def column(
    sheet: Sheet, key: str, known: Mapping[str, tuple[str, ...]], given: Mapping[str, str]
) -> int:
    """The one column with a header for `key`: the `given` one, else a `known` one.

    Raises:
        SheetError: there is none, or there are several.
    """
    wanted = (given[key].strip(),) if given.get(key) else known[key]
    found = [index for index, header in enumerate(sheet.header) if header in wanted]
    if len(found) == 1:
        return found[0]
    there = ", ".join(one_line(header) for header in sheet.header[:_HEADERS_SHOWN])
    names = " / ".join(map(one_line, wanted))
    if found:
        raise SheetError(
            f"plusieurs colonnes s’appellent {names}",
            f"several columns are called {names}",
        )
    raise SheetError(
        f"aucune colonne ne s’appelle {names} (il y a\u00a0: {there}). "
        f"Si elle a un autre nom\u00a0: --column {key}=NOM",
        f"no column is called {names} (there are: {there}). "
        f"If it has another name: --column {key}=NAME",
    )


def style_of(sheet: Sheet, maximum: Written, grade: int) -> Style:
    """How the file writes numbers: its maximum shows it, else any grade, else its delimiter."""
    if maximum.style.sign:
        return maximum.style
    for row in range(1, len(sheet.rows)):
        found = read_number(sheet.value(row, grade))
        if found is not None and found.style.sign:
            return Style(found.style.sign, 0)
    return Style("," if sheet.delimiter == ";" else ".", 0)
