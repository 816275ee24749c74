"""A run that lies in a spool: its transcript and its wire, neither held for longer than used."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from grader import transcript as tr
from grader.run.causes import Causes, causes
from grader.run.jobs import Run
from grader.run.messages import packed, transcript_of
from grader.run.spool import Spool, Stored


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


def at(body: Stored, capture: Stored) -> StoredRun:
    """The run that lies there, its transcript looked at once.

    Raises:
        ValueError: there is none.
    """
    transcript = transcript_of(body.read())
    return StoredRun(
        header=transcript.header, end=transcript.end, causes=causes(transcript),
        body=body, capture=capture,
    )  # fmt: skip


def stored(run: Run, spool: Spool) -> StoredRun:
    """A copy of the run in `spool`.

    Raises:
        HostError: there is no room.
        ValueError: where it lies it is not whole.
    """
    spool.write(packed(run.read()))
    body = spool.cut()
    for data in run.wire():
        spool.write(data)
    return at(body, spool.cut())
