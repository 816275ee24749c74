"""The pieces of a page that it has by the thousand, as HTML: filters for the templates.

A template asks and escapes for each value that it writes; here only texts are escaped, and
numbers, hex digits and names of our own are written as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from markupsafe import Markup, escape

from grader.view.bytes_view import TYPOGRAPHY, HexRow, Run, escaped
from grader.view.drawing import Arrow, Box, Drawing, Label
from grader.view.sequence import Kind


def runs(parts: Iterable[Run]) -> Markup:
    """A text in which escapes and words of a program look different."""
    return _markup(map(_run, parts))


def _run(run: Run) -> str:
    text = escape(run.text)
    if run.escape:
        return f'<span class="esc">{text}</span>'
    return f"<code>{text}</code>" if run.code else text


def plain(parts: Iterable[Run]) -> Markup:
    """The same text for a place that takes no elements: a title, an attribute."""
    return escape("".join(run.text for run in parts))


def hex_rows(rows: Iterable[HexRow]) -> Markup:
    """The lines of a hex view."""
    return _markup(
        f'<span class="o">{row.offset}</span>  {row.left}  {row.right}  '
        f'<span class="a">{escape(row.ascii)}</span>\n'
        for row in rows
    )


def shapes(drawing: Drawing) -> Markup:
    """The arrows, boxes and labels of a sequence diagram, as SVG."""
    return _markup(_shapes(drawing))


def _shapes(drawing: Drawing) -> Iterator[str]:
    yield from map(_arrow, drawing.arrows)
    yield from map(_box, drawing.boxes)
    yield from map(_label, drawing.labels)


def _arrow(a: Arrow) -> str:
    line = f'<line class="arrow {a.kind}" x1="{a.x1}" x2="{a.x2}" y1="{a.y}" y2="{a.y}"/>'
    if not a.cross:
        return f'{line}<polygon class="{a.kind}" points="{a.head}"/>\n'
    cross = f'<path class="cross {a.kind}" d="M{a.x2 - 4.5} {a.y - 4.5}l9 9m0 -9l-9 9"/>\n'
    return cross if a.kind == Kind.MISSED else line + cross


def _box(b: Box) -> str:
    place = f'x="{b.x}" y="{b.y}" width="{b.width}" height="{b.height}"'
    return f'<rect class="{b.kind}" {place} rx="5"/>\n'


def _label(label: Label) -> str:
    anchor = "" if label.anchor == "start" else f' text-anchor="{label.anchor}"'
    place = f'class="{label.kind}" x="{label.x}" y="{label.y}"{anchor}'
    text = escape(escaped(label.text, keep=TYPOGRAPHY))
    return f"<text {place}>{text}</text>\n"


def _markup(pieces: Iterable[str]) -> Markup:
    return Markup("".join(pieces))  # noqa: S704 -- every text in it has been escaped
