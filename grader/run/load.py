"""Load on the machine, made on purpose: processes that do nothing but keep cores busy.

A verdict that holds beside them did not depend on how fast a program was served. They end
with the block that started them, and with whoever started it: a grader that is killed leaves
none behind.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

from grader.run.errors import HostError

PROCESSES_PER_CORE = 4
"""With three runs for each core this leaves a run a seventh of one."""

_BUSY = """
import os, sys
parent = int(sys.argv[1])
try:
    import ctypes
    ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)
except (ImportError, OSError, AttributeError):
    pass
os.write(1, b"b")
while os.getppid() == parent:
    for _ in range(100_000):
        pass
"""
"""PR_SET_PDEATHSIG, SIGKILL; where there is no such thing, the parent is looked for."""


@contextlib.contextmanager
def busy(processes: int) -> Iterator[tuple[int, ...]]:
    """Keep `processes` processes busy beside what is done inside; gives their pids.

    They are busy when the block begins, and gone when it has ended. To be entered and left by
    one thread: the kernel ends them with the thread that started them.

    Raises:
        HostError: they can't be started.
    """
    started: list[subprocess.Popen[bytes]] = []
    try:
        try:
            started.extend(_start() for _ in range(processes))
            ready = [_is_busy(process) for process in started]
        except OSError as error:
            raise HostError(f"no load can be made: {error}") from error
        if not all(ready):
            raise HostError("no load can be made: a busy process ended at once")
        yield tuple(process.pid for process in started)
    finally:
        for process in started:
            process.kill()
        for process in started:
            process.wait()
            if process.stdout is not None:
                process.stdout.close()


def _start() -> subprocess.Popen[bytes]:
    # Ctrl-C is for the grader, which then ends them: they have no terminal of their own.
    return subprocess.Popen(
        [sys.executable, "-I", "-S", "-c", _BUSY, str(os.getpid())], stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True, cwd="/",
    )  # fmt: skip


def _is_busy(process: subprocess.Popen[bytes]) -> bool:
    """Wait until it says that it begins; false if it has ended instead."""
    return process.stdout is not None and process.stdout.read(1) == b"b"
