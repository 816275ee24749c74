"""How a run ends: the program is ended where it has not ended itself, and its end recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace

import msgspec

from grader import transcript as tr
from grader.lab.model import Limits
from grader.run import crash, strikes
from grader.run.recorder import Recorder
from grader.run.started import Started, WaitStatus
from grader.run.streams import Streams

_ABORT_GRACE = 2.0
"""So long a program may take to say where it stands, s."""
DRAIN_GRACE = 1.0
"""So long what a dead program has written may take to be read, s."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What the player knows about the end when it comes."""

    limit: tr.LimitReached | None
    proved_stuck: bool
    cpu: int
    """CPU used by the program, ns."""
    limits: Limits

    @property
    def why_killed(self) -> str:
        """Why we end a program that has not ended itself."""
        if self.limit is not None:
            return "limit"
        return "stuck" if self.proved_stuck else "finished"


def end(
    program: Started,
    streams: Streams,
    recorder: Recorder,
    folder: str,
    verdict: Verdict,
    *,
    by_itself: bool,
    struck: bool = False,
) -> None:
    """End the program with all that it started, and record `Position` and `Ended`.

    `folder` is where the submission lies for the program; `by_itself`: it has ended;
    `struck`: that was announced, and SIGABRT sent (a second one would cut the stack short).
    """
    if not by_itself:
        if not struck:
            announce(streams, recorder, verdict)
            program.abort()
        streams.drain(_ABORT_GRACE, until=program.pidfd)
    program.kill()
    streams.drain(DRAIN_GRACE)
    if not by_itself:
        record_position(recorder, streams.dump, folder)
    status = program.status if by_itself else None
    if status is not None and verdict.limit is None:
        verdict = replace(verdict, limit=_limit_of(program, recorder, status, verdict.limits))
    recorder.entries.append(_ended(recorder, status, verdict, by_itself=by_itself))


def doubt(recorder: Recorder, problem: str) -> None:
    """Where there is a `problem`, what a run lacks may be the machine's fault: it was not run.

    One that lacks nothing counts, and a limit of its own was reached, whoever looked.
    """
    ended = recorder.entries[-1]
    if not problem or not isinstance(ended, tr.Ended) or ended.outcome == "limit":
        return
    missed = any(isinstance(x, tr.Step) and x.status == "missed" for x in recorder.entries)
    if missed or ended.outcome in ("stuck", "timeout"):
        recorder.entries[-1] = msgspec.structs.replace(
            ended, outcome="not_run", limit=None, problem=problem
        )


def announce(streams: Streams, recorder: Recorder, verdict: Verdict) -> None:
    """Record that we end it; from now on standard error is where it stands."""
    streams.take()
    recorder.add(lambda t: tr.Killed(t=t, why=verdict.why_killed))
    streams.keep_dump()


def record_position(recorder: Recorder, dump: bytes, folder: str) -> None:
    """Record the lines at which it stood, from what the interpreter printed."""
    if frames := crash.frames_of_dump(dump, folder):
        recorder.add(lambda t: tr.Position(t=t, frames=frames))


def _limit_of(
    program: Started, recorder: Recorder, status: WaitStatus, limits: Limits
) -> tr.LimitReached | None:
    """The limit by which it ended itself, recorded."""
    struck = strikes.by_kernel(
        status.signal, status.status, _stderr(recorder), limits,
        out_of_memory=program.ran_out_of_memory(),
    )  # fmt: skip
    if struck is None:
        return None
    reached = tr.LimitReached(t=recorder.now(), limit=struck.limit, value=struck.value)
    recorder.entries.append(reached)
    return reached


def _stderr(recorder: Recorder) -> bytes:
    return b"".join(x.data for x in recorder.entries if isinstance(x, tr.Stderr))


def _ended(
    recorder: Recorder, status: WaitStatus | None, verdict: Verdict, *, by_itself: bool
) -> tr.Ended:
    limit = verdict.limit
    if limit is not None:
        outcome = "timeout" if limit.limit == "wall" else "limit"
    elif status is not None and _crashed(recorder, status):
        outcome = "crashed"
    else:
        outcome = "completed" if by_itself else "stuck"
    return tr.Ended(
        t=recorder.now(),
        outcome=outcome,
        limit=limit.limit if limit else None,
        status=status.status if status else None,
        signal=status.signal if status else None,
        cpu=verdict.cpu,
    )


def _crashed(recorder: Recorder, status: WaitStatus) -> bool:
    return status.signal is not None or crash.uncaught(_stderr(recorder), status.status)
