"""Compilers and runtimes of this machine: where they are, and what they need to be shown."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from grader.lab.languages import Language
from grader.run.errors import HostError
from grader.run.interpreter import SYSTEM, is_personal, shown_parts

_PATIENCE_S = 60
_VERSION_LENGTH = 120
_NOWHERE = "/"
"""Tools are asked there: rustup and go obey files of the current folder, which may be anybody's."""
_NEEDED = ("PATH", "HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN", "CARGO_HOME", "GOROOT")
_QUESTIONS = {"go": ("version",), "java": ("-version",), "javac": ("-version",)}
"""How a tool is asked for its version, if not by --version."""


class ToolMissingError(HostError):
    """The machine lacks what a language needs: nothing of it can be played here."""


@dataclass(frozen=True, kw_only=True)
class Toolchain:
    """Where the tools of a language are, by name, and folders that a sandbox has to show."""

    tools: dict[str, str]
    folders: tuple[str, ...]
    """For its programs."""
    build_folders: tuple[str, ...]
    """For the build: those and more."""

    @property
    def first(self) -> str:
        """The tool that matters most: the compiler, or else what runs the program."""
        return next(iter(self.tools.values()), "")


def find(language: Language) -> Toolchain:
    """The tools of a language on this machine.

    Raises:
        ToolMissingError: one of them is not there, or lies loose among somebody's files; the
            message says how to have it.
    """
    home = _home(language)
    tools: dict[str, str] = {}
    folders: list[str] = []
    below: list[str] = []
    for name in language.tools:
        found = shutil.which(name, path=f"{home}/bin") if home else _which(name)
        if found is None:
            advice = f" (apt install {language.package})" if language.package else ""
            raise ToolMissingError(f"{language.title}: {name} is not installed here{advice}")
        real = Path(found).resolve()
        # A name in the system's folders may be what the program goes by: clang++, java.
        tools[name] = found if _is_system(Path(found)) else str(real)
        if not _is_system(real):
            runs = name == language.run[0]
            shown = home or _prefix(real)
            if is_personal(Path(shown)):
                raise ToolMissingError(
                    f"{language.title}: {name} lies in {real.parent}, so that programs would be"
                    f" shown all of {shown}; it needs a folder of its own"
                )
            (folders if runs else below).extend(shown_parts(shown))
    folders += _matching(language.folders)
    below += _matching(language.build_folders)
    return Toolchain(
        tools=tools,
        folders=tuple(_outermost(folders)),
        build_folders=tuple(_outermost([*folders, *below])),
    )


def _matching(patterns: Iterable[str]) -> list[str]:
    found = (Path("/").glob(pattern.lstrip("/")) for pattern in patterns)
    return sorted(str(x) for these in found for x in these if x.is_dir())


def told(languages: Iterable[Language]) -> list[tuple[str, bool, str]]:
    """Of each language its title, whether it can be played here, and by what, or what lacks."""
    found = []
    for language in languages:
        try:
            chain = find(language)
        except ToolMissingError as error:
            found.append((language.title, False, str(error)))
            continue
        found.append((language.title, True, version_of(chain.first)))
    return found


@cache
def version_of(tool: str) -> str:
    """What a tool says of its version, the first line; empty where it says nothing."""
    question = _QUESTIONS.get(Path(tool).name, ("--version",))
    try:
        told = subprocess.run(
            [tool, *question], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=_PATIENCE_S, check=False, cwd=_NOWHERE,
            env=_environment(),
        ).stdout  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    first = told.decode("utf-8", "replace").strip().partition("\n")[0]
    return first[:_VERSION_LENGTH]


def _which(name: str) -> str | None:
    """Where a tool is; one that a relative folder of the PATH has is anybody's: the current one."""
    path = os.pathsep.join(folder for folder in os.get_exec_path() if Path(folder).is_absolute())
    return shutil.which(name, path=path) if "/" not in name or Path(name).is_absolute() else None


def _environment() -> dict[str, str]:
    """For questions: JAVA_TOOL_OPTIONS and the like are obeyed, and told before any answer."""
    kept = {name: value for name, value in os.environ.items() if name in _NEEDED}
    return {**kept, "LC_ALL": "C.UTF-8"}


def _home(language: Language) -> str:
    """Where a tool lives that only says so itself (rustup, go); empty: where it is found."""
    if not language.home or (tool := _which(language.home[0])) is None:
        return ""
    try:
        told = subprocess.run(
            [tool, *language.home[1:]], stdin=subprocess.DEVNULL, capture_output=True,
            timeout=_PATIENCE_S, check=True, cwd=_NOWHERE, env=_environment(),
        ).stdout  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return ""
    place = told.decode("utf-8", "replace").strip()
    return place if Path(place).is_absolute() and (Path(place) / "bin").is_dir() else ""


def _is_system(path: Path) -> bool:
    return any(path.is_relative_to(folder) for folder in (*SYSTEM, "/bin"))


def _prefix(real: Path) -> str:
    above = real.parent
    return str(above.parent if above.name == "bin" else above)


def _outermost(folders: Iterable[str]) -> list[str]:
    """Each folder that no other one holds, and that no sandbox has anyway."""
    kept: list[str] = []
    for folder in sorted(set(folders), key=len):
        if Path(folder).is_dir() and not any(
            Path(folder).is_relative_to(above) for above in (*SYSTEM, *kept)
        ):
            kept.append(folder)
    return kept
