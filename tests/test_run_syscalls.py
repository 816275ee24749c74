"""What real programs are seen to do, and what each call means."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from grader.run import proc, syscalls
from grader.run.errors import FactsUnavailable
from grader.run.proc import ThreadCall
from grader.run.syscalls import NAMES, TABLES, CallFacts, describe, time_left

linux = pytest.mark.skipif(sys.platform != "linux", reason="reads Linux's /proc")

LOOKS = 200_000
"""Looks at a program before a test gives up; each takes microseconds and gives the CPU away."""


@dataclass
class Program:
    """A running program, connected to us; what it prints is not looked at."""

    process: subprocess.Popen[bytes]
    peer: socket.socket
    fd: int
    """The program's end of the connection."""

    @property
    def pid(self) -> int:
        return self.process.pid

    def calls(self) -> list[CallFacts]:
        found = [proc.call_of(self.pid, tid) for tid in proc.threads(self.pid)]
        return [describe(call) for call in found if call is not None]

    def seen(self, condition: Callable[[list[CallFacts]], bool]) -> list[CallFacts]:
        calls: list[CallFacts] = []
        for _ in range(LOOKS):
            calls = self.calls()
            if calls and condition(calls):
                return calls
            assert self.process.poll() is None, "the program ended"
            os.sched_yield()
        raise AssertionError(f"not seen; the last calls: {calls}")

    def blocked_in(self, kind: str, fd: int | None = None) -> CallFacts:
        """The facts of the one thread that is in such a call (on `fd`: imports read files)."""

        def meant(call: CallFacts) -> bool:
            return call.kind == kind and fd in (None, call.fd)

        return next(filter(meant, self.seen(lambda calls: any(map(meant, calls)))))


@contextmanager
def running(code: str) -> Iterator[Program]:
    """Run this code with `s` connected to us; it begins once we have seen it alive."""
    ours, theirs = socket.socketpair()
    head = (
        f"import socket; s = socket.socket(fileno={theirs.fileno()}); s.sendall(b'!')\n"
        "import select, selectors, signal, sys, os, time, threading, queue, subprocess, asyncio\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", head + code],
        stdin=subprocess.PIPE,
        pass_fds=(theirs.fileno(),),
    )
    fd = theirs.fileno()
    theirs.close()
    try:
        assert ours.recv(1) == b"!"
        yield Program(process, ours, fd)
    finally:
        process.kill()
        process.communicate()
        ours.close()


@linux
def test_a_blocking_recv_is_an_endless_read_of_the_socket_with_its_size() -> None:
    with running("s.recv(1024)") as program:
        call = program.blocked_in("read", program.fd)
        assert (call.name, call.fd, call.size) == ("recvfrom", program.fd, 1024)
        assert call.endless
        assert call.reads == {program.fd}


@linux
def test_accept_is_an_endless_accept_of_the_listener() -> None:
    with running("l = socket.create_server(('127.0.0.1', 0)); l.accept()") as program:
        call = program.blocked_in("accept")
        assert call.name in ("accept", "accept4")
        assert call.endless
        assert call.fd is not None
        assert call.fd in [fd for fds in proc.socket_fds(program.pid).values() for fd in fds]


@linux
def test_settimeout_and_recv_is_a_limited_poll_that_covers_the_socket() -> None:
    with running("s.settimeout(600); s.recv(1024)") as program:
        call = program.blocked_in("poll")
        assert call.limited
        assert not call.endless
        assert call.reads == {program.fd}


@linux
@pytest.mark.parametrize("limit", ["", ", 600"])
def test_select_with_and_without_a_limit(limit: str) -> None:
    with running(f"select.select([s, sys.stdin], [], []{limit})") as program:
        call = program.blocked_in("poll")
        assert call.reads == {0, program.fd}
        assert call.endless == (not limit)


