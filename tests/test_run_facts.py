"""Facts about real programs, each seen at a moment of its own choosing."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import cast

import pytest

from grader.run import proc, syscalls
from grader.run.facts import KernelFacts
from grader.run.program import Program
from grader.run.runtimes import PLAIN, Runtime
from grader.run.sockdiag import SocketTable
from reference.endpoint import Endpoint

_TWO_LISTENERS = """
import select, socket, sys

def listener(family, address):
    made = socket.socket(family)
    if family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    made.bind((address, 0))
    made.listen()
    poll.register(made, select.EPOLLIN)
    return made

poll = select.epoll()
poll.register(0, select.EPOLLIN)
poll.poll()
sys.stdin.buffer.raw.read(1)
first = listener(socket.AF_INET6, "::1")
print("one", flush=True)
sys.stdin.buffer.raw.read(1)
second = listener(socket.AF_INET, "127.0.0.1")
print("both", flush=True)
poll.poll()
"""


_LEFT_BEHIND = """
import os, socket, sys

listener = socket.create_server(("127.0.0.1", 0))
if os.fork():
    os._exit(0)
print(os.getpid(), listener.getsockname()[1], flush=True)
accepted = None
while command := os.read(0, 1):
    if command == b"a":
        accepted, _ = listener.accept()
        listener.close()
    else:
        accepted.close()
    print("done", flush=True)
"""


_TWO_THREADS = """
import sys, threading
sys.stdin.readline()
threading.Thread(target=threading.Event().wait, daemon=True).start()
print(flush=True)
while True: pass
"""


@dataclass
class _Processes:
    """All that facts ask of a program here."""

    pid: int
    child: int | None = None
    runtime: Runtime = PLAIN

    def processes(self) -> list[int]:
        return [self.child or self.pid]


def _go_on(process: subprocess.Popen[bytes], command: bytes = b"x") -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(command)
    process.stdin.flush()
    return process.stdout.readline()


def test_a_program_between_its_two_listeners_does_not_wait_for_a_client(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It was in a poll when its call was read; the poll covered a listener only afterwards."""
    describe = syscalls.describe
    endpoint = Endpoint(lambda: 0)
    process = subprocess.Popen(
        [sys.executable, "-ISc", _TWO_LISTENERS], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process, SocketTable() as table:
        facts = KernelFacts(cast(Program, _Processes(process.pid)), table)
        calls = facts._threads

        def open_the_first_meanwhile(call: proc.ThreadCall) -> syscalls.CallFacts:
            assert _go_on(process) == b"one\n"
            return describe(call)

        while not all(t.facts.kind == "poll" for t in calls.look()):
            pass
        with monkeypatch.context() as patched:
            patched.setattr(syscalls, "describe", open_the_first_meanwhile)
            assert not facts.look(endpoint, wants_ready=False).accepting
        assert _go_on(process) == b"both\n"
        while not facts.look(endpoint, wants_ready=False).accepting:
            pass
        assert {x.address for x in facts.listeners()} == {"::1", "127.0.0.1"}
        facts.close()
        process.kill()


def test_a_child_is_left_behind_as_long_as_it_may_go_on_with_the_exchange() -> None:
    """Also when the connection is made and waits in the backlog: it is nobody's socket yet."""
    endpoint = Endpoint(lambda: 0)
    process = subprocess.Popen(
        [sys.executable, "-ISc", _LEFT_BEHIND], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process, SocketTable() as table:
        assert process.stdout is not None
        child, port = map(int, process.stdout.readline().split())
        facts = KernelFacts(cast(Program, _Processes(process.pid, child)), table)
        assert facts.left_behind(endpoint)
        endpoint.dial("127.0.0.1", port)
        while not endpoint.connected:
            endpoint.poll()
        assert facts.left_behind(endpoint)
        assert _go_on(process, b"a") == b"done\n"
        assert facts.left_behind(endpoint)
        assert _go_on(process, b"c") == b"done\n"
        assert not facts.left_behind(endpoint)
        facts.close()
        endpoint.close_all()
        process.kill()


_TYPED_TO = """
import socket, sys, threading

one, other = socket.socketpair()
threading.Thread(target=one.recv, args=(1,), daemon=True).start()
sys.stdin.buffer.raw.read(1)
"""


def test_what_was_typed_is_on_its_way_until_the_thread_at_the_keyboard_runs() -> None:
    """The thread that reads a socket meanwhile proves nothing."""
    master, slave = os.openpty()
    process = subprocess.Popen([sys.executable, "-ISc", _TYPED_TO], stdin=slave)
    with process, SocketTable() as table:
        facts = KernelFacts(cast(Program, _Processes(process.pid)), table)
        endpoint = Endpoint(lambda: 0)
        while not facts.look(endpoint, wants_ready=False).keyboard:
            pass
        facts.typed()  # nothing is typed yet, as if it were still on its way
        looks = [facts.look(endpoint, wants_ready=False) for _ in range(5)]
        assert not any(look.waiting or look.rests for look in looks)
        os.write(master, b"x\n")
        process.wait()
        facts.close()
    os.close(master)
    os.close(slave)


@pytest.mark.parametrize(("more", "busy"), [("", True), (_TWO_THREADS, False)])
def test_busy_is_who_computes_alone(more: str, busy: bool) -> None:
    code = more or "import sys\nsys.stdin.readline()\nprint(flush=True)\nwhile True: pass"
    process = subprocess.Popen(
        [sys.executable, "-ISc", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    with process, SocketTable() as table:
        facts = KernelFacts(cast(Program, _Processes(process.pid)), table)
        while not all((t.facts.kind, t.facts.fd) == ("read", 0) for t in facts._threads.look()):
            os.sched_yield()  # any other call may be one of its start
        assert not facts.busy(listening=True)
        assert _go_on(process, b"\n") == b"\n"
        while busy and not facts.busy(listening=True):
            os.sched_yield()  # it is on its way from its print
        assert bool(facts.busy(listening=True)) is busy
        with socket.create_server(("127.0.0.1", 0)):
            assert not facts.busy(listening=False)
        facts.close()
        process.kill()
