"""Whoever is killed, and however: no process of a run is left, and no folder."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import engine_tools as tools
import pytest
from namespaces import missing
from process_tools import name_of

from grader.run import host, proc, worker
from grader.run.jobs import Isolation, Warmth

pytestmark = pytest.mark.sandbox

_PATIENCE = 60.0
"""The last resort on a machine that hangs, s."""

ENGINE = """
import sys
sys.path[:0] = sys.argv[1:2]
from dataclasses import replace
import engine_tools as tools
from grader.run.engine import Engine
with Engine(replace(tools.options(sys.argv[2]), warm=sys.argv[4])) as engine:
    print("up", flush=True)
    tools.run(engine, tools.job(sys.argv[3], lab=tools.with_limits(tools.tp09(), wall=120.0)))
"""

HOLDS = {
    "sleeps": "import time\nprint('here')\ntime.sleep(100)",
    "a daemon that holds all": """
        import os, signal, socket, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for n in set(range(1, 32)) - {9, 19}: signal.signal(n, signal.SIG_IGN)
                s = socket.create_server(("", PORT)); open("/dev/shm/x", "w").write("x")
                while True: time.sleep(100)
            os._exit(0)
        time.sleep(100)
        """,
    "stopped": "import os, signal\nos.fork()\nos.kill(os.getpid(), signal.SIGSTOP)",
}


def watched(
    isolation: Isolation, source: str, folder: Path, warm: Warmth = "never"
) -> tuple[subprocess.Popen[str], int]:
    """An engine that plays a program, and its worker; the program has been started."""
    if isolation == "full" and not host.probe(tools.python()).full:
        missing("no sandbox here")
    here = str(Path(__file__).parent)
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", ENGINE, here, isolation, source, warm],
        stdout=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "TMPDIR": str(folder)},
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    # What waits has the program's command line, too: two processes, and the run's first one.
    before = 0 if warm == "never" else 3
    until(lambda: sum(runs_program(pid) for pid in proc.tree(process.pid)) > before)
    (playing,) = (pid for pid in proc.tree(process.pid) if is_worker(pid, process.pid))
    return process, playing


def is_worker(pid: int, engine: int) -> bool:
    """Not what forks workers, which waits beside them."""
    return name_of(pid) == worker.NAME and parent(pid) == engine


def runs_program(pid: int) -> bool:
    """The program itself is executed, and its children, if it makes any, are there.

    The sandbox has its words before it, while it is being made, and waits as a program does: who
    has them is asked after them, so that it is not what it was before.
    """
    try:
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        name = Path(f"/proc/{pid}/comm").read_text().strip()
        is_it = words[-2:-1] == [b"prog.py"] and name not in ("bwrap", "sh")
        return is_it and proc.state(pid) in ("S", "T")
    except OSError:
        return False


def parent(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("PPid:")[1].split()[0])


def until(holds: object) -> None:
    assert callable(holds)
    deadline = time.monotonic() + _PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        os.sched_yield()


def all_end(pids: list[int]) -> None:
    """Each of these processes ends, by no doing of ours."""
    for fd in pids:
        assert select.select([fd], [], [], _PATIENCE)[0], "a process of a run is left"
        os.close(fd)


@pytest.mark.parametrize("victim", ["engine SIGKILL", "engine SIGTERM", "engine SIGINT",
                                    "worker SIGKILL"])  # fmt: skip
@pytest.mark.parametrize("program", HOLDS)
def test_nothing_of_a_sandbox_outlives_who_started_it(
    tmp_path: Path, program: str, victim: str
) -> None:
    process, playing = watched("full", HOLDS[program], tmp_path)
    who, name = victim.split()
    end_all_of(process, process.pid if who == "engine" else playing, name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("victim", ["engine SIGKILL", "worker SIGKILL"])
def test_nothing_of_a_warm_start_outlives_who_started_it(tmp_path: Path, victim: str) -> None:
    process, playing = watched("full", HOLDS["a daemon that holds all"], tmp_path, "forced")
    who, name = victim.split()
    end_all_of(process, process.pid if who == "engine" else playing, name)


@pytest.mark.parametrize("victim", ["engine SIGKILL", "engine SIGTERM", "worker SIGKILL"])
def test_nothing_of_a_plain_program_outlives_who_started_it(tmp_path: Path, victim: str) -> None:
    process, playing = watched("none", HOLDS["sleeps"], tmp_path)
    who, name = victim.split()
    end_all_of(process, process.pid if who == "engine" else playing, name)
    # A killed worker could not remove its folder: the next one does.
    left = list(tmp_path.iterdir())
    assert len(left) <= (who == "worker")
    process, playing = watched("none", HOLDS["sleeps"], tmp_path)
    assert not any(folder.exists() for folder in left)
    end_all_of(process, process.pid, "SIGTERM")


def end_all_of(process: subprocess.Popen[str], victim: int, name: str) -> None:
    with process:
        # What forks workers outlives one of them, not the engine.
        pids = below(process.pid if victim == process.pid else victim)
        os.kill(victim, getattr(signal, name))
        all_end(pids)
        if victim != process.pid:
            # The job was given to another worker.
            pids = below(process.pid)
            process.kill()
            all_end(pids)


def below(pid: int) -> list[int]:
    """A descriptor for each process below that one."""
    found = []
    for one in proc.tree(pid):
        with contextlib.suppress(ProcessLookupError):
            found.append(os.pidfd_open(one))
    return found