@linux
def test_select_for_writing_does_not_cover_reading() -> None:
    code = (
        "r, w = os.pipe(); os.set_blocking(w, False)\ntry:\n while os.write(w, bytes(4096)): pass\n"
    )
    with running(code + "except BlockingIOError: select.select([], [w], [])") as program:
        assert program.blocked_in("poll").reads == frozenset()


@linux
@pytest.mark.parametrize("limit", ["", "600_000"])
def test_poll_with_and_without_a_limit(limit: str) -> None:
    code = f"p = select.poll(); p.register(s, select.POLLIN); p.poll({limit})"
    with running(code) as program:
        call = program.blocked_in("poll")
        assert call.reads == {program.fd}
        assert call.endless == (not limit)


@linux
@pytest.mark.parametrize("limit", ["", "600"])
def test_selectors_with_and_without_a_limit(limit: str) -> None:
    code = f"k = selectors.DefaultSelector(); k.register(s, 1); k.select({limit})"
    with running(code) as program:
        call = program.blocked_in("poll")
        assert call.name.startswith("epoll")
        assert call.reads == {program.fd}
        assert call.endless == (not limit)
        assert call.fd is not None
        watched = proc.epoll_set(program.pid, call.fd)
        assert [fd for fd, events in watched if proc.reads(events)] == [program.fd]


@linux
def test_asyncio_waiting_for_a_message_covers_the_socket() -> None:
    code = (
        "s.setblocking(False)\nasync def main(): await asyncio.get_running_loop().sock_recv(s, 9)\n"
    )
    with running(code + "asyncio.run(main())") as program:
        call = program.blocked_in("poll")
        assert call.endless
        assert program.fd in call.reads


@linux
def test_asyncio_that_sleeps_is_limited() -> None:
    with running("asyncio.run(asyncio.sleep(600))") as program:
        assert program.blocked_in("poll").limited


@linux
@pytest.mark.parametrize("code", ["input()", "sys.stdin.buffer.read()", "os.read(0, 7)"])
def test_waiting_for_the_keyboard_is_an_endless_read_of_0(code: str) -> None:
    with running(code) as program:
        call = program.blocked_in("read", 0)
        assert (call.name, call.fd, call.endless) == ("read", 0, True)


@linux
def test_a_sleep_is_limited() -> None:
    with running("time.sleep(600)") as program:
        call = program.blocked_in("sleep")
        assert call.limited
        assert not call.endless


@linux
@pytest.mark.parametrize(
    ("code", "endless"),
    [
        ("threading.Event().wait()", True),
        ("threading.Event().wait(600)", False),
        ("queue.Queue().get()", True),
        ("queue.Queue().get(timeout=600)", False),
        ("l = threading.Lock(); l.acquire(); l.acquire()", True),
    ],
)
def test_waiting_for_another_thread_is_a_futex_with_or_without_a_limit(
    code: str, endless: bool
) -> None:
    with running(code) as program:
        call = program.blocked_in("futex")
        assert call.endless == endless
        assert call.limited != endless


@linux
@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("signal.pause()", "pause"),
        ("signal.sigwait({signal.SIGUSR1})", "rt_sigtimedwait"),
        ("p = subprocess.Popen(['sleep', '600']); s.send(b'x'); p.wait()", "wait4"),
    ],
)
def test_waiting_for_a_signal_or_a_child_is_endless(code: str, name: str) -> None:
    with running(code) as program:
        call = program.blocked_in("wait")
        assert call.endless
        assert call.name in (name, "ppoll")  # aarch64 has no pause
        for child in proc.tree(program.pid):
            os.kill(child, signal.SIGKILL)


@linux
def test_waiting_for_a_signal_with_a_limit_is_not_endless() -> None:
    with running("signal.sigtimedwait({signal.SIGUSR1}, 600)") as program:
        assert program.blocked_in("wait").limited


