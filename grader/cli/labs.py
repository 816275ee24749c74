"""From the lab's name on the command line to the lab."""

from __future__ import annotations

from grader.batch.plan import LabSource
from grader.lab.library import find_lab
from grader.lab.load import lab_files, load_lab_bytes


def open_lab(name: str) -> LabSource:
    """The lab of that name or path, with the bytes that it was loaded from.

    Raises:
        UnknownLabError: there is none; the near ones are named.
        LabError: it has problems, all of them named.
    """
    folder = find_lab(name)
    files = lab_files(folder)
    return LabSource(lab=load_lab_bytes(files, where=folder), files=files)
