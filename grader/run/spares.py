"""Worker processes that import what they need while somebody else still thinks.

Half of the time of a short command is importing: its own modules, then its workers' theirs. On
two cores both can be done at once. A worker waits for its options in any case, so one that was
started ahead is a worker like any other; one that nobody takes ends when its pipe is closed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.run.signals import no_end_meanwhile

_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop());"
    "import grader.run.worker as worker; worker.main()"
)
"""A worker has the engine's own module path: nothing in the current folder shadows ours."""


@dataclass(frozen=True)
class Started:
    """A process that waits for options at the other end of `orders`."""

    process: subprocess.Popen[bytes]
    orders: int
    replies: int
    said: IO[bytes]
    """What it writes on stderr."""

    def close(self) -> None:
        """It is to end."""
        self.said.close()
        os.close(self.orders)
        os.close(self.replies)


_waiting: list[Started] = []


def start(before: Sequence[str] = ()) -> Started:
    """Start one; `before` is a command that starts it."""
    orders, orders_write = os.pipe()
    replies_read, replies = os.pipe()
    said = tempfile.TemporaryFile()  # noqa: SIM115 -- it is closed with the worker
    try:
        process = subprocess.Popen(
            [*before, sys.executable, "-P", "-c", _BOOT, str(orders), str(replies),
             str(os.getpid()), json.dumps(sys.path)],
            pass_fds=(orders, replies), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=said,
        )  # fmt: skip
    finally:
        os.close(orders)
        os.close(replies)
    return Started(process, orders_write, replies_read, said)


def keep_ready(count: int) -> None:
    """Start so many, to be taken by the next engine."""
    while len(_waiting) < count:
        with no_end_meanwhile():
            _waiting.append(start())


def take() -> Started | None:
    """One that was kept ready; None: there is none."""
    while _waiting:
        found = _waiting.pop()
        if found.process.poll() is None:
            return found
        found.close()
    return None


def dismiss() -> None:
    """Those that nobody has taken are to end."""
    while (left := take()) is not None:
        left.close()
        # It has begun nothing, and would heed a SIGTERM only once all is imported.
        left.process.kill()
        left.process.wait()
