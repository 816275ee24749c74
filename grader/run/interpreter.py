"""The students' interpreter: a real binary, and the folders that it needs to run."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.run.errors import HostError
from grader.run.signals import no_end_meanwhile

_QUESTION = (
    "import sys, json, site, sysconfig;"
    "print(json.dumps([sys.executable, sys.prefix, sys.base_prefix, sys.exec_prefix,"
    "sys.base_exec_prefix, sysconfig.get_path('stdlib'), *site.getsitepackages(),"
    "sys.version.split()[0] + getattr(sys, 'abiflags', '')]))"
)
SYSTEM = ("/usr/bin", "/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/libx32")
"""Programs and libraries of the system: every sandbox has them."""
_SHARED = ("/usr", "/usr/local")
"""Prefixes under which an interpreter does not lie alone."""
_HOMES = Path("/home")
_PATIENCE = 30.0
"""So long it may take to answer on a machine that hangs, s."""
_OF_A_PERSON = ".local"
"""The same in somebody's home: `share` and `state` beside it are that person's own."""


@dataclass(frozen=True)
class Interpreter:
    """`executable` as it is started; `folders` are bound into the sandbox at the same paths."""

    executable: str
    folders: tuple[str, ...]
    version: str
    """`3.13.0`; a build of another kind says so: `3.13.0t` has no global lock."""


def command_of(interpreter: Interpreter, program: str) -> list[str]:
    """The command line of a program: Python that can tell where it stands."""
    return [interpreter.executable, "-X", "faulthandler", word_of(program)]


def word_of(program: str) -> str:
    """The program as an argument: a file may be called `-c`, and is a program all the same."""
    return f"./{program}" if program.startswith("-") else program


def students_python(override: str | None) -> str:
    """The interpreter to run their files with: `override`, else the real binary behind our own.

    A virtual environment's `python` and a pyenv shim lead to a binary elsewhere; that one is
    started, since a shim costs 100 ms each time.

    Raises:
        HostError: there is no such program.
    """
    if override is None:
        return str(Path(getattr(sys, "_base_executable", None) or sys.executable).resolve())
    found = shutil.which(override)
    if found is None:
        raise HostError(f"there is no program {override!r} to run the students' files with")
    return found


_asked: dict[str, subprocess.Popen[bytes]] = {}
"""Interpreters that were asked ahead, by their paths."""


def ask(python: str) -> None:
    """Ask it what `inspect` wants to know, beside all else that is to be done."""
    # One that can't be started says so to who needs it.
    with contextlib.suppress(OSError), no_end_meanwhile():
        _asked[python] = _question(python)


def end_asking() -> None:
    """Those whose answer nobody wanted are ended."""
    while _asked:
        with _asked.popitem()[1] as process:
            process.kill()


@cache
def inspect(python: str) -> Interpreter:
    """Ask an interpreter where it lives (it is run once, with `-I`).

    Raises:
        HostError: it does not run, or is no Python 3.
    """
    try:
        executable, *folders, version = _texts(json.loads(_answer(python)))
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


def _question(python: str) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    return subprocess.Popen([python, "-I", "-c", _QUESTION], stdout=pipe, stderr=pipe)


def _answer(python: str) -> bytes:
    with _asked.pop(python, None) or _question(python) as process:
        try:
            answer, _ = process.communicate(timeout=_PATIENCE)
        except BaseException:
            process.kill()
            raise
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return answer


def _texts(answer: object) -> list[str]:
    """The answer, if it is one: what runs may be anything that prints."""
    if not isinstance(answer, list):
        raise ValueError("it gives no list")
    texts = [text for text in answer if isinstance(text, str)]
    if len(texts) != len(answer):
        raise ValueError("it gives no list of texts")
    return texts
