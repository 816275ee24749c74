"""One run on a student's page: its outcome, the exchange, the screen, the bytes, the replay."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader import transcript as tr
from grader.judge.model import RunSummary, Status
from grader.lab.model import Lab, Level, ReferenceStep
from grader.view.bytes_view import BYTES_SHOWN, HexView, Run, decoded, hex_view, prose, runs
from grader.view.drawing import Drawing, drawing
from grader.view.pair_section import PairTable, outputs_of, pair_table
from grader.view.sequence import Kind, Moment, Place, moments
from grader.view.words import SYMBOLS, byte_count, count, labelled, milliseconds, words


@dataclass(frozen=True, kw_only=True)
class Screen:
    """What went to a terminal or to stderr, capped."""

    text: tuple[Run, ...]
    more: str
    """`… 312 more bytes, not shown`; empty when nothing is hidden."""


@dataclass(frozen=True, kw_only=True)
class Bytes:
    """A direction's bytes, one by one."""

    title: str
    size: str
    view: HexView
    more: str


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """A moment as a row of the table that says the same as the diagram."""

    time: str
    who: str
    label: str
    kind: Kind
    bytes: tuple[Run, ...]


@dataclass(frozen=True, kw_only=True)
class RunSection:
    """Everything that the page says of one run."""

    id: str
    anchor: str
    title: str
    role: str
    graded: bool
    outcome: str
    word: str
    tone: str
    """The outcome's colour: that of a status."""
    symbol: str
    ending: str
    duration: str
    problem: tuple[Run, ...]
    paced: bool
    recorded: bool
    drawing: Drawing | None
    description: str
    table: tuple[TableRow, ...]
    stdout: Screen | None
    stderr: Screen | None
    hex: tuple[Bytes, ...]
    wire: str | None
    commands: tuple[tuple[str, str], ...]
    """How to play it again: (in words, the command)."""
    pair: PairTable | None = None
    """Of two programs with each other: then there is no drawing, and each has its screens."""
    screens: tuple[tuple[str, Screen | None], ...] = ()


_TONES = {
    "completed": Status.PASS,
    "skipped": Status.NOT_RUN,
    "not_run": Status.NOT_RUN,
}
"""Outcomes that are not an ending by a block, a crash or a limit."""


def run_section(
    lab: Lab,
    run: RunSummary,
    transcript: tr.Transcript | None,
    seed: str,
    language: str,
    wires: Mapping[str, str],
) -> RunSection:
    """Build the section of `run`; without its transcript only the outcome is told."""
    table = words(language)
    scenario = next((s for s in lab.scenarios if s.id == run.scenario), None)
    steps = scenario.steps if scenario else ()
    both = run.role == "both"
    rows = moments(transcript, language, steps) if transcript and not both else ()
    pair = scenario is not None and scenario.tests == "both" and transcript
    paced = transcript is not None and _paced(transcript)
    # A crash in an advice run costs nothing: it is not shown as a failure.
    bad = Status.FAIL if run.level is Level.GRADED else Status.PARTIAL
    tone = _TONES.get(run.outcome, bad)
    title = scenario.title.in_language(language) if scenario else run.scenario
    return RunSection(
        id=run.id,
        anchor=f"run-{run.id}",
        title=title,
        role=table[run.role],
        graded=run.level is Level.GRADED,
        outcome=run.outcome,
        word=table.get(run.outcome, run.outcome),
        tone=tone,
        symbol=SYMBOLS[_TONES.get(run.outcome, Status.FAIL)],
        ending=_ending(run, transcript, language),
        duration=_seconds(run.seconds, language),
        problem=prose(run.problem),
        paced=paced,
        recorded=transcript is not None,
        drawing=drawing(rows, language) if rows else None,
        description=title,
        table=_table(rows, language),
        stdout=_screen(transcript.stdout, language) if transcript else None,
        stderr=_screen(transcript.stderr, language) if transcript else None,
        hex=_hex(transcript, language) if transcript and not both else (),
        wire=wires.get(run.id),
        commands=_commands(lab, run, steps, seed, language),
        pair=pair_table(pair, lab, scenario, language) if pair and scenario else None,
        screens=_screens(pair, language) if pair else (),
    )


