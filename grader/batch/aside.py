"""Large submissions wait on the disk, too: many of them are open while a class is played."""

from __future__ import annotations

from dataclasses import replace

from grader.run.spool import Spool, Stored
from grader.submission import SourceFile, Submission

_KEPT_BYTES = 256 * 1024
"""A submission that is no larger stays in memory: a lab's programs have a few kB."""


class StoredFile(SourceFile):
    """A file whose bytes lie in a spool; read anew each time they are asked for."""

    _stored: Stored

    def __init__(self, path: str, stored: Stored) -> None:
        object.__setattr__(self, "path", path)
        object.__setattr__(self, "_stored", stored)

    @property
    def data(self) -> bytes:
        """Its bytes.

        Raises:
            OSError: the disk does not give them back.
        """
        return self._stored.read()

    def __reduce__(self) -> tuple[object, ...]:
        """A worker has no spool: it is sent the bytes."""
        return _in_memory, (self.path, self.data)


def _in_memory(path: str, data: bytes) -> SourceFile:
    return SourceFile(path=path, data=data)


def set_aside(submission: Submission, spool: Spool) -> Submission:
    """The same submission; its files lie in `spool` where there is much of them.

    Raises:
        HostError: there is no room.
    """
    if sum(len(file.data) for file in submission.files) <= _KEPT_BYTES:
        return submission
    files = []
    for file in submission.files:
        spool.write(file.data)
        files.append(StoredFile(file.path, spool.cut()))
    return replace(submission, files=tuple(files))
