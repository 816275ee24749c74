"""What a tree of processes has used in all, from looks at those that are there."""

from __future__ import annotations

from collections.abc import Iterable

from grader.run.usage import Usage, Used


class Account:
    """Adds up what one tree uses, all its life long. It never counts anything twice.

    CPU is the larger of two sums, each of which may be too small and none too large: what is
    told now (of a process, and of the children that it has reaped), and what was seen of each
    process when it was seen last. Children that nobody reaps (the parent ignores SIGCHLD) are
    in the second only: of each of them what came after the last look is missing.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[int, int], int] = {}
        self._sum = 0

    def usage(self, told: Iterable[Used]) -> Usage:
        """What all have used until now; `told` are those that are there, ended ones included."""
        cpu = system = memory = tasks = 0
        for one in told:
            cpu += one.own + one.reaped
            system += one.system
            memory += one.memory
            tasks += one.tasks
            key = one.pid, one.born
            more = one.own - self._seen.get(key, 0)
            if more > 0:
                self._seen[key] = one.own
                self._sum += more
        return Usage(max(cpu, self._sum), system, memory, tasks)
