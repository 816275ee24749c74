"""Runs a test's body in a process with a user and a network namespace of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest

_MAIN = """
import importlib, sys
sys.path[:0] = sys.argv[1:3]
from grader.run.netns import enter_network
try:
    enter_network()
except Exception as error:
    print(error, file=sys.stderr)
    sys.exit(77)
getattr(importlib.import_module(sys.argv[3]), sys.argv[4])()
"""


def in_network(body: Callable[[], None]) -> None:
    """Call the module-level function `body` in a fresh network, `lo` up; asserts work as usual."""
    root = Path(__file__).parent.parent
    module = body.__module__.rpartition(".")[2]
    arguments = [str(root), str(root / "tests"), module, body.__name__]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", _MAIN, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode == 77:
        missing(f"no network namespace here: {done.stderr}")
    assert done.returncode == 0, done.stderr


def missing(what: str) -> NoReturn:
    """Skip a test that this machine can't run; fail in CI, where nothing may be skipped."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)
