"""Which of several right behaviours a program shows: decided by its bytes, never by time.

An optional message is taken where what comes is right for it, and not rather for what follows it on
that connection; of the ways of an `either` the one is played whose first message comes. A decision
falls when a frame is whole, by the framing of what may come, and then holds whatever comes behind
it; or when it is proved that no more will come for now.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reference import script as s

WRONG, PARTLY, RIGHT = 0, 1, 2
"""How what came fits a message (`script.Receive.fits`)."""


@dataclass(frozen=True)
class Choice:
    """What was decided: step `index` takes `size` bytes; None: what came is none of them."""

    index: int | None
    size: int = 0


NEITHER = Choice(None)


def is_open(steps: Sequence[s.Step], index: int, settled: frozenset[int] | set[int]) -> bool:
    """Whether it is yet to be seen if the step is played at all."""
    step = steps[index]
    return is_optional(step) or (step.either != 0 and step.either not in settled)


def is_optional(step: s.Step) -> bool:
    """Whether the program may leave it out."""
    return isinstance(step, s.Receive) and step.optional


def ways_of(steps: Sequence[s.Step], group: int) -> dict[int, list[int]]:
    """The steps of each way of that `either`, by their numbers."""
    ways: dict[int, list[int]] = {}
    for index, step in enumerate(steps):
        if step.either == group:
            ways.setdefault(step.way, []).append(index)
    return ways


def chosen(
    steps: Sequence[s.Step], index: int, stream: bytes, heard: s.Heard, *, over: bool, whole: bool
) -> Choice | None:
    """What step `index`, which is open, comes to; None: it can't be told yet.

    `over`: no more comes for now. `whole`: `stream` is a datagram, so it has its end.
    """
    if not stream:
        return NEITHER if over else None
    first = steps[index]
    options = [index]
    if not is_optional(first):
        options = [way[0] for _, way in sorted(ways_of(steps, first.either).items())]
    best, waits = (WRONG, index, 0), False
    for option in options:
        step = steps[option]
        if not isinstance(step, s.Receive):
            continue  # the end of the connection is no message
        size = _size(step, stream, heard, over=over, whole=whole)
        if size is None:
            waits = True
        elif (fit := step.fits(stream[:size], heard)) > best[0]:
            best = fit, option, size
    fit, option, size = best
    if fit == WRONG:
        return None if waits and not over else NEITHER
    if is_optional(first) and _is_rather_another(steps, index, stream, heard, fit, size, over):
        return NEITHER
    return Choice(option, size)


def late_size(
    late: s.Receive, step: s.Step, stream: bytes, heard: s.Heard, *, over: bool, whole: bool
) -> int:
    """How many bytes are `late`, an optional message passed over before, and not rather `step`; 0.

    A program that waits with a time limit may look as if it had left the message out, and send it
    yet: that is luck, and no verdict is to hang on it.
    """
    size = _size(late, stream, heard, over=over, whole=whole) if stream else None
    if not size:
        return 0
    frame = stream[:size]
    rather = step.fits(frame, heard) if isinstance(step, s.Receive) else WRONG
    return size if late.fits(frame, heard) > rather else 0


def _size(step: s.Receive, stream: bytes, heard: s.Heard, *, over: bool, whole: bool) -> int | None:
    """How much of what came is the message, if it is; None: that can't be told yet."""
    size = step.length_after(heard)(stream)
    if size is not None or not (over or whole):
        return size
    return 0 if whole else step.rest_in(stream, heard)


def _is_rather_another(
    steps: Sequence[s.Step], index: int, stream: bytes, heard: s.Heard, fit: int, size: int,
    over: bool,
) -> bool:  # fmt: skip
    """Whether the bytes are right for what follows, and more so than for the optional step.

    Where both fit alike it is what must come: an optional step takes nothing from another.
    """
    for rival in _rivals(steps, index):
        came = stream if over else stream[:size]
        length = rival.length_after(heard)(came)
        if length is None and over:
            length = rival.rest_in(came, heard)
        if length is None or (length != size and not over):
            continue
        other = rival.fits(came[:length], heard)
        if other > fit or (other == fit and length == size and not rival.optional):
            return True
    return False


def _rivals(steps: Sequence[s.Step], index: int) -> Iterator[s.Receive]:
    """The messages that may come instead: those awaited on the connection before we act again."""
    first = steps[index]
    for number in range(index + 1, len(steps)):
        step = steps[number]
        if not isinstance(step, s.Receive):
            return
        if step.connection != first.connection:
            continue
        if step.either and step.either != first.either:
            for way in ways_of(steps, step.either).values():
                head = steps[way[0]]
                if isinstance(head, s.Receive):
                    yield head
            return
        if step.either == first.either and step.way != first.way:
            continue  # the steps of another way: what follows both is behind them
        yield step
        if not step.optional:
            return
