"""The page about a million submissions says what the measured figures come to."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parent / "bench")]

import million  # noqa: E402

MEDIANS = {"class.tp09.cpu": 850.0, "render.judge": 3.0, "render.page": 6.0, "resume.copy": 0.9}
FILES = {"results.json": 9000.0, "index.html": 110.0, "held": 3000.0, "memory": 5000.0}


def test_the_page_has_the_figures_of_the_results() -> None:
    page = million.PAGE.read_text("utf-8")
    assert million.written(page) == page


def test_the_formulae() -> None:
    told = "\n".join(million.lines(MEDIANS, FILES))
    assert "| 850 ms | 278 core hours | _N_ · _a_ / _e_ |" in told  # 850,000 s / 0.85 / 3600
    assert "| 9.0 ms | 2.5 h | _N_ · _j_ |" in told
    assert "| 9.0 kB | 9.0 GB | _N_ · _r_ |" in told
    assert "| 110 B | 110.0 MB | _N_ · _p_ |" in told
    assert "| 64 | 4.3 | 11 |" in told
    assert "exchange alone | not measured |" in told
    assert "all of tp09 | 850 kB" not in told
    assert "until the class's files are written | 3.0 kB | 3.0 GB | _N_ · _h_ |" in told
    assert "while they are written | 5.0 kB | 5.0 GB | _N_ · _m_ |" in told
    assert "kept for" not in told


def test_the_price_of_what_is_kept() -> None:
    told = "\n".join(million.lines({"memory.disk_tp09": 400.0}, FILES))
    assert "| a month | 415.1 GB | 21 |" in told  # 400 + 6 + 9 + 0.11 kB each, at 0.05 a GB
    assert "| a year | 415.1 GB | 249 |" in told


def test_the_memory_is_that_of_the_largest_class_that_was_graded() -> None:
    large = json.loads((million.RESULTS / "large_class_100000.json").read_bytes())
    whole = million.files()["memory"] * large["students"]
    assert whole == pytest.approx(large["grade"]["grader_mib"] * 2**20)
    scale = (million.ROOT / "docs" / "scale.md").read_text("utf-8")
    told = [large["grade"][key] for key in ("grader_mib_before_class_files", "grader_mib")]
    assert f"| {told[0]:.0f}, {told[1]:.0f} MiB |" in scale
