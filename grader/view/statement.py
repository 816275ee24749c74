"""A statement's Markdown as HTML: CommonMark and tables; no HTML of the author's is let through."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from grader.view.bytes_view import TYPOGRAPHY, escaped

if TYPE_CHECKING:
    from markdown_it.renderer import RendererProtocol
    from markdown_it.token import Token

_HEADING = re.compile(r"(</?h)([1-5])\b")


def statement_html(markdown: str) -> Markup:
    """The statement below the page's own title: one of its own is one level down, with the rest.

    Pictures become their words: a page fetches nothing.
    """
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    reader.add_render_rule("image", _words_of_image)
    page = reader.render(escaped(markdown, keep=TYPOGRAPHY + "\t"))
    lowered = page
    if "<h1>" in page:
        lowered = _HEADING.sub(lambda found: f"{found[1]}{int(found[2]) + 1}", page)
    # Wide code and tables scroll, by keys too.
    scrolled = lowered.replace("<pre>", '<pre tabindex="0">')
    return Markup(scrolled)  # noqa: S704 -- made by a renderer that escapes


def _words_of_image(_: RendererProtocol, tokens: Sequence[Token], at: int, *__: object) -> str:
    return str(escape(tokens[at].content))


def without_title(markdown: str) -> tuple[str, str]:
    """The statement's own title, if it begins with one, and the rest."""
    whole = markdown.lstrip("\ufeff\r\n")
    first, _, rest = whole.partition("\n")
    return (first[2:].strip(), rest) if first.startswith("# ") else ("", whole)
