"""Makes the manual page and the shells' completions from the commands' own options.

    python tests/shell_files.py

writes them into `grader/shell/`; `test_cli_completion.py` notices when they are not up to date.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path

import shtab
from argparse_manpage.manpage import Manpage

import grader
from grader.cli.app import parser

FOLDER = Path(grader.__file__).parent / "shell"
NAMES = {"bash": "wiregrade.bash", "zsh": "_wiregrade", "fish": "wiregrade.fish"}
MANUAL = "wiregrade.1"
_FOLDERS = {"SUBMISSIONS", "DIR", "OUT"}
_FILES = {"FILE", "PATH", "LAB", "CSV"}


def made() -> dict[str, str]:
    """The text of each file, by name."""
    files = {name: _completion(shell) for shell, name in NAMES.items()}
    return {**files, MANUAL: _manual()}


def _completion(shell: str) -> str:
    whole = parser([], whole=True)
    for action in _actions(whole):
        words = {str(action.metavar)} | set(re.findall(r"[A-Z]+", str(action.metavar)))
        if words & _FOLDERS:
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif words & _FILES:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    text: str = shtab.complete(whole, shell)
    return text.rstrip("\n") + "\n"


def _actions(whole: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    for action in whole._actions:
        if isinstance(action, argparse._SubParsersAction):
            for one in dict.fromkeys(action.choices.values()):
                yield from _actions(one)
        else:
            yield action


def _manual() -> str:
    whole = parser([], whole=True)
    about = {
        "project_name": "Wiregrade",
        "version": grader.__version__,
        "manual_title": "Wiregrade",
        # The day it was made says nothing, and would differ each time.
        "date": f"version {grader.__version__}",
        "description": "grade socket-programming labs",
    }
    return str(Manpage(whole, about)).rstrip("\n") + "\n"


if __name__ == "__main__":
    for name, text in made().items():
        (FOLDER / name).write_text(text, "utf-8")
        print(FOLDER / name)
