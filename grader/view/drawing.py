"""The sequence diagram of one run as shapes; the template only writes them down as SVG.

Two lifelines, the program on the left and the reference on the right. Time runs down the
page, one row for each moment (not to scale: the times stand beside). Units are SVG user
units; the drawing is narrow, so that it can be read on a telephone.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from grader.view.bytes_view import decoded, escaped, fitting, shortened, width
from grader.view.moment import Kind, Moment, Place
from grader.view.sequence import same_time
from grader.view.words import milliseconds

WIDTH = 360
PROGRAM_X = 46
REFERENCE_X = 348
TOP = 34
LINE = 15
GAP = 13
TEXT_COLUMNS = 41
"""Columns of the fixed-width font between the lifelines."""
LINES_SHOWN = 3
"""Lines of bytes in one moment of the drawing; the table beside has more."""
COLUMN = 6.95
"""Width of one column of the fixed-width font."""


class Label(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line of text. `anchor` is SVG's text-anchor, `kind` a class of the style sheet."""

    x: float
    y: float
    text: str
    kind: str
    anchor: str = "start"


class Arrow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line from `x1` to `x2` with its head at `x2`, or a cross where it got nowhere."""

    x1: float
    x2: float
    y: float
    kind: str
    cross: bool = False

    @property
    def head(self) -> str:
        """The points of the arrow's head, for `<polygon>`."""
        back = -8 if self.x2 > self.x1 else 8
        return f"{self.x2},{self.y} {self.x2 + back},{self.y - 4.5} {self.x2 + back},{self.y + 4.5}"


