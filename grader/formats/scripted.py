"""A scenario before it is played, as a sequence diagram in text.

    votre serveur                                      client
    │←─ connexion ─────────────────────────────────────────│
    │─ greeting : Bonjour Client, je suis le serveur… ────→│

Every line has the same number of columns, and fits the terminal.
"""

from __future__ import annotations

from grader.formats.safe import no_commands, one_line
from grader.formats.writer import BOLD, DIM, YELLOW, Style, Writer, wrapped
from grader.lab.model import Lab, Level, Scenario, Visibility
from grader.view.bytes_view import width
from grader.view.handout import Exchange, exchange
from grader.view.script_words import script_words
from grader.view.scripted import Block, Row, Way
from grader.view.words import labelled

_INDENT = "    "


def lab_text(lab: Lab, scenarios: tuple[Scenario, ...], language: str, style: Style) -> str:
    """These scenarios, for a teacher: each with its diagram and what else it asks for."""
    out = Writer(language, style)
    out.say("", lab.title, indent="", colour=BOLD)
    for scenario in scenarios:
        out.line()
        _scenario(out, lab, scenario)
    return out.text()


def _scenario(out: Writer, lab: Lab, scenario: Scenario) -> None:
    words = script_words(out.language)
    told = exchange(lab, scenario, out.language)
    out.say(f"{told.id}  ", told.title, indent="", colour=BOLD)
    flags = []
    if scenario.level is Level.ADVICE:
        flags.append(words["advice"])
    if scenario.visibility is not Visibility.VISIBLE:
        flags.append(words["hidden"])
    if flags:
        out.say("", ", ".join(flags), indent="  ", colour=YELLOW)
    if told.blocks:
        _Diagram(out).write(told)
    else:
        out.say("", words["both_yours"], indent="  ")
    for demand in told.demands:
        out.say("· " if out.style.unicode else "* ", demand, indent="  ")


class _Diagram:
    """The lines between two lifelines, the program's on the left."""

    def __init__(self, out: Writer) -> None:
        self.out = out
        self.unicode = out.style.unicode
        self.line, self.dash = ("│", "─") if self.unicode else ("|", "-")
        self.room = out.width - len(_INDENT) - 2

    def write(self, told: Exchange) -> None:
        right = self.out.plain(told.reference)
        left = self.out.cut(told.program, self.room - width(right))
        gap = " " * (self.room + 2 - width(left) - width(right))
        self.out.line(f"{_INDENT}{self.out.painted(f'{left}{gap}{right}', DIM)}")
        for block in told.blocks:
            self._block(block)

    def _block(self, block: Block) -> None:
        if block.times > 1:
            times = script_words(self.out.language)["repeated"].format(times=block.times)
            self._note(f"┌ {times}" if self.unicode else f"+ {times}", DIM)
        for row in block.rows:
            self._row(row)
        if block.times > 1:
            self._note("└" if self.unicode else "+", DIM)

    def _row(self, row: Row) -> None:
        text = text_of(row, self.out.language)
        if row.way in (Way.TO_PROGRAM, Way.TO_REFERENCE):
            self._arrow(row.way, text)
        else:
            self._note(text)
        if row.notes:
            self._note(f"({', '.join(row.notes)})", DIM)

    def _arrow(self, way: Way, text: str) -> None:
        left, right = self.dash, self.dash
        if way is Way.TO_PROGRAM:
            left = f"{'←' if self.unicode else '<'}{self.dash}"
        else:
            right = "→" if self.unicode else ">"
        around = width(left) + width(right) + 2
        shown = self.out.cut(no_commands(one_line(text)), self.room - around)
        fill = self.dash * (self.room - around - width(shown))
        self._between(f"{left} {shown} {fill}{right}")

    def _note(self, text: str, colour: str = "") -> None:
        for line in wrapped(self.out.plain(no_commands(one_line(text))), self.room - 4):
            gap = " " * (self.room - 2 - width(line))
            self._between(f"  {self.out.painted(line, colour)}{gap}")

    def _between(self, inner: str) -> None:
        line = self.out.plain(self.line)
        self.out.line(f"{_INDENT}{line}{inner}{line}")


def text_of(row: Row, language: str) -> str:
    """A row's words on one line: `alice: hello : Bonjour`."""
    text = row.label
    if row.name:
        text = labelled(row.name, language) + row.said
    return f"[{row.connection}] {text}" if row.connection else text
