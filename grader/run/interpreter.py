"""The students' interpreter: a real binary, and the folders that it needs to run."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.run.errors import HostError

_QUESTION = (
    "import sys, json, site, sysconfig;"
    "print(json.dumps([sys.executable, sys.prefix, sys.base_prefix, sys.exec_prefix,"
    "sys.base_exec_prefix, sysconfig.get_path('stdlib'), *site.getsitepackages(),"
    "sys.version.split()[0]]))"
)
SYSTEM = ("/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32")
"""Programs and libraries of the system: every sandbox has them."""
_SHARED = ("/usr", "/usr/local")
"""Prefixes under which an interpreter does not lie alone."""
_HOMES = Path("/home")
_OF_A_PERSON = ".local"
"""The same in somebody's home: `share` and `state` beside it are that person's own."""


@dataclass(frozen=True)
class Interpreter:
    """`executable` as it is started; `folders` are bound into the sandbox at the same paths."""

    executable: str
    folders: tuple[str, ...]
    version: str


def command_of(interpreter: Interpreter, program: str) -> list[str]:
    """The command line of a program: Python that can tell where it stands."""
    return [interpreter.executable, "-X", "faulthandler", word_of(program)]


def word_of(program: str) -> str:
    """The program as an argument: a file may be called `-c`, and is a program all the same."""
    return f"./{program}" if program.startswith("-") else program


@cache
def inspect(python: str) -> Interpreter:
    """Ask an interpreter where it lives (it is run once, with `-I`).

    Raises:
        HostError: it does not run, or is no Python 3.
    """
    try:
        answer = subprocess.run(
            [python, "-I", "-c", _QUESTION], capture_output=True, timeout=30, check=True
        ).stdout
        executable, *folders, version = _texts(json.loads(answer))
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise HostError(f"{python} is not a Python interpreter that runs: {error}") from error
    home = str(Path(executable).resolve().parent)
    wanted = sorted({part for folder in [*folders, home] for part in shown_parts(folder)})
    kept: list[str] = []
    for folder in sorted(wanted, key=len):
        above = [*SYSTEM, *kept]
        if Path(folder).is_dir() and not any(Path(folder).is_relative_to(x) for x in above):
            kept.append(folder)
    return Interpreter(executable, tuple(kept), version)


def shown_parts(folder: str) -> list[str]:
    """Of a prefix that others share only where programs and libraries are."""
    shared = folder in _SHARED or Path(folder).name == _OF_A_PERSON or is_personal(Path(folder))
    return [str(Path(folder, name)) for name in ("bin", "lib")] if shared else [folder]


def is_personal(folder: Path) -> bool:
    """Somebody's whole home, or what holds it: no sandbox is to show that."""
    folder = folder.resolve()
    home = os.path.expanduser("~")  # noqa: PTH111 -- where nobody has one, Path raises
    ours = os.path.isabs(home) and Path(home).resolve().is_relative_to(folder)  # noqa: PTH117
    return ours or folder in (Path("/"), _HOMES) or folder.parent == _HOMES


def _texts(answer: object) -> list[str]:
    """The answer, if it is one: what runs may be anything that prints."""
    if not isinstance(answer, list):
        raise ValueError("it gives no list")
    texts = [text for text in answer if isinstance(text, str)]
    if len(texts) != len(answer):
        raise ValueError("it gives no list of texts")
    return texts