@linux
def test_writing_to_a_peer_that_does_not_read_is_a_write() -> None:
    with running("s.sendall(bytes(100_000_000))") as program:
        call = program.blocked_in("write")
        assert (call.fd, call.endless) == (program.fd, False)


@linux
def test_a_computing_program_runs_or_is_in_no_call() -> None:
    with running("s.send(b'x')\nwhile True: pass") as program:
        program.peer.recv(1)
        calls = [call for _ in range(200) for call in program.calls()]
        assert calls
        assert not any(call.endless for call in calls)


@linux
def test_each_thread_is_told_apart() -> None:
    with running("threading.Thread(target=s.recv, args=(77,)).start()\ninput()") as program:
        calls = program.seen(lambda calls: [c.kind for c in calls] == ["read", "read"])
        assert {(call.fd, call.name) for call in calls} == {(0, "read"), (program.fd, "recvfrom")}


@linux
def test_the_run_counter_stands_still_while_a_thread_waits_and_grows_when_it_is_woken() -> None:
    with running("while s.recv(1): s.send(b'.')") as program:
        program.blocked_in("read", program.fd)
        before = proc.run_counter(program.pid, program.pid)
        assert before is not None
        program.peer.send(b"x")
        assert program.peer.recv(1) == b"."
        program.blocked_in("read", program.fd)
        after = proc.run_counter(program.pid, program.pid)
        assert after is not None
        assert after[0] > before[0]
        assert after[1] > before[1]


class FakeMemory:
    """Sets of descriptors as a test says, or a memory that can't be read."""

    def __init__(self, pairs: list[tuple[int, int]] | None) -> None:
        self.pairs = pairs

    def timespec(self, pointer: int) -> float:
        if self.pairs is None:
            raise FactsUnavailable("hidden")
        return float(pointer)

    def poll_set(self, pointer: int, count: int) -> list[tuple[int, int]]:
        return self.epoll_set(pointer)[:count]

    def select_set(self, count: int, pointer: int) -> set[int]:
        return {fd for fd, _ in self.epoll_set(pointer) if fd < count}

    def epoll_set(self, epfd: int) -> list[tuple[int, int]]:
        if self.pairs is None:
            raise FactsUnavailable("hidden")
        return self.pairs


def _call(machine: str, name: str, *args: int) -> CallFacts:
    (number,) = [n for n, known in TABLES[machine].items() if known == name]
    call = ThreadCall(1, 1, number, (*args, *[0] * (6 - len(args))), b"")
    return describe(call, FakeMemory([(5, 1), (6, 4)]), TABLES[machine])


MINUS_1 = 0xFFFF_FFFF


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
@pytest.mark.parametrize(
    ("name", "args", "endless"),
    [
        ("ppoll", (9, 2, 0), True),
        ("ppoll", (9, 2, 0x7FFF0000), False),
        ("epoll_pwait", (3, 9, 10, MINUS_1), True),
        ("epoll_pwait", (3, 9, 10, 0xDEAD_0000_FFFF_FFFF), True),
        ("epoll_pwait", (3, 9, 10, 0), False),
        ("epoll_pwait2", (3, 9, 10, 0), True),
        ("epoll_pwait2", (3, 9, 10, 0x7FFF0000), False),
        ("pselect6", (8, 9, 0, 0, 0), True),
        ("pselect6", (8, 9, 0, 0, 0x7FFF0000), False),
        ("futex", (9, 128, 2, 0), True),
        ("futex", (9, 128 | 256 | 9, 2, 0), True),
        ("futex", (9, 128 | 9, 2, 0x7FFF0000), False),
        ("futex", (9, 129, 1, 0), False),  # FUTEX_WAKE
        ("futex", (9, 128 | 3, 1, 0), False),  # FUTEX_REQUEUE
        ("futex_waitv", (9, 1, 0, 0), True),
        ("futex_wait", (9, 1, 0, 0, 0x7FFF0000), False),
        ("recvmmsg", (5, 9, 1, 0, 0), True),
        ("recvmmsg", (5, 9, 1, 0, 0x7FFF0000), False),
        ("recvmsg", (5, 9, 0), True),
        ("accept4", (5, 0, 0, 0), True),
        ("waitid", (0, 0, 0, 0), True),
        ("wait4", (MINUS_1, 0, 0, 0), True),
        ("restart_syscall", (0, 0, 0), False),
        ("clock_nanosleep", (0, 0, 0), False),
        ("connect", (5, 9, 16), False),
        ("sendto", (5, 9, 16), False),
        ("flock", (5, 2), False),
    ],
)
def test_which_calls_go_on_for_ever(
    machine: str, name: str, args: tuple[int, ...], endless: bool
) -> None:
    call = _call(machine, name, *args)
    assert call.name == name
    assert call.endless == endless


