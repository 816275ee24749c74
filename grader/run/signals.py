"""Signals that must not come between two steps of ours."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def no_end_meanwhile() -> Iterator[None]:
    """Hold SIGINT and SIGTERM back: between a start and its record they leave what nobody knows.

    What is started inherits that they are held: it takes them up itself. Windows has nothing like
    it: there a process of ours is ended without being asked.
    """
    if sys.platform == "win32":
        yield
    else:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
