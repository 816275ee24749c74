"""From the lab's name on the command line to the lab."""

from __future__ import annotations

import argparse

from grader.batch.plan import LabSource
from grader.cli.defaults import FromFile
from grader.cli.errors import CommandError
from grader.lab.library import find_lab
from grader.lab.load import lab_files, load_lab_bytes
from grader.lab.model import Lab, Text


def open_lab(name: str) -> LabSource:
    """The lab of that name or path, with the bytes that it was loaded from.

    Raises:
        UnknownLabError: there is none; the near ones are named.
        LabError: it has problems, all of them named.
    """
    folder = find_lab(name)
    files = lab_files(folder)
    return LabSource(lab=load_lab_bytes(files, where=folder), files=files)


def python_of(given: argparse.Namespace, lab: Lab) -> str | None:
    """The interpreter that the command line names, else the lab; None: the usual one.

    Raises:
        CommandError: the lab names one, and a folder's own file named the lab: both may be a
            stranger's, and nobody who typed a command has chosen what would be started.
    """
    if given.python is None and lab.python is not None and isinstance(given.lab, FromFile):
        raise CommandError(
            Text(
                {
                    "fr": "le labo que nomme wiregrade.toml choisit l’interpréteur qui serait "
                    "lancé\u00a0; si vous lui faites confiance, nommez-le par --lab, ou donnez "
                    "--python",
                    "en": "the lab that wiregrade.toml names chooses the interpreter that would "
                    "be started; if you trust it, name it by --lab, or give --python",
                }
            )
        )
    chosen: str | None = given.python or lab.python
    return chosen
