"""One run as a diagram in text: two lifelines, an arrow for each segment, what was printed.

    serveur.py                          Reference
    ├ listens on 0.0.0.0:65432                  │
    │←─ connected (SYN, SYN/ACK, ACK) ──────────│
    │─ Bonjour Client ─────────────────────────→│
    ├ waits in recv(), line 14                  │

Every line has the same number of columns, whatever the bytes are: a letter of two columns, a
mark of none. What is left out is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from grader import transcript as tr
from grader.formats.safe import no_commands
from grader.formats.writer import BLUE, DIM, RED, YELLOW, Writer, wrapped
from grader.judge.unsaid import unsaid
from grader.lab.model import Lab
from grader.view.bytes_view import decoded, escaped, width
from grader.view.moment import MOMENT_BYTES, Kind, Moment, Place
from grader.view.own_program import OwnProgram
from grader.view.sequence import moments
from grader.view.words import labelled

MOMENTS_SHOWN = 24
"""Moments of one run before its middle is left out."""
_OUTPUT_LINES = 3
"""Lines that one moment of a screen may take; a longer error has its last one, the reason."""
_COLOURS = {
    Kind.CUT: RED, Kind.MISSED: RED, Kind.ERROR: RED, Kind.WAIT: YELLOW, Kind.SCREEN: BLUE,
    Kind.FOLD: DIM,
}  # fmt: skip
_UNPAINTED = re.compile("\x1b\\[[0-9]{1,2}m")


@dataclass(frozen=True, kw_only=True)
class _Signs:
    """The characters that it is drawn with."""

    line: str = "│"
    left: str = "├"
    right: str = "┤"
    dash: str = "─"
    to_right: str = "→"
    to_left: str = "←"
    cross: str = "✗"


_ASCII = _Signs(line="|", left="+", right="+", dash="-", to_right=">", to_left="<", cross="x")


def draw(
    out: Writer,
    lab: Lab,
    transcript: tr.Transcript,
    indent: str = "    ",
    sources: Mapping[str, bytes] = MappingProxyType({}),
) -> None:
    """Write the diagram of a run of one program with the reference; `sources` by path."""
    own = OwnProgram(sources, transcript.header.program)
    scenario = next((s for s in lab.scenarios if s.id == transcript.header.scenario), None)
    steps = () if scenario is None else scenario.steps
    left_out = {} if scenario is None else unsaid(transcript, lab, scenario)
    messages = lab.messages if scenario is None else lab.within(scenario).messages
    all_told = moments(transcript, out.language, steps, MOMENTS_SHOWN, own, left_out, messages)
    told = tuple(_once(all_told))
    if not any(moment.kind in (Kind.CONNECT, Kind.DATA) for moment in told):
        # Without a connection no step of an exchange could come.
        told = tuple(moment for moment in told if moment.kind is not Kind.MISSED)
    _Diagram(out, indent).write(transcript.header.program, told)


def _once(rows: Sequence[Moment]) -> Iterator[Moment]:
    """The moments without a wait that is still the same: the program did nothing in between."""
    last = ""
    for index, moment in enumerate(rows):
        if moment.kind is Kind.WAIT:
            after = rows[index + 1] if index + 1 < len(rows) else None
            told_better = (
                after is not None
                and after.kind is Kind.WAIT
                and after.label.startswith(moment.label)
            )
            if told_better or (last and last.startswith(moment.label)):
                continue
            last = moment.label
        elif moment.place in (Place.AT_PROGRAM, Place.TO_REFERENCE, Place.LOST):
            last = ""
        yield moment


class _Diagram:
    """The lines between two lifelines."""

    def __init__(self, out: Writer, indent: str) -> None:
        self.out = out
        self.indent = indent
        self.signs = _Signs() if out.style.unicode else _ASCII
        self.room = out.width - len(indent) - 2
        """Columns between the lifelines."""
        self.ended = False
        """The program's life is over: so is its line."""

    def write(self, program: str, rows: Sequence[Moment]) -> None:
        """The names of the two, then a line or more for each moment."""
        reference = self.out.plain(self.out.words["reference"])
        left = self.out.cut(no_commands(escaped(program)), self.room - width(reference))
        gap = " " * (self.room + 2 - width(left) - width(reference))
        self.out.line(f"{self.indent}{self.out.painted(f'{left}{gap}{reference}', DIM)}")
        lives = [i for i, moment in enumerate(rows) if moment.kind is Kind.LIFE]
        for index, moment in enumerate(rows):
            self._moment(moment)
            self.ended = self.ended or index == lives[-1] > lives[0]

    def _moment(self, moment: Moment) -> None:
        if moment.place is Place.AT_PROGRAM:
            self._at_program(moment)
        elif moment.place is Place.AT_REFERENCE:
            self._at_reference(moment)
        elif moment.place is Place.BETWEEN:
            self._note(moment.label, moment.kind)
        else:
            self._arrow(moment)

    def _arrow(self, moment: Moment) -> None:
        data = no_commands(escaped(decoded(moment.data[:MOMENT_BYTES])))
        text = labelled(moment.label, self.out.language) + data if data else moment.label
        if data and width(self.out.plain(text)) > self.room - 5:
            # What was sent is worth the line; how much it was can be counted.
            text = data
            if moment.place is Place.TO_PROGRAM:
                self._note(moment.label, moment.kind)
        left, right = self._ends(moment.place)
        shown = self.out.cut(text, self.room - width(left) - width(right) - 2)
        fill = self.room - width(left) - width(right) - width(shown) - 2
        arrow = f"{left} {shown} {self.signs.dash * fill}{right}"
        self._row(self._painted(arrow, moment.kind))

    def _ends(self, place: Place) -> tuple[str, str]:
        """What an arrow begins and ends with, from the left to the right."""
        signs = self.signs
        return {
            Place.TO_PROGRAM: (f"{signs.to_left}{signs.dash}", signs.dash),
            Place.REFUSED: (f"  {signs.cross} {signs.to_left}{signs.dash}", signs.dash),
            Place.LOST: (signs.dash, f"{signs.to_right} {signs.cross}  "),
        }.get(place, (signs.dash, signs.to_right))

    def _at_program(self, moment: Moment) -> None:
        lead = labelled(moment.label, self.out.language) if moment.data else ""
        said = wrapped(self.out.plain(no_commands(moment.label)), self.room - 2)
        texts = _output(moment) if moment.data else list(said)
        indent = " " * min(width(self.out.plain(lead)), self.room // 4)
        for number, text in enumerate(texts):
            shown = self.out.cut(f"{indent if number else lead}{text}", self.room - 2)
            self._row(" " + self._painted(shown, moment.kind), start=number == 0)

    def _at_reference(self, moment: Moment) -> None:
        text = f"{self.signs.cross} {moment.label}"
        for line in wrapped(self.out.plain(no_commands(text)), self.room * 3 // 4):
            fill = " " * (self.room - width(line) - 1)
            self._row(f"{fill}{self._painted(line, moment.kind)} ", end=True)

    def _note(self, text: str, kind: Kind) -> None:
        for line in wrapped(self.out.plain(no_commands(text)), self.room - 4):
            self._row("  " + self._painted(line, kind))

    def _row(self, inner: str, *, start: bool = False, end: bool = False) -> None:
        """A line with both lifelines; `inner` fits between them, and hangs on one of them."""
        left = self.signs.left if start else " " if self.ended else self.signs.line
        right = self.signs.right if end else self.signs.line
        gap = " " * (self.room - width(_UNPAINTED.sub("", inner)))
        self.out.line(f"{self.indent}{left}{inner}{gap}{right}")

    def _painted(self, text: str, kind: Kind) -> str:
        return self.out.painted(text, _COLOURS.get(kind, ""))


def _output(moment: Moment) -> list[str]:
    """Lines of an output: the first ones of a screen, the last one of an error: its reason."""
    error = moment.kind is Kind.ERROR
    kept = moment.data[-4 * MOMENT_BYTES :] if error else moment.data[: 4 * MOMENT_BYTES]
    plain = decoded(kept).replace("\r\n", "\n").removesuffix("\n")
    lines = [no_commands(escaped(line)) for line in plain.split("\n")]
    if len(lines) <= _OUTPUT_LINES:
        return lines
    if error:
        return [f"… {lines[-1].lstrip()}"]
    return [*lines[: _OUTPUT_LINES - 1], "…"]
