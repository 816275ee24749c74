"""A lab's handout as Markdown: the statement as its author wrote it, then what the lab asks for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from grader.formats.safe import one_line
from grader.formats.scripted import text_of
from grader.view.handout import Exchange, Handout, arrow
from grader.view.script_words import script_words
from grader.view.scripted import Block
from grader.view.words import labelled

_TITLE = re.compile(r"^# ", re.MULTILINE)
_SPECIAL = re.compile(r"[\\`*_\[\]<>#|]")


def markdown(page: Handout, language: str) -> str:
    """The whole handout."""
    words = script_words(language)
    parts = list(_head(page, language))
    if page.messages:
        parts += [f"## {words['messages']}", page.framing, _messages(page, language)]
    if page.exchanges:
        parts += [f"## {words['exchanges']}", words["exchanges_lead"]]
        parts += [text for one in page.exchanges for text in _exchange(one, language)]
    parts += [f"## {words['marks']}", *_criteria(page, language)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(page: Handout, language: str) -> Iterator[str]:
    words = script_words(language)
    if not _TITLE.search(page.statement):
        yield f"# {text(page.title)}"
    yield page.statement.strip() or text(page.lead)
    yield f"## {words['programs_asked']}"
    port = f"- {labelled(words['port'], language)}{page.port}"
    yield "\n".join([port, *(f"- {line}" for line in page.files)])


def _messages(page: Handout, language: str) -> str:
    words = script_words(language)
    rows = [
        (code(one.name), (code(one.said) if one.literal else text(one.said))
         + (f" · {text(one.ends)}" if one.ends else ""))
        for one in page.messages
    ]  # fmt: skip
    return table((words["message"], words["says"]), rows)


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
        rows = [(text(one.title), text(one.requirement), one.points) for one in asked]
        heads = (words["criterion"], words["asked"], words["points_head"])
        yield f"### {role}"
        yield table(heads, rows)
    yield f"**{labelled(words['total'], language)}{page.total}**"


def table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table, its cells already Markdown."""
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def text(words: str) -> str:
    """Words of the lab that stand for themselves, but for code between backquotes."""
    parts = one_line(words).split("`")
    if len(parts) % 2 == 0:
        return _SPECIAL.sub(r"\\\g<0>", one_line(words))
    return "".join(
        code(part) if number % 2 else _SPECIAL.sub(r"\\\g<0>", part)
        for number, part in enumerate(parts)
    )


def code(words: str) -> str:
    """Words as code, in a table too."""
    shown = one_line(words).replace("|", "\\|")
    ticks = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    blank = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{blank}{shown}{blank}{ticks}" if shown else ""
