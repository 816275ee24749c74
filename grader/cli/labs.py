"""From the lab's name on the command line to the lab."""

from __future__ import annotations

import re

from grader.batch.plan import LabSource, lab_source
from grader.cli.defaults import Suggested
from grader.cli.errors import CommandError
from grader.cli.streams import safe
from grader.lab.model import Lab, Text

_PLAIN_PYTHON = re.compile(r"(python|pypy)[0-9.]{0,8}t?", re.ASCII)
"""An interpreter by its name alone, looked for where the system's programs are."""


def open_lab(name: str) -> LabSource:
    """The lab of that name or path, with the bytes that it was loaded from.

    One that only a folder suggested may be a stranger's: it may not name a program to start.

    Raises:
        CommandError: it does.
        UnknownLabError: there is none; the near ones are named.
        LabError: it has problems, all of them named.
    """
    source = lab_source(name)
    if isinstance(name, Suggested):
        _refuse_program(source.lab, name)
    return source


def _refuse_program(lab: Lab, name: str) -> None:
    if lab.python is None or _PLAIN_PYTHON.fullmatch(lab.python):
        return
    python, where = safe(lab.python), safe(name)
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
