"""The runs that a student's page shows: their moments, so many that all have room on one page.

A page is made of some thirty runs, and one that floods is as big as its limits: such a run is read
when its section is made, and not kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from msgspec import structs

from grader import transcript as tr
from grader.judge.model import RunSummary
from grader.judge.unsaid import unsaid
from grader.lab.model import Lab
from grader.view.detail import FULL, Detail
from grader.view.moment import Moment
from grader.view.own_program import OwnProgram
from grader.view.sequence import all_moments, cut_short
from grader.view.timeline import shares

SMALL = 256 * 1024
"""A run with no more bytes than this stays in memory until the page is made."""
_ENTRY = 200
"""What an entry takes besides its bytes."""


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A run as the page knows it: its moments, cut so that all runs fit on a page."""

    transcript: tr.Transcript
    moments: tuple[Moment, ...]

    @property
    def waits_for_the_next(self) -> bool:
        """Whether every step was done, and it was last seen to wait for another client."""
        entries = self.transcript.entries
        if any(isinstance(e, tr.Step) and e.status == "missed" for e in entries):
            return False
        states = [e for e in entries if isinstance(e, tr.State) and e.why == "waiting"]
        return bool(states) and {call.target for call in states[-1].calls} == {"listener"}


class RecordedRuns:
    """The runs of one page, by id."""

    def __init__(
        self,
        lab: Lab,
        shown: Sequence[RunSummary],
        transcripts: Mapping[str, tr.Transcript],
        language: str,
        detail: Detail = FULL,
        sources: Mapping[str, bytes] = MappingProxyType({}),
    ) -> None:
        self._sources = sources
        self._detail = detail
        self._transcripts = transcripts
        self._language = language
        self._lab = lab
        self._scenarios = {s.id: s for s in lab.scenarios}
        self._runs = {run.id: run for run in shown if run.id in transcripts}
        self._small: dict[str, Recorded] = {}
        self._rows: dict[str, tuple[Moment, ...]] = {}
        needs = [self._first_look(run) for run in self._runs]
        given = shares(needs, detail.rows, detail.rows_of_a_run)
        self._most = dict(zip(self._runs, given, strict=True))

    def get(self, run: str) -> Recorded | None:
        """The run, read anew where it is big; None where there is no record of it."""
        if run not in self._runs:
            return None
        recorded = self._small.get(run) or self._read(run)
        moments = cut_short(recorded.moments, self._language, self._most[run])
        if self._detail is not FULL:
            moments = tuple(structs.replace(moment, detail=self._detail) for moment in moments)
        return replace(recorded, moments=moments)

    def rows(self, run: str) -> tuple[Moment, ...]:
        """Its moments as they are shown, without their bytes."""
        if run not in self._rows:
            recorded = self.get(run)
            shown = recorded.moments if recorded is not None else ()
            self._rows[run] = tuple(structs.replace(moment, data=b"") for moment in shown)
        return self._rows[run]

    def _first_look(self, run: str) -> int:
        """How many moments it has."""
        recorded = self._read(run)
        entries = recorded.transcript.entries
        if sum(len(getattr(entry, "data", b"")) + _ENTRY for entry in entries) <= SMALL:
            self._small[run] = recorded
        return len(recorded.moments)

    def _read(self, run: str) -> Recorded:
        transcript = self._transcripts[run]
        scenario = self._scenarios.get(self._runs[run].scenario)
        steps = () if scenario is None else scenario.steps
        left_out = {} if scenario is None else unsaid(transcript, self._lab, scenario)
        # Two programs with each other have tables instead of a drawing.
        both = self._runs[run].role == "both"
        own = OwnProgram(self._sources, transcript.header.program)
        messages = self._lab.messages if scenario is None else self._lab.within(scenario).messages
        moments = (
            () if both else all_moments(transcript, self._language, steps, own, left_out, messages)
        )
        return Recorded(transcript=transcript, moments=moments)
