"""A class of floods takes the grader no memory: the peak of the process that grades it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import greedy
import pytest

from grader.batch import output

HERE = Path(__file__).parent
PROMISED = 200
"""MiB of the grader's own, whatever a submission prints, sends or ships."""
MOST_SHOWN = 1 << 20
"""Bytes of the page of such a submission: it tells of floods, and holds none."""


def last_line(*command: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-P", *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1].split()


def pages(out: Path) -> list[int]:
    return [path.stat().st_size for path in out.glob("*/index.html")]


@pytest.mark.sandbox
def test_what_programs_leave_is_not_in_memory(tmp_path: Path) -> None:
    greedy.hand_in(tmp_path / "in" / "greedy", "everything", ("server",))
    out = tmp_path / "out"
    peak, _ = last_line(
        str(HERE / "grader_peak.py"), "grade", str(tmp_path / "in"), "--out", str(out)
    )
    assert int(peak) < PROMISED
    assert sum(path.stat().st_size for path in (out / "greedy/runs").iterdir()) > 64 << 20
    (page,) = pages(out)
    assert page < MOST_SHOWN
    hidden = {path.name for path in out.iterdir() if path.name.startswith(".")}
    assert hidden == {output.MARKER, output.LOCK, output.CLEAN, output.INDEX}


def test_nor_is_a_class_that_waits_to_be_judged(tmp_path: Path) -> None:
    (peak,) = last_line(str(HERE / "flooded_class.py"), str(tmp_path))
    assert int(peak) < PROMISED
    assert len(pages(tmp_path)) == 2
    assert max(pages(tmp_path)) < MOST_SHOWN


def test_without_the_spool_it_would_be(tmp_path: Path) -> None:
    (peak,) = last_line(str(HERE / "flooded_class.py"), str(tmp_path), "--held")
    assert int(peak) > 1.5 * PROMISED
