"""Lines of text that fit a terminal: its width, its colours, its characters.

What is written is measured in columns as the terminal will show it: what it can't print is
replaced before a line is broken, not after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from grader.formats.safe import no_commands, one_line
from grader.judge.model import Status
from grader.lab.model import Text
from grader.view.bytes_view import escaped_bytes, fitting, shortened, width
from grader.view.words import SYMBOLS, labelled, words

NARROWEST, WIDEST = 40, 100
"""Columns that are written in: with fewer nothing fits, with more lines get hard to read."""
BOLD, DIM = "1", "2"
GREEN, RED, YELLOW, BLUE = "32", "31", "33", "34"
_ASCII = {Status.PASS: "+", Status.PARTIAL: "~", Status.FAIL: "x", Status.NOT_RUN: "-"}
COLOURS = {Status.PASS: GREEN, Status.PARTIAL: YELLOW, Status.FAIL: RED, Status.NOT_RUN: DIM}
_REPLACED = (
    ("…", "..."), ("’", "'"), ("–", "-"), ("−", "-"), ("→", "->"), ("←", "<-"), ("½", "1/2"),
    ("“", '"'), ("”", '"'), ("« ", '"'), (" »", '"'), ("«\u00a0", '"'), ("\u00a0»", '"'),
    ("\u00a0", " "), ("\u202f", " "), ("œ", "oe"),
    ("│", "|"), ("├", "+"), ("┤", "+"), ("─", "-"),
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Style:
    """What the terminal can do: the command line looks at NO_COLOR, the encoding and the width."""

    colour: bool = False
    encoding: str = "utf-8"
    """What it can't print becomes plain ASCII, or a `?`."""
    columns: int = 80

    @property
    def width(self) -> int:
        """Columns to write in: never so wide that lines get hard to read."""
        return max(NARROWEST, min(self.columns, WIDEST))

    @property
    def unicode(self) -> bool:
        """Whether the symbols can be printed."""
        return _printable("✓½✗–│├─→…", self.encoding)


class Writer:
    """Lines that fit the terminal, in its colours and its characters."""

    def __init__(
        self, language: str, style: Style, titles: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.language = language
        self.style = style
        self.titles = titles
        """Of runs; people are not shown ids."""
        self.words = words(language)
        self.lines: list[str] = []

    @property
    def width(self) -> int:
        """Columns of a line."""
        return self.style.width

    def text(self) -> str:
        """Everything written, with a final line end."""
        return no_commands("\n".join(self.lines)) + "\n"

    def line(self, text: str = "") -> None:
        """One line, as it is but for what the terminal can't print."""
        self.lines.append(self.plain(text))

    def label(self, key: str) -> str:
        """A word of the table and its colon."""
        return labelled(self.words[key], self.language)

    def said(self, text: Text | str) -> str:
        """A sentence of ours, which may quote a student, on one line."""
        words_said = text if isinstance(text, str) else text.in_language(self.language)
        return self.plain(no_commands(one_line(words_said)))

    def say(self, lead: str, text: Text | str, indent: str = "    ", colour: str = "") -> None:
        """A sentence after `lead`, wrapped; the following lines are indented."""
        whole = self.plain(lead) + self.said(text)
        # A line that would begin with a command to a log's reader gets a mark before it.
        room = self.width - len(indent) - (4 if "::" in whole else 2)
        for i, line in enumerate(wrapped(whole, room)):
            self.line(indent + ("" if i == 0 else "  ") + self.painted(line, colour))

    def cut(self, text: str, columns: int) -> str:
        """The text as it can be printed, in at most `columns` columns."""
        shown = self.plain(text)
        if width(shown) <= columns:
            return shown
        if _printable("…", self.style.encoding):
            return shortened(shown, columns)
        return shown[: fitting(shown, columns - 3)].rstrip() + "..."

    def bytes(self, data: bytes, columns: int, limit: int = 400) -> str:
        """A student's bytes on one line of at most `columns` columns."""
        return self.cut(no_commands(escaped_bytes(data, limit)), columns)

    def between(self, indent: str, left: str, right: str, paint: str = "") -> None:
        """`left` at the beginning of the line and `right` at its end; `left` may be cut."""
        room = self.width - width(indent) - width(right) - 2
        shown = self.cut(left, room)
        gap = " " * (self.width - width(indent) - width(shown) - width(right))
        self.line(f"{indent}{self.painted(shown, paint)}{gap}{self.plain(right)}")

    def run(self, run: str) -> str:
        """What a run is called."""
        return self.titles.get(run, run)

    def painted(self, text: str, colour: str) -> str:
        """The text in a colour, where there are colours."""
        return f"\x1b[{colour}m{text}\x1b[0m" if text and colour and self.style.colour else text

    def symbol(self, status: Status) -> str:
        """The verdict's symbol, in its colour."""
        table = SYMBOLS if self.style.unicode else _ASCII
        return self.painted(table[status], COLOURS[status])

    def plain(self, text: str) -> str:
        """The text in characters that can be printed."""
        return encodable(text, self.style.encoding)


def encodable(text: str, encoding: str) -> str:
    """The text without what this encoding lacks: plain ASCII for our own signs, else a `?`."""
    if _printable(text, encoding):
        return text
    for ours, ascii_form in _REPLACED:
        text = text.replace(ours, ascii_form)
    return text.encode(encoding, "replace").decode(encoding)


def _printable(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def wrapped(text: str, columns: int) -> Iterator[str]:
    """The text in lines of at most `columns`, broken at blanks where there are any."""
    while width(text) > columns:
        # One character at least, however wide; a mark stays with its letter.
        end = max(fitting(text, columns), 1)
        blank = text.rfind(" ", 0, end + 1)
        cut = blank if blank > end // 3 else end
        yield text[:cut].rstrip()
        text = text[cut:].lstrip(" ")
    yield text
