"""Who is meant, on a page of a class: a name to show, where it leads, and its place by name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote

from grader.judge.model import Grade
from grader.view.bytes_view import Run, runs

SHOWN_AT_MOST = 40
"""Names in one list of the page; the table has the others."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """A submission by its name; `href` is empty where there must be no link (anonymous)."""

    name: tuple[Run, ...]
    href: str


@dataclass(frozen=True, kw_only=True)
class People:
    """Some submissions: how many there are, the first of them, and how many are not named."""

    count: int
    shown: tuple[Person, ...]
    more: int


def href(grade: Grade) -> str:
    """The submission's page, from the class page."""
    return f"{quote(grade.id)}/index.html"


def person(grade: Grade, *, linked: bool) -> Person:
    """The submission by its name."""
    return Person(name=runs(grade.name), href=href(grade) if linked else "")


def people(grades: Sequence[Grade], *, linked: bool) -> People:
    """These submissions, the first of them by name."""
    shown = tuple(person(grade, linked=linked) for grade in islice(grades, SHOWN_AT_MOST))
    return People(count=len(grades), shown=shown, more=len(grades) - len(shown))


_DIGITS = re.compile(r"(\d+)")
_NUMBER, _TEXT = "\0{:02}{}", "\1"
"""Numbers come before what is none, and the end of a text before whatever goes on."""


def by_name(names: Iterable[str]) -> list[int]:
    """The place of each name among all: without case and accents, numbers as numbers.

    The order is that of no language in particular, so that it is the same on every machine.
    """
    listed = list(names)
    keys = [_key(name) for name in listed]
    order = sorted(range(len(keys)), key=listed.__getitem__)
    order.sort(key=keys.__getitem__)  # those with one key stay in the order of their names
    places = [0] * len(keys)
    for place, index in enumerate(order):
        places[index] = place
    return places


def _key(name: str) -> str:
    """One text, as a class may be big: a number is its length, then its digits."""
    plain = "".join(
        c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)
    ).casefold()
    # A long run of digits is compared as text: Python would refuse to count it.
    return "".join(
        _NUMBER.format(len(digits := str(int(part))), digits)
        if i % 2 and len(part) < 20
        else _TEXT + part
        for i, part in enumerate(_DIGITS.split(plain))
        if part
    )
