"""A worker: one process that plays jobs, one after the other, in a place of its own.

It is started with a pipe to read orders from and a pipe to write replies to. Everything is
imported before it stops being root: afterwards it may not be able to read its own files.
"""

from __future__ import annotations

import codecs
import contextlib
import ctypes
import os
import pickle
import signal
import sys
from functools import cache
from pathlib import Path
from types import FrameType
from typing import NoReturn

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.lab.fields_lab import ENCODINGS
from grader.run import baseroot, cgroup, netns, privileges, sandbox, seccomp
from grader.run.built import BuildCache
from grader.run.capture import Capture
from grader.run.errors import FactsUnavailable, HostError
from grader.run.interpreter import inspect
from grader.run.jobs import EngineOptions, Job
from grader.run.messages import Fault, JobEnd, Ready, read_frame, say, send_run
from grader.run.metering import MeteredPlace
from grader.run.place import LinuxPlace
from grader.run.program import Program
from grader.run.runner import Runner
from grader.run.sockdiag import SocketTable
from grader.run.stacks import Stacks, find
from grader.run.workshop import Workshop

for _encoding in ("ascii", *ENCODINGS, "idna", "unicode_escape"):
    codecs.lookup(_encoding)  # imported when first used, which would be too late
NAME = "wg-worker"
"""As people see it who look for what runs on their machine."""
_PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)


@cache
def _finder() -> Path | None:
    return find()


def remember() -> None:
    """Find out once what is the same for all workers that are forked from this process."""
    _finder()
    seccomp.own()


def prepare(options: EngineOptions, parent: int) -> LinuxPlace:
    """Make the place: stop being root, enter namespaces, open what is kept.

    Raises:
        HostError: the machine does not allow it.
    """
    interpreter = options.interpreter or inspect(options.python)
    stacks = Stacks(_finder())
    cache = _builds(options)
    sandboxed = options.isolation == "full"
    workshop = Workshop(options.languages, interpreter, cache, sandboxed=sandboxed)
    reachable: dict[str, str] = {}
    base: str | None = None
    bwrap = options.bwrap
    place = _groups(options)
    if options.isolation == "full":
        if bwrap is None:
            raise HostError("isolation full needs bubblewrap; see: wiregrade doctor")
        seccomp.own()
        if privileges.is_root():
            bwrap_home = str(Path(bwrap).resolve().parent)
            reachable = privileges.stage((*interpreter.folders, *workshop.folders, bwrap_home))
            bwrap = str(Path(reachable.get(bwrap_home, bwrap_home)) / Path(bwrap).resolve().name)
            privileges.drop()
        netns.enter_network()
        needed = (*interpreter.folders, *workshop.folders, bwrap)
        base = baseroot.lay(
            f"{privileges.STAGE}/{privileges.BASE}" if reachable else baseroot.place_for(needed),
            sandbox.shown(interpreter, reachable), sandbox.generated(),
            ("/proc", "/dev", *sandbox.FOLDERS),
        )  # fmt: skip
    else:
        bwrap = None
        # Orphans of a program become ours, so that they can be ended too.
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    # After the change of uid, which clears it: this worker does not outlive the engine.
    privileges.die_with_parent(signal.SIGTERM)
    if os.getppid() != parent:
        raise SystemExit(1)
    table = _table(options)
    capture = Capture() if options.isolation == "full" else None
    kind = MeteredPlace if options.metered else LinuxPlace
    return kind(
        options, interpreter, reachable, bwrap, table, capture, stacks, workshop, base, place
    )


def _builds(options: EngineOptions) -> BuildCache | None:
    """The folder of what was built: opened, and ours still, when we are somebody else."""
    if not options.builds:
        return None
    if options.isolation == "full" and privileges.is_root():
        os.chown(options.builds, privileges.UNPRIVILEGED, privileges.UNPRIVILEGED)
    return BuildCache(os.open(options.builds, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))


def _groups(options: EngineOptions) -> cgroup.Place | None:
    """Where runs get groups of their own; None where that did not work, and they do without."""
    if options.groups == "scope":
        # For this worker's life: systemd removes the scope with all in it.
        arranged = cgroup.arrange()
        return arranged.place if arranged is not None else None
    try:
        return cgroup.Place(options.place) if options.place else None
    except OSError:
        return None


def _table(options: EngineOptions) -> SocketTable | None:
    if options.facts == "paced":
        return None
    try:
        return SocketTable()
    except FactsUnavailable:
        if options.isolation == "full":
            raise
        return None


def serve(orders: int, replies: int, parent: int) -> None:
    """Play jobs until the orders end."""
    first = read_frame(orders)
    if first is None:
        return
    try:
        place = prepare(pickle.loads(first), parent)  # noqa: S301 -- from the engine
    except (HostError, OSError) as error:
        say(replies, Fault(str(error) or type(error).__name__))
        return
    say(replies, Ready())
    runner = Runner(place)
    try:
        while (order := read_frame(orders)) is not None:
            job: Job = pickle.loads(order)  # noqa: S301 -- from the engine
            del order
            _play(runner, job, replies)
    finally:
        place.close()


def _play(runner: Runner[Program], job: Job, replies: int) -> None:
    """Play a job, and send each run as it ends: one is held at a time."""
    outcomes: dict[str, str] = {}
    place = runner.place if isinstance(runner.place, MeteredPlace) else None
    runs = runner.play(job)
    for run in runs if place is None else place.metered(runs):
        outcomes[run.header.run] = run.end.outcome
        send_run(replies, run)
    for run in runner.trace(job, outcomes):
        send_run(replies, run, traced=True)
    say(replies, JobEnd() if place is None else JobEnd(place.clocks.taken()))


def _leave(_number: int, _frame: FrameType | None) -> NoReturn:
    """SIGTERM: unwind, so that the program that runs is ended and its folder removed."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise SystemExit(143)


def main() -> None:
    """Entry point of one that imports for itself: `worker ORDERS REPLIES PARENT`."""
    live(*(int(word) for word in sys.argv[1:4]))


def live(orders: int, replies: int, parent: int) -> None:
    """Play what comes from `orders`; `parent` is the engine's process.

    Raises:
        SystemExit: the engine has ended, or says that this is to end.
    """
    with contextlib.suppress(OSError):
        Path("/proc/self/comm").write_text(NAME)
    # They came to us by inheritance; a program that had them could answer in our name.
    for fd in (orders, replies):
        os.set_inheritable(fd, False)
    # Ctrl-C is for the engine, which then ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    # The engine held them back until it knew of us.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    with contextlib.suppress(BrokenPipeError):
        serve(orders, replies, parent)
