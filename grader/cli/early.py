"""Ctrl-C before a command has begun: it ends quietly, whatever is being imported.

Python raises KeyboardInterrupt wherever it stands. In the middle of an import that is a traceback
in somebody's face, and within a callback of the import system it is forgotten: the command goes on.
"""

from __future__ import annotations

import contextlib
import os
import signal
from types import FrameType

from grader.cli.errors import INTERRUPTED

_asked = False


def begin() -> None:
    """From now on Ctrl-C ends this process at once: there is nothing to be left as it should be.

    Where somebody else has decided what SIGINT does (nohup, a shell's `&`), it stays so.
    """
    with contextlib.suppress(ValueError):  # in a thread of somebody else's program
        if _is(signal.default_int_handler):
            signal.signal(signal.SIGINT, _leave)


def begun() -> None:
    """From now on there may be processes of ours: Ctrl-C is remembered until `over`."""
    if _is(_leave):
        signal.signal(signal.SIGINT, _remember)


def over() -> None:
    """The command begins: Ctrl-C is Python's again.

    Raises:
        KeyboardInterrupt: it was asked for meanwhile.
    """
    global _asked
    if _is(_remember):
        signal.signal(signal.SIGINT, signal.default_int_handler)
    asked, _asked = _asked, False
    if asked:
        raise KeyboardInterrupt


def _is(handler: object) -> bool:
    return signal.getsignal(signal.SIGINT) is handler


def _leave(_number: int, _frame: FrameType | None) -> None:
    os.write(2, b"\n")
    os._exit(INTERRUPTED)


def _remember(_number: int, _frame: FrameType | None) -> None:
    """What is imported takes a moment. Who asks twice may be waiting for something that hangs."""
    global _asked
    if _asked:
        raise KeyboardInterrupt
    _asked = True
