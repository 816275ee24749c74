"""What /proc tells about the processes of a run. Source: proc(5), linux/fs/proc.

Three rules hold for all of it:
- A process that has vanished gives None or nothing: ending is what processes do.
- A fact about one thread or descriptor that is refused is None too; what the caller would
  take for "there are none" (descriptors, polled sets) raises FactsUnavailable.
- `has_timers` and `catches_alarm` say True where nothing can be known: what can't be read
  is not waiting.
"""

from __future__ import annotations

import ctypes
import os
import re
import socket
import struct
import sys
import time
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.run.errors import FactsUnavailable
from grader.run.usage import Disk, Used

_PIDFD_GETFD = 438  # the same number on every architecture
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICK_NS = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
_CPU_CLOCK_SCHED = 2
_HIGHEST_ADDRESS = (1 << 63) - 1
_MOST_POLLED = 65536
_POLLFD = struct.Struct("=ihh")
_FIRST_REAL_TIME = 34  # 32 and 33 belong to the C library
_ALARMS = sum(1 << (number - 1) for number in (14, 26, 27))  # SIGALRM, SIGVTALRM, SIGPROF
_REAL_TIME = ((1 << 64) - 1) & ~((1 << (_FIRST_REAL_TIME - 1)) - 1)
_POLLED_FOR_READING = 0x0001 | 0x0040  # POLLIN, POLLRDNORM; EPOLLIN and EPOLLRDNORM are equal
_TIMEVAL = struct.Struct("@ll")
_TARGETS = re.compile(rb"^tfd:\s*(\d+) events:\s*([0-9a-f]+)", re.MULTILINE)
_FLAGS = re.compile(rb"^flags:\s*([0-7]+)", re.MULTILINE)
_ARMED = re.compile(rb"^it_value: \((?!0, 0\))", re.MULTILINE)
_SIZES = re.compile(rb"^(\w+): +(\d+) kB", re.MULTILINE)
_TIMESPEC = struct.Struct("=qq")
_SIGNALS = re.compile(rb"^sigmask:\s*([0-9a-f]+)", re.MULTILINE)
_CAUGHT = re.compile(rb"^SigCgt:\s*([0-9a-f]+)", re.MULTILINE)

_libc = ctypes.CDLL(None, use_errno=True)


class ThreadCall(NamedTuple):
    """The system call in which a thread is, as /proc/PID/task/TID/syscall has it."""

    pid: int
    tid: int
    number: int | None
    """None: it runs, or could. -1: it is blocked, but in no call (stopped, ended, a page fault)."""
    args: tuple[int, ...]
    """The six arguments, unsigned; empty where there is no call."""
    line: bytes
    """The file as it was: equal twice = the same call, if the run counter is equal too."""

    @property
    def blocked(self) -> bool:
        """It is in a call, and off the CPU."""
        return self.number is not None and self.number >= 0


def tree(root: int, *, zombies: bool = False) -> list[int]:
    """All processes below `root` (itself not among them), parents before their children."""
    found: list[int] = []
    todo = [root]
    children = _children if _has_children_file() else None
    known = _parents() if children is None else {}
    while todo:
        parent = todo.pop()
        below = known.get(parent, []) if children is None else children(parent)
        todo += below
        found += below
    return found if zombies else [pid for pid in found if not _has_ended(pid)]


def threads(pid: int) -> list[int]:
    """The threads of a process that is alive; of a zombie its first one."""
    try:
        # The folder has a link for each of its threads, besides two of its own; the first
        # thread stays until the last has ended. Counting is cheaper than listing.
        if os.stat(f"/proc/{pid}/task").st_nlink == 3:  # noqa: PTH116
            return [pid]
        with os.scandir(f"/proc/{pid}/task") as entries:
            return [int(entry.name) for entry in entries]
    except OSError:
        return []


def call_of(pid: int, tid: int) -> ThreadCall | None:
    """The system call in which the thread is; None where it ended or can't be read."""
    return parse_call(pid, tid, _read(f"/proc/{pid}/task/{tid}/syscall"))


def parse_call(pid: int, tid: int, line: bytes) -> ThreadCall | None:
    """What the file `syscall` of a thread says; None for nothing."""
    if not line:
        return None
    number, *rest = line.split()
    if number == b"running":
        return ThreadCall(pid, tid, None, (), line)
    args = tuple([int(word, 16) for word in rest[:6]]) if len(rest) == 8 else ()
    return ThreadCall(pid, tid, int(number), args, line)


def run_counter(pid: int, tid: int) -> tuple[int, int] | None:
    """How many times the thread was put on a CPU, and for how many ns in all.

    None where it ended, can't be read, or the kernel doesn't count (all zeros).
    """
    return parse_counter(_read(f"/proc/{pid}/task/{tid}/schedstat"))


