"""Signals that must not come between two steps of ours."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

_ENDS = (signal.SIGINT, signal.SIGTERM)


@contextlib.contextmanager
def no_end_meanwhile() -> Iterator[None]:
    """Hold SIGINT and SIGTERM back: between a start and its record they leave what nobody knows.

    What is started inherits that they are held: it takes them up itself. Windows has nothing like
    that: what is started there is ended without being asked.
    """
    with end_later():
        if sys.platform == "win32":
            yield
        else:
            before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDS)
            try:
                yield
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def end_later() -> Iterator[None]:
    """The same for us alone: what is started inherits nothing of it.

    To block a signal would not do: the kernel gives it to another thread then, and Python runs
    its handler in the main thread all the same (signal(7), `signal` in Python's library).
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # no handler comes here
        return
    came: set[int] = set()
    with contextlib.ExitStack() as handlers:
        for number in _ENDS:
            handlers.enter_context(_noted(number, came))
        yield
    for which in sorted(came):
        signal.raise_signal(which)


@contextlib.contextmanager
def _noted(number: signal.Signals, came: set[int]) -> Iterator[None]:
    """It is noted that the signal came; one that is ignored, or ends us at once, stays so."""

    def note(which: int, frame: FrameType | None) -> None:
        came.add(which)

    before = signal.getsignal(number)
    if not callable(before):
        yield
        return
    signal.signal(number, note)
    try:
        yield
    finally:
        signal.signal(number, before)
