"""Signals that must not come between two steps of ours."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from types import FrameType

_ENDS = (signal.SIGINT, signal.SIGTERM)
_Handler = Callable[[int, FrameType | None], object]


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
    """The same for us alone: what is executed inherits nothing of it.

    To block a signal would not do: the kernel gives it to another thread then, and Python runs
    its handler in the main thread all the same (signal(7), `signal` in Python's library). One
    that is ignored, or ends us at once, stays so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # no handler comes here
        return
    came: set[int] = set()

    def note(number: int, frame: FrameType | None) -> None:
        came.add(number)

    handlers = {one: found for one in _ENDS if callable(found := signal.getsignal(one))}
    try:
        for one in handlers:
            signal.signal(one, note)
        yield
    finally:
        _put_back(handlers)
        for number in sorted(came):  # also where what was to be done has failed
            signal.raise_signal(number)


def _put_back(handlers: Mapping[signal.Signals, _Handler]) -> None:
    try:
        for one, handler in handlers.items():
            signal.signal(one, handler)
    except BaseException:
        # One that is back already was called before the next could be put back.
        for one, handler in handlers.items():
            signal.signal(one, handler)
        raise
