"""What Dask calls in its workers: bytes in, bytes out. All else is a station's (`station`)."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading

from grader.run import messages

_BOOT = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop());"
    "import grader.cluster.station as station; station.main()"
)
"""A station has this process's own module path: nothing in the current folder shadows ours."""
_mine = threading.local()
"""A station for each of Dask's threads: a worker of four plays four submissions at a time."""


class StationLostError(Exception):
    """The station ended over it, or was ended; Dask may ask another worker."""


class _Station:
    def __init__(self) -> None:
        questions, self._questions = os.pipe()
        self._replies, replies = os.pipe()
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _BOOT, str(questions), str(replies),
                 str(os.getpid()), json.dumps(sys.path)],
                pass_fds=(questions, replies), stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
        finally:
            os.close(questions)
            os.close(replies)

    def ask(self, question: bytes) -> bytes | None:
        """The reply; None where it has ended."""
        try:
            messages.send(self._questions, question)
        except BrokenPipeError:
            return None
        return messages.read_frame(self._replies)

    def close(self) -> None:
        """End it."""
        for fd in (self._questions, self._replies):
            with contextlib.suppress(OSError):
                os.close(fd)
        self._process.terminate()
        self._process.wait()


def ask(question: bytes) -> bytes:
    """Put a question to this thread's station; the reply.

    Raises:
        StationLostError: it ended over it.
    """
    station: _Station | None = getattr(_mine, "station", None)
    if station is None:
        station = _mine.station = _Station()
    answer = station.ask(question)
    if answer is None:
        close()
        raise StationLostError("the process that plays has ended")
    return answer


def close() -> None:
    """End this thread's station; the next question starts another."""
    station: _Station | None = getattr(_mine, "station", None)
    _mine.station = None
    if station is not None:
        station.close()
