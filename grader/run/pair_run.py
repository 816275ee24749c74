"""One run of a server with a client: plays it in a prepared place, and makes its transcript."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader import transcript as tr
from grader.lab.model import Limits, Role
from grader.run.capture import Capture
from grader.run.jobs import Job, PlayedRun
from grader.run.pair import PairPlayer, PairSetting
from grader.run.program import Program
from grader.run.sockdiag import SocketTable
from grader.wire import pcapng
from grader.wire.between import between
from grader.wire.comments import comments
from grader.wire.frames import Frame, dialed

NEEDS_NETWORK = "this scenario needs a network of its own (isolation full)"
NEEDS_FACTS = "this scenario needs the kernel's facts about programs"


def play_pair(
    job: Job,
    table: SocketTable,
    capture: Capture,
    limits: Limits,
    start: Callable[[Role], Program],
    header: Callable[[datetime], tr.Header],
) -> PlayedRun:
    """Play the job's program, a server, with its partner.

    Raises:
        HostError: the machine could not do it.
    """
    frames: list[Frame] = []
    size = 0

    def on_tick() -> int:
        nonlocal size
        for frame in capture.drain():
            size += frame.original_length
            frames.append(frame)
        return size

    setting = PairSetting(
        port=job.lab.port, limits=limits, start=start, table=table, on_tick=on_tick,
        wakes=(capture.fileno(),),
    )  # fmt: skip
    started = datetime.now(UTC)
    player = PairPlayer(setting)
    *entries, end = player.play()
    # What went over the wire after we began to end them is no doing of theirs.
    seen = list(frames)
    on_tick()
    if player.released_at is not None:
        entries += between(seen, player.zero, player.released_at)
    entries += [
        tr.Dialed(t=0, protocol=p, address=a, port=n) for p, a, n in dialed(seen) if p == "udp"
    ]
    if losses := capture.losses():
        entries.append(tr.WireLoss(t=0, frames=losses))
    entries.sort(key=lambda entry: entry.t)
    transcript = tr.of(header(started), [*entries, end])
    return PlayedRun(
        transcript=transcript, pcapng=pcapng.write(frames, comments(frames, transcript))
    )
