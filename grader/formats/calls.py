"""The calls of traced runs as a terminal shows them: calls on the left, the wire on the right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from grader.formats.safe import no_commands, one_line
from grader.formats.writer import Style, encodable
from grader.lab.model import Lab
from grader.transcript import Transcript
from grader.view.bytes_view import shortened, width
from grader.view.call_section import CallRow, CallSection, call_section
from grader.view.words import words

ROWS_SHOWN = 80
"""Rows of one run; the page has more."""
_HEAD = 60
_TIME = 9
_BARS = {"begin": "┌", "through": "│", "end": "└", "": " "}
_ARROWS = {"in": "←", "out": "→", "none": "·", "": " "}
_ASCII = (
    ("┌", "."), ("│", "|"), ("└", "'"), ("←", "<"), ("→", ">"), ("·", "-"), ("…", "..."),
    ("’", "'"), ("\u00a0", " "), ("\u202f", " "),
)  # fmt: skip


def calls_text(
    lab: Lab, transcripts: Iterable[Transcript], language: str, style: Style | None = None
) -> str:
    """A list for each run. No line begins with a student's text, and no control is obeyed."""
    looks = style or Style()
    lines: list[str] = []
    for transcript in transcripts:
        section = call_section(lab, transcript, language)
        program = one_line(transcript.header.program)
        title = words(language)["calls"]
        where = shortened(f"{program} ({one_line(section.id)})", looks.width - width(title) - 2)
        lines += [f"{_painted(title, looks)}  {where}", *_section(section, looks, language), ""]
    return _encodable(no_commands("\n".join(lines)), looks)


def _section(section: CallSection, style: Style, language: str) -> Iterator[str]:
    hidden = len(section.rows) - ROWS_SHOWN
    rows = section.rows if hidden <= 0 else section.rows[:_HEAD]
    yield from (_line(row, style) for row in rows)
    if hidden > 0:
        yield "    " + words(language)["m_hidden"].format(n=hidden)
        yield from (_line(row, style) for row in section.rows[_HEAD - ROWS_SHOWN :])
    if section.more:
        yield f"    {one_line(section.more)}"
    if section.problem:
        yield "    " + one_line("".join(run.text for run in section.problem))


def _line(row: CallRow, style: Style) -> str:
    bars = "".join(_BARS[lane] for lane in row.lanes) or " "
    lead = f"  {row.time:>{_TIME}} {bars} "
    room = style.width - width(lead)
    wire = _with_bytes(row.wire, row) if row.arrow else ""
    half = room * 5 // 9
    left = _padded(_left(row), half) if wire else shortened(_left(row), room)
    if not wire:
        return f"{lead}{left}".rstrip()
    return f"{lead}{left} {_ARROWS[row.arrow]} {shortened(wire, room - half - 3)}".rstrip()


def _left(row: CallRow) -> str:
    if not row.call:
        return _with_bytes(row.note, row) if not row.arrow else ""
    waits = " …" if row.phase == "begin" and not row.result else ""
    result = f" → {row.result}" if row.result else waits
    return one_line(f"{row.call}{result}" + (f"  [{row.on}]" if row.on else ""))


def _with_bytes(label: str, row: CallRow) -> str:
    return one_line(" ".join(filter(None, (label, "".join(run.text for run in row.data)))))


def _padded(text: str, columns: int) -> str:
    shown = shortened(text, columns)
    return shown + " " * (columns - width(shown))


def _painted(text: str, style: Style) -> str:
    return f"\x1b[1m{text}\x1b[0m" if style.colour else text


def _encodable(text: str, style: Style) -> str:
    if not style.unicode:
        for ours, plain in _ASCII:
            text = text.replace(ours, plain)
    return encodable(text, style.encoding)
