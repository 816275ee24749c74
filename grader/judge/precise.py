"""Mistakes that the lines of the program let one say more exactly than its run did.

What was seen, what it cost and how sure it is stay as they were, but for an `except` that is known
to have printed what was seen. No verdict depends on it.
"""

from __future__ import annotations

import re
from dataclasses import replace

from grader.judge import places
from grader.judge.model import Diagnosis
from grader.judge.wording import fill_fields, in_brackets, look_at, see_also
from grader.lab.model import Text
from grader.lab.sayings import Sayings

_EVENT = re.compile(rb"\.wait\s*\(")
_SHOWN = re.compile(r"«\u00a0(.{1,400}?)\u00a0»", re.DOTALL)
"""What was printed, as « error-swallowed » quotes it; it may end in an ellipsis."""


def reworded(diagnosis: Diagnosis, lines: places.Lines, sayings: Sayings) -> Diagnosis | None:
    """The diagnosis in words for these lines, with where to look; None where they tell no more."""
    if diagnosis.id == "endless-loop" and diagnosis.line is not None:
        return _served(diagnosis, lines, sayings) or _event(diagnosis, lines, sayings)
    if diagnosis.id == "error-swallowed":
        return _caught(diagnosis, lines, sayings)
    if diagnosis.id == "ignores-end-of-stream":
        return _read(diagnosis, lines, sayings)
    if diagnosis.id == "one-recv-is-one-message":
        return _into(diagnosis, lines, sayings)
    if diagnosis.id == "never-closes":
        return _held(diagnosis, lines, sayings)
    return None


def _served(diagnosis: Diagnosis, lines: places.Lines, sayings: Sayings) -> Diagnosis | None:
    """It waits where a library serves for ever: that call is the cause, the wait its sign."""
    serving = places.loops_of_libraries(lines)
    if len(serving) != 1 or not _was(diagnosis, "waits", sayings):
        return None
    found = serving[0]
    other = tuple(n for n in (diagnosis.line,) if n is not None and n != found)
    made = _in_words(diagnosis, "forever", found, sayings)
    if made is None or not other:
        return made
    # The run showed the wait, not the call: the call is where to look.
    return with_sentence(replace(made, line=None, look=found, also=other), see_also(other))


def _event(diagnosis: Diagnosis, lines: places.Lines, sayings: Sayings) -> Diagnosis | None:
    """It waits for an event, and not for a lock or an end."""
    line = diagnosis.line or 0
    if not _was(diagnosis, "lock", sayings) or not 1 <= line <= len(lines):
        return None
    if _EVENT.search(lines[line - 1]) is None:
        return None
    made = _in_words(diagnosis, "event", line, sayings)
    also = tuple(n for n in places.waited_for(lines, line) if n != line)
    if made is None or not also:
        return made
    return with_sentence(replace(made, also=also), see_also(also))


def _caught(diagnosis: Diagnosis, lines: places.Lines, sayings: Sayings) -> Diagnosis | None:
    """What it printed stands in an `except`, and nowhere else: an error was caught."""
    quoted = _SHOWN.search(diagnosis.explanation.in_language("fr"))
    if quoted is None or quoted[1].endswith("…"):
        return None
    printed = places.print_in_except(lines, quoted[1].encode())
    if printed is None:
        return None
    made = _in_words(diagnosis, "seen", printed, sayings, shown=quoted[1])
    if made is None:
        return None
    found = places.hidden_errors(lines) or (printed,)
    also = tuple(n for n in (*found[1:], printed) if n != found[0])
    certain = replace(made, look=found[0], also=also, confidence="certain")
    return with_sentence(certain, look_at(found[0], *also))


def _read(diagnosis: Diagnosis, lines: places.Lines, sayings: Sayings) -> Diagnosis | None:
    """It was seen anywhere in its loop, by chance: the read of that loop is where to look."""
    line = diagnosis.line
    found = places.loop_reads(lines, line) if line is not None else ()
    if len(found) != 2:
        return None
    loop, read = found
    made = _in_words(diagnosis, "", read, sayings)
    if made is None:
        return None
    # The run showed where it was, not what it does with the end: the read is where to look.
    look = replace(made, line=None, look=read, also=())
    return look if loop == read else with_sentence(replace(look, also=(loop,)), see_also((loop,)))


def _into(diagnosis: Diagnosis, lines: places.Lines, sayings: Sayings) -> Diagnosis | None:
    """Its only read fills a buffer of its own: the size of that is where to look."""
    read = places.read_into(lines)
    if read is None or diagnosis.line is not None or not _was(diagnosis, "", sayings):
        return None
    made = _in_words(diagnosis, "into", read, sayings)
    if made is None:
        return None
    also = places.assigned(lines, read)
    return with_sentence(replace(made, look=read, also=also), look_at(read, *also))


def _held(diagnosis: Diagnosis, lines: places.Lines, sayings: Sayings) -> Diagnosis | None:
    """It closes what makefile() was asked of, and not what that gave: the connection is held."""
    held = places.held_files(lines)
    if not held or diagnosis.line is not None:
        return None
    made = _in_words(diagnosis, "held", held[0], sayings)
    if made is None:
        return None
    look = replace(made, look=held[0], also=held[1:], confidence="possible")
    return with_sentence(look, look_at(*held))


def with_sentence(diagnosis: Diagnosis, look: Text) -> Diagnosis:
    """The diagnosis with one more sentence at the end of its explanation."""
    said, told = look.by_language, diagnosis.explanation.by_language
    return replace(
        diagnosis,
        explanation=Text({k: f"{t} {said[k]}" if k in said else t for k, t in told.items()}),
    )


def _was(diagnosis: Diagnosis, variant: str, sayings: Sayings) -> bool:
    """Whether the diagnosis was made of that variant, as its words tell."""
    entry = sayings.entry(diagnosis.id, variant)
    return entry is not None and (entry.notion, entry.title) == (diagnosis.about, diagnosis.title)


def _in_words(
    diagnosis: Diagnosis, variant: str, line: int, sayings: Sayings, **fields: object
) -> Diagnosis | None:
    entry = sayings.entry(diagnosis.id, variant)
    if entry is None:
        return None
    notion = sayings.notion(entry.notion, diagnosis.file or "")
    filled = {"at": in_brackets(line), "notion": notion, **fields}
    return replace(
        diagnosis,
        title=fill_fields(entry.title, filled),
        explanation=fill_fields(entry.explanation, filled),
        notion=notion,
        about=entry.notion,
    )