def run_delay(pid: int, tid: int) -> int:
    """How long a thread was ready to run and waited for a CPU, in ns; 0 where it is gone.

    Second field of schedstat (Documentation/scheduler/sched-stats.rst of the kernel).
    """
    try:
        words = _read(f"/proc/{pid}/task/{tid}/schedstat").split()
    except FactsUnavailable:
        return 0
    return int(words[1]) if len(words) == 3 else 0


def run_delays(pids: Iterable[int]) -> dict[tuple[int, int], int]:
    """The `run_delay` of each thread of these processes, by (process, thread)."""
    return {(pid, tid): run_delay(pid, tid) for pid in pids for tid in threads(pid)}


def parse_counter(line: bytes) -> tuple[int, int] | None:
    """What the file `schedstat` of a thread says, as `run_counter` has it."""
    words = line.split()
    if len(words) != 3 or words[2] == b"0":
        return None
    return int(words[2]), int(words[0])


def state(pid: int) -> str | None:
    """The state letter of the first thread: R, S, D, T, t, Z, X, I."""
    fields = _stat(pid)
    return fields[0].decode() if fields else None


def thread_state(pid: int, tid: int) -> str | None:
    """The state letter of one thread; None where it ended.

    `syscall` shows the call of a thread that has been woken but has not got its CPU yet
    (TASK_WAKING, for milliseconds where the host takes a virtual CPU away). This says R then.
    """
    fields = _read(f"/proc/{pid}/task/{tid}/stat").rpartition(b")")[2].split()
    return fields[0].decode() if fields else None


def inner_id(pid: int, tid: int) -> int | None:
    """The thread's id in its own PID namespace (NSpid); None where it cannot be read."""
    for line in _read(f"/proc/{pid}/task/{tid}/status").splitlines():
        if line.startswith(b"NSpid:"):
            return int(line.split()[-1])
    return None


def exit_code_of_zombie(pid: int) -> int | None:
    """The wait status (for os.WIFEXITED and its like) of an ended process not yet reaped.

    None while it lives, when it is gone, and where we may not know: the kernel then
    shows 0, which would be taken for a success.
    """
    fields = _stat(pid)
    if not _is_zombie(fields):
        return None
    try:
        # Allowed to those, and only those, who are shown the exit code. A zombie has no
        # working directory any more, so that this fails in any case: the reason tells.
        os.readlink(f"/proc/{pid}/cwd")  # noqa: PTH115
    except FileNotFoundError:
        return int(fields[49])
    except OSError:
        return None
    return int(fields[49])


def used(pid: int) -> Used | None:
    """What a process has used; None where it has vanished.

    Reaped children count in ticks of the kernel (10 ms), which is all that it tells of them.
    None of it needs the right to look into the process.
    """
    if not (fields := _stat(pid)):
        return None
    try:
        own = time.clock_gettime_ns(~pid << 3 | _CPU_CLOCK_SCHED)
    except OSError:  # reaped meanwhile: its parent's children's time has it
        own = 0
    reaped = (int(fields[13]) + int(fields[14])) * _TICK_NS
    ended = _is_zombie(fields)
    return Used(
        pid=pid, born=int(fields[19]), own=own, reaped=reaped,
        system=int(fields[12]) * _TICK_NS, memory=int(fields[21]) * _PAGE,
        tasks=0 if ended else int(fields[17]),
    )  # fmt: skip


def resident(pids: Iterable[int]) -> tuple[int, int]:
    """Memory of these processes, what they share counted once: (all but shared, shared), bytes.

    « Shared » is memory without a file on a disk that several may map: of /dev/shm, of mmap.
    It costs a walk through their tables; where that is refused, the quick count stands for it.
    """
    private = shared = 0
    for pid in pids:
        text = _read(f"/proc/{pid}/smaps_rollup")
        sizes = {name: int(size) << 10 for name, size in _SIZES.findall(text)}
        if b"Pss" not in sizes:
            private += one.memory if (one := used(pid)) is not None else 0
            continue
        private += sizes[b"Pss"] - sizes.get(b"Pss_Shmem", 0)
        shared += sizes.get(b"Pss_Shmem", 0)
    return private, shared


def written(folders: Iterable[str]) -> Disk:
    """What lies in these folders, each a file system of its own (tmpfs)."""
    size = files = 0
    for folder in folders:
        try:
            told = os.statvfs(folder)
        except OSError:
            continue  # its sandbox has ended
        size += (told.f_blocks - told.f_bfree) * told.f_frsize
        files += told.f_files - told.f_ffree
    return Disk(size, files)


