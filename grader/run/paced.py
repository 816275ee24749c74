"""What remains where no fact can be read: pacing, marked as not guaranteed.

A program that has been quiet for a moment is taken to be ready; one that has been quiet for
very long is taken to wait. Right programs pass; what is missing costs patience instead of
nothing, and the transcript says that deliveries are not guaranteed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from grader import transcript as tr
from grader.run.look import Look
from grader.run.program import Program
from grader.run.usage import Disk, Usage
from reference.endpoint import Endpoint

QUIET_NS = 150_000_000
"""A program that has been quiet for so long is taken to be ready for the next message."""
PATIENCE_NS = 8_000_000_000
"""A program that has been quiet for so long will not act: more than a right one may sleep."""


class PacedFacts:
    """Facts by the clock alone; `port` is where a listener is supposed to come."""

    name = "paced"
    sees_listeners = False

    def __init__(
        self,
        program: Program,
        port: int,
        now: Callable[[], int] = time.monotonic_ns,
        protocol: str = "tcp",
    ) -> None:
        self._program, self._port, self._now = program, port, now
        self._protocol = protocol
        self._since = now()
        self._cpu_before = _cpu_of_children()

    def listeners(self) -> list[tr.Listener]:
        """Where the program is to listen: taken as seen once it has answered there."""
        if self._protocol == "udp" and self._now() - self._since < QUIET_NS:
            return []  # a datagram that comes before its socket is lost
        return [tr.Listener(t=0, protocol=self._protocol, address="0.0.0.0", port=self._port)]  # noqa: S104 -- what is asked for, not bound

    def look(self, endpoint: Endpoint, *, wants_ready: bool, wants_calm: bool = False) -> Look:
        """Quiet for a moment: ready. Quiet for very long: waiting."""
        quiet = self._now() - self._since
        calm = quiet >= QUIET_NS
        names = [c.name for c in endpoint.all if c.connected and not c.unsent]
        taken = frozenset(names if calm and wants_ready else ())
        return Look(
            consumed=taken,
            ready=taken,
            calm=calm,
            rests=calm,
            guaranteed=False,
            waiting=quiet >= PATIENCE_NS,
        )

    def changed(self) -> None:
        """Something happened: the quiet begins anew."""
        self._since = self._now()

    def typed(self) -> None:
        """Something happened."""
        self.changed()

    def in_flight(self, endpoint: Endpoint) -> bool:
        """Unknown; the end of the stream tells."""
        return any(connection.open for connection in endpoint.all)

    def left_behind(self, endpoint: Endpoint) -> bool:
        """Unknown: no."""
        return False

    def orphaned(self, endpoint: Endpoint, name: str) -> bool:
        """Unknown: no."""
        return False

    def state(self, why: str) -> None:
        """Nothing can be read."""

    def usage(self) -> Usage:
        """CPU of its processes that have ended: all that every system tells."""
        return Usage(_cpu_of_children() - self._cpu_before, 0, 0)

    def starved(self) -> int:
        """Unknown."""
        return 0

    def disk(self, *, afresh: bool = False) -> Disk:
        """What lies in its work folder."""
        return self._program.disk(afresh=afresh)

    def resident(self) -> int:
        """Unknown."""
        return 0

    def nonblocking(self, endpoint: Endpoint) -> bool:
        """Unknown: no."""
        return False

    def at_keyboard(self) -> bool:
        """Unknown: no."""
        return False

    def close(self) -> None:
        """Nothing is held."""


def _cpu_of_children() -> int:
    """Of all that this worker ever started and reaped: earlier programs too."""
    times = os.times()
    return int((times.children_user + times.children_system) * 1e9)
