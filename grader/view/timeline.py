"""The time line of one run: the drawing and, row by row, the table that says the same.

Each row of the drawing leads to its row of the table: there are the bytes (text, and one by
one), where the program printed what it received, and the lines of the program to look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from grader.view.bytes_view import HexRow, Run, hex_view
from grader.view.call_sites import call_sites, printed_by
from grader.view.drawing import Drawing, drawing
from grader.view.moment import Kind, Moment, Place
from grader.view.source import Program, named
from grader.view.student_words import page_words
from grader.view.words import count, milliseconds

ROWS_OPEN = 44
"""Moments of a run that are drawn at once; of more the middle is folded."""
_HEAD = 26
_TAIL = 12
_TOLD_APART = 4
"""A text shorter than this is printed by chance."""


class Where(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line of the program to look at; without `href` where the page does not show it."""

    number: int
    href: str


class Kin(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Another moment that has to do with this one: received here, printed there."""

    number: int
    text: str


class TimeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A moment as a row of the table."""

    number: int
    time: str
    who: str
    label: str
    kind: Kind
    bytes: tuple[Run, ...]
    hex: tuple[HexRow, ...]
    hex_more: str
    where: tuple[Where, ...]
    code: tuple[Run, ...]
    """The line's text, where there is one line."""
    kin: tuple[Kin, ...]


class Stretch(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the drawing; `folded` says what it holds where it has to be opened."""

    drawing: Drawing
    folded: str = ""


class Timeline(msgspec.Struct, frozen=True, kw_only=True):
    """Drawing and table. `rows` and the rows of all stretches have the same numbers."""

    rows: tuple[TimeRow, ...]
    stretches: tuple[Stretch, ...]
    cut: bool
    """Something is left out: moments, or bytes of one."""


def timeline(
    moments: Sequence[Moment], programs: Mapping[str, Program], program: str, language: str
) -> Timeline:
    """Build it. `programs` are those that the page can show, by path; `program` ran here."""
    return Timeline(
        rows=tuple(_Rows(moments, programs, program, language)),
        stretches=tuple(_stretches(moments, language)),
        cut=any(m.kind is Kind.FOLD or m.cut for m in moments),
    )


def row_of(moments: Sequence[Moment], evidence: Sequence[int]) -> int | None:
    """The number of the moment that shows the last of these entries that any moment shows."""
    for entry in reversed(evidence):
        for number, moment in enumerate(moments):
            if moment.entries[0] <= entry <= moment.entries[1]:
                return number
    return None


def shares(needs: Sequence[int], total: int, least: int) -> tuple[int, ...]:
    """How many rows each run may take so that all take about `total`; none less than `least`.

    Who needs little leaves the rest to the others.
    """
    given = [0] * len(needs)
    left, places = total, sorted(range(len(needs)), key=lambda i: needs[i])
    for done, place in enumerate(places):
        given[place] = max(min(needs[place], left // (len(places) - done)), least)
        left -= min(given[place], needs[place])
    return tuple(given)


def _stretches(moments: Sequence[Moment], language: str) -> Iterator[Stretch]:
    if len(moments) <= ROWS_OPEN:
        yield Stretch(drawing=drawing(moments, language))
        return
    end = len(moments) - _TAIL
    folded = page_words(language)["fold_open"].format(n=count(end - _HEAD, language))
    yield Stretch(drawing=drawing(moments[:_HEAD], language))
    yield Stretch(drawing=drawing(moments[_HEAD:end], language, _HEAD), folded=folded)
    yield Stretch(drawing=drawing(moments[end:], language, end))


class _Rows:
    """The rows of one run; iterating makes them."""

    def __init__(
        self,
        moments: Sequence[Moment],
        programs: Mapping[str, Program],
        program: str,
        language: str,
    ) -> None:
        self.moments = moments
        self.programs = programs
        self.own = programs.get(program)
        self.sites = call_sites(self.own.data) if self.own and not self.own.binary else {}
        self.language = language
        self.words = page_words(language)
        self.kin = _kin(moments)

    def __iter__(self) -> Iterator[TimeRow]:
        return (self._row(number, moment) for number, moment in enumerate(self.moments))

    def _row(self, number: int, moment: Moment) -> TimeRow:
        where, code = self._where(moment)
        most = moment.detail.hex
        view = hex_view(moment.data, most) if moment.kind is Kind.DATA and most else None
        more = count(view.hidden, self.language) if view and view.hidden else ""
        return TimeRow(
            number=number,
            time="" if moment.kind is Kind.FOLD else milliseconds(moment.t, self.language),
            who=_who(moment, self.words),
            label=moment.label,
            kind=moment.kind,
            bytes=moment.shown,
            hex=view.rows if view else (),
            hex_more=self.words["hex_more"].format(n=more) if more else "",
            where=where,
            code=code,
            kin=tuple(self._related(moment, other) for other in self.kin.get(number, ())),
        )

    def _related(self, moment: Moment, other: int) -> Kin:
        key = "received_here" if moment.kind is Kind.SCREEN else "printed_here"
        time = milliseconds(self.moments[other].t, self.language)
        return Kin(number=other, text=self.words[key].format(time=time))

    def _where(self, moment: Moment) -> tuple[tuple[Where, ...], tuple[Run, ...]]:
        """The lines to look at: where it was seen to stand, else where such a call stands."""
        if moment.frame is not None:
            program = named(self.programs, moment.frame.file)
            numbers: tuple[int, ...] = (moment.frame.line,)
        else:
            program, numbers = self.own, self.sites.get(moment.call, ())
            if program is not None and moment.kind is Kind.SCREEN and moment.parts == 1:
                numbers = printed_by(program.data, numbers, moment.data)
        if program is None or not numbers:
            return (), ()
        shown = [n for n in numbers if program.has(n)]
        where = tuple([Where(number=n, href=f"#{program.anchor}-{n}") for n in shown])
        quoted = len(shown) == 1 and moment.detail.code
        return where, program.line(shown[0]).text if quoted else ()


def _kin(moments: Sequence[Moment]) -> Mapping[int, tuple[int, ...]]:
    """Texts that the program received, and the first time after it that it printed each."""
    found: dict[int, tuple[int, ...]] = {}
    screens = [n for n, m in enumerate(moments) if m.kind is Kind.SCREEN]
    for number, moment in enumerate(moments):
        text = moment.data.strip()
        if moment.place is not Place.TO_PROGRAM or len(text) < _TOLD_APART:
            continue
        later = (n for n in screens if n > number and text in moments[n].data)
        if (printed := next(later, None)) is not None:
            found[number] = (*found.get(number, ()), printed)
            found[printed] = (*found.get(printed, ()), number)
    return found


def _who(moment: Moment, table: Mapping[str, str]) -> str:
    program, reference = table["your_program"], table["reference"]
    if moment.place in (Place.TO_PROGRAM, Place.REFUSED):
        return f"{reference} → {program.lower()}"
    if moment.place is Place.TO_REFERENCE:
        return f"{program} → {reference.lower()}"
    if moment.place is Place.AT_REFERENCE:
        return reference
    return "" if moment.place is Place.BETWEEN else program
