"""What forks workers: each is a child of ours, whether it was asked for ahead or not."""

from __future__ import annotations

import atexit
import contextlib
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_tools import engine, job, lab_for, run

from grader.cli import app
from grader.run import forking, nursery


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    nursery.end()
    yield
    assert nursery._here is None


@pytest.fixture
def begun() -> Iterator[nursery._Nursery]:
    assert nursery.begin()
    assert nursery._here is not None
    yield nursery._here
    nursery.end()


def leave(worker: nursery.Started) -> int:
    os.close(worker.orders)
    os.close(worker.replies)
    worker.said.close()
    return worker.process.wait(30)


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def test_a_worker_is_a_child_of_ours(begun: nursery._Nursery) -> None:
    one, other = nursery.start(), nursery.start()
    assert parent_of(one.process.pid) == parent_of(other.process.pid) == os.getpid()
    assert begun.process.pid not in (one.process.pid, other.process.pid)
    assert one.process.poll() is None
    assert [leave(one), leave(other)] == [0, 0]
    assert one.process.poll() == 0


def test_it_outlives_what_forked_it(begun: nursery._Nursery) -> None:
    worker = nursery.start()
    nursery.end()
    assert worker.process.poll() is None
    assert leave(worker) == 0


def test_one_that_is_killed_says_by_what(begun: nursery._Nursery) -> None:
    worker = nursery.start()
    with pytest.raises(subprocess.TimeoutExpired):
        worker.process.wait(0)
    worker.process.kill()
    assert worker.process.wait(30) == -signal.SIGKILL
    worker.process.kill()  # nobody else has its number by now
    assert leave(worker) == -signal.SIGKILL


_HALF_A_SANDBOX = """
import json, os, subprocess, sys
hold, _ = os.pipe()
told, tell = os.pipe()
command = [
    "bwrap", "--unshare-user", "--unshare-pid", "--ro-bind", "/", "/",
    "--userns-block-fd", str(hold), "--info-fd", str(tell), "true",
]
outer = subprocess.Popen(command, pass_fds=(hold, tell))
os.close(tell)
said = b""
while b"}" not in said and (more := os.read(told, 999)):
    said += more
outer.kill()
outer.wait()
print(json.loads(said)["child-pid"], flush=True)
sys.stdin.read()
"""
"""Starts bubblewrap, and kills it before it has named the users of what it has made."""


def test_what_a_killed_one_was_in_the_middle_of_is_ended_too() -> None:
    """Bubblewrap's inner process would wait for ever for one that is gone."""
    with subprocess.Popen(
        [sys.executable, "-c", _HALF_A_SANDBOX], process_group=0,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as worker:  # fmt: skip
        assert worker.stdout is not None
        inner = int(worker.stdout.readline())
        left = os.pidfd_open(inner)
        try:
            assert not select.select([left], [], [], 0)[0]
            worker.kill()
            assert nursery.wait_whole(worker, 30) == -signal.SIGKILL
            assert select.select([left], [], [], 30)[0]
        finally:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(left, signal.SIGKILL)
            os.close(left)


def test_a_worker_leads_a_group_of_its_own(begun: nursery._Nursery) -> None:
    forked = nursery.start()
    nursery.end()
    alone = nursery.start()
    for worker in (forked, alone):
        assert os.getpgid(worker.process.pid) == worker.process.pid
        with pytest.raises(subprocess.TimeoutExpired):
            nursery.wait_whole(worker.process, 0)
        assert leave(worker) == 0
        assert nursery.wait_whole(worker.process) == 0


@pytest.mark.parametrize(
    ("raised", "status", "said"),
    [(None, 0, ""), (SystemExit(143), 143, ""), (SystemExit("no number"), 1, ""),
     (ValueError("a bug of ours"), 1, "ValueError: a bug of ours\n")],
)  # fmt: skip
def test_what_ends_a_worker_is_its_status(
    raised: BaseException | None, status: int, said: str
) -> None:
    """What is registered for the end of the process is done; what it would be at the end is not."""

    def work() -> None:
        os.dup2(write, 2)
        sys.stderr = os.fdopen(2, "w", buffering=1)
        atexit._clear()  # that of the tests is none of this process's
        atexit.register(os.write, write, b"removed\n")
        if raised is not None:
            raise raised

    read, write = os.pipe()
    child = os.fork()
    if not child:
        forking._end_after(work)
    os.close(write)
    with os.fdopen(read) as pipe:
        told = pipe.read()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == status
    assert told.endswith(f"{said}removed\n")
    assert told.startswith("Traceback") is bool(said)


def test_one_that_somebody_else_has_waited_for_is_gone(begun: nursery._Nursery) -> None:
    worker = nursery.start()
    worker.process.kill()
    os.waitpid(worker.process.pid, 0)
    assert leave(worker) == 0


def test_orphans_are_ours_only_while_a_worker_is_made(begun: nursery._Nursery) -> None:
    leave(nursery.start())
    code = "import os, sys; pid = os.fork(); pid and print(pid); pid or sys.stdin.read()"
    command = ["/usr/bin/env", "python3", "-c", code]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        orphan = int(process.stdout.readline())
        process.wait(30)
        assert parent_of(orphan) != os.getpid()


def test_where_it_has_died_a_worker_imports_for_itself(begun: nursery._Nursery) -> None:
    begun.process.kill()
    begun.process.wait()
    worker = nursery.start()
    assert isinstance(worker.process, subprocess.Popen)
    assert leave(worker) == 0


def test_without_it_a_worker_imports_for_itself() -> None:
    worker = nursery.start()
    assert isinstance(worker.process, subprocess.Popen)
    assert leave(worker) == 0


def test_it_is_begun_once(begun: nursery._Nursery) -> None:
    assert not nursery.begin()
    assert nursery._here is begun


def test_several_threads_may_ask(begun: nursery._Nursery) -> None:
    workers: list[nursery.Started] = []
    threads = [threading.Thread(target=lambda: workers.append(nursery.start())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {parent_of(worker.process.pid) for worker in workers} == {os.getpid()}
    assert [leave(worker) for worker in workers] == [0, 0, 0]


def test_an_interrupt_between_start_and_record_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[nursery._Nursery] = []

    class Interrupted(nursery._Nursery):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(nursery, "_Nursery", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        nursery.begin()
    assert [nursery._here] == made
    nursery.end()
    assert made[0].process.poll() is not None


@pytest.mark.sandbox
def test_an_engine_that_is_interrupted_while_it_begins_leaves_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[nursery._Nursery] = []

    class Interrupted(nursery._Nursery):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)
            signal.raise_signal(signal.SIGINT)

    def interrupted() -> None:
        with engine("none") as where:
            run(where, job("print(1)", lab=lab_for("none")))

    monkeypatch.setattr(nursery, "_Nursery", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert made[0].process.poll() is not None


def test_a_command_that_fails_leaves_none(tmp_path: Path) -> None:
    assert app.main(["check", str(tmp_path / "nothing")]) == 2


@pytest.mark.sandbox
def test_an_engine_plays_with_it(begun: nursery._Nursery) -> None:
    with engine("none") as where:
        assert run(where, job("print(1)", lab=lab_for("none"))).stdout == b"1\n"
        assert isinstance(where._workers[0].process, nursery.Child)


@pytest.mark.sandbox
def test_an_engine_that_has_none_begins_and_ends_it() -> None:
    with engine("none") as where:
        assert run(where, job("print(1)", lab=lab_for("none"))).stdout == b"1\n"
        assert nursery._here is not None
