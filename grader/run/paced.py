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
from grader.run.started import Started
from grader.run.usage import Disk, Usage
from reference.endpoint import Endpoint

QUIET_NS = 250_000_000
"""A program that has been quiet for so long is taken to be ready for the next message."""
_USUAL_GAP = 10_000_000
"""Between two looks on a machine that has time for us, ns."""
_SLOWER, _MEMORY = 20, 0.99
"""A look that comes late adds so many times its delay to the quiet, and less with each later one:
where we wait for a core, so does the program."""
_SLOWEST_NS = 2_000_000_000
_LATE_NS = 100_000_000
"""What a look comes later than that is time lost: a machine that has much to do is not so late."""
_LOST_NS, _LOST_SHARE = 1_500_000_000, 0.1
"""Where so much is lost, and so large a part of the run, nothing can be said of what is missing."""
_CHATTY = 4
"""One that is never quiet, a heartbeat prints, is taken to be ready after so many times that, since
we last sent something."""
PATIENCE_NS = 8_000_000_000
"""A program that has been quiet for so long will not act: more than a right one may sleep."""
STILL_NS = 2_000_000_000
"""One that waits already, and was given nothing since, has so long for the next step."""
_AT_ONCE = 50_000_000
KEYBOARD_NS = 2_000_000_000
"""One that has been quiet for so long gets Enter: who does not read the keyboard minds nothing."""


class PacedFacts:
    """Facts by the clock alone, and what the system tells without being Linux."""

    name = "paced"
    sees_listeners = False

    def __init__(
        self,
        program: Started,
        now: Callable[[], int] = time.monotonic_ns,
        used: Callable[[], Usage] | None = None,
        listening: Callable[[], list[tr.Listener]] | None = None,
    ) -> None:
        self._program, self._now = program, now
        self._since = now()
        self._used, self._listening = used, listening
        self._patience = PATIENCE_NS
        self._told_waiting_at = -_AT_ONCE
        self._typed_at = 0
        self._sent, self._sent_at = -1, 0
        self._looked_at, self._lag = self._since, 0.0
        self._began, self._lost = self._since, 0
        self._cpu_before = _cpu_of_children()

    def listeners(self) -> list[tr.Listener]:
        """What somebody can tell."""
        return self._listening() if self._listening is not None else []

    def look(self, endpoint: Endpoint, *, wants_ready: bool, wants_calm: bool = False) -> Look:
        """Quiet for a moment: ready. For longer: at the keyboard, maybe. For very long: waiting."""
        now = self._now()
        enough = self._enough(now)
        quiet = now - self._since
        unsent = self._unsent_for(endpoint, now)
        untyped = min(quiet, now - self._typed_at)
        calm = quiet >= enough or unsent >= _CHATTY * enough
        names = [c.name for c in endpoint.all if c.connected and not c.unsent]
        taken = frozenset(names if calm and wants_ready else ())
        waiting = quiet >= self._patience
        if waiting:
            self._told_waiting_at = now
        return Look(
            consumed=taken,
            ready=taken,
            calm=calm,
            rests=calm,
            guaranteed=False,
            waiting=waiting,
            keyboard=untyped >= KEYBOARD_NS,
        )

    def _enough(self, now: int) -> float:
        """How long is quiet enough on a machine as busy as this one is now, ns."""
        late = max(now - self._looked_at - _USUAL_GAP, 0)
        self._lost += max(late - _LATE_NS, 0)
        self._looked_at, self._lag = now, max(late, self._lag * _MEMORY)
        return min(QUIET_NS + _SLOWER * self._lag, _SLOWEST_NS)

    def _unsent_for(self, endpoint: Endpoint, now: int) -> int:
        """Since when the connections stand and nothing was sent, as far as looks tell, ns."""
        sent = sum(connection.bytes_sent + 1 for connection in endpoint.all)
        if not endpoint.connected or sent != self._sent:
            self._sent, self._sent_at = sent, now
            self._patience = PATIENCE_NS
        return now - self._sent_at

    def busy(self, *, listening: bool) -> float:
        """Nobody can tell."""
        return 0.0

    def changed(self) -> None:
        """Something happened: the quiet begins anew.

        What happens as soon as it is told to wait is that a step is given up, no more.
        """
        self._since = self._now()
        given_up = self._since - self._told_waiting_at < _AT_ONCE
        self._patience = STILL_NS if given_up else PATIENCE_NS

    def typed(self) -> None:
        """It has some time to read it; that alone does not make it less quiet."""
        self._typed_at = self._now()

    def in_flight(self, endpoint: Endpoint) -> bool:
        """Unknown; the end of the stream tells."""
        return any(connection.open for connection in endpoint.all)

    def left_behind(self, endpoint: Endpoint) -> bool:
        """What ends takes its connections with it: one that stands is another process's."""
        return any(one.open and one.protocol != "udp" for one in endpoint.all)

    def has_children(self) -> bool:
        """Not known."""
        return False

    def orphaned(self, endpoint: Endpoint, name: str) -> bool:
        """Unknown: no."""
        return False

    def state(self, why: str) -> None:
        """Nothing can be read."""

    def usage(self) -> Usage:
        """What somebody can tell, else CPU of its processes that have ended."""
        if self._used is not None:
            return self._used()
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

    def unsure(self) -> str:
        """A machine that keeps us from looking keeps the program from running.

        On Linux it is seen that it would run; here it only seems to wait.
        """
        if self._lost < max(_LOST_NS, _LOST_SHARE * (self._looked_at - self._began)):
            return ""
        return f"this machine was too busy to tell ({self._lost / 1e9:.0f} s lost): try again"

    def at_keyboard(self) -> bool:
        """Unknown: no."""
        return False

    def close(self) -> None:
        """Nothing is held."""


def _cpu_of_children() -> int:
    """Of all that this worker ever started and reaped: earlier programs too."""
    times = os.times()
    return int((times.children_user + times.children_system) * 1e9)
