"""What one program uses of the machine, as the kernel tells it: of its run, or of its build."""

from __future__ import annotations

import sys

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.run import proc
from grader.run.account import Account
from grader.run.program import Program
from grader.run.usage import Usage


class Tally:
    """Of one program with all that it has started, all its life long."""

    def __init__(self, program: Program) -> None:
        self._program, self._account = program, Account()

    def usage(self) -> Usage:
        """What the whole tree has used, what has ended included."""
        told = (proc.used(pid) for pid in self._program.remains())
        used = self._account.usage(one for one in told if one is not None)
        if (group := self._program.group) is None:
            return used
        return used._replace(cpu=max(used.cpu, group.cpu()))

    def resident(self) -> int:
        """The tree's memory, bytes. Files in memory may be mapped or not: the larger holds."""
        private, shared = proc.resident(self._program.processes())
        disk = self._program.disk()
        return private + max(shared, disk.size if disk.bounded else 0)
