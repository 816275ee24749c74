"""A sandbox that is made ahead: while one program plays, the next one's rises beside it.

Most of what a sandbox takes is waiting: for the kernel to be sure that nobody looks at what was
unmounted any more. It has no file of a submission, and nothing of one was ever executed in it;
what is to run is laid into it when it is known, through the folder of its first process. A
program can't tell it from one that was made for it (`tests/test_run_spare.py`).
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.lab.model import Limits
from grader.run import sandbox
from grader.run.errors import HostError
from grader.run.program import Program, Rising, spare_word
from grader.run.signals import no_end_meanwhile
from grader.submission import SourceFile


class Kind(NamedTuple):
    """What a spare sandbox is good for, and for nothing else."""

    base: str
    """Where its unchanging part lies."""
    limits: Limits
    network: int
    """The number of the network that it shares."""


class Spare:
    """One at most: begun while a program runs, taken by the next one that is started cold."""

    def __init__(
        self, begin: Callable[[Limits, str], Rising], limit: Callable[[Program, Limits], Program]
    ) -> None:
        """`begin` starts one with these limits, and with the base at that place.

        `limit` gives limits to the one that stands.
        """
        self._begin, self._limit = begin, limit
        self._ahead: _Ahead | None = None
        self._kind: Kind | None = None
        self._refused = False
        """This machine does not let us lay anything into one."""

    def begin(self, limits: Limits, base: str, network: int) -> None:
        """Begin one, unless there is one already; one of another kind goes first."""
        kind = Kind(base, limits, network)
        if self._refused or (self._ahead is not None and kind == self._kind):
            return
        self.close()
        # Known before we may end, so that it ends with us.
        with contextlib.suppress(HostError, OSError), no_end_meanwhile():
            self._ahead = _Ahead(self._begin(limits, base), limits, self._limit)
            self._kind = kind

    def take(
        self, files: Sequence[SourceFile], program: str, limits: Limits, base: str, network: int
    ) -> Program | None:
        """The program in it, at its gate and with its limits; None: there is none for it."""
        word = spare_word(program)
        if self._ahead is None or word is None:
            return None
        if self._kind != Kind(base, limits, network):
            self.close()
            return None
        made = self._ahead.made()
        self._ahead = None
        if made is None:
            return None
        try:
            made.opened_by(word)
            _lay(Path(f"/proc/{made.root}/root{sandbox.WORK}"), files)
        except OSError as error:
            # Of names or sizes it would not be taken from bubblewrap either, which says so.
            self._refused = isinstance(error, PermissionError)
            made.close()
            return None
        except BaseException:
            made.close()
            raise
        return made

    def close(self) -> None:
        """End it. Not before it stands: half made, it could leave a process that waits for ever."""
        if self._ahead is not None:
            made = self._ahead.made()
            self._ahead = None
            if made is not None:
                made.close()


class _Ahead:
    """A sandbox that rises, and is given its limits, in a thread of its own.

    To move a process into a group of its own the kernel waits until nobody looks at where it was
    (10 ms and more, cgroups(7)): the player must not.
    """

    def __init__(
        self, rising: Rising, limits: Limits, limit: Callable[[Program, Limits], Program]
    ) -> None:
        self._rising, self._limits, self._limit = rising, limits, limit
        self._made: Program | None = None
        self._thread = threading.Thread(target=self._stand, name="spare")
        try:
            self._thread.start()
        except RuntimeError:  # no room for one more: then here
            self._stand()

    def _stand(self) -> None:
        with contextlib.suppress(HostError, OSError):
            made = self._rising.stand(self._limits)
            try:
                self._made = self._limit(made, self._limits)
            except BaseException:
                made.close()
                raise

    def made(self) -> Program | None:
        """It, once it stands; None: it could not be made."""
        if self._thread.ident is not None:
            self._thread.join()
        return self._made


def _lay(work: Path, files: Sequence[SourceFile]) -> None:
    """The files of a submission, as bubblewrap would have laid them there."""
    before = os.umask(0o022)
    try:
        for file in files:
            path = Path(f"{work}/{file.path}")
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as opened:
                opened.write(file.data)
    finally:
        os.umask(before)
