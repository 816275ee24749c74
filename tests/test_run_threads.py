"""Threads of real processes: who is blocked in what, and whether anybody has run since."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from grader.run import proc, syscalls
from grader.run.errors import FactsUnavailable
from grader.run.threads import Threads


@contextmanager
def program(code: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python program whose standard input and output are pipes."""
    process = subprocess.Popen(
        [sys.executable, "-ISc", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


ECHO = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"


def say(process: subprocess.Popen[bytes]) -> None:
    """Have it run once: its answer was read."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"x\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"x\n"


def say_line(process: subprocess.Popen[bytes]) -> None:
    """It has read a line, and has answered with one."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"\n")
    process.stdin.flush()
    assert process.stdout.readline() == b"\n"


def look_until_blocked(threads: Threads) -> None:
    """Look until all of them are in a call."""
    while not all(t.call.blocked for t in threads.look()):
        os.sched_yield()


@contextmanager
def threads_of(process: subprocess.Popen[bytes]) -> Iterator[Threads]:
    threads = Threads(lambda: [process.pid])
    try:
        yield threads
    finally:
        threads.close()


def test_before_the_first_look_nothing_is_known() -> None:
    with program(ECHO) as process, threads_of(process) as threads:
        assert not threads.stood_still()
        assert not threads.sole_one_runs()


def test_a_blocked_program_stands_still_until_it_has_run() -> None:
    with program(ECHO) as process, threads_of(process) as threads:
        say(process)
        look_until_blocked(threads)
        assert threads.stood_still()
        assert threads.stood_still()
        say(process)
        assert not threads.stood_still()
        look_until_blocked(threads)
        assert threads.stood_still()


def test_a_program_that_computes_does_not_stand_still() -> None:
    with program("print(flush=True)\nwhile True: pass") as process, threads_of(process) as threads:
        assert process.stdout is not None
        process.stdout.readline()
        threads.look()
        assert not threads.stood_still()
        assert threads.sole_one_runs()


def test_one_that_runs_while_it_is_looked_at_was_not_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a poll covers is read after the call: by then it may be another poll."""
    describe = syscalls.describe
    with program(ECHO) as process, threads_of(process) as threads:
        say(process)
        look_until_blocked(threads)
        (seen,) = threads.look()
        assert seen.still

        def run_meanwhile(call: proc.ThreadCall) -> syscalls.CallFacts:
            say(process)
            return describe(call)

        monkeypatch.setattr(syscalls, "describe", run_meanwhile)
        (seen,) = threads.look()
        assert not seen.still


def test_a_second_thread_or_a_child_is_noticed() -> None:
    for more in (
        "threading.Thread(target=sys.stdin.read).start()",
        "os.fork() or sys.stdin.read()",
    ):
        code = (
            "import os, sys, threading\nprint(flush=True)\nsys.stdin.readline()\n"
            f"{more}\nprint(flush=True)\nwhile True: pass"
        )
        with program(code) as process, threads_of(process) as threads:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdout.readline()
            look_until_blocked(threads)
            assert not threads.sole_one_runs()
            process.stdin.write(b"\n")
            process.stdin.flush()
            process.stdout.readline()
            assert not threads.stood_still()
            assert not threads.sole_one_runs()
            for child in proc.tree(process.pid):
                os.kill(child, 9)


@pytest.mark.parametrize(
    "more",
    [
        "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()",
        "import os, signal; os.fork() or signal.pause()",
    ],
)
def test_one_that_computes_beside_another_is_not_the_sole_one(more: str) -> None:
    code = f"import sys\nsys.stdin.readline()\n{more}\nprint(flush=True)\nwhile True: pass"
    with program(code) as process, threads_of(process) as threads:
        look_until_blocked(threads)
        say_line(process)
        sole = [threads.sole_one_runs(), threads.sole_one_runs()]  # the second by open files
        for child in proc.tree(process.pid):
            os.kill(child, 9)
        assert sole == [False, False]


def test_one_that_has_just_ended_is_not_taken_for_a_blocked_one() -> None:
    """It shows -1 where its call was, and its counters never move again."""
    with program("pass") as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        threads = Threads(lambda: [process.pid])
        try:
            # Only root may still ask where a dead program is.
            with contextlib.suppress(FactsUnavailable):
                (zombie,) = threads.look()
                assert not zombie.call.blocked
            assert not threads.stood_still()
        finally:
            threads.close()


def test_more_threads_than_files_never_stand_still() -> None:
    code = (
        "import sys, threading\nwait = threading.Event().wait\n"
        "for _ in range(150): threading.Thread(target=wait, daemon=True).start()\n"
        "print(flush=True)\nsys.stdin.read()"
    )
    before = len(list(Path("/proc/self/fd").iterdir()))
    with program(code) as process:
        assert process.stdout is not None
        process.stdout.readline()
        threads = Threads(lambda: [process.pid])
        look_until_blocked(threads)
        assert len(threads.look()) == 151
        assert not threads.stood_still()
        threads.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_thread_that_is_gone_cannot_be_read() -> None:
    threads = Threads(lambda: [2**22 - 1])
    assert threads.look() == ()
    with program("pass") as process:
        process.wait()
        gone = Threads(lambda: [process.pid])
        assert gone.look() == ()
        with pytest.raises(FactsUnavailable):
            gone._look_at(process.pid, process.pid)
