"""Colours for a program's text: each line in pieces, each piece with what it is.

Pygments tells the pieces apart; it is imported when the first program is shown. A program
that is long, or that Pygments could take long over, stays without colours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexer import Lexer

COLOURED = 16 * 1024
"""Characters of a program that is coloured."""
LINES = 400
"""Lines of a program that is coloured."""
COLUMNS = 200
"""Characters of each of its lines. Expressions of the lexer are quadratic in what they look
through: these three bounds keep the worst text that we know of below a second."""

Piece = tuple[str, str]
"""What it is (`k` keyword, `s` string, `c` comment, `n` number, `f` name that Python knows or
that is defined here; empty: nothing special) and its text."""


def coloured(lines: Sequence[str], path: str = "") -> tuple[tuple[Piece, ...], ...] | None:
    """The pieces of each line; None for a text that is not coloured.

    The suffix of `path` tells the language; where it tells none, it is Python.
    """
    if len(lines) > LINES or any(len(line) > COLUMNS for line in lines):
        return None
    # Blanks at the end of lines are what the lexer is slowest with, and show nothing.
    bare = [line.rstrip(" \t") for line in lines]
    text = "\n".join(bare)
    if len(text) > COLOURED:
        return None
    told = tuple(_by_line(_pieces(text, path)))
    # No letter of a program is lost or added, whatever the lexer does.
    same = ["".join(text for _, text in pieces) for pieces in told] == bare
    return told if same else None


def _pieces(text: str, path: str) -> Iterator[Piece]:
    suffix = path.rpartition(".")[2].casefold() if "." in path else ""
    lexer = _lexer(_LEXERS.get(suffix, "python"))
    also = _JAVA if suffix == "java" else frozenset()
    return (
        ("k" if value in also else _what(str(kind)), value)
        for _, kind, value in lexer.get_tokens_unprocessed(text)
    )


def _by_line(pieces: Iterable[Piece]) -> Iterator[tuple[Piece, ...]]:
    """The pieces of each line, those alike joined."""
    line: list[Piece] = []
    for what, value in pieces:
        first, *more = value.split("\n")
        _add(line, what, first)
        for part in more:
            yield tuple(line)
            line = []
            _add(line, what, part)
    yield tuple(line)


def _add(line: list[Piece], what: str, text: str) -> None:
    if not text:
        return
    # Blanks have no colour: they go with what stands before them.
    if line and (line[-1][0] == what or text.isspace()):
        line[-1] = (line[-1][0], line[-1][1] + text)
    else:
        line.append((what, text))


_KINDS = (
    ("Token.Comment", "c"),
    ("Token.Keyword", "k"),
    ("Token.Operator.Word", "k"),
    ("Token.Literal.String", "s"),
    ("Token.Literal.Number", "n"),
    ("Token.Name.Builtin", "f"),
    ("Token.Name.Function", "f"),
    ("Token.Name.Class", "f"),
    ("Token.Name.Exception", "f"),
)


@cache
def _what(kind: str) -> str:
    return next((short for name, short in _KINDS if kind.startswith(name)), "")


_JAVA = frozenset(
    word
    for words in (
        "abstract assert boolean byte catch class extends final finally implements import",
        "instanceof interface native new package private protected public record super",
        "synchronized this throw throws transient true false null try var",
    )
    for word in words.split()
)
"""Java is read as C, with these words: Pygments' own lexer of it takes minutes for some texts."""
_LEXERS = {
    "c": "c", "h": "c", "cc": "c++", "cpp": "c++", "cxx": "c++", "hpp": "c++", "java": "c",
    "js": "javascript", "mjs": "javascript", "cjs": "javascript", "go": "go", "rs": "rust",
    "sh": "shell",
}  # fmt: skip


@cache
def _lexer(language: str) -> Lexer:
    """The lexer of a language, without what tidies a text up before it is read."""
    if language in ("c", "c++"):
        from pygments.lexers import c_cpp

        # A type of its own: the package says none of these two.
        found: type[Lexer] = c_cpp.CLexer if language == "c" else c_cpp.CppLexer
        return found()
    if language in ("go", "rust"):
        from pygments.lexers.go import GoLexer
        from pygments.lexers.rust import RustLexer

        return GoLexer() if language == "go" else RustLexer()
    if language == "javascript":
        from pygments.lexers.javascript import JavascriptLexer

        return JavascriptLexer()
    if language == "shell":
        from pygments.lexers.shell import BashLexer

        return BashLexer()
    from pygments.lexers.python import PythonLexer

    return PythonLexer()