def test_a_poll_of_nothing_with_a_limit_is_a_sleep() -> None:
    assert _call("x86_64", "select", 0, 0, 0, 0, 0x7FFF0000).kind == "sleep"
    assert _call("x86_64", "poll", 0, 0, 50).kind == "sleep"
    assert _call("x86_64", "poll", 9, 1, 50).kind == "poll"


def test_a_poll_whose_descriptors_are_hidden_is_not_endless() -> None:
    (number,) = [n for n, name in TABLES["x86_64"].items() if name == "poll"]
    call = ThreadCall(1, 1, number, (9, 1, MINUS_1, 0, 0, 0), b"")
    facts = describe(call, FakeMemory(None), TABLES["x86_64"])
    assert not facts.limited
    assert not facts.known
    assert not facts.endless


def test_what_is_no_call_or_not_known_is_not_endless() -> None:
    assert describe(ThreadCall(1, 1, None, (), b"running\n")).kind == "running"
    assert describe(ThreadCall(1, 1, -1, (), b"-1 0x0 0x0\n")).kind == "other"
    unknown = describe(ThreadCall(1, 1, 9999, (0,) * 6, b""), names=TABLES["x86_64"])
    assert (unknown.name, unknown.kind, unknown.endless) == ("call-9999", "other", False)


def test_no_name_stands_twice_in_a_table() -> None:
    for table in TABLES.values():
        assert len(set(table.values())) == len(table)
    assert syscalls.NAMES in (*TABLES.values(), {})


@pytest.mark.parametrize(
    ("name", "args", "left"),
    [
        ("ppoll", (0, 1, 7), 7.0),
        ("pselect6", (4, 0, 0, 0, 3), 3.0),
        ("clock_nanosleep", (1, 0, 5), 5.0),
        ("clock_nanosleep", (9, 1, 5), None),
        ("futex", (0, 128, 0, 4), 4.0),
        ("futex", (0, 128, 0, 0), None),
        ("recvfrom", (4, 0, 10), None),
    ],
)
def test_how_long_a_call_waits_yet(name: str, args: tuple[int, ...], left: float | None) -> None:
    assert time_left(_here(name, *args), FakeMemory([])) == left


@pytest.mark.parametrize(
    ("name", "args"), [("clock_nanosleep", (1, 1)), ("futex", (0, 128 | 9, 0))]
)
def test_a_time_of_the_clock_is_less_than_a_duration(name: str, args: tuple[int, ...]) -> None:
    at = int(time.clock_gettime(time.CLOCK_MONOTONIC)) + 100
    left = time_left(_here(name, *args, at), FakeMemory([]))
    assert left is not None
    assert left <= 100


def test_who_cannot_be_read_waits_who_knows_how_long() -> None:
    assert time_left(_here("ppoll", 0, 1, 7), FakeMemory(None)) is None


def _here(name: str, *args: int) -> ThreadCall:
    (number,) = [n for n, known in NAMES.items() if known == name]
    return ThreadCall(1, 1, number, (*args, *[0] * (6 - len(args))), b"")
