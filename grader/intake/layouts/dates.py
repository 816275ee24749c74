"""Dates as platforms write them for people, in English or French; None where one is unsure.

ISO 8601 first; then a month by its name, a day, a year, a time. A date in digits only
(`03/04/2026`) is not read: nobody can tell the day from the month.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan janv january janvier", "feb fev fevr february fevrier", "mar mars march",
            "apr avr april avril", "may mai", "jun juin june", "jul juil july juillet",
            "aug aou aout august", "sep sept september septembre", "oct october octobre",
            "nov november novembre", "dec december decembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_TIME = re.compile(r"(?<!\d)(\d{1,2})(?:[:.h ]?)(\d\d)(?:[:.](\d\d))?(?!\d)\s*([ap])?\.?m?\b")
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_DAY = re.compile(r"(?<![\d:])(\d{1,2})(?:st|nd|rd|th|er)?(?![\d:])")
_WORD = re.compile(r"[a-z]+")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")
_RUBY = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.\d{1,9})? ?(UTC|Z|[+-]\d\d:?\d\d)")


def parse(text: str) -> datetime | None:
    """The moment that `text` means; without an offset where it has none."""
    text = text.strip()[:200]
    if found := _RUBY.fullmatch(text):
        offset = "+00:00" if found[3] in ("UTC", "Z") else found[3]
        text = f"{found[1]}T{found[2]}{offset}"
    if _ISO.match(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return None
    return _by_name(text)


def _by_name(text: str) -> datetime | None:
    """`12 octobre 2026, 10:15`, `Oct 12, 2026 1145 PM`."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    months = {_MONTHS[word] for word in _WORD.findall(plain) if word in _MONTHS}
    years = _YEAR.findall(plain)
    if len(months) != 1 or not years:
        return None
    head, _, tail = plain.partition(years[0])
    days = _DAY.findall(head)
    clock = _TIME.search(tail)
    if len(days) != 1 or clock is None:
        return None
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if clock[4]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if clock[4] == "p" else 0)
    try:
        return datetime(int(years[0]), months.pop(), int(days[0]), hour, minute, second)
    except ValueError:
        return None
