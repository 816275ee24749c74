"""A run of two programs as a table: the server, the wire between them, the client.

Each row is a moment; it stands in the column where it happened. Time runs down the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from grader import transcript as tr
from grader.judge.sides import sides_of
from grader.lab.model import ROLES, Lab, Role, Scenario
from grader.view.bytes_view import Run, decoded, runs
from grader.view.detail import FULL, Detail
from grader.view.moment import Kind, Place
from grader.view.own_program import OwnProgram
from grader.view.sequence import each_moment
from grader.view.words import byte_count, count, milliseconds, words

_TENTH = 100_000
_WIRE_KINDS = {
    "connected": Kind.CONNECT,
    "refused": Kind.CUT,
    "data": Kind.DATA,
    "fin": Kind.END,
    "rst": Kind.CUT,
}


@dataclass(frozen=True, kw_only=True)
class PairRow:
    """One moment. `column` is `server`, `wire` or `client`; all columns: `fold`."""

    t: int
    column: str
    kind: Kind
    label: str
    data: bytes = b""
    arrow: str = ""
    """On the wire: where it went."""
    time: str = ""
    """Empty where it is that of the row before."""
    most: int = FULL.moment
    """Bytes of it that are shown."""

    @property
    def shown(self) -> tuple[Run, ...]:
        """The bytes as text, the first of them, invisible characters escaped."""
        # A terminal ends its lines with CR LF; the line's end itself says nothing here.
        data = self.data.rstrip(b"\r\n") if self.kind is Kind.SCREEN else self.data
        cut = runs(decoded(data[: self.most]), keep="\n" if self.kind is not Kind.DATA else "")
        return cut if len(data) <= self.most else (*cut, Run("…"))


@dataclass(frozen=True, kw_only=True)
class PairTable:
    """The rows, and the two programs' paths."""

    server: tuple[Run, ...]
    client: tuple[Run, ...]
    rows: tuple[PairRow, ...]


def pair_table(
    transcript: tr.Transcript,
    lab: Lab,
    scenario: Scenario,
    language: str,
    detail: Detail = FULL,
    sources: Mapping[str, bytes] = MappingProxyType({}),
) -> PairTable:
    """Build the table of a run of role `both`; `sources` are the programs at hand, by path."""
    header = transcript.header
    sides = sides_of(transcript, lab, scenario)
    rows = [
        row
        for role in ROLES
        for row in _of_program(role, sides[role].facts.transcript, language, sources)
    ]
    segments = (e for e in transcript.entries if isinstance(e, tr.Segment))
    rows += [_of_wire(segment, language) for segment in segments]
    rows.sort(key=lambda row: row.t)
    return PairTable(
        server=runs(header.program),
        client=runs(header.partner),
        rows=tuple(_timed(_folded(_gathered(rows), language, detail), language)),
    )


def outputs_of(transcript: tr.Transcript) -> Iterable[tuple[Role, str, bytes]]:
    """What each program wrote: role, `stdout` or `stderr`, the bytes; stdout of both always."""
    kinds: tuple[tuple[str, type[tr.Stdout | tr.Stderr]], ...] = (
        ("stdout", tr.Stdout), ("stderr", tr.Stderr),
    )  # fmt: skip
    for role in ROLES:
        for name, kind in kinds:
            own = [e for e in transcript.entries if e.side == role]
            data = b"".join(e.data for e in own if isinstance(e, kind))
            if data or name == "stdout":
                yield role, name, data


def _of_program(
    role: Role, lived: tr.Transcript, language: str, sources: Mapping[str, bytes]
) -> Iterable[PairRow]:
    for moment in each_moment(lived, language, own=OwnProgram(sources, lived.header.program)):
        if moment.place is Place.AT_PROGRAM:
            yield PairRow(
                t=moment.t, column=role, kind=moment.kind, label=moment.label, data=moment.data
            )


def _of_wire(segment: tr.Segment, language: str) -> PairRow:
    table = words(language)
    label = {
        "connected": table["m_connected"],
        "refused": table["m_refused_at"].format(port=segment.port),
        "data": byte_count(len(segment.data), language),
        "fin": table["m_fin"],
        "rst": table["m_rst"],
    }[segment.kind]
    return PairRow(
        t=segment.t, column="wire", kind=_WIRE_KINDS[segment.kind], label=label,
        data=segment.data, arrow="→" if segment.side == "server" else "←",
    )  # fmt: skip


def _gathered(rows: Sequence[PairRow]) -> list[PairRow]:
    """What one program wrote in several pieces, nothing else between them, is one row."""
    gathered: list[PairRow] = []
    for row in rows:
        last = gathered[-1] if gathered else None
        screen = row.kind in (Kind.SCREEN, Kind.ERROR)
        if last is not None and screen and (last.column, last.kind) == (row.column, row.kind):
            gathered[-1] = replace(last, data=last.data + row.data)
        else:
            gathered.append(row)
    return gathered


def _folded(rows: list[PairRow], language: str, detail: Detail) -> list[PairRow]:
    """At most `detail.pair_rows`: the middle of a long exchange becomes one row."""
    if detail is not FULL:
        rows = [replace(row, most=detail.moment) for row in rows]
    hidden = len(rows) - detail.pair_rows
    if hidden <= 0:
        return rows
    head = detail.pair_rows * 3 // 4
    label = words(language)["m_hidden"].format(n=count(hidden + 1, language))
    fold = PairRow(t=rows[head].t, column="fold", kind=Kind.FOLD, label=label)
    return [*rows[:head], fold, *rows[-(detail.pair_rows - head - 1) :]]


def _timed(rows: Iterable[PairRow], language: str) -> Iterable[PairRow]:
    before = -1
    for row in rows:
        tenth = row.t // _TENTH
        same = tenth == before or row.kind is Kind.FOLD
        before = tenth
        yield row if same else replace(row, time=milliseconds(row.t, language))
