"""The page about a million submissions says what the measured figures come to."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parent / "bench")]

import million  # noqa: E402

MEDIANS = {"class.tp09.cpu": 850.0, "render.judge": 3.0, "render.page": 6.0, "resume.copy": 0.9}
FILES = {"results.json": 9000.0, "index.html": 110.0, "memory": 2048.0}


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
