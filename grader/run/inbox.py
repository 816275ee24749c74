"""What a worker sends of the job that it plays, kept in a spool as it comes.

Only what others decide by (how a run ended, whether advice is worth playing) stays in memory.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader import transcript as tr
from grader.run.causes import Causes, causes
from grader.run.jobs import Run
from grader.run.messages import FrameReader, RunEnd, Word, read_reply, transcript_of
from grader.run.spool import Spool, Stored

_RUN_BYTES = 256 << 20
"""No run is larger: a worker that sends more is not ours."""
_RUNS = 10_000
"""Nor has any job so many."""


@dataclass(frozen=True, kw_only=True, eq=False)
class StoredRun:
    """A run that lies in a spool."""

    header: tr.Header
    end: tr.Ended
    causes: Causes
    body: Stored
    """The transcript, as it was sent."""
    capture: Stored

    @property
    def transcript(self) -> tr.Transcript:
        """What `read` gives."""
        return self.read()

    @property
    def pcapng(self) -> bytes:
        """The wire, whole.

        Raises:
            OSError: the disk does not give it back.
        """
        return self.capture.read()

    @property
    def has_wire(self) -> bool:
        """Whether anything was captured, or drawn instead."""
        return self.capture.size > 0

    def read(self) -> tr.Transcript:
        """The transcript.

        Raises:
            OSError: the disk does not give it back.
        """
        return transcript_of(self.body.read())

    def wire(self) -> Iterable[bytes]:
        """The wire as pcapng, some bytes at a time.

        Raises:
            OSError: the disk does not give it back.
        """
        return self.capture.chunks()


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
        transcript = transcript_of(body.read())
        run = StoredRun(
            header=transcript.header, end=transcript.end, causes=causes(transcript),
            body=body, capture=capture,
        )  # fmt: skip
        (self._traced if said.traced else self._runs).append(run)
