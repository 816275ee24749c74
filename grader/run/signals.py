"""Signals that must not come between two steps of ours."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def no_end_meanwhile() -> Iterator[None]:
    """Hold SIGTERM back: between a start and its record it would leave what nobody knows.

    Windows has nothing like it: there a process of ours is ended without being asked.
    """
    if sys.platform == "win32":
        yield
    else:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
