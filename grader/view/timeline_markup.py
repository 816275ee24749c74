"""The rows of a time line's table as HTML: a page has them by the hundred.

As in `grader.view.markup`, each text is made visible and escaped here, and numbers and names of
our own are written as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from markupsafe import Markup, escape

from grader.view.markup import code, hex_rows, runs, words
from grader.view.timeline import TimeRow


def time_rows(rows: Iterable[TimeRow], run: str, w: Mapping[str, str]) -> Markup:
    """The rows of the table of `run`; `w` are the page's words."""
    name = str(escape(run))
    lines = ("".join(_row(row, name, w)) for row in rows)
    return Markup("\n".join(lines))  # noqa: S704 -- every text in it has been escaped


def _row(row: TimeRow, run: str, w: Mapping[str, str]) -> Iterator[str]:
    kin = " ".join(str(one.number) for one in row.kin)
    data = f' data-kin="{kin}"' if kin else ""
    yield f'<tr class="row is-{row.kind}" id="m{row.number}-{run}"{data}><th scope="row">'
    if row.time:
        yield f'<a href="#a{row.number}-{run}">{words(row.time)}</a>'
    yield "</th><td>"
    if row.who:
        yield f'<span class="soft">{words(row.who)}</span> '
    yield f'<span class="l">{words(row.label)}</span>'
    if row.bytes:
        yield f'<code class="b">{runs(row.bytes)}</code>'
    if row.kin or row.where or row.hex:
        yield f'<div class="links">{"".join(_links(row, run, w))}</div>'
    yield "</td></tr>"


def _links(row: TimeRow, run: str, w: Mapping[str, str]) -> Iterator[str]:
    for one in row.kin:
        yield f'<a href="#m{one.number}-{run}">{words(one.text)}</a>'
    if row.where:
        lines = (
            f'<a class="src" href="{escape(one.href)}">{w["line"].format(line=one.number)}</a>'
            for one in row.where
        )
        text = f" <code>{code(row.code)}</code>" if row.code else ""
        yield f"<span>{w['in_your_code']} {w['or'].join(lines)}{text}</span>"
    if row.hex:
        title = w["hex_of"]
        yield f"<details><summary>{title}</summary>"
        yield f'<pre class="hex" tabindex="0" aria-label="{title}">{hex_rows(row.hex)}</pre>'
        yield f"{words(row.hex_more)}</details>"
