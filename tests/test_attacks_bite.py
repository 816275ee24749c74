"""Attacks succeed when their one defence is taken away: else a test of them could not fail.

Each is played on a small host of its own (`attack_bite.py`), by the worker's own code.
`attacks/README.md` lists which defences are tried, and why the others are not.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from attack_bite import CANNOT, WITHOUT, Bite
from attack_tools import ATTACKS, attacks
from engine_tools import bwrap
from namespaces import missing

ROOT = Path(__file__).resolve().parent.parent
BITES = {
    "write-outside": "read-only root",
    "read-home": "hidden host",
    "read-neighbours": "hidden host",
    "read-lab": "hidden host",
    "proc-root": "own /proc",
    "kernel-knobs": "read-only /proc/sys",
    "environ": "empty environment",
    "inherited-descriptors": "closed descriptors",
    "kernel-calls": "seccomp filter",
    "odd-sockets": "seccomp filter",
    "foreign-abi": "seccomp filter",
    "trace-init": "seccomp filter",
    "trace-child": "seccomp filter",
    "memory-files": "seccomp filter",
    "memory-sysv": "seccomp filter",
    "covert-locks": "seccomp filter",
    "undumpable": "seccomp filter",
    "namespaces": "seccomp filter, no new users",
    "covert-ipc": "own IPC (and filter)",
    "reach-host": "own network",
    "rewrite-self": "fresh copy",
    "fill-disk": "bounded folders",
    "memory-heap": "watch over the tree",
    "memory-shared": "watch over the tree",
    "fork-bomb": "limit of processes (and watch)",
    "threads": "limit of processes (and watch)",
    "giant-file": "limits",
    "raise-limits": "hard limits",
    "daemon-port": "end of the PID namespace",
}
"""Attack -> the defence without which it says that it got through."""
ONLY_X86 = {"kernel-calls", "foreign-abi"}
"""They call by number, and say that they tried where the numbers are others."""


def bite(attack: str, without: str) -> Bite:
    """What the attack gets without that defence; skips (fails in CI) where that can't be tried."""
    bwrap()
    done = subprocess.run(
        [sys.executable, "-P", "-m", "attack_bite", attack, without],
        capture_output=True, check=False, stdin=subprocess.DEVNULL, timeout=300,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"},
    )  # fmt: skip
    if done.returncode == CANNOT:
        missing(f"no namespaces for a host of its own: {done.stderr.decode()}")
    assert done.returncode == 0, done.stderr.decode()
    return msgspec.json.decode(done.stdout, type=Bite)


@pytest.mark.sandbox
@pytest.mark.parametrize(("attack", "without"), BITES.items(), ids=BITES)
def test_without_its_defence_it_gets_through(attack: str, without: str) -> None:
    if attack in ONLY_X86 and os.uname().machine != "x86_64":
        pytest.skip("NOT RUN: its system calls are those of x86-64")
    got = bite(attack, without)
    assert got.escaped, got.outcomes
    rows = attacks()[attack].rows
    assert any(f"row={row}:" in line for line in got.escaped for row in rows)


@pytest.mark.sandbox
def test_a_daemon_would_survive() -> None:
    assert bite("daemon", "end of the PID namespace").survivors


def test_what_is_taken_away_is_used_and_told() -> None:
    assert {*BITES.values()} == {*WITHOUT}
    told = (ATTACKS / "README.md").read_text(encoding="utf-8")
    assert all(f"`{attack}`" in told for attack in BITES)
