"""A lab's handout as Markdown: the statement as its author wrote it, then what the lab asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from grader.formats.safe import one_line
from grader.formats.scripted import text_of
from grader.view.handout import Exchange, Handout, Said, arrow
from grader.view.script_words import script_words
from grader.view.scripted import Block
from grader.view.statement import without_title
from grader.view.words import labelled

_SPECIAL = re.compile(r"[\\`*_\[\]<>#|&~]")
_MARKER = re.compile(r"^(?:(?=[-+=])|(\d{1,9})(?=[.)]))")
"""What makes a list, a rule or a heading of a line that begins with it."""


def markdown(page: Handout, language: str) -> str:
    """The whole handout."""
    words = script_words(language)
    parts = list(_head(page, language))
    if page.messages:
        parts += [f"## {words['messages']}", text(page.framing), _messages(page, language)]
    if page.exchanges:
        parts += [f"## {words['exchanges']}", words["exchanges_lead"]]
        parts += [text for one in page.exchanges for text in _exchange(one, language)]
    parts += [f"## {words['marks']}", *_criteria(page, language)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(page: Handout, language: str) -> Iterator[str]:
    words = script_words(language)
    title, statement = without_title(page.statement)
    yield f"# {title or text(page.title)}"
    yield statement.strip("\r\n") or text(page.lead)
    yield f"## {words['programs_asked']}"
    port = f"- {labelled(words['socket' if page.named else 'port'], language)}{page.port}"
    yield "\n".join([port, *(f"- {line}" for line in page.files)])


def _messages(page: Handout, language: str) -> str:
    words = script_words(language)
    rows = [(code(one.name, cell=True), _said(one)) for one in page.messages]
    return table((words["message"], words["says"]), rows)


def _said(one: Said) -> str:
    said = code(one.said, cell=True) if one.literal else text(one.said, cell=True)
    return f"{said} · {text(one.ends, cell=True)}" if one.ends else said


def _exchange(one: Exchange, language: str) -> Iterator[str]:
    words = script_words(language)
    yield f"### {text(one.title)}"
    yield text(one.advice)
    if one.blocks:
        heads = f"{one.program} ⇄ {one.reference}"
        yield "```text\n" + "\n".join([heads, *_lines(one.blocks, language)]) + "\n```"
    else:
        yield words["both_yours"]
    if one.demands:
        bullets = [f"- {text(demand)}" for demand in one.demands]
        yield "\n".join([words["the_program"], "", *bullets])


def _lines(blocks: Iterable[Block], language: str) -> Iterator[str]:
    words = script_words(language)
    for block in blocks:
        indent = ""
        if block.times > 1:
            yield words["repeated"].format(times=block.times)
            indent = "  "
        for row in block.rows:
            notes = f" ({', '.join(row.notes)})" if row.notes else ""
            shown = one_line(text_of(row, language) + notes).replace("```", "'''")
            yield f"{indent}{arrow(row.way)} {shown}"


def _criteria(page: Handout, language: str) -> Iterator[str]:
    words = script_words(language)
    for role, asked in page.criteria:
        rows = [
            (text(one.title, cell=True), text(one.requirement, cell=True), one.points)
            for one in asked
        ]
        heads = (words["criterion"], words["asked"], words["points_head"])
        yield f"### {role}"
        yield table(heads, rows)
    yield f"**{labelled(words['total'], language)}{page.total}**"


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table, its cells already Markdown."""
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def text(words: str, *, cell: bool = False) -> str:
    """Words of the lab that stand for themselves, but for code between backquotes."""
    shown = one_line(words)
    parts = shown.split("`")
    if len(parts) % 2 == 0:
        parts = [shown]
    made = "".join(
        code(part, cell=cell) if number % 2 else _escaped(part) for number, part in enumerate(parts)
    )
    return made if cell else _MARKER.sub(r"\1\\", made)


def code(words: str, *, cell: bool = False) -> str:
    """Words as code; in a cell of a table a bar is escaped even there."""
    shown = one_line(words)
    if cell and "\\|" in shown:
        # No code in a cell can hold these two: the bar's own backslash would be escaped.
        return _escaped(shown)
    ticks = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    blank = " " if shown.startswith("`") or shown.endswith("`") else ""
    inside = shown.replace("|", "\\|") if cell else shown
    return f"{ticks}{blank}{inside}{blank}{ticks}" if shown else ""


def _escaped(words: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", words)
