"""Points in a teacher's own file: read and written as that file writes numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

_NUMBER = re.compile(r"\s*(\d{1,9})(?:([.,])(\d{1,9}))?\s*", re.ASCII)
_MOST_PLACES = 5
"""What Moodle keeps of a grade."""
_PLACES = 2


@dataclass(frozen=True)
class Style:
    """How a file writes numbers: its decimal sign, and how many places it shows."""

    sign: str
    places: int


@dataclass(frozen=True)
class Written:
    """A number as it stood in a file. `style.sign` is empty if it showed none."""

    value: Fraction
    style: Style


def read_number(text: str) -> Written | None:
    """`20`, `20.00` or `20,00`; None for anything else."""
    found = _NUMBER.fullmatch(text)
    if found is None:
        return None
    digits = found[3] or ""
    value = Fraction(int(found[1] + digits), 10 ** len(digits))
    return Written(value, Style(found[2] or "", len(digits)))


def write_number(value: Fraction, style: Style) -> str:
    """The number in that style, with as many more places as it needs to be exact.

    What no five places say exactly (thirds) is rounded half up, as a teacher rounds.
    """
    places = style.places
    while places < _MOST_PLACES and (value * 10**places).denominator > 1:
        places += 1
    if (value * 10**places).denominator > 1:
        places = max(style.places, _PLACES)
    units = int(value * 10**places + Fraction(1, 2))
    whole, rest = divmod(units, 10**places)
    return f"{whole}{style.sign}{rest:0{places}d}" if places else str(whole)


def scaled(score: Fraction, most: Fraction, maximum: Fraction) -> Fraction | None:
    """The score on the file's own scale; None if it is not within 0 and `maximum`."""
    if most <= 0 or maximum <= 0:
        return None
    value = score * maximum / most
    return value if 0 <= value <= maximum else None
