"""What a thread's system call means: whether it reads, waits or sleeps, and for how long.

Numbers: asm/unistd_64.h (x86_64) and asm-generic/unistd.h (aarch64).
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.run import proc
from grader.run.errors import FactsUnavailable
from grader.run.proc import ThreadCall

Kind = Literal[
    "read", "accept", "poll", "sleep", "futex", "wait", "write", "connect", "other", "running"
]

_X86_64 = (
    "read 0 write 1 open 2 poll 7 ioctl 16 pread64 17 pwrite64 18 readv 19 writev 20 select 23 "
    "sched_yield 24 pause 34 nanosleep 35 sendfile 40 connect 42 accept 43 sendto 44 recvfrom 45 "
    "sendmsg 46 recvmsg 47 clone 56 vfork 58 execve 59 exit 60 wait4 61 semop 65 msgrcv 70 "
    "fcntl 72 flock 73 fsync 74 rt_sigtimedwait 128 rt_sigsuspend 130 futex 202 io_getevents 208 "
    "restart_syscall 219 semtimedop 220 clock_nanosleep 230 exit_group 231 epoll_wait 232 "
    "mq_timedreceive 243 waitid 247 openat 257 pselect6 270 ppoll 271 splice 275 epoll_pwait 281 "
    "accept4 288 preadv 295 recvmmsg 299 sendmmsg 307 preadv2 327"
)
_AARCH64 = (
    "io_getevents 4 epoll_pwait 22 fcntl 25 ioctl 29 flock 32 openat 56 read 63 write 64 readv 65 "
    "writev 66 pread64 67 pwrite64 68 preadv 69 sendfile 71 pselect6 72 ppoll 73 splice 76 "
    "fsync 82 exit 93 exit_group 94 waitid 95 futex 98 nanosleep 101 clock_nanosleep 115 "
    "sched_yield 124 restart_syscall 128 rt_sigsuspend 133 rt_sigtimedwait 137 "
    "mq_timedreceive 183 msgrcv 188 semtimedop 192 semop 193 accept 202 connect 203 sendto 206 "
    "recvfrom 207 sendmsg 211 recvmsg 212 clone 220 execve 221 accept4 242 recvmmsg 243 wait4 260 "
    "sendmmsg 269 preadv2 286"
)
_BOTH = "io_uring_enter 426 epoll_pwait2 441 futex_waitv 449 futex_wait 455"


def _table(text: str) -> Mapping[int, str]:
    words = f"{text} {_BOTH}".split()
    return {int(number): name for name, number in zip(words[::2], words[1::2], strict=True)}


TABLES: Mapping[str, Mapping[int, str]] = {"x86_64": _table(_X86_64), "aarch64": _table(_AARCH64)}
NAMES: Mapping[int, str] = TABLES.get(os.uname().machine, {})
"""Number -> name on this machine; empty for a machine that we don't know."""

_READS_SIZED = frozenset({"read", "recvfrom", "pread64"})
_READS = _READS_SIZED | {"readv", "preadv", "preadv2", "recvmsg", "recvmmsg"}
_WRITES = frozenset({"write", "writev", "pwrite64", "sendto", "sendmsg", "sendmmsg"})
_WAITS = frozenset({"wait4", "waitid", "pause", "rt_sigsuspend", "rt_sigtimedwait"})
_FUTEX_FLAGS = 128 | 256  # private, real-time clock
_FUTEX_WAITS = frozenset({0, 6, 9, 11, 13})  # WAIT, LOCK_PI, WAIT_BITSET, WAIT_REQUEUE_PI, LOCK_PI2
_MILLISECONDS = {"poll": 2, "epoll_wait": 3, "epoll_pwait": 3}
_LIMIT_POINTERS = {
    "ppoll": 2, "epoll_pwait2": 3, "select": 4, "pselect6": 4, "recvmmsg": 4,
    "rt_sigtimedwait": 2, "futex": 3, "futex_waitv": 3, "futex_wait": 4,
}  # fmt: skip
"""Which argument is the address of a time limit; NULL = none."""
_TIMESPECS = {
    "nanosleep": 0, "clock_nanosleep": 2, "futex": 3, "ppoll": 2, "pselect6": 4,
    "epoll_pwait2": 3, "rt_sigtimedwait": 2,
}  # fmt: skip
"""Which argument is the address of a timespec; a select has a timeval."""
_TIMER_ABSTIME, _FUTEX_REALTIME = 1, 256
_FUTEX_LOCK_PI = 6
_FUTEX_ABSOLUTE = frozenset({9, 13})  # WAIT_BITSET, LOCK_PI2
_CLOCKS = frozenset({time.CLOCK_REALTIME, time.CLOCK_MONOTONIC})
_ENDLESS = frozenset({"read", "accept", "poll", "futex", "wait"})
_NONE: frozenset[int] = frozenset()


