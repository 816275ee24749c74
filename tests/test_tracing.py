"""strace looks on for real, in both isolations; where it can't, that costs nobody anything."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from engine_tools import engine, entries, job, lab_for, play, summary
from namespaces import missing
from process_tools import words_of

from grader import transcript as tr
from grader.run import proc, tracing
from grader.run.engine import Engine
from grader.run.jobs import Job, Played
from grader.run.tracing import Strace, TracingRefusedError

pytestmark = pytest.mark.sandbox

RIGHT = """
    import socket
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind(("", PORT))
        s.listen(1)
        conn, _ = s.accept()
        with conn:
            conn.sendall("Bonjour Client, je suis le serveur 65432, la connexion est établie"
                         .encode())
            print(conn.recv(1024).decode())
            print(conn.recv(1024).decode())
"""
STUCK = RIGHT + "        s.accept()\n"


def strace() -> str:
    """strace's path; skips (fails in CI) where there is none."""
    found = shutil.which("strace")
    if found is None:
        missing("strace is not installed")
    return found


def traced(where: Engine, one: Job) -> tuple[Played, tr.Transcript]:
    """What became of a job whose only scenario is traced, and the traced run."""
    (played,) = play(where, one)
    assert len(played.traced) == 1, "\n".join(summary(run.transcript) for run in played.runs)
    return played, played.traced[0].transcript


@pytest.fixture(scope="module")
def own_engine() -> Iterator[Engine]:
    """Isolation `full`. The session's engine ends with what other tests end in this process."""
    with engine("full") as started:
        yield started


def fake(folder: Path, body: str) -> str:
    """A program that passes for strace."""
    path = folder / "strace"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    # A worker that was root is nobody by now.
    for parent in (folder, *folder.parents):
        if parent.owner() != "root" or parent.stat().st_mode & 0o005 != 0o005:
            parent.chmod(parent.stat().st_mode | 0o055)
        if parent.name.startswith("pytest-of"):
            break
    return str(path)


def straces() -> list[int]:
    """Processes below this one that are, or pass for, strace."""
    return [pid for pid in proc.tree(os.getpid()) if b"strace" in (words_of(pid) or [b""])[0]]


@pytest.mark.parametrize("isolation", ["full", "none"])
def test_a_servers_calls_stand_among_what_the_reference_saw(isolation: str) -> None:
    asked = job(RIGHT, "server-nominal", lab=lab_for(isolation))
    with engine("full" if isolation == "full" else "none") as where:
        played, transcript = traced(where, replace(asked, strace=strace()))
    told = summary(transcript)
    assert transcript.header.run == "server-nominal~trace", told
    assert transcript.end.outcome == "completed", told
    calls = entries(transcript, tr.SystemCall)
    names = [call.name for call in calls]
    assert names == [
        "socket", "setsockopt", "bind", "listen", "accept4", "sendto", "recvfrom", "recvfrom",
        "close", "close",
    ], told  # fmt: skip
    assert [call.result for call in calls if call.name == "recvfrom"] == [
        len(entry.data) for entry in entries(transcript, tr.Sent)
    ]
    # One clock: it has sent before that came, and read after the reference set out to send
    # (`Sent` is told when its call has returned: the program may have read by then).
    (received,) = entries(transcript, tr.Received)
    sent = entries(transcript, tr.Sent)[0]
    before = [x for x in entries(transcript, tr.Step) if x.status == "begun" and x.t <= sent.t]
    send, read = calls[5], calls[6]
    assert 0 < send.t < received.t, told
    assert read.t + (read.took or 0) > before[-1].t, told
    # And the graded run is what it is without.
    (graded,) = played.runs
    assert graded.transcript.end.outcome == "completed"
    assert not entries(graded.transcript, tr.SystemCall)
    assert not straces()


def test_a_stuck_program_is_ended_and_its_last_call_never_returned(own_engine: Engine) -> None:
    _, transcript = traced(own_engine, replace(job(STUCK, "server-nominal"), strace=strace()))
    last = entries(transcript, tr.SystemCall)[-1]
    assert (last.name, last.result, last.took) == ("accept4", None, None), summary(transcript)
    assert transcript.end.outcome in ("stuck", "timeout")
    assert not straces()


def test_a_program_with_children_and_threads_is_followed(own_engine: Engine) -> None:
    source = """
        import os, socket, threading
        s = socket.create_server(("", PORT))
        c, _ = s.accept()
        t = threading.Thread(target=c.sendall, args=(b"x",))
        t.start()
        t.join()
        if os.fork() == 0:
            c.recv(9)
            os._exit(0)
        os.wait()
    """
    _, transcript = traced(own_engine, replace(job(source, "server-nominal"), strace=strace()))
    calls = entries(transcript, tr.SystemCall)
    who = {call.pid for call in calls if call.name in ("accept4", "sendto", "recvfrom")}
    assert len(who) == 3, summary(transcript)