class Box(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A rounded rectangle on a lifeline."""

    x: float
    y: float
    width: float
    height: float
    kind: str


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One moment: `number` is its place in the run, `y` and `height` the band that it takes."""

    number: int
    y: float
    height: float
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    labels: tuple[Label, ...]


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """The rows, one under the other."""

    width: int
    height: float
    top: float
    program_start: float
    """Where the program's life begins: it has been started."""
    program_end: float
    """Where the program's lifeline ends: the program has ended there."""
    rows: tuple[Row, ...]

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Those of all rows."""
        return tuple(box for row in self.rows for box in row.boxes)

    @property
    def labels(self) -> tuple[Label, ...]:
        """Those of all rows."""
        return tuple(label for row in self.rows for label in row.labels)


def drawing(moments: Sequence[Moment], language: str, first: int = 0) -> Drawing:
    """Lay the moments out, one under the other; the first one has the number `first`."""
    pen = _Pen(language)
    for number, (moment, same) in enumerate(zip(moments, same_time(moments), strict=True), first):
        pen.row(number, moment, show_time=not same)
    return Drawing(
        width=WIDTH,
        height=pen.y + 6,
        top=TOP - 10,
        program_start=TOP if not first else TOP - 10,
        program_end=pen.program_end or pen.y,
        rows=tuple(pen.rows),
    )


class _Pen:
    """Where the next row goes, and what has been drawn so far."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.y: float = TOP
        self.program_end: float | None = None
        self.rows: list[Row] = []
        self.boxes: list[Box] = []
        self.arrows: list[Arrow] = []
        self.labels: list[Label] = []

    def row(self, number: int, moment: Moment, *, show_time: bool) -> None:
        """Draw one moment and move down."""
        top = self.y
        self.boxes, self.arrows, self.labels = [], [], []
        if moment.place in _ARROWS:
            self._arrow(moment)
        elif moment.place is Place.AT_REFERENCE:
            self._beside_reference(moment)
        elif moment.place is Place.BETWEEN:
            self._between(moment)
        else:
            self._box(moment)
        if show_time and moment.kind is not Kind.FOLD:
            # Its unit stands once, above them all.
            time = milliseconds(moment.t, self.language).removesuffix("\u00a0ms")
            self._label(PROGRAM_X - 10, top + LINE - 3, time, "time", "end")
        self.rows.append(
            Row(
                number=number,
                y=top - GAP / 2 + 1,
                height=self.y - top + GAP - 1,
                boxes=tuple(self.boxes),
                arrows=tuple(self.arrows),
                labels=tuple(self.labels),
            )
        )
        self.y += GAP

    def _arrow(self, moment: Moment) -> None:
        x1, x2, cross = _ARROWS[moment.place]
        middle = (PROGRAM_X + REFERENCE_X) / 2
        for text in _label_lines(moment):
            self._label(middle, self._next_line(), text, f"label {moment.kind}", "middle")
        for text in _lines(moment):
            self._label(middle, self._next_line(), text, "bytes", "middle")
        self.y += 6
        self.arrows.append(Arrow(x1=x1, x2=x2, y=self.y, kind=moment.kind, cross=cross))

    def _box(self, moment: Moment) -> None:
        texts = _lines(moment)
        labels = _label_lines(moment)
        columns = max(width(t) for t in (*labels, *texts, ""))
        box = Box(
            x=PROGRAM_X - 7,
            y=self.y,
            width=min(columns * COLUMN + 22, WIDTH - PROGRAM_X - 2),
            height=LINE * (len(texts) + len(labels)) + 7,
            kind=moment.kind,
        )
        self.boxes.append(box)
        self.y += 3
        for text in labels:
            self._label(PROGRAM_X + 4, self._next_line(), text, f"label {moment.kind}")
        for text in texts:
            self._label(PROGRAM_X + 4, self._next_line(), text, f"bytes {moment.kind}")
        self.y = box.y + box.height
        if moment.kind is Kind.LIFE:
            self.program_end = self.y

    def _beside_reference(self, moment: Moment) -> None:
        for text in _label_lines(moment):
            self._label(REFERENCE_X - 11, self._next_line(), text, f"label {moment.kind}", "end")
        self.arrows.append(
            Arrow(x1=REFERENCE_X - 5, x2=REFERENCE_X, y=self.y - 6, kind=moment.kind, cross=True)
        )

    def _between(self, moment: Moment) -> None:
        middle = (PROGRAM_X + REFERENCE_X) / 2
        for text in _label_lines(moment):
            self._label(middle, self._next_line(), text, f"label {moment.kind}", "middle")

    def _next_line(self) -> float:
        self.y += LINE
        return self.y - 3

    def _label(self, x: float, y: float, text: str, kind: str, anchor: str = "start") -> None:
        self.labels.append(Label(x=x, y=y, text=text, kind=kind, anchor=anchor))


_ARROWS = {
    Place.TO_PROGRAM: (REFERENCE_X, PROGRAM_X + 1, False),
    Place.TO_REFERENCE: (PROGRAM_X, REFERENCE_X - 1, False),
    Place.LOST: (PROGRAM_X, REFERENCE_X - 50, True),
    Place.REFUSED: (REFERENCE_X, PROGRAM_X + 40, True),
}


def _label_lines(moment: Moment) -> tuple[str, ...]:
    """The moment's words, in two lines at most."""
    if not moment.label:
        return ()
    first, *more = _wrapped(moment.label)
    return (first, shortened(" ".join(more), TEXT_COLUMNS)) if more else (first,)


def _lines(moment: Moment) -> tuple[str, ...]:
    """The moment's bytes as at most `LINES_SHOWN` lines that fit between the lifelines."""
    if not moment.data:
        return ()
    if moment.kind is Kind.ERROR:
        return _last_lines(moment.data[-2 * moment.detail.moment :])
    most = moment.detail.moment
    text = decoded(moment.data[:most]) + ("…" if len(moment.data) > most else "")
    lines: list[str] = []
    for part in _screen_lines(text) if moment.kind is Kind.SCREEN else (text,):
        lines += _wrapped(escaped(part))
    if len(lines) > LINES_SHOWN:
        lines = [*lines[: LINES_SHOWN - 1], shortened(lines[LINES_SHOWN - 1] + " …", TEXT_COLUMNS)]
    return tuple(lines)


def _last_lines(data: bytes) -> tuple[str, ...]:
    """The end of what went to stderr: Python says last what went wrong."""
    lines = _screen_lines(decoded(data))
    # Under a line of a traceback Python marks the part that it means: that part is not here.
    *before, last = [line for line in lines if line.strip(" ^~")] or [""]
    wrapped = _wrapped(escaped(last))
    if len(wrapped) > LINES_SHOWN - 1:
        wrapped = [wrapped[0], shortened(wrapped[1] + " …", TEXT_COLUMNS)]
    if before and len(wrapped) < LINES_SHOWN:
        wrapped = [shortened(escaped(before[-1].strip()), TEXT_COLUMNS), *wrapped]
    return ("…", *wrapped) if len(before) > 1 else tuple(wrapped)


def _screen_lines(text: str) -> list[str]:
    """What a terminal would show on lines of their own; the line ends themselves are left out."""
    plain = text.replace("\r\n", "\n")
    return [line for line in plain.split("\n") if line] or [""]


def _wrapped(text: str) -> list[str]:
    out: list[str] = []
    while width(text) > TEXT_COLUMNS and len(out) <= LINES_SHOWN:
        cut = _cut(text)
        out.append(text[:cut].rstrip())
        text = text[cut:].lstrip(" ")
    return [*out, text]


def _cut(text: str) -> int:
    """Where to break: after the last blank that fits, else where the line is full."""
    end = fitting(text, TEXT_COLUMNS)
    blank = text.rfind(" ", 0, end)
    return blank + 1 if blank > end // 2 else max(end, 1)
