"""The traced calls of one run beside what went over the wire: rows that read down the page.

A call that returns at once is one row. One that waits is two, its begin and its return, and
what happened meanwhile stands between them: that is what the view is for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader import transcript as tr
from grader.lab.model import Lab
from grader.view.bytes_view import Run, decoded, prose, runs
from grader.view.call_words import Said, kinds, no_capture, said, segment_words
from grader.view.detail import FULL, Detail
from grader.view.moment import Kind, Moment, Place
from grader.view.sequence import each_moment
from grader.view.words import count, milliseconds, words

LANES = 4
"""Threads that are told apart; further ones share the last lane."""
_BYTES_SHOWN = 64
"""Of a segment, or of what was printed; the run's own section has all."""

_WIRE = {
    Place.TO_PROGRAM: "in",
    Place.REFUSED: "in",
    Place.TO_REFERENCE: "out",
    Place.LOST: "out",
    Place.AT_REFERENCE: "none",
}
_SENDING = frozenset(
    {"sendto", "sendmsg", "sendmmsg", "write", "writev", "sendfile", "shutdown", "close"}
)
_SOON = 1_000_000
"""A segment is that of the call before it if it was seen so soon, ns."""
_AT_PROGRAM = (Kind.LIFE, Kind.SCREEN, Kind.ERROR, Kind.WAIT)


