"""The processes that a program has started, as psutil tells of them on every system.

One that outlives its parent is its grandparent's nowhere but on Linux: who is of the family
is noted while it runs. A daemon, whose parent ends at once, may be born and orphaned between two
looks: it is known by a mark in the environment that it was born with.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from grader import transcript as tr
from grader.run.usage import Usage

if TYPE_CHECKING:
    import psutil

MARK = "WIREGRADE_RUN"
"""The variable that holds it."""
_SHARE = 10
"""A look has at most a tenth of the time."""
_CLOCK_S = 1.0
"""By so much the births of two processes may be told wrong."""


class Family:
    """A process and all below it; what the system does not tell is left out.

    `mark` is what the process, and it alone, has in its environment under `MARK`.
    """

    def __init__(self, pid: int, mark: str = "") -> None:
        self._members: dict[int, psutil.Process] = {}
        self._pid, self._mark = pid, mark
        self._next = 0.0
        self._usage = Usage(0, 0, 0)
        self._add(pid)
        self._began = self._birth() - _CLOCK_S

    def _add(self, pid: int) -> None:
        # 20 ms to import, where programs are started only.
        import psutil

        with suppress(psutil.Error, OSError):
            self._members[pid] = psutil.Process(pid)

    def _birth(self) -> float:
        """When the first was born; long ago where nobody tells."""
        import psutil

        with suppress(psutil.Error, OSError):
            return self._members[self._pid].create_time() if self._members else 0.0
        return 0.0

    def _note(self) -> None:
        import psutil

        for member in list(self._members.values()):
            with suppress(psutil.Error, OSError):
                for child in member.children(recursive=True):
                    self._members.setdefault(child.pid, child)

    def _note_strays(self) -> None:
        """Those with the mark, whoever their parent is by now."""
        import psutil

        if not self._mark:
            return
        for one in psutil.process_iter():
            with suppress(psutil.Error, OSError):
                # Few are that young: the others are not asked for their environment.
                young = one.pid not in self._members and one.create_time() >= self._began
                if young and one.environ().get(MARK) == self._mark:
                    self._members[one.pid] = one

    def usage(self) -> Usage:
        """What they have used until now; seen at times only, and then never less."""
        before = time.monotonic()
        if before >= self._next:
            self._note()
            self._usage = self._measured()
            self._next = before + (time.monotonic() - before) * _SHARE
        return self._usage

    def _measured(self) -> Usage:
        import psutil

        cpu = system = memory = tasks = 0
        for member in self._members.values():
            with suppress(psutil.Error, OSError), member.oneshot():
                times = member.cpu_times()
                cpu += int((times.user + times.system) * 1e9)
                system += int(times.system * 1e9)
                memory += member.memory_info().rss
                tasks += member.num_threads()
        return Usage(max(cpu, self._usage.cpu), max(system, self._usage.system), memory, tasks)

    def listeners(self) -> list[tr.Listener]:
        """Their TCP listeners (`t` is 0), as far as the system tells.

        It does not tell whether one on `::` takes IPv4, too: taken so unless another does.
        """
        import psutil

        self._note()
        places: set[tuple[str, int]] = set()
        for member in self._members.values():
            with suppress(psutil.Error, OSError):
                listening = (
                    one.laddr for one in member.net_connections(kind="tcp")
                    if one.status == psutil.CONN_LISTEN and one.laddr
                )  # fmt: skip
                places.update((one.ip, one.port) for one in listening)
        return [_listener(ip, port, places) for ip, port in sorted(places)]

    def kill_others(self) -> None:
        """End all but the first; new ones can appear while the old ones die, so again.

        psutil knows a process by its number and its birth: none that is not theirs is ended.
        The first is for who started it: psutil would take its status away.
        """
        import psutil

        while True:
            self._note()
            self._note_strays()
            others = [one for pid, one in self._members.items() if pid != self._pid]
            alive = [one for one in others if _is_alive(one)]
            for member in alive:
                with suppress(psutil.Error, OSError):
                    member.kill()
            # What cannot be ended is not waited for.
            if not alive or not psutil.wait_procs(alive, timeout=1)[0]:
                return


def _listener(ip: str, port: int, among: set[tuple[str, int]]) -> tr.Listener:
    six = ":" in ip
    beside = any(":" not in other and at == port for other, at in among)
    return tr.Listener(
        t=0, protocol="tcp6" if six else "tcp", address=ip, port=port, v6only=six and beside
    )


def _is_alive(process: psutil.Process) -> bool:
    import psutil

    with suppress(psutil.Error, OSError):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False
