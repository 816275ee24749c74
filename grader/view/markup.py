"""The pieces of a page that it has by the thousand, as HTML: filters for the templates.

A template asks and escapes for each value that it writes; here only texts are escaped, and
numbers, hex digits and names of our own are written as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec
from markupsafe import Markup, escape

from grader.view.bytes_view import BEYOND_ASCII, TYPOGRAPHY, HexRow, Run, escaped
from grader.view.drawing import WIDTH, Arrow, Box, Drawing, Label, Row
from grader.view.moment import Kind
from grader.view.source import Line


def runs(parts: Iterable[Run]) -> Markup:
    """A text in which escapes and words of a program look different."""
    return _markup(map(_run, parts))


def _run(run: Run) -> str:
    text = _escaped(run.text)
    if run.escape:
        return f'<span class="esc">{text}</span>'
    return f"<code>{text}</code>" if run.code else text


def plain(parts: Iterable[Run]) -> Markup:
    """The same text for a place that takes no elements: a title, an attribute."""
    return escape("".join(run.text for run in parts))


def words(text: str) -> str:
    """A sentence of ours, made visible and escaped as a template does it."""
    return text if as_it_is(text) else _escaped(escaped(text, keep=TYPOGRAPHY))


as_it_is = re.compile(f"[ !#-%(-;=?-~{BEYOND_ASCII}{TYPOGRAPHY}]*").fullmatch
"""Asks whether nothing of a sentence has to be made visible or escaped: so are nearly all."""

_SPECIAL = re.compile("[&<>\"']").search


def _escaped(text: str) -> str:
    """The text as `escape` has it; most texts are so already."""
    return text if _SPECIAL(text) is None else str(escape(text))


def code(parts: Iterable[Run]) -> Markup:
    """A line of a program, in colours."""
    return _markup(map(_coloured, parts))


def _coloured(run: Run) -> str:
    text = _escaped(run.text)
    if run.escape:
        return f'<span class="esc">{text}</span>'
    return f'<span class="{run.look}">{text}</span>' if run.look else text


def badge(status: str, symbol: str, word: str) -> Markup:
    """A verdict: its symbol and its word, in the colour of `status`."""
    shown = f'<span aria-hidden="true">{symbol}</span> {words(word)}'
    return _markup((f'<span class="badge {status}">{shown}</span>',))


def code_lines(lines: Iterable[Line], anchor: str) -> Markup:
    """A program's lines as rows of a table; with an `anchor` each has a fragment of its own."""
    name = _escaped(anchor)
    return _markup(_code_line(line, name) for line in lines)


def _code_line(line: Line, anchor: str) -> str:
    place = f' id="{anchor}-{line.number}"' if anchor else ""
    look = (' class="marked remark"' if line.remark else ' class="marked"') if line.mark else ""
    why = f'<span class="why">← {words(line.mark)}</span>' if line.mark not in ("", "x") else ""
    text = "".join(map(_coloured, line.text))
    return f"<tr{place}{look}><td>{line.number}</td><td>{text}{why}</td></tr>\n"


def hex_rows(rows: Iterable[HexRow]) -> Markup:
    """The lines of a hex view."""
    return _markup(
        f"{row.offset}  {row.left}  {row.right}  {_escaped(row.ascii)}\n" for row in rows
    )


def shapes(drawing: Drawing, run: str) -> Markup:
    """The rows of a sequence diagram as SVG: each is a link to its row of the table."""
    name = _escaped(run)
    return _markup(_row(row, name) for row in drawing.rows)


def _row(row: Row, run: str) -> str:
    band = f'<rect class="band" x="0" y="{row.y:g}" width="{WIDTH}" height="{row.height:g}"/>'
    parts = (*map(_arrow, row.arrows), *map(_box, row.boxes), *map(_label, row.labels))
    link = f'<a class="row" id="a{row.number}-{run}" href="#m{row.number}-{run}">'
    return f"{link}{band}{''.join(parts)}</a>\n"


def _arrow(a: Arrow) -> str:
    line = f'<line class="arrow {a.kind}" x1="{a.x1}" x2="{a.x2}" y1="{a.y:g}" y2="{a.y:g}"/>'
    if not a.cross:
        return f'{line}<polygon class="{a.kind}" points="{a.head}"/>'
    cross = f'<path class="cross {a.kind}" d="M{a.x2 - 4.5} {a.y - 4.5}l9 9m0 -9l-9 9"/>'
    return cross if a.kind == Kind.MISSED else line + cross


def _box(b: Box) -> str:
    place = f'x="{b.x}" y="{b.y:g}" width="{b.width:.0f}" height="{b.height:g}"'
    return f'<rect class="{b.kind}" {place} rx="5"/>'


def _label(label: Label) -> str:
    anchor = "" if label.anchor == "start" else f' text-anchor="{label.anchor}"'
    place = f'class="{label.kind}" x="{label.x:g}" y="{label.y:g}"{anchor}'
    return f"<text {place}>{words(label.text)}</text>"


# What could end the element, begin another one or a comment; JSON has them in strings only.
_MARKUP = re.compile("[<>&\u2028\u2029]")


def json_block(data: object) -> Markup:
    """Data for `<script type="application/json">`, which no text in them can leave."""
    text = msgspec.json.encode(data).decode()
    return _markup([_MARKUP.sub(lambda found: f"\\u{ord(found[0]):04x}", text)])


def _markup(pieces: Iterable[str]) -> Markup:
    return Markup("".join(pieces))  # noqa: S704 -- every text in it has been escaped
