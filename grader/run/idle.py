"""How much time the cores that we may use have left: whether they bear one more run at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Container
from pathlib import Path

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

_STAT = Path("/proc/stat")
_COUNTED = 8
"""Columns of a core: user, nice, system, idle, iowait, irq, softirq, steal (proc_stat(5)). What
comes after them is in them already."""
_IDLE = slice(3, 5)


class Idle:
    """Looks at the cores now and then; each look tells of the time since the one before."""

    def __init__(self, read: Callable[[], str] = _STAT.read_text) -> None:
        """`read` gives what /proc/stat holds."""
        self._read = read
        self._last = self._look()

    def share(self) -> float:
        """The part of these cores' time that nobody used, 0 to 1; 1 where it is not known."""
        before, self._last = self._last, self._look()
        spent = self._last[0] - before[0]
        return (self._last[1] - before[1]) / spent if spent > 0 else 1.0

    def _look(self) -> tuple[int, int]:
        try:
            return _sums(self._read(), os.sched_getaffinity(0))
        except (OSError, ValueError):
            return 0, 0


def _sums(stat: str, cores: Container[int]) -> tuple[int, int]:
    """All time and idle time of these cores, in ticks."""
    spent = idle = 0
    for line in stat.splitlines():
        name, _, rest = line.partition(" ")
        number = name.removeprefix("cpu")
        if name == number or not number.isdigit() or int(number) not in cores:
            continue
        columns = [int(word) for word in rest.split()[:_COUNTED]]
        spent += sum(columns)
        idle += sum(columns[_IDLE])
    return spent, idle
