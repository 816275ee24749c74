"""A worker that counts what its runs take, phase by phase, where a profile is asked for.

What can be told apart from outside is: the network made ready, the sandbox started, and of the
program, by its transcript, how long it took to listen or to call, to exchange, and to end. What
is left of a run is taking the sandbox down and writing the run down. Wall alone, for these; of
CPU there is ours (`watching`) and that of all the processes that have ended (`programs`).
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader import transcript as tr
from grader.lab.model import Scenario
from grader.run.jobs import Job, PlayedRun
from grader.run.meter import Clocks
from grader.run.place import LinuxPlace
from grader.run.program import Program
from grader.run.started import NOTHING_GIVEN, Given

_MEETING = (tr.Listener, tr.Connected, tr.Dialed, tr.Refused)
_EXCHANGE = (*_MEETING, tr.Sent, tr.Received, tr.EndOfStream, tr.ConnectionReset, tr.Closed)


class MeteredPlace(LinuxPlace):
    """Counts what `prepare` and `start` take."""

    def __post_init__(self) -> None:
        """With clocks of its own."""
        super().__post_init__()
        self.clocks = Clocks()

    def prepare(self, scenario: Scenario, port: int) -> None:
        """Leave no socket of an earlier run."""
        with self.clocks.of("network"):
            super().prepare(scenario, port)

    def start(self, job: Job, given: Given = NOTHING_GIVEN) -> Program:
        """Start the job's program, up to the gate."""
        with self.clocks.of("sandbox"):
            return super().start(job, given)

    def metered(self, runs: Iterator[PlayedRun]) -> Iterator[PlayedRun]:
        """The runs as they are played, each counted."""
        clocks = self.clocks
        while True:
            wall, cpu, theirs = time.perf_counter_ns(), time.thread_time_ns(), _ended()
            before = _sum(clocks)
            run = next(runs, None)
            if run is None:
                return
            counted = tuple(b - a for a, b in zip(before, _sum(clocks), strict=True))
            stages = stages_of(run.transcript)
            for phase, length in stages.items():
                clocks.add(phase, length, 0)
            clocks.add("watching", 0, max(time.thread_time_ns() - cpu - counted[1], 0))
            clocks.add("programs", 0, _ended() - theirs)
            rest = time.perf_counter_ns() - wall - counted[0] - sum(stages.values())
            clocks.add("removal", max(rest, 0), 0)
            yield run


def stages_of(run: tr.Transcript) -> dict[str, int]:
    """How long a run's program took for what, ns: `program`, `exchange`, `ending`."""
    end = run.end.t
    met = next((entry.t for entry in run.entries if isinstance(entry, _MEETING) and entry.t), end)
    over = max((entry.t for entry in run.entries if isinstance(entry, _EXCHANGE)), default=met)
    met, over = min(met, end), min(max(over, met), end)
    return {"program": met, "exchange": over - met, "ending": end - over}


def _sum(clocks: Clocks) -> tuple[int, int]:
    """Wall and CPU of what a run begins with."""
    parts = [clocks.spent.get(name, (0, 0)) for name in ("network", "sandbox")]
    return sum(part[0] for part in parts), sum(part[1] for part in parts)


def _ended() -> int:
    """CPU of our children that have ended, ns."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return round((used.ru_utime + used.ru_stime) * 1e9)