@dataclass(frozen=True, kw_only=True)
class CallRow:
    """One row. A call on the left, or what the program did else; a segment on the right."""

    t: int
    time: str = ""
    """Empty where it is that of the row before."""
    lanes: tuple[str, ...] = ()
    """For each thread: `` , `through`, `begin` or `end`, as the bar of a call that waits runs."""
    on: str = ""
    call: str = ""
    result: str = ""
    bad: bool = False
    phase: str = "whole"
    """`whole`, `begin` or `end`."""
    note: str = ""
    """What the program did else: started, printed, ended."""
    kind: str = ""
    arrow: str = ""
    """`in`: to the program, `out`: from it, `none`: beside the wire; empty: nothing there."""
    wire: str = ""
    data: tuple[Run, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CallSection:
    """The calls of one run."""

    id: str
    anchor: str
    title: str
    role: str
    problem: tuple[Run, ...]
    """Why there are none; empty where there are."""
    rows: tuple[CallRow, ...]
    more: str
    """What is not shown."""
    threads: int


def call_section(
    lab: Lab, transcript: tr.Transcript, language: str, detail: Detail = FULL
) -> CallSection:
    """The section of one traced run."""
    scenario = next((s for s in lab.scenarios if s.id == transcript.header.scenario), None)
    steps = scenario.steps if scenario else ()
    title = scenario.title.in_language(language) if scenario else transcript.header.scenario
    calls = [entry for entry in transcript.entries if isinstance(entry, tr.SystemCall)]
    lanes = _lane_of(calls)
    messages = lab.within(scenario).messages if scenario else lab.messages
    told = each_moment(transcript, language, steps, messages=messages)
    moments = [m for m in told if _is_shown(m)]
    segments = [x for x in transcript.entries if isinstance(x, tr.Segment)]
    if segments:
        # What the kernel saw is exact; the reference's own record is some milliseconds late.
        moments = [m for m in moments if m.place in (Place.AT_PROGRAM, Place.AT_REFERENCE)]
        moments += [_segment(x, transcript, language) for x in segments]
    placed = _rows(calls, moments, language)
    rows = _timed(_with_lanes(placed, calls, lanes), language)
    cut = any(isinstance(entry, tr.CallsCut) for entry in transcript.entries)
    shown, hidden = _folded(rows, language, detail.calls)
    late = bool(calls) and not segments and any(row.wire for row in rows)
    more = [
        hidden,
        words(language)["calls_cut"] if cut else "",
        no_capture(language) if late else "",
    ]
    return CallSection(
        id=transcript.header.run,
        anchor=f"calls-{transcript.header.scenario}",
        title=title,
        role=transcript.header.role,
        problem=prose(transcript.end.problem) if not calls else (),
        rows=shown if calls else (),
        more=" ".join(filter(None, more)),
        threads=len(set(lanes.values())),
    )


def _is_shown(moment: Moment) -> bool:
    """Listening and the like the calls tell themselves."""
    if moment.place is Place.AT_PROGRAM:
        return moment.kind in _AT_PROGRAM
    return moment.place in _WIRE


def _segment(segment: tr.Segment, transcript: tr.Transcript, language: str) -> Moment:
    """What went over the wire; a text of the scenario by its name."""
    ours = segment.side == transcript.header.role
    sent = {e.data: e.messages for e in transcript.entries if isinstance(e, tr.Sent)}
    names = () if ours else sent.get(segment.data, ())
    return Moment(
        t=segment.t,
        place=Place.TO_REFERENCE if ours else Place.TO_PROGRAM,
        kind=_KINDS.get(segment.kind, Kind.NOTE),
        label=segment_words(segment.kind, segment.port, len(segment.data), names, language),
        data=segment.data,
    )


_KINDS = {
    "connected": Kind.CONNECT, "refused": Kind.CUT, "data": Kind.DATA, "fin": Kind.END,
    "rst": Kind.CUT,
}  # fmt: skip


def _lane_of(calls: Sequence[tr.SystemCall]) -> dict[int, int]:
    """Thread -> lane, in the order in which threads first called."""
    threads = dict.fromkeys(call.pid for call in calls)
    return {pid: min(i, LANES - 1) for i, pid in enumerate(threads)}


# --- rows ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Event:
    """The begin or the return of call `index`, or a moment (`index` -1)."""

    t: int
    rank: int
    """At the same time: what came over the wire, then a return, then a begin."""
    index: int
    moment: Moment | None = None


@dataclass(frozen=True)
class _Placed:
    """A row, and the index of its call (-1 for none)."""

    row: CallRow
    index: int = -1


def _rows(
    calls: Sequence[tr.SystemCall], moments: Sequence[Moment], language: str
) -> list[_Placed]:
    """Rows in order: what belongs together on one, what waits on two."""
    told = [said(c, k, language) for c, k in zip(calls, kinds(calls), strict=True)]
    events = sorted(_events(calls, moments), key=lambda e: (e.t, e.rank))
    out: list[_Placed] = []
    for place, event in enumerate(events):
        if event.moment is not None:
            out.append(_Placed(_moment_row(event.moment)))
            continue
        near = events[place - 1 : place] if event.rank == _RETURN else events[place + 1 : place + 2]
        at_once = any(other.index == event.index for other in near)
        if event.rank == _RETURN and at_once:
            continue
        phase = "end" if event.rank == _RETURN else "whole" if at_once else "begin"
        out.append(_Placed(_call_row(event.t, told[event.index], phase), event.index))
    return list(_beside(out, calls))


def _beside(rows: Sequence[_Placed], calls: Sequence[tr.SystemCall]) -> Iterator[_Placed]:
    """What a call sends stands beside it, where nothing else happened meanwhile."""
    place = 0
    while place < len(rows):
        first, *after = rows[place : place + 3]
        place += 1
        if first.index >= 0 and calls[first.index].name in _SENDING and after:
            wire = after[0].row
            back = len(after) > 1 and after[1].index == first.index
            done = first.row.phase == "whole" or (first.row.phase == "begin" and back)
            if done and wire.arrow == "out" and wire.t - first.row.t < _SOON:
                words_of = after[1].row if first.row.phase == "begin" else first.row
                place += 1 if first.row.phase == "whole" else 2
                first = _Placed(
                    replace(
                        first.row, phase="whole", result=words_of.result, bad=words_of.bad,
                        kind=wire.kind, arrow=wire.arrow, wire=wire.wire, data=wire.data,
                    ),
                    first.index,
                )  # fmt: skip
        yield first


_MOMENT, _RETURN, _BEGIN = range(3)


def _events(calls: Sequence[tr.SystemCall], moments: Sequence[Moment]) -> Iterator[_Event]:
    for moment in moments:
        yield _Event(moment.t, _MOMENT, -1, moment)
    for index, call in enumerate(calls):
        yield _Event(call.t, _BEGIN, index)
        if call.took is not None:
            # Never at its own begin: the order there is by rank.
            yield _Event(call.t + max(call.took, 1), _RETURN, index)


def _call_row(t: int, words_of: Said, phase: str) -> CallRow:
    begins = phase == "begin"
    # One that never returned has no other row to say so.
    result = "" if begins and not (words_of.bad and words_of.result) else words_of.result
    return CallRow(
        t=t, on=words_of.on, call=words_of.call, result=result,
        bad=words_of.bad and bool(result), phase=phase,
    )  # fmt: skip


def _moment_row(moment: Moment) -> CallRow:
    arrow = _WIRE.get(moment.place, "")
    return CallRow(
        t=moment.t, kind=moment.kind, arrow=arrow, wire=moment.label if arrow else "",
        note="" if arrow else moment.label, data=_cut(moment.data),
    )  # fmt: skip


def _cut(data: bytes) -> tuple[Run, ...]:
    shown = runs(decoded(data[:_BYTES_SHOWN]))
    return shown if len(data) <= _BYTES_SHOWN else (*shown, Run("…"))


def _with_lanes(
    rows: Sequence[_Placed], calls: Sequence[tr.SystemCall], lanes: dict[int, int]
) -> list[CallRow]:
    """The bars of calls that wait, as they run down beside the rows."""
    waiting = [0] * len(set(lanes.values()))
    out = []
    for placed in rows:
        bars = ["through" if n else "" for n in waiting]
        phase = placed.row.phase if placed.index >= 0 else ""
        if phase in ("begin", "end"):
            lane = lanes[calls[placed.index].pid]
            others = waiting[lane] - (phase == "end")
            waiting[lane] = others + (phase == "begin")
            bars[lane] = "through" if others else phase
        out.append(replace(placed.row, lanes=tuple(bars)))
    return out


def _timed(rows: Sequence[CallRow], language: str) -> list[CallRow]:
    """A time for each row that does not read the same as the one before."""
    out = []
    before = ""
    for row in rows:
        time = milliseconds(row.t, language)
        out.append(row if time == before else replace(row, time=time))
        before = time
    return out


def _folded(rows: Sequence[CallRow], language: str, most: int) -> tuple[tuple[CallRow, ...], str]:
    """At most `most` (8 or more), the middle left out, and a word on that."""
    hidden = len(rows) - most
    if hidden <= 0:
        return tuple(rows), ""
    label = words(language)["m_hidden"].format(n=count(hidden + 1, language))
    head = most * 3 // 4
    tail = rows[-(most - head - 1) :]
    fold = CallRow(t=rows[head].t, note=label, kind=Kind.FOLD, lanes=tail[0].lanes)
    return (*rows[:head], fold, *tail), label