class Memory(Protocol):
    """Where what a call points at is read. Each may raise FactsUnavailable."""

    def timespec(self, pointer: int) -> float:
        """Seconds."""

    def poll_set(self, pointer: int, count: int) -> list[tuple[int, int]]:
        """Pairs of descriptor and events of a pollfd array."""

    def select_set(self, count: int, pointer: int) -> set[int]:
        """Descriptors of an fd_set."""

    def epoll_set(self, epfd: int) -> list[tuple[int, int]]:
        """Pairs of descriptor and events that an epoll descriptor watches."""


class ProcessMemory(NamedTuple):
    """The `Memory` of a living process."""

    pid: int

    def timespec(self, pointer: int) -> float:
        """See `proc.timespec`."""
        return proc.timespec(self.pid, pointer)

    def poll_set(self, pointer: int, count: int) -> list[tuple[int, int]]:
        """See `proc.poll_set`."""
        return proc.poll_set(self.pid, pointer, count)

    def select_set(self, count: int, pointer: int) -> set[int]:
        """See `proc.select_set`."""
        return proc.select_set(self.pid, count, pointer)

    def epoll_set(self, epfd: int) -> list[tuple[int, int]]:
        """See `proc.epoll_set`."""
        return proc.epoll_set(self.pid, epfd)


class CallFacts(NamedTuple):
    """What a call means for the question: what does this thread wait for?"""

    name: str
    """`recvfrom`, `accept4`, ...; `running`; `call-N` for a number that we don't know; empty
    for a thread that is blocked outside of any call."""
    kind: Kind
    limited: bool = False
    """The call has a time limit of its own, or ends by itself."""
    fd: int | None = None
    """The descriptor that it reads, writes, accepts from or connects; epoll's own."""
    size: int | None = None
    """Bytes asked for, where the call has such an argument."""
    reads: frozenset[int] = _NONE
    """Descriptors that would wake it with something to read or to accept."""
    known: bool = True
    """False where a poll's descriptors could not be read: `reads` is empty then."""

    @property
    def endless(self) -> bool:
        """It goes on for ever unless someone else acts: a read, accept, poll, futex or wait.

        Not a write: a peer that reads ends it; not a connect: the kernel gives up.
        """
        return self.kind in _ENDLESS and not self.limited and self.known


def describe(
    call: ThreadCall, memory: Memory | None = None, names: Mapping[int, str] = NAMES
) -> CallFacts:
    """What this call is; `memory` is by default the living process's."""
    if call.number is None:
        return CallFacts("running", "running")
    if call.number < 0 or len(call.args) != 6:
        return CallFacts("", "other")
    name, args = names.get(call.number, f"call-{call.number}"), call.args
    if name in _READS:
        fd = _fd(args[0])
        size = min(args[2], sys.maxsize) if name in _READS_SIZED else None
        return CallFacts(name, "read", _limited(name, args), fd, size, frozenset((fd,)))
    if name in ("accept", "accept4"):
        fd = _fd(args[0])
        return CallFacts(name, "accept", False, fd, None, frozenset((fd,)))
    if name in _WRITES:
        size = min(args[2], sys.maxsize) if name in ("write", "pwrite64", "sendto") else None
        return CallFacts(name, "write", False, _fd(args[0]), size)
    if name == "connect":
        # On its own the kernel gives up after some minutes.
        return CallFacts(name, "connect", True, _fd(args[0]))
    if name in _WAITS:
        return CallFacts(name, "wait", _limited(name, args))
    if name in ("nanosleep", "clock_nanosleep"):
        return CallFacts(name, "sleep", True)
    if name == "restart_syscall":
        # A poll, sleep or futex that a signal interrupted: its time limit can't be seen.
        return CallFacts(name, "sleep", True)
    if name in ("futex", "futex_waitv", "futex_wait"):
        return _futex(name, args)
    if name in _MILLISECONDS or name in _LIMIT_POINTERS:
        return _poll(name, args, memory or ProcessMemory(call.pid))
    return CallFacts(name, "other")