def _paced(transcript: tr.Transcript) -> bool:
    return transcript.header.facts == "paced"


def _ending(run: RunSummary, transcript: tr.Transcript | None, language: str) -> str:
    table = words(language)
    if run.limit:
        name = table.get(f"limit_{run.limit}", run.limit)
        return labelled(table["limit"], language) + name + _number(run.limit, transcript)
    # A signal that ended a stuck program is ours, and says nothing of the program.
    if not run.exit or run.outcome not in ("completed", "crashed"):
        return ""
    if "signal" in run.exit:
        return table["exit_signal"].format(signal=run.exit["signal"])
    return table["exit_status"].format(status=run.exit.get("status"))


def _number(limit: str, transcript: tr.Transcript | None) -> str:
    """`, 512 MB`: the number of the limit, where what happened is known."""
    entries = transcript.entries if transcript is not None else ()
    reached = (e for e in entries if isinstance(e, tr.LimitReached) and e.limit == limit)
    value = next((e.value for e in reached), "")
    return f", {value}" if value else ""


def _seconds(seconds: float, language: str) -> str:
    return milliseconds(int(Fraction(repr(seconds)) * 1_000_000_000), language)


def _screen(data: bytes, language: str) -> Screen | None:
    if not data:
        return None
    shown = data[:BYTES_SHOWN]
    # A terminal ends its lines with CR LF; the CR says nothing to a student.
    text = decoded(shown.replace(b"\r\n", b"\n"))
    return Screen(text=runs(text, keep="\n\t"), more=_more(len(data) - len(shown), language))


def _screens(transcript: tr.Transcript, language: str) -> tuple[tuple[str, Screen | None], ...]:
    """The outputs of the two programs, each under its title."""
    table = words(language)
    return tuple(
        (table[f"of_{role}"].format(what=table[name]), _screen(data, language))
        for role, name, data in outputs_of(transcript)
    )


def _more(hidden: int, language: str) -> str:
    if hidden <= 0:
        return ""
    return words(language)["hidden_bytes"].format(n=count(hidden, language))


def _hex(transcript: tr.Transcript, language: str) -> tuple[Bytes, ...]:
    table = words(language)
    entries = transcript.entries
    received = b"".join(e.data for e in entries if isinstance(e, tr.Received))
    sent = b"".join(e.data for e in entries if isinstance(e, tr.Sent))
    streams = ((table["hex_received"], received), (table["hex_sent"], sent))
    return tuple(_bytes(title, data, language) for title, data in streams if data)


def _bytes(title: str, data: bytes, language: str) -> Bytes:
    view = hex_view(data)
    size = byte_count(len(data), language)
    return Bytes(title=title, size=size, view=view, more=_more(view.hidden, language))


def _table(rows: Sequence[Moment], language: str) -> tuple[TableRow, ...]:
    return tuple(
        TableRow(
            time="" if row.kind is Kind.FOLD else milliseconds(row.t, language),
            who=_who(row, words(language)),
            label=row.label,
            kind=row.kind,
            bytes=row.shown,
        )
        for row in rows
    )


def _who(row: Moment, table: Mapping[str, str]) -> str:
    program, reference = table["your_program"], table["reference"]
    if row.place in (Place.TO_PROGRAM, Place.REFUSED):
        return f"{reference} → {program.lower()}"
    if row.place is Place.TO_REFERENCE:
        return f"{program} → {reference.lower()}"
    if row.place is Place.AT_REFERENCE:
        return reference
    return "" if row.place is Place.BETWEEN else program


def _commands(
    lab: Lab, run: RunSummary, steps: Sequence[ReferenceStep], seed: str, language: str
) -> tuple[tuple[str, str], ...]:
    table = words(language)
    other = "client" if run.role == "server" else "server"
    check = ["wiregrade", "check", ".", "--only", run.scenario]
    if lab.id != "tp09":
        check += ["--lab", lab.id]
    if seed:
        check += ["--seed", seed]
    by_hand = ["wiregrade", "reference", other, f"{lab.id}/{run.scenario}"]
    commands = [(table["replay_check"], shlex.join(check))]
    if steps:
        commands.append((table["replay_hand"], shlex.join(by_hand)))
    return tuple(commands)
