"""Facts about real programs, each seen at a moment of its own choosing."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from typing import cast

import pytest

from grader.run import proc, syscalls
from grader.run.facts import KernelFacts
from grader.run.program import Program
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


@dataclass
class _Processes:
    """All that facts ask of a program here."""

    pid: int

    def processes(self) -> list[int]:
        return [self.pid]


def _go_on(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"x")
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
