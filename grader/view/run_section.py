"""One run on a student's page: its outcome, its time line, how to see it again."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from grader import transcript as tr
from grader.judge.model import RunSummary, Status
from grader.lab.model import Lab, Level, ReferenceStep, Scenario, Visibility
from grader.runids import number_of
from grader.view.bytes_view import Run, decoded, prose, runs
from grader.view.call_section import CallSection
from grader.view.detail import FULL, Detail
from grader.view.links import Attachment, DrawnCapture, Links
from grader.view.pair_section import PairTable, outputs_of, pair_table
from grader.view.recorded import Recorded
from grader.view.source import Program
from grader.view.timeline import Timeline, timeline
from grader.view.trace_paths import short_paths
from grader.view.words import SYMBOLS, byte_count, count, labelled, milliseconds, words


@dataclass(frozen=True, kw_only=True)
class Screen:
    """What went to a terminal or to stderr, capped."""

    text: tuple[Run, ...]
    more: str
    """`… 312 more bytes, not shown`; empty when nothing is hidden."""


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
    timeline: Timeline | None
    stdout: Screen | None
    """All of the screen, where the time line cuts it; None: it has all."""
    stderr: Screen | None
    wire: Attachment | None
    wire_size: str
    """That of the capture, where the page carries it or would."""
    record: str | None
    """Where all that was recorded is."""
    commands: tuple[tuple[str, str], ...]
    """How to play it again: (in words, the command)."""
    seed: str
    unplayed: bool = False
    """It was not needed: another run tells how it would end."""
    open: bool = False
    """It is worth a look at once."""
    calls: CallSection | None = None
    """Its calls, seen in one more run."""
    hidden: str = ""
    """What keeps it from students, in words; empty for what they may see."""
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
    recorded: Recorded | None,
    seed: str,
    language: str,
    links: Links,
    programs: Mapping[str, Program] = MappingProxyType({}),
    detail: Detail = FULL,
) -> RunSection:
    """Build the section of `run`; without its transcript only the outcome is told.

    `programs` are those that the page can show, by path.
    """
    table = words(language)
    transcript = recorded.transcript if recorded else None
    scenario = next((s for s in lab.scenarios if s.id == run.scenario), None)
    played = run.outcome not in tr.UNPLAYED
    pair = scenario is not None and scenario.tests == "both" and played and transcript
    # A crash in an advice run costs nothing: it is not shown as a failure.
    bad = Status.FAIL if run.level is Level.GRADED else Status.PARTIAL
    line = None
    if recorded and recorded.moments and run.role != "both":
        program = recorded.transcript.header.program
        line = timeline(recorded.moments, programs, program, language)
    cut = line is not None and line.cut
    return RunSection(
        id=run.id,
        anchor=f"run-{run.id}",
        title=_title(lab, run, language),
        role=table[run.role],
        graded=run.level is Level.GRADED,
        outcome=run.outcome,
        word=table.get(run.outcome, run.outcome),
        tone=_TONES.get(run.outcome, bad),
        symbol=SYMBOLS[_TONES.get(run.outcome, Status.FAIL)],
        ending=_ending(run, transcript, language),
        duration=_seconds(run.seconds, language),
        problem=prose(table.get(run.problem, run.problem)),
        paced=transcript is not None and _paced(transcript),
        recorded=transcript is not None,
        timeline=line,
        stdout=_screen(transcript.stdout, language, detail) if transcript and cut else None,
        stderr=_screen(transcript.stderr, language, detail) if transcript and cut else None,
        wire=_wire(links.wires.get(run.id), scenario),
        wire_size=_size(links.wires.get(run.id), language),
        record=links.records.get(run.id),
        commands=_commands(lab, run, scenario.steps if scenario else (), seed, language),
        seed=seed,
        hidden=_hidden(scenario, language),
        unplayed=run.outcome == "skipped" and run.problem in (tr.SAME_CAUSE, tr.SAME_CAUSE_WHOLE),
        pair=pair_table(pair, lab, scenario, language, detail, _sources(programs))
        if pair and scenario
        else None,
        screens=_screens(pair, language, detail) if pair else (),
    )


def _sources(programs: Mapping[str, Program]) -> dict[str, bytes]:
    return {path: program.data for path, program in programs.items()}


def _title(lab: Lab, run: RunSummary, language: str) -> str:
    """The scenario's; of a repeat with its number."""
    title = scenario_title(lab, run.scenario, language)
    number = number_of(run.id)
    return title if number == 1 else words(language)["repeat"].format(title=title, n=number)


def scenario_title(lab: Lab, scenario: str, language: str) -> str:
    """The scenario's title, or its id where the lab has it no more."""
    for known in lab.scenarios:
        if known.id == scenario:
            return known.title.in_language(language)
    return scenario


def _hidden(scenario: Scenario | None, language: str) -> str:
    """A mark for whoever may see more than students."""
    if scenario is None or scenario.visibility is Visibility.VISIBLE:
        return ""
    return words(language)[f"seen_{scenario.visibility.value}"]


def _wire(wire: Attachment | None, scenario: Scenario | None) -> Attachment | None:
    """The capture, as what it is."""
    if wire is None or scenario is None or scenario.protocol != "unix":
        return wire
    return DrawnCapture(href=wire.href, name=wire.name, size=wire.size)


def _size(wire: Attachment | None, language: str) -> str:
    return "" if wire is None or wire.size is None else byte_count(wire.size, language)


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
    return milliseconds(int(Decimal(repr(seconds)) * 1_000_000_000), language)


def _screen(data: bytes, language: str, detail: Detail) -> Screen | None:
    if not data:
        return None
    shown = data[: detail.screen]
    # A terminal ends its lines with CR LF; the CR says nothing to a student.
    text = decoded(short_paths(shown.replace(b"\r\n", b"\n")))
    return Screen(text=runs(text, keep="\n\t"), more=_more(len(data) - len(shown), language))


def _screens(
    transcript: tr.Transcript, language: str, detail: Detail
) -> tuple[tuple[str, Screen | None], ...]:
    """The outputs of the two programs, each under its title."""
    table = words(language)
    return tuple(
        (table[f"of_{role}"].format(what=table[name]), _screen(data, language, detail))
        for role, name, data in outputs_of(transcript)
    )


def _more(hidden: int, language: str) -> str:
    if hidden <= 0:
        return ""
    return words(language)["hidden_bytes"].format(n=count(hidden, language))


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
