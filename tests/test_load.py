"""Load that ends with the block, and with whoever made it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from process_tools import is_over

import grader
from grader.run import load
from grader.run.errors import HostError

ROOT = Path(grader.__file__).parent.parent


def test_processes_are_busy_inside_the_block_and_gone_after_it() -> None:
    with load.busy(2) as pids:
        assert len(set(pids)) == 2
        for pid in pids:
            assert psutil.Process(pid).status() == psutil.STATUS_RUNNING
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_no_load_is_no_process() -> None:
    with load.busy(0) as pids:
        assert pids == ()


def test_an_error_inside_ends_them_too() -> None:
    making = load.busy(1)
    (pid,) = making.__enter__()
    making.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert not psutil.pid_exists(pid)


def test_what_cannot_be_started_is_the_hosts_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(HostError, match="no load can be made"), load.busy(1):
        pass


def test_one_that_ends_at_once_is_the_hosts_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "_BUSY", "pass")
    with pytest.raises(HostError, match="ended at once"), load.busy(1):
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="prctl")
def test_they_die_with_a_grader_that_is_killed() -> None:
    program = (
        "from grader.run.load import busy\n"
        "with busy(2) as pids:\n"
        "    print(*pids, flush=True)\n"
        "    input()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ) as maker:  # fmt: skip
        assert maker.stdout is not None
        found = [psutil.Process(int(word)) for word in maker.stdout.readline().split()]
        maker.send_signal(signal.SIGKILL)
        maker.wait()
    assert len(found) == 2
    _, alive = psutil.wait_procs(found, timeout=60)
    assert [p.pid for p in alive if not is_over(p.pid)] == []
