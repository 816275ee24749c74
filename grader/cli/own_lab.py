"""The lab that lies with the programs: found by `check` where none is named.

It may be a stranger's, as the programs of a clone are: `open_lab` lets it start nothing of its own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from grader.cli.defaults import Suggested
from grader.cli.streams import note, safe
from grader.intake import paths, tree
from grader.intake.errors import Refused
from grader.lab.labfile import LAB_FILE
from grader.lab.library import DEFAULT_LAB

_LOOKED_AT = 1000
"""Names in the checked folder that are looked at."""
_HEAD_BYTES = 256 * 1024
_KEYS = tuple(
    re.compile(rb"^%s[ \t]*:" % key, re.MULTILINE) for key in (b"lab", b"criteria", b"scenarios")
)
_WORDS = {
    "found": (
        "Labo trouvé~: {where} (un autre~: --lab)",
        "Lab found: {where} (for another: --lab)",
    ),
    "several": (
        "Plusieurs labos ici~: {where}. Le labo est donc {default}~; choisissez avec --lab.",
        "Several labs here: {where}. So the lab is {default}; choose with --lab.",
    ),
}


def found_lab(path: Path, language: str | None) -> str:
    """The lab in the checked folder, or one folder down, if there is just one; else the default.

    What is taken for which reason is said on stderr.
    """
    found = list(_labs(path if path.is_dir() else path.parent))
    if not found:
        return DEFAULT_LAB
    place = 1 if language == "en" else 0
    key = "found" if len(found) == 1 else "several"
    where = ", ".join(safe(str(folder)) for folder in found[:5])
    words = _WORDS[key][place].replace("~", "\u00a0")
    note(words.format(where=where, default=DEFAULT_LAB))
    return Suggested(found[0]) if len(found) == 1 else DEFAULT_LAB


def _labs(folder: Path) -> Iterator[Path]:
    """No link is followed, nothing but regular files is read."""
    if _is_lab(folder / LAB_FILE):
        yield folder
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry, _ in zip(entries, range(_LOOKED_AT), strict=False)
                     if tree.kind_of(entry) == "folder"]  # fmt: skip
    except OSError:
        return  # reading the programs tells what is wrong
    for name in sorted(names):
        if not paths.is_litter(paths.decoded(name)) and _is_lab(folder / name / LAB_FILE):
            yield folder / name


def _is_lab(file: Path) -> bool:
    """A lab.yaml that is ours: other programs have files of that name, too."""
    if not file.is_file():
        return False
    try:
        head = tree.read_regular(file, _HEAD_BYTES)
    except Refused:
        return False
    return all(key.search(head) for key in _KEYS)
