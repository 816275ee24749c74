"""The names of runs, which are also those of their files.

`server-nominal`, its second repeat `server-nominal~2`, and of a sweep the run that was cut
before byte 17: `server-split-every@17`. `server-nominal~trace` is its run with calls traced. A
scenario's id has neither `~` nor `@` in it.
"""

from __future__ import annotations

_REPEAT, _CUT = "~", "@"
_TRACE = "trace"


def run_id(scenario: str, number: int = 1, offset: int | None = None) -> str:
    """The id of repeat `number` (from 1) of a scenario, or of its run cut at `offset` bytes."""
    cut = "" if offset is None else f"{_CUT}{offset}"
    return f"{scenario}{cut}" if number == 1 else f"{scenario}{cut}{_REPEAT}{number}"


def traced_id(scenario: str) -> str:
    """The id of the run of a scenario in which the program's calls were traced."""
    return f"{scenario}{_REPEAT}{_TRACE}"


def is_traced(run: str) -> bool:
    """Whether the program's calls were traced in that run: nothing is judged by it."""
    return run.endswith(f"{_REPEAT}{_TRACE}")


def number_of(run: str) -> int:
    """Which repeat the run is, from 1."""
    return _whole(run.partition(_REPEAT)[2]) or 1


def offset_of(run: str) -> int | None:
    """Where a sweep cut the message in this run, in bytes; None for a run of another kind."""
    return _whole(run.partition(_REPEAT)[0].partition(_CUT)[2])


def scenario_of(run: str) -> str:
    """The scenario that the run is of."""
    return run.partition(_REPEAT)[0].partition(_CUT)[0]


def is_loaded(number: int) -> bool:
    """Whether that repeat is played under load: idle first, then alternately."""
    return number % 2 == 0


def is_cold(number: int) -> bool:
    """Whether that repeat is started cold where others may be warm: as many idle as loaded ones."""
    return number % 4 in (2, 3)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