def fd_targets(pid: int) -> dict[int, str]:
    """What each descriptor is: `socket:[INODE]`, `pipe:[...]`, `anon_inode:[...]` or a path.

    Raises:
        FactsUnavailable: we may not look.
    """
    targets: dict[int, str] = {}
    folder = f"/proc/{pid}/fd"
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries]
        for name in names:
            try:
                targets[int(name)] = os.readlink(f"{folder}/{name}")  # noqa: PTH115
            except FileNotFoundError:
                continue
    except (FileNotFoundError, ProcessLookupError):
        return targets
    except OSError as error:
        raise _refused(pid, error) from error
    return targets


def socket_fds(pid: int) -> dict[int, list[int]]:
    """The process's sockets: inode -> its descriptors.

    Raises:
        FactsUnavailable: we may not look.
    """
    found: dict[int, list[int]] = {}
    for fd, target in fd_targets(pid).items():
        if target.startswith("socket:["):
            found.setdefault(int(target[8:-1]), []).append(fd)
    return found


def fd_flags(pid: int, fd: int) -> int | None:
    """The flags of open(2) (os.O_NONBLOCK and the others) of a descriptor."""
    match = _FLAGS.search(_read(f"/proc/{pid}/fdinfo/{fd}"))
    return int(match[1], 8) if match else None


def epoll_set(pid: int, epfd: int) -> list[tuple[int, int]]:
    """What an epoll descriptor watches: (descriptor, events)."""
    info = _read(f"/proc/{pid}/fdinfo/{epfd}")
    return [(int(match[1]), int(match[2], 16)) for match in _TARGETS.finditer(info)]


def reads(events: int) -> bool:
    """Whether these events of poll or epoll include something to read."""
    return events & _POLLED_FOR_READING != 0


def poll_set(pid: int, pointer: int, count: int) -> list[tuple[int, int]]:
    """The pollfd array of a poll or ppoll: (descriptor, events).

    Raises:
        FactsUnavailable: the process's memory can't be read there.
    """
    data = _memory(pid, pointer, min(count, _MOST_POLLED) * _POLLFD.size)
    return [(fd, events) for fd, events, _ in _POLLFD.iter_unpack(data) if fd >= 0]


