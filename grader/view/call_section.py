"""The traced calls of one run beside what went over the wire: rows that read down the page.

A call that returns at once is one row. One that waits is two, its begin and its return, and
what happened meanwhile stands between them: that is what the view is for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from grader import transcript as tr
from grader.lab.model import Lab
from grader.view.bytes_view import Run, prose, runs
from grader.view.call_words import Said, kinds, said
from grader.view.sequence import Kind, Moment, Place, each_moment
from grader.view.words import count, milliseconds, words

ROWS_SHOWN = 240
_HEAD = 180
"""Of those, how many come from the beginning."""
LANES = 4
"""Threads that are told apart; further ones share the last lane."""
_TENTH = 100_000

_WIRE = {
    Place.TO_PROGRAM: "in",
    Place.REFUSED: "in",
    Place.TO_REFERENCE: "out",
    Place.LOST: "out",
    Place.AT_REFERENCE: "none",
}
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


def call_section(lab: Lab, transcript: tr.Transcript, language: str) -> CallSection:
    """The section of one traced run."""
    scenario = next((s for s in lab.scenarios if s.id == transcript.header.scenario), None)
    steps = scenario.steps if scenario else ()
    title = scenario.title.in_language(language) if scenario else transcript.header.scenario
    calls = [entry for entry in transcript.entries if isinstance(entry, tr.SystemCall)]
    lanes = _lane_of(calls)
    moments = [m for m in each_moment(transcript, language, steps) if _is_shown(m)]
    rows = _timed(_with_lanes(_rows(calls, moments, lanes, language), lanes), language)
    cut = any(isinstance(entry, tr.CallsCut) for entry in transcript.entries)
    shown, hidden = _folded(rows, language)
    more = [hidden, words(language)["calls_cut"] if cut else ""]
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


def _rows(
    calls: Sequence[tr.SystemCall],
    moments: Sequence[Moment],
    lanes: dict[int, int],
    language: str,
) -> list[tuple[CallRow, int]]:
    """Rows in order, each with the lane of its call (-1 for none)."""
    told = [said(c, k, language) for c, k in zip(calls, kinds(calls), strict=True)]
    events = sorted(_events(calls, moments), key=lambda e: (e.t, e.rank))
    out: list[tuple[CallRow, int]] = []
    for place, event in enumerate(events):
        if event.moment is not None:
            out.append((_moment_row(event.moment), -1))
            continue
        lane = lanes[calls[event.index].pid]
        words_of = told[event.index]
        if event.rank == _RETURN:
            if place and events[place - 1].index != event.index:
                out.append((_call_row(event.t, words_of, "end"), lane))
        elif place + 1 < len(events) and events[place + 1].index == event.index:
            out.append((_call_row(event.t, words_of, "whole"), lane))
        else:
            out.append((_call_row(event.t, words_of, "begin"), lane))
    return out


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
        note="" if arrow else moment.label, data=moment.shown,
    )  # fmt: skip


def _with_lanes(rows: Sequence[tuple[CallRow, int]], lanes: dict[int, int]) -> list[CallRow]:
    """The bars of calls that wait, as they run down beside the rows."""
    many = len(set(lanes.values()))
    waiting = [0] * many
    out = []
    for row, lane in rows:
        bars = ["through" if n else "" for n in waiting]
        if lane >= 0 and row.phase == "begin":
            bars[lane] = "through" if waiting[lane] else "begin"
            waiting[lane] += 1
        elif lane >= 0 and row.phase == "end":
            waiting[lane] -= 1
            bars[lane] = "through" if waiting[lane] else "end"
        out.append(replace(row, lanes=tuple(bars)))
    return out


def _timed(rows: Sequence[CallRow], language: str) -> list[CallRow]:
    """A time for each row that is not in the same tenth of a millisecond as the one before."""
    out = []
    before: int | None = None
    for row in rows:
        tenth = row.t // _TENTH
        out.append(row if tenth == before else replace(row, time=milliseconds(row.t, language)))
        before = tenth
    return out


def _folded(rows: Sequence[CallRow], language: str) -> tuple[tuple[CallRow, ...], str]:
    """At most `ROWS_SHOWN`, the middle left out, and a word on that."""
    hidden = len(rows) - ROWS_SHOWN
    if hidden <= 0:
        return tuple(rows), ""
    label = words(language)["m_hidden"].format(n=count(hidden + 1, language))
    tail = rows[-(ROWS_SHOWN - _HEAD - 1) :]
    fold = CallRow(t=rows[_HEAD].t, note=label, kind=Kind.FOLD, lanes=tail[0].lanes)
    return (*rows[:_HEAD], fold, *tail), label
