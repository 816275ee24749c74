"""From the lab's name on the command line to the lab."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from grader.batch.plan import LabSource, lab_source
from grader.cli.defaults import Suggested
from grader.cli.errors import CommandError
from grader.cli.streams import safe
from grader.lab.labfile import LAB_FILE
from grader.lab.languages import KNOWN
from grader.lab.load import load_lab_bytes
from grader.lab.model import Lab, Text

_PLAIN_PYTHON = re.compile(r"(python|pypy)[0-9.]{0,8}t?", re.ASCII)
"""An interpreter by its name alone, looked for where the system's programs are."""


def open_lab(name: str, languages: Sequence[str] = ()) -> LabSource:
    """The lab of that name or path, with the bytes that it was loaded from.

    `languages`, where given, are those that it takes: as if its first file said so.
    One that only a folder suggested may be a stranger's: it may not name a program to start.

    Raises:
        CommandError: it does; or it says itself which languages it takes.
        UnknownLabError: there is none; the near ones are named.
        LabError: it has problems, all of them named.
    """
    source = lab_source(name)
    if languages:
        source = _taking(source, languages)
    if isinstance(name, Suggested):
        _refuse_program(source.lab, name)
    return source


def _taking(source: LabSource, languages: Sequence[str]) -> LabSource:
    """The lab with a line more, so that all that is made of it is made of that as well."""
    text = source.files[LAB_FILE]
    if re.search(rb"^languages\s*:", text, re.MULTILINE):
        raise CommandError(
            Text(
                {
                    "fr": "--languages\u00a0: ce labo dit lui-même ses langages "
                    "(languages: dans lab.yaml)",
                    "en": "--languages: this lab says its languages itself (languages: in "
                    "lab.yaml)",
                }
            )
        )
    line = f"\nlanguages: [{', '.join(languages)}]\n"
    files = {**source.files, LAB_FILE: text + line.encode()}
    return LabSource(lab=load_lab_bytes(files, where=Path(LAB_FILE).parent), files=files)


def _refuse_program(lab: Lab, name: str) -> None:
    starts = next((x for x in lab.languages if x not in KNOWN.values()), None)
    python = starts.title if starts is not None else lab.python
    if python is None or (starts is None and _PLAIN_PYTHON.fullmatch(python)):
        return
    python, where = safe(python), safe(name)
    raise CommandError(
        Text(
            {
                "fr": f"le labo {where} veut lancer {python}. Un labo que vous n’avez pas nommé ne "
                "choisit pas de programme, sauf par un nom comme python3.12. Si vous lui faites "
                f"confiance\u00a0: --lab {where}",
                "en": f"the lab {where} wants to start {python}. A lab that you did not name "
                "chooses no program, but by a name such as python3.12. If you trust it: "
                f"--lab {where}",
            }
        )
    )
