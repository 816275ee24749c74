"""When a run need not be played, because what was played before tells how it would end."""

from __future__ import annotations

from typing import NamedTuple

from grader import transcript as tr
from grader.transcript import SAME_CAUSE, SAME_CAUSE_WHOLE


def connected(transcript: tr.Transcript) -> bool:
    """Whether program and reference ever were connected."""
    return any(isinstance(e, tr.Connected) for e in transcript.entries)


def same_cause(transcript: tr.Transcript) -> str:
    """Why advice need not be played: a graded run met a limit, or ended before the exchange."""
    end = transcript.end
    overdue = any(
        isinstance(e, tr.Step) and e.reason == "overdue" and e.status != "passed-over"
        for e in transcript.entries
    )
    if overdue or end.outcome in ("timeout", "limit", "not_run") or not connected(transcript):
        return SAME_CAUSE
    return ""


def cut_in_vain(transcript: tr.Transcript) -> str:
    """Why a sweep need not be played: not even the whole message was dealt with as asked."""
    missed = any(isinstance(e, tr.Step) and e.status == "missed" for e in transcript.entries)
    if missed or transcript.end.outcome != "completed":
        return SAME_CAUSE_WHOLE
    return ""


class Causes(NamedTuple):
    """Why others need not be played after a run; empty: they are to be played."""

    advice: str
    sweep: str


def causes(transcript: tr.Transcript) -> Causes:
    """What this run says of those that would come after it."""
    return Causes(advice=same_cause(transcript), sweep=cut_in_vain(transcript))