def test_without_being_asked_nothing_is_traced(own_engine: Engine) -> None:
    (played,) = play(own_engine, job(RIGHT, "server-nominal"))
    assert played.traced == ()


def test_a_refusal_is_told_and_not_tried_again(tmp_path: Path) -> None:
    log = tmp_path / "tries"
    log.touch()
    log.chmod(0o666)
    path = fake(tmp_path, f'echo x >>{log}; echo "strace: attach: not permitted" >&2; exit 1')
    scenarios = ("server-nominal", "server-drawn")
    with engine("full") as where:
        (played,) = play(where, replace(job(RIGHT, *scenarios), strace=path))
    assert [run.transcript.end.outcome for run in played.runs] == ["completed"] * 2
    problems = [run.transcript.end.problem for run in played.traced]
    assert problems == ["strace may not look on here: attach: not permitted"] * 2
    assert log.read_text() == "x\n"


@pytest.mark.parametrize("isolation", ["full", "none"])
def test_one_that_hangs_is_ended(isolation: str, tmp_path: Path) -> None:
    path = fake(tmp_path, 'echo "strace: Process 1 attached" >&2; trap "" TERM; exec sleep 1000')
    with engine("full" if isolation == "full" else "none") as where:
        _, transcript = traced(
            where, replace(job(RIGHT, "server-nominal", lab=lab_for(isolation)), strace=path)
        )
    assert transcript.end.outcome == "completed", transcript.end
    assert not entries(transcript, tr.SystemCall)
    assert not straces()


def test_tracing_that_costs_a_worker_costs_no_result(tmp_path: Path) -> None:
    path = fake(tmp_path, "kill -KILL $PPID")
    with engine("full") as where:
        (played,) = play(where, replace(job(RIGHT, "server-nominal"), strace=path))
    (run,) = played.runs
    assert run.transcript.end.outcome == "completed"
    assert played.traced == ()


# --- strace alone ----------------------------------------------------------------------------


@contextmanager
def at_the_gate(script: str) -> Iterator[subprocess.Popen[bytes]]:
    """A program that waits for a line before it begins."""
    command = ["/bin/sh", "-c", 'read -r _; exec "$@"', "sh", sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as process:
        try:
            yield process
        finally:
            process.kill()


def test_it_attaches_before_the_program_begins_and_leaves_with_it() -> None:
    with at_the_gate("import socket; socket.socket()") as process:
        looks_on = Strace(strace(), process.pid)
        assert proc.state(looks_on.pid) is not None
        process.communicate(b"\n")
        looks_on.finish()
        looks_on.finish()
        assert b"socket(AF_INET" in looks_on.output()
    assert not straces()


def test_what_it_writes_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "OUTPUT_BYTES", 20_000)
    script = "import socket\ns = socket.socket()\nfor _ in range(2000): s.listen(1)"
    with at_the_gate(script) as process:
        looks_on = Strace(strace(), process.pid)
        process.communicate(b"\n")
        assert process.returncode == 0
        looks_on.finish()
        assert len(looks_on.output()) <= 20_000


def test_one_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tracing, "_ATTACH_S", 0.01)
    path = fake(tmp_path, "exec sleep 1000")
    with at_the_gate("") as process, pytest.raises(TracingRefusedError, match="did not attach"):
        Strace(path, process.pid)
    assert not straces()


def test_one_that_is_not_there_is_refused() -> None:
    with pytest.raises(TracingRefusedError, match="could not be started"):
        Strace("/nonexistent/strace", os.getpid())


def test_it_dies_with_us() -> None:
    code = (
        "import os, subprocess, sys\n"
        "from grader.run.tracing import Strace\n"
        "p = subprocess.Popen(['/bin/sh', '-c', 'read -r _'], stdin=subprocess.PIPE)\n"
        "print(Strace(sys.argv[1], p.pid).pid, flush=True)\n"
        "os.kill(os.getpid(), 9)\n"
    )
    root = Path(__file__).resolve().parent.parent
    done = subprocess.run(
        [sys.executable, "-c", code, strace()], cwd=root, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL, done.stderr
    pid = int(done.stdout)
    try:
        gone = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    with os.fdopen(gone, "rb"):
        import select

        assert select.select([gone], [], [], 10)[0]