def time_left(call: ThreadCall, memory: Memory | None = None) -> float | None:
    """How long the call waits yet, in s, or waits in all where that is all it tells; None: unknown.

    By value (poll: Python's `settimeout`), or by a timespec: clock_nanosleep(2), futex(2).
    """
    name = NAMES.get(-1 if call.number is None else call.number, "")
    if len(call.args) != 6:
        return None
    if name in _MILLISECONDS:
        return max(0.0, _signed(call.args[_MILLISECONDS[name]]) / 1000)
    argument = _TIMESPECS.get(name)
    if argument is None or not call.args[argument]:
        return None
    try:
        limit = (memory or ProcessMemory(call.pid)).timespec(call.args[argument])
    except FactsUnavailable:
        return None
    clock = _clock(name, call.args)
    if clock is None:
        return limit
    return limit - time.clock_gettime(clock) if clock in _CLOCKS else None


def _clock(name: str, args: tuple[int, ...]) -> int | None:
    """The clock by which the time of a timespec is meant; None: it is a duration."""
    if name == "clock_nanosleep" and args[1] & _TIMER_ABSTIME:
        return args[0]
    if name == "futex" and args[1] & 0x7F == _FUTEX_LOCK_PI:
        return time.CLOCK_REALTIME
    if name == "futex" and args[1] & 0x7F in _FUTEX_ABSOLUTE:
        return time.CLOCK_REALTIME if args[1] & _FUTEX_REALTIME else time.CLOCK_MONOTONIC
    return None


def _futex(name: str, args: tuple[int, ...]) -> CallFacts:
    if name == "futex" and args[1] & 0x7FFF_FFFF & ~_FUTEX_FLAGS not in _FUTEX_WAITS:
        return CallFacts(name, "other")  # it wakes others; its fourth argument is no time
    return CallFacts(name, "futex", _limited(name, args))


def _poll(name: str, args: tuple[int, ...], memory: Memory) -> CallFacts:
    limited = _limited(name, args)
    if limited and _watches_nothing(name, args):
        return CallFacts(name, "sleep", True)
    epfd = _fd(args[0]) if name.startswith("epoll") else None
    try:
        reads = _watched(name, args, memory)
    except FactsUnavailable:
        return CallFacts(name, "poll", limited, epfd, known=False)
    return CallFacts(name, "poll", limited, epfd, reads=reads)


def _watches_nothing(name: str, args: tuple[int, ...]) -> bool:
    count = {"select": 0, "pselect6": 0, "poll": 1, "ppoll": 1}.get(name)
    return count is not None and args[count] & 0xFFFF_FFFF == 0


def _watched(name: str, args: tuple[int, ...], memory: Memory) -> frozenset[int]:
    if name in ("select", "pselect6"):
        return frozenset(memory.select_set(_fd(args[0]), args[1]))
    pairs = (
        memory.epoll_set(_fd(args[0]))
        if name.startswith("epoll")
        else memory.poll_set(args[0], args[1] & 0xFFFF_FFFF)
    )
    return frozenset(fd for fd, events in pairs if proc.reads(events))


def _limited(name: str, args: tuple[int, ...]) -> bool:
    if name in _MILLISECONDS:
        return _signed(args[_MILLISECONDS[name]]) >= 0
    return name in _LIMIT_POINTERS and args[_LIMIT_POINTERS[name]] != 0


def _signed(argument: int) -> int:
    """An int argument: the low 32 bits, the rest may be anything."""
    low = argument & 0xFFFF_FFFF
    return low - (1 << 32) if low >> 31 else low


_fd = _signed
