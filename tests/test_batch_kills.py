"""Killed before any change that it makes on the disk, a batch comes to the same folder."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

KILL_POINTS = Path(__file__).parent / "soak" / "kill_points.py"


def test_a_batch_killed_anywhere_comes_to_the_same_bytes(tmp_path: Path) -> None:
    """Drawn points; `python tests/soak/kill_points.py FOLDER` tries all of them."""
    done = subprocess.run(
        [sys.executable, "-W", "error", str(KILL_POINTS), str(tmp_path), "12", "4"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    came_to = json.loads(done.stdout)
    assert (came_to["tried"], came_to["differing"], came_to["missed"]) == (24, [], [])
