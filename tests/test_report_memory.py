"""A flood costs the grader little: what judging and showing it takes is measured, not guessed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FLOOD = Path(__file__).with_name("flood.py")
PROMISED = 200
"""MiB of the grader's own, whatever a submission prints, sends or ships."""
ADDED = 60
"""MiB that judging, the page and the documents may take beside the transcripts."""


def peak(kind: str, runs: int) -> tuple[int, int]:
    done = subprocess.run(
        [sys.executable, "-P", str(FLOOD), kind, str(runs)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    before, after, *_ = done.stdout.split()
    return int(before), int(after)


@pytest.mark.parametrize("kind", ["bytes", "marks", "message"])
def test_a_run_at_its_limits(kind: str) -> None:
    _, after = peak(kind, 1)
    assert after < PROMISED


def test_what_is_judged_and_shown_does_not_grow_with_the_runs() -> None:
    before, after = peak("lines", 8)
    assert after - before < ADDED
