"""Workers as forks of one process that has imported what all of them need.

Importing is nearly all that the start of a worker costs. A process of ours does it once, beside
whoever started it, who has things to import too; from then on a worker is there at once. It is a
child of ours all the same, waited for and ended as any other. Where that process can't be had, a
worker imports for itself.
"""

from __future__ import annotations

import ctypes
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import RLock
from typing import IO, Protocol

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.run.forking import PID
from grader.run.signals import no_end_meanwhile

_BOOT = "import json, sys; sys.path[:] = json.loads(sys.argv.pop());"
"""Ours have the engine's own module path: nothing in the current folder shadows them."""
_WORKER = _BOOT + "import grader.run.worker as worker; worker.main()"
_FORKING = _BOOT + "import grader.run.forking as forking; forking.main()"
_PR_SET_CHILD_SUBREAPER, _PR_GET_CHILD_SUBREAPER = 36, 37
_PATIENCE = 30.0
"""So long importing may take on a machine that hangs, s."""
_libc = ctypes.CDLL(None, use_errno=True)


class Process(Protocol):
    """A child of ours, as `subprocess.Popen` has it; by `begin()` or by another way."""

    @property
    def pid(self) -> int:
        """Its number, ours until `wait` or `poll` has told of its end."""

    def poll(self) -> int | None:
        """Its exit status, below 0 for a signal; None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for that; `subprocess.TimeoutExpired` after so many seconds."""

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""

    def kill(self) -> None:
        """End it."""


@dataclass(frozen=True)
class Started:
    """A worker that waits for options at the other end of `orders`."""

    process: Process
    orders: int
    replies: int
    said: IO[bytes]
    """What it writes on stderr."""


class Child:
    """A child that another process made for us."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._pidfd = os.pidfd_open(pid)
        self._status: int | None = None

    def poll(self) -> int | None:
        """See `Process`."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self._status

    def wait(self, timeout: float | None = None) -> int:
        """See `Process`. Woken by its end: nothing is asked again and again."""
        if self._status is None:
            if not select.select([self._pidfd], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired([str(self.pid)], timeout or 0)
            self._status = _status_of(self.pid)
            os.close(self._pidfd)
        return self._status

    def send_signal(self, number: int) -> None:
        """See `Process`."""
        if self.poll() is None:
            signal.pidfd_send_signal(self._pidfd, number)

    def kill(self) -> None:
        """See `Process`."""
        self.send_signal(signal.SIGKILL)


def _status_of(pid: int) -> int:
    """Of a child that has ended; 0 where somebody in this process has asked before, as `Popen`."""
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:
        return 0


def wait_whole(process: Process, timeout: float | None = None) -> int:
    """Wait for a worker's end as `wait` does, and end what is left of its process group.

    Who is killed in the middle of starting a sandbox leaves one behind: bubblewrap's inner process
    waits for its outer one to name the users, and nothing tells it that this one is gone. The
    group is ended before the worker is waited for: until then its number is nobody else's.
    """
    with suppress(ChildProcessError):
        # One that was waited for before has a number that may be a stranger's by now.
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        _end_group(process.pid, timeout)
    return process.wait()


def _end_group(leader: int, timeout: float | None) -> None:
    with _pidfd(leader) as ended:
        if not select.select([ended], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired([str(leader)], timeout or 0)
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)


@contextmanager
def _pidfd(pid: int) -> Iterator[int]:
    fd = os.pidfd_open(pid)
    try:
        yield fd
    finally:
        os.close(fd)


class _Nursery:
    """The process that forks; it ends when its socket is closed, however we end."""

    def __init__(self) -> None:
        self._socket, inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(_PATIENCE)
        with inside:
            command = [*_python(_FORKING), str(inside.fileno()), json.dumps(sys.path)]
            nowhere = subprocess.DEVNULL
            try:
                self.process = subprocess.Popen(
                    command, pass_fds=(inside.fileno(),),
                    stdin=nowhere, stdout=nowhere, stderr=nowhere,
                )  # fmt: skip
            except OSError:
                self._socket.close()
                raise

    def worker(self, orders: int, replies: int, said: int) -> Child:
        """A worker with these descriptors.

        Raises:
            OSError: there is none.
        """
        with _taking_orphans():
            socket.send_fds(self._socket, [b"worker"], [orders, replies, said])
            told = self._socket.recv(PID.size)
        if len(told) != PID.size:
            raise ConnectionError("what forks workers has ended")
        return Child(*PID.unpack(told))

    def close(self) -> None:
        """It is to end, and does."""
        self._socket.close()
        # It has nothing to lose, and heeds the socket only once all is imported.
        self.process.kill()
        self.process.wait()


_here: _Nursery | None = None
_one_at_a_time = RLock()
"""Engines may be in several threads; who adopts is the process."""


def begin() -> bool:
    """Start importing, for all workers to come; False: that was begun before."""
    global _here
    with _one_at_a_time:
        if _here is not None:
            return False
        with no_end_meanwhile():
            _here = _Nursery()
        return True


def is_begun() -> bool:
    """Somebody has begun, and not ended it."""
    return _here is not None


def end() -> None:
    """No more workers are to come: what was begun is gone, workers are not."""
    global _here
    with _one_at_a_time:
        left, _here = _here, None
        if left is not None:
            left.close()


def start(before: Sequence[str] = ()) -> Started:
    """A worker. `before` is a command that starts it: that one imports for itself."""
    orders, orders_write = os.pipe()
    replies_read, replies = os.pipe()
    said = tempfile.TemporaryFile()  # noqa: SIM115 -- it is closed with the worker
    try:
        process = _forked(orders, replies, said) if not before else None
        if process is None:
            process = _alone(before, orders, replies, said)
    except BaseException:
        for fd in (orders_write, replies_read):
            os.close(fd)
        said.close()
        raise
    finally:
        os.close(orders)
        os.close(replies)
    return Started(process, orders_write, replies_read, said)


def _forked(orders: int, replies: int, said: IO[bytes]) -> Process | None:
    """A worker from what was begun; None: there is none."""
    with _one_at_a_time:
        if _here is None:
            return None
        try:
            return _here.worker(orders, replies, said.fileno())
        except OSError:
            end()
            return None


def _alone(before: Sequence[str], orders: int, replies: int, said: IO[bytes]) -> Process:
    given = (str(orders), str(replies), str(os.getpid()), json.dumps(sys.path))
    return subprocess.Popen(
        [*before, *_python(_WORKER), *given], pass_fds=(orders, replies), process_group=0,
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said,
    )  # fmt: skip


def _python(code: str) -> tuple[str, ...]:
    return (sys.executable, "-P", "-c", code)


@contextmanager
def _taking_orphans() -> Iterator[None]:
    """Children of our children that end become ours (prctl(2), PR_SET_CHILD_SUBREAPER)."""
    before = ctypes.c_int()
    _libc.prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(before), 0, 0, 0)
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        _libc.prctl(_PR_SET_CHILD_SUBREAPER, before.value, 0, 0, 0)
