"""The first lab in short: one run of each program instead of seventeen.

For tests of what happens around the runs (a class from end to end, an interrupt, an import),
which would take minutes if all of the lab were played for each of them.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from grader.resources import scenarios_root

PLAYED = ("server-nominal", "client-nominal")


def short_lab(folder: Path) -> Path:
    """A lab's folder with all criteria of tp09 and two of its scenarios."""
    made = folder / "tp09"
    made.mkdir(parents=True)
    whole = scenarios_root() / "tp09"
    for name in PLAYED:
        shutil.copy(whole / f"{name}.yaml", made)
    text = (whole / "lab.yaml").read_text("utf-8")
    listed = f"scenarios: [{', '.join(PLAYED)}]\n"
    cut, times = re.subn(r"^scenarios:\n(?:  - .*\n|  #.*\n)+", listed, text, flags=re.MULTILINE)
    assert times == 1
    (made / "lab.yaml").write_text(cut, "utf-8")
    return made
