"""All hostile archives, folders and names, and how they are laid out."""

from __future__ import annotations

import os
from pathlib import Path

import attack_entries
import attack_tars
import attack_zips
from attack_made import Made

ENTRIES: tuple[Made, ...] = (
    *attack_zips.ENTRIES,
    *attack_tars.ENTRIES,
    *attack_entries.ENTRIES,
)


def lay_out_made(submissions: Path) -> None:
    """Make all of them in a folder of submissions."""
    for made in ENTRIES:
        path = submissions / made.name
        if made.raw is not None:
            path = Path(os.fsdecode(os.fsencode(submissions) + b"/" + made.raw))
        made.build(path)
