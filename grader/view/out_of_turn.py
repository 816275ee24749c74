"""What came from a program at another time than it was waited for, and so was given up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from grader import transcript as tr
from grader.lab.model import Action, ReferenceStep

_KNOWN_BY = 8
"""Bytes of a text by which it can be told from others."""


def out_of_turn(transcript: tr.Transcript, steps: Sequence[ReferenceStep]) -> frozenset[int]:
    """Steps given up although their text had come by then, and no other step had taken it."""
    found, came = set[int](), defaultdict[str, bytearray](bytearray)
    texts = transcript.header.texts
    for entry in transcript.entries:
        if isinstance(entry, tr.Started):
            came.clear()
        elif isinstance(entry, tr.Received):
            came[entry.connection] += entry.data
        elif isinstance(entry, tr.Step) and (text := _awaited(entry, steps, texts)):
            there = came[steps[entry.index].connection]
            if (begin := there.find(text)) < 0:
                continue
            del there[begin : begin + len(text)]
            if entry.status == "missed":
                found.add(entry.index)
    return frozenset(found)


def _awaited(entry: tr.Step, steps: Sequence[ReferenceStep], texts: Mapping[str, str]) -> bytes:
    """The words of the one message that a step waited for, where they are known."""
    if entry.status in ("begun", "passed-over") or not 0 <= entry.index < len(steps):
        return b""
    step = steps[entry.index]
    if step.action is not Action.RECEIVE or len(step.messages) != 1:
        return b""
    text = texts.get(step.messages[0], "").strip().encode(errors="replace")
    return text if len(text) >= _KNOWN_BY else b""