def select_set(pid: int, count: int, pointer: int) -> set[int]:
    """One fd_set of a select or pselect6 (its read set, say), of `count` descriptors.

    Raises:
        FactsUnavailable: the process's memory can't be read there.
    """
    count = min(count, _MOST_POLLED)
    if not pointer or count <= 0:
        return set()
    bits = int.from_bytes(_memory(pid, pointer, (count + 63) // 64 * 8), "little")
    return {fd for fd in range(count) if bits >> fd & 1}


def timespec(pid: int, pointer: int) -> float:
    """A struct timespec of the process, in seconds.

    Raises:
        FactsUnavailable: the process's memory can't be read there.
    """
    seconds, nanoseconds = _TIMESPEC.unpack(_memory(pid, pointer, _TIMESPEC.size))
    return float(seconds + nanoseconds / 1e9)


def has_timers(pid: int) -> bool:
    """Whether a POSIX timer, an armed timerfd or an alarm on a signalfd may wake the process."""
    try:
        if _read_strictly(f"/proc/{pid}/timers"):
            return True
        return any(
            _is_armed(_read_strictly(f"/proc/{pid}/fdinfo/{fd}"))
            for fd, target in fd_targets(pid).items()
            if target.endswith(("[timerfd]", "[signalfd]"))
        )
    except OSError:
        return True


def _is_armed(fdinfo: bytes) -> bool:
    signals = _SIGNALS.search(fdinfo)
    return bool(_ARMED.search(fdinfo)) or (signals is not None and _tell_alarm(signals[1]))


def _tell_alarm(mask: bytes, apart_from: int = 0) -> bool:
    """Whether a set of signals, in hexadecimal digits, has one that a timer may send."""
    return int(mask, 16) & (_ALARMS | _REAL_TIME) & ~apart_from != 0


def catches_alarm(pid: int, apart_from: int = 0) -> bool:
    """Whether a handler may run for SIGALRM, SIGVTALRM, SIGPROF or a real-time signal.

    An alarm itself (alarm, setitimer) shows nowhere; its handler does. `apart_from` is a mask
    of signals that the program's runtime catches for its own use.
    """
    match = _CAUGHT.search(_read(f"/proc/{pid}/status"))
    return match is None or _tell_alarm(match[1], apart_from)


def awaits_alarm(pid: int, pointer: int) -> bool:
    """Whether the set of signals of a rt_sigtimedwait has one that a timer may send.

    While it is awaited a signal is not blocked: no file of the thread tells of it.
    """
    try:
        return int.from_bytes(_memory(pid, pointer, 8), "little") & (_ALARMS | _REAL_TIME) != 0
    except FactsUnavailable:
        return True


def copy_fd(pid: int, fd: int) -> int | None:
    """A descriptor of ours for what the process has open under `fd`; None where it is refused.

    Whoever holds it keeps a socket from being closed by the end of the process.
    """
    try:
        pidfd = os.pidfd_open(pid)
    except OSError:
        return None
    try:
        copy = int(_libc.syscall(_PIDFD_GETFD, pidfd, fd, 0))
    finally:
        os.close(pidfd)
    return copy if copy >= 0 else None


def receive_timeout(pid: int, fd: int) -> tuple[int, int] | None:
    """SO_RCVTIMEO and SO_SNDTIMEO of a socket, in microseconds; 0 = no limit.

    None where it is no socket, or can't be asked. The socket is held for the time of the
    question: a close() of the program in those microseconds takes effect just after.
    """
    copy = copy_fd(pid, fd)
    if copy is None:
        return None
    try:
        receive, send = (_option_us(copy, o) for o in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO))
    finally:
        os.close(copy)
    return None if receive is None or send is None else (receive, send)


def packets_under_way() -> bool:
    """Whether a processor has packets in its queue that no socket has got yet.

    All packets on a loopback pass through it. Of the whole machine, so a « yes » may be about
    others; « no » where it cannot be read. Columns: net/core/net-procfs.c of the kernel.
    """
    try:
        lines = _read("/proc/net/softnet_stat").splitlines()
    except FactsUnavailable:
        return False
    return any(len(x := line.split()) > 11 and int(x[11], 16) > 0 for line in lines)


def _option_us(fd: int, option: int) -> int | None:
    # Not by a socket object: making one can change the flags that we share with the program.
    value = ctypes.create_string_buffer(_TIMEVAL.size)
    size = ctypes.c_uint(_TIMEVAL.size)
    if _libc.getsockopt(fd, socket.SOL_SOCKET, option, value, ctypes.byref(size)):
        return None
    seconds, micros = _TIMEVAL.unpack(value.raw)
    return int(seconds * 1_000_000 + micros)


@cache
def _has_children_file() -> bool:
    return Path("/proc/thread-self/children").exists()


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for tid in threads(pid):
        found += map(int, _read(f"/proc/{pid}/task/{tid}/children").split())
    return found


def _parents() -> dict[int, list[int]]:
    """Every process by its parent: the slow way, for kernels without the `children` file."""
    below: dict[int, list[int]] = {}
    with os.scandir("/proc") as entries:
        for entry in entries:
            if entry.name.isdigit() and (fields := _stat(int(entry.name))):
                below.setdefault(int(fields[1]), []).append(int(entry.name))
    return below


def _stat(pid: int) -> list[bytes]:
    """The fields of /proc/PID/stat from the third (the state) on; none for a vanished process."""
    # The second field, the name, is the program's choice and may hold blanks and parentheses.
    return _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()


def _is_zombie(fields: list[bytes]) -> bool:
    # The first thread may have ended while others go on: then it is Z, but not alone.
    return len(fields) > 49 and fields[0] in b"ZX" and int(fields[17]) <= 1


def _has_ended(pid: int) -> bool:
    fields = _stat(pid)
    return not fields or _is_zombie(fields)


def _memory(pid: int, address: int, size: int) -> bytes:
    if not 0 <= address <= _HIGHEST_ADDRESS - size or size < 0:
        raise FactsUnavailable(f"process {pid} gave the kernel an impossible address")
    try:
        fd = os.open(f"/proc/{pid}/mem", os.O_RDONLY | os.O_CLOEXEC)
        try:
            data = os.pread(fd, size, address)
        finally:
            os.close(fd)
    except OSError as error:
        raise _refused(pid, error) from error
    if len(data) != size:
        raise FactsUnavailable(f"the memory of process {pid} is cut short")
    return data


def _read(path: str) -> bytes:
    """A small file, whole; nothing where it is gone or refused."""
    try:
        return _read_strictly(path)
    except OSError:
        return b""


def _read_strictly(path: str) -> bytes:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        data = os.read(fd, 8192)
        if len(data) < 2048:  # what goes on is cut near a page, between two records
            return data
        while more := os.read(fd, 65536):
            data += more
        return data
    finally:
        os.close(fd)


def _refused(pid: int, error: OSError) -> FactsUnavailable:
    return FactsUnavailable(f"process {pid} can't be looked into ({error.strerror})")
