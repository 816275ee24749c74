"""What a worker sends of the job that it plays, kept in a spool as it comes.

Only what others decide by (how a run ended, whether advice is worth playing) stays in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grader.run.jobs import Run
from grader.run.messages import FrameReader, RunEnd, Word, read_reply
from grader.run.spool import Spool
from grader.run.stored import at

_RUN_BYTES = 256 << 20
"""No run is larger: a worker that sends more is not ours."""
_RUNS = 10_000
"""Nor has any job so many."""


class Inbox:
    """What one worker sends, its runs in a spool of `folder`."""

    def __init__(self, folder: Path | None) -> None:
        self._reader = FrameReader()
        self._spool = Spool(folder)
        self._size = 0
        self._runs: list[Run] = []
        self._traced: list[Run] = []

    def feed(self, data: bytes) -> Iterator[Word]:
        """Take bytes; the words in them that are not about a run.

        Raises:
            ValueError: no worker of ours says that.
            HostError: there is no room for it.
        """
        for body in self._reader.feed(data):
            said = read_reply(body)
            if isinstance(said, bytes):
                self._part(said)
            elif isinstance(said, RunEnd):
                self._run(said)
            else:
                yield said

    def taken(self) -> tuple[list[Run], list[Run]]:
        """The runs since the last time, and those that were traced."""
        runs, traced = self._runs, self._traced
        self._runs, self._traced = [], []
        return runs, traced

    @property
    def is_empty(self) -> bool:
        """Nothing has come since the last time."""
        return not (self._runs or self._traced or self._size)

    def _part(self, data: bytes) -> None:
        self._size += len(data)
        if self._size > _RUN_BYTES:
            raise ValueError("a worker sent a run without end")
        self._spool.write(data)

    def _run(self, said: RunEnd) -> None:
        if said.transcript < 0 or said.wire < 0 or said.transcript + said.wire != self._size:
            raise ValueError("a worker sent something else than it says")
        if len(self._runs) + len(self._traced) >= _RUNS:
            raise ValueError("a worker sent runs without end")
        self._size = 0
        body, capture = self._spool.cut().split(said.transcript)
        run = at(body, capture)
        (self._traced if said.traced else self._runs).append(run)
