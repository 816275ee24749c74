from __future__ import annotations

import mmap
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from grader.run import proc
from grader.run.errors import FactsUnavailable

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's /proc")

LOOKS = 200_000


@contextmanager
def python(code: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run this code; it prints a line when it is where the test wants it, then reads stdin."""
    process = subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        yield process
    finally:
        for pid in [*proc.tree(process.pid), process.pid]:
            os.kill(pid, signal.SIGKILL)
        process.communicate()


def line(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def until(condition: Callable[[], bool]) -> None:
    for _ in range(LOOKS):
        if condition():
            return
        os.sched_yield()
    raise AssertionError("never so")


def gone() -> int:
    """The pid of a process that has been reaped."""
    process = subprocess.Popen([sys.executable, "-S", "-c", ""])
    process.wait()
    return process.pid


GRANDCHILD = (
    "import os, sys, threading\n"
    "def work():\n"
    " child = os.fork()\n"
    " if child == 0:\n"
    "  grand = os.fork()\n"
    "  if grand: os.write(1, b'%d\\n' % grand)\n"
    "  sys.stdin.read()\n"
    "  os._exit(0)\n"
    " os.write(1, b'%d\\n' % child)\n"
    "t = threading.Thread(target=work); t.start(); t.join(); sys.stdin.read()\n"
)


@pytest.mark.parametrize("slow", [False, True])
def test_the_tree_has_children_of_every_thread_and_their_children(
    slow: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with python(GRANDCHILD) as process:
        two = {int(line(process)), int(line(process))}
        if slow:  # a kernel without the `children` file
            monkeypatch.setattr(proc, "_has_children_file", lambda: False)
        assert set(proc.tree(process.pid)) == two
        assert process.pid not in proc.tree(process.pid)


def test_a_zombie_is_in_the_tree_only_when_asked_for() -> None:
    code = "import os, sys\nchild = os.fork()\nif not child: os._exit(3)\n"
    with python(code + "print(child, flush=True); sys.stdin.read()") as process:
        child = int(line(process))
        until(lambda: proc.state(child) == "Z")
        assert proc.tree(process.pid) == []
        assert proc.tree(process.pid, zombies=True) == [child]


def test_a_first_thread_that_ended_before_the_others_is_no_zombie() -> None:
    code = (
        "import threading, ctypes, sys\n"
        "t = threading.Thread(target=sys.stdin.read); t.start(); print(flush=True)\n"
        "ctypes.CDLL(None).syscall({'x86_64': 60}.get(__import__('os').uname().machine, 93), 0)\n"
    )
    with python(code) as process:
        line(process)
        until(lambda: proc.state(process.pid) == "Z")
        assert proc.exit_code_of_zombie(process.pid) is None
        assert process.pid in proc.tree(os.getpid())


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("pass", ("exit", 0)),
        ("import sys; sys.exit(7)", ("exit", 7)),
        ("import os; os._exit(134)", ("exit", 134)),
        ("import os; os.abort()", ("signal", signal.SIGABRT)),
        ("import os; os.kill(os.getpid(), 9)", ("signal", signal.SIGKILL)),
    ],
)
def test_how_a_zombie_ended_is_known_before_it_is_reaped(
    code: str, expected: tuple[str, int]
) -> None:
    process = subprocess.Popen([sys.executable, "-c", code])
    until(lambda: proc.exit_code_of_zombie(process.pid) is not None)
    status = proc.exit_code_of_zombie(process.pid)
    assert status is not None
    kind = ("exit", os.WEXITSTATUS(status)) if os.WIFEXITED(status) else None
    assert (kind or ("signal", os.WTERMSIG(status))) == expected
    process.wait()
    assert proc.exit_code_of_zombie(process.pid) is None


def test_a_living_process_has_no_exit_code() -> None:
    assert proc.exit_code_of_zombie(os.getpid()) is None


def test_of_a_vanished_process_nothing_is_known_and_nothing_raised() -> None:
    pid = gone()
    assert proc.tree(pid) == []
    assert proc.threads(pid) == []
    assert proc.call_of(pid, pid) is None
    assert proc.run_counter(pid, pid) is None
    assert proc.state(pid) is None
    assert proc.used(pid) is None
    assert proc.socket_fds(pid) == {}
    assert proc.fd_flags(pid, 0) is None
    assert proc.epoll_set(pid, 0) == []
    assert proc.receive_timeout(pid, 0) is None
    assert proc.has_timers(pid)
    assert proc.catches_alarm(pid)
    with pytest.raises(FactsUnavailable):
        proc.poll_set(pid, 4096, 1)


def test_names_of_processes_do_not_confuse_the_fields() -> None:
    code = (
        "import ctypes, sys; ctypes.CDLL(None).prctl(15, b') Z (1 2', 0, 0, 0)\n"
        "print(flush=True); sys.stdin.read()"
    )
    with python(code) as process:
        line(process)
        until(lambda: proc.state(process.pid) == "S")
        assert process.pid in proc.tree(os.getpid())


def test_threads_are_listed() -> None:
    # Other tests' threads may come and go meanwhile.
    before = proc.threads(os.getpid())
    stop = threading.Event()
    thread = threading.Thread(target=stop.wait)
    thread.start()
    assert thread.native_id not in before
    assert {os.getpid(), thread.native_id} <= {*proc.threads(os.getpid())}
    stop.set()
    thread.join()


def test_cpu_counts_a_process_its_ended_threads_and_reaped_children() -> None:
    burn = "end = time.process_time() + 0.1\nwhile time.process_time() < end: pass\n"
    code = (
        f"import os, sys, time, threading\nchild = os.fork()\n{burn}if not child: os._exit(0)\n"
        "os.waitpid(child, 0)\nprint(flush=True); sys.stdin.read()"
    )
    with python(code) as process:
        line(process)
        used = proc.used(process.pid)
        assert used is not None
        assert 190_000_000 < used.own + used.reaped < 5_000_000_000
        assert (used.pid, used.tasks) == (process.pid, 1)


def test_cpu_of_a_zombie_is_told() -> None:
    child = os.fork()
    if child == 0:
        end = time.process_time() + 0.05
        while time.process_time() < end:
            pass
        os._exit(0)
    os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
    used = proc.used(child)
    assert used is not None
    assert 50_000_000 <= used.own < 5_000_000_000
    assert (used.tasks, used.memory) == (0, 0)
    os.waitpid(child, 0)
    assert proc.used(child) is None


def test_resident_memory_grows_with_what_is_touched() -> None:
    def resident() -> int:
        used = proc.used(os.getpid())
        assert used is not None
        return used.memory

    # Fresh pages: what an allocator gives may have been resident before.
    with mmap.mmap(-1, 64 << 20) as held:
        before = resident()
        held.write(b"x" * len(held))
        assert resident() - before > 60 << 20


def test_sockets_are_found_by_inode_with_all_their_descriptors() -> None:
    with socket.socket() as one, socket.socket() as other, one.dup() as again:
        found = proc.socket_fds(os.getpid())
        assert found[os.fstat(one.fileno()).st_ino] == sorted([one.fileno(), again.fileno()])
        assert found[os.fstat(other.fileno()).st_ino] == [other.fileno()]


def test_flags_of_a_descriptor() -> None:
    with socket.socket() as one:
        flags = proc.fd_flags(os.getpid(), one.fileno())
        assert flags is not None
        assert not flags & os.O_NONBLOCK
        one.setblocking(False)
        flags = proc.fd_flags(os.getpid(), one.fileno())
        assert flags is not None
        assert flags & os.O_NONBLOCK


def test_what_epoll_watches() -> None:
    import select

    with socket.socket() as reading, socket.socket() as writing, select.epoll() as epoll:
        epoll.register(reading, select.EPOLLIN)
        epoll.register(writing, select.EPOLLOUT)
        pid, fd = os.getpid(), epoll.fileno()
        assert {watched for watched, _ in proc.epoll_set(pid, fd)} == {
            reading.fileno(),
            writing.fileno(),
        }
        read = {watched for watched, events in proc.epoll_set(pid, fd) if proc.reads(events)}
        assert read == {reading.fileno()}


def _address(buffer: bytearray) -> int:
    import ctypes

    return ctypes.addressof((ctypes.c_char * len(buffer)).from_buffer(buffer))


def test_sets_of_poll_and_select_are_read_from_memory() -> None:
    polled = bytearray(struct.pack("=ihhihhihh", 4, 1, 0, -1, 1, 0, 9, 4, 0))
    assert proc.poll_set(os.getpid(), _address(polled), 3) == [(4, 1), (9, 4)]
    selected = bytearray(128)
    selected[0], selected[8] = 0b1001, 0b10
    assert proc.select_set(os.getpid(), 66, _address(selected)) == {0, 3, 65}
    assert proc.select_set(os.getpid(), 65, _address(selected)) == {0, 3}
    assert proc.select_set(os.getpid(), 65, 0) == set()


@pytest.mark.parametrize("pointer", [0, 8, (1 << 63) - 4, (1 << 64) - 8, 1 << 70])
def test_impossible_addresses_are_refused(pointer: int) -> None:
    with pytest.raises(FactsUnavailable):
        proc.poll_set(os.getpid(), pointer, 5)


@pytest.mark.parametrize(
    ("code", "timers"),
    [
        ("", False),
        ("make(0)", True),  # timer_create
        ("fd(); sys.exit", False),
        ("arm(fd())", True),
    ],
)
def test_timers_that_could_wake_a_process(code: str, timers: bool) -> None:
    head = (
        "import ctypes, sys\nlibc = ctypes.CDLL(None)\n"
        "def make(clock):\n"
        " event = (ctypes.c_int * 16)(); event[3] = 1\n"
        " libc.timer_create(clock, event, (ctypes.c_void_p * 1)())\n"
        "def fd(): return libc.timerfd_create(1, 0)\n"
        "def arm(fd): libc.timerfd_settime(fd, 0, (ctypes.c_long * 4)(0, 0, 600, 0), None)\n"
    )
    with python(f"{head}{code}\nprint(flush=True); sys.stdin.read()") as process:
        line(process)
        assert proc.has_timers(process.pid) == timers


@pytest.mark.parametrize(
    ("signal_name", "caught"),
    [
        ("SIGINT", False),
        ("SIGUSR1", False),
        ("SIGALRM", True),
        ("SIGPROF", True),
        ("SIGRTMIN", True),
    ],
)
def test_handlers_that_an_alarm_could_run(signal_name: str, caught: bool) -> None:
    code = f"import signal, sys; signal.signal(signal.{signal_name}, lambda *_: None)\n"
    with python(code + "print(flush=True); sys.stdin.read()") as process:
        line(process)
        assert proc.catches_alarm(process.pid) == caught


def test_limits_of_a_socket_of_another_process() -> None:
    code = (
        "import socket, struct, sys; s = socket.socket()\n"
        "s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('ll', 600, 500000))\n"
        "print(s.fileno(), flush=True); sys.stdin.readline()\n"
        "s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack('ll', 0, 0))\n"
        "print(flush=True); sys.stdin.read()"
    )
    with python(code) as process:
        fd = int(line(process))
        limits = proc.receive_timeout(process.pid, fd)
        assert limits is not None
        assert abs(limits[0] - 600_500_000) < 10_000, "the kernel counts in its own ticks"
        assert limits[1] == 0
        assert process.stdin is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
        line(process)
        assert proc.receive_timeout(process.pid, fd) == (0, 0)
        assert proc.receive_timeout(process.pid, 0) is None, "a pipe"
        assert proc.receive_timeout(process.pid, 999) is None


def test_asking_for_limits_leaves_the_socket_as_it_was() -> None:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(5)
    try:
        with socket.socket() as one:
            one.setblocking(True)
            assert proc.receive_timeout(os.getpid(), one.fileno()) == (0, 0)
            flags = proc.fd_flags(os.getpid(), one.fileno())
            assert flags is not None
            assert not flags & os.O_NONBLOCK
    finally:
        socket.setdefaulttimeout(before)


def as_nobody(look: Callable[[], None]) -> None:
    """Look with the eyes of a user who owns nothing; only root can."""
    with warnings.catch_warnings():
        # The child makes no use of locks that another thread of pytest may hold.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        code = 1
        try:
            os.setuid(65534)
            look()
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0


def _refused_all(pid: int) -> None:
    assert proc.call_of(pid, pid) is None
    assert proc.receive_timeout(pid, 0) is None
    assert proc.exit_code_of_zombie(pid) is None
    assert proc.has_timers(pid)
    with pytest.raises(FactsUnavailable):
        proc.socket_fds(pid)
    with pytest.raises(FactsUnavailable):
        proc.poll_set(pid, 1 << 20, 1)


def test_what_may_not_be_looked_at_is_refused_or_counts_as_unknown() -> None:
    if os.getuid() != 0:
        _refused_all(1)
        return
    with python("print(flush=True); import sys; sys.stdin.read()") as process:
        line(process)
        as_nobody(lambda: _refused_all(process.pid))


def test_how_a_zombie_ended_is_not_guessed_where_we_may_not_know() -> None:
    if os.getuid() != 0:
        return  # no way to have another user's zombie
    process = subprocess.Popen([sys.executable, "-c", "import sys; sys.exit(7)"])
    until(lambda: proc.exit_code_of_zombie(process.pid) is not None)

    def look() -> None:
        assert proc.exit_code_of_zombie(process.pid) is None

    as_nobody(look)
    process.wait()
