"""strace, attached from outside to a program at the gate: which calls it makes on sockets.

The sandbox forbids ptrace within. From outside, the worker owns the sandbox's user namespace,
which is what the kernel asks for. What strace writes goes into a file in memory of bounded
size; strace is a child of the worker that dies with it and is in nobody's way at the end: it
has a moment to leave by itself once the program is dead, then it is killed.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import heapq
import os
import resource
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader import transcript as tr
from grader.run.errors import HostError
from grader.run.program import Program
from grader.wire import strace as parser
from grader.wire.between import between
from grader.wire.frames import Frame

OUTPUT_BYTES = 8 << 20
"""Of what strace writes this much is kept; at the end of it strace ends, the program goes on."""
_PIPE_BYTES = 1 << 20
_PR_SET_PDEATHSIG = 1
_ATTACH_S = 20.0
"""So long attaching may take on a machine that hangs."""
_LEAVE_S = 2.0
"""So long strace may take to see that all it looked at is dead."""
_CALLS = (
    "socket,bind,listen,accept,accept4,connect,shutdown,setsockopt,close,"
    "read,readv,recvfrom,recvmsg,recvmmsg,write,writev,sendto,sendmsg,sendmmsg,sendfile,"
    "?poll,ppoll,?select,pselect6,?epoll_wait,epoll_pwait"
)
"""`?`: not on every processor."""
_OPTIONS = (
    "-f", "-yy", "-s", "8", "-T", "--syscall-times=ns",
    "--absolute-timestamps=format:unix,precision:ns", "-e", "signal=none",
    "-e", f"trace={_CALLS}",
)  # fmt: skip
_libc = ctypes.CDLL(None, use_errno=True)


class TracingRefusedError(HostError):
    """strace does not start, or the kernel does not let it look on; the message says why."""


class Strace:
    """strace as it looks at one program. Ended by `finish`, never by itself before the program."""

    def __init__(self, strace: str, pid: int) -> None:
        """Attach to process `pid`, which waits at the gate, and all that it will start.

        Raises:
            TracingRefusedError: that is not possible here.
        """
        self._output = os.memfd_create("wiregrade-strace")
        # It tells each thread there, and nobody listens after the first: room for 30,000.
        self._said, stderr = os.pipe()
        with contextlib.suppress(OSError):
            fcntl.fcntl(stderr, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        command = [strace, *_OPTIONS, "-o", f"/dev/fd/{self._output}", "-p", str(pid)]
        try:
            self._process = subprocess.Popen(
                command, pass_fds=(self._output,), stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=stderr,
                preexec_fn=partial(_prepare, os.getpid()),
                start_new_session=True,  # Ctrl-C is not for it
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError) as error:
            self._close()
            raise TracingRefusedError(f"strace could not be started: {error}") from error
        finally:
            os.close(stderr)
        self.pid = self._process.pid
        self._pidfd = os.pidfd_open(self.pid)
        try:
            self._await_attached()
        except BaseException:
            self._end(0)
            self._close()
            raise

    def _await_attached(self) -> None:
        """It says so itself."""
        deadline = time.monotonic() + _ATTACH_S
        text = b""
        while b" attached\n" not in text:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._said], [], [], left)[0]:
                raise TracingRefusedError("strace did not attach to the program")
            data = os.read(self._said, 4096)
            if not data:
                raise TracingRefusedError(parser.complaint(text))
            text += data

    def finish(self) -> None:
        """The program is dead or dying: let strace leave, or end it. May be called again."""
        self._end(_LEAVE_S)

    def _end(self, grace: float) -> None:
        if self._pidfd < 0:
            return
        if not select.select([self._pidfd], [], [], grace)[0]:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        self._process.wait()
        os.close(self._pidfd)
        self._pidfd = -1

    def output(self) -> bytes:
        """All that it wrote, once; then its file is gone."""
        try:
            size = min(os.fstat(self._output).st_size, OUTPUT_BYTES)
            return os.pread(self._output, size, 0)
        finally:
            self._close()

    def _close(self) -> None:
        os.close(self._output)
        os.close(self._said)


class Tracing:
    """Attaches to each start of one run's program, and tells the calls on the run's clock."""

    def __init__(self, strace: str) -> None:
        self._strace = strace
        self._attached: list[Strace] = []
        self._offset = 0
        self.refused = ""
        """Why it is not possible here, once that has been tried."""

    def attach(self, program: Program) -> None:
        """Look on from now on; the program must be at the gate.

        Raises:
            TracingRefusedError: that is not possible here; the program is closed.
        """
        try:
            strace = Strace(self._strace, program.pid)
        except TracingRefusedError as error:
            self.refused = str(error)
            program.close()
            raise
        program.watched_by(strace)
        if not self._attached:
            self._offset = _real_time_offset()
        self._attached.append(strace)

    def told(self, now: int, frames: Iterable[Frame], *, local: bool = False) -> list[tr.AnyEntry]:
        """Calls and segments, in order; the run is over. `now` is its clock, ns.

        `local`: calls on Unix-domain sockets, too.

        Both strace and the kernel's capture tell CLOCK_REALTIME: so they meet exactly.
        """
        zero = time.monotonic_ns() - now + self._offset
        outputs = []
        for strace in self._attached:
            strace.finish()
            outputs.append(strace.output())
        self._attached.clear()
        output = b"".join(outputs)
        traced = parser.parse(parser.with_local(output) if local else output, zero)
        if any(len(output) >= OUTPUT_BYTES for output in outputs):
            traced = replace(traced, cut=True)
        return list(heapq.merge(between(frames, zero, 0), traced.entries, key=lambda e: e.t))

    def close(self) -> None:
        """Forget what was seen; whatever ended the run, no strace is left."""
        for strace in self._attached:
            strace.finish()
            strace.output()
        self._attached.clear()


def _real_time_offset() -> int:
    """What CLOCK_REALTIME, which strace tells, is ahead of the run's clock, ns."""
    tries = []
    for _ in range(3):
        before = time.monotonic_ns()
        real = time.time_ns()
        after = time.monotonic_ns()
        tries.append((after - before, real - (before + after) // 2))
    return min(tries)[1]


def _prepare(parent: int) -> None:
    """What the child does before it becomes strace."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    # Programs are started with SIGTERM blocked; and a full file must end it, without a core.
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    for kind, value in ((resource.RLIMIT_FSIZE, OUTPUT_BYTES), (resource.RLIMIT_CORE, 1)):
        hard = resource.getrlimit(kind)[1]
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (most, most))
