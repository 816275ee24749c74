"""Defaults of a course's own: `wiregrade.toml` in the current folder, or `[tool.wiregrade]`.

Keys are the long options (`lab`, `lang`, `fail-under`); those at the top are for every command that
has them, those in a table named after a command for that one. What the command line says wins.

The folder may be a stranger's: what would start a program of its choice, take the sandbox away,
write over a file or show what is hidden is for the command line only (a lab from here names no
program, either).
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from grader.formats.safe import one_line

FILE = "wiregrade.toml"
PROJECT = "pyproject.toml"
_BYTES = 64 * 1024
_NEVER = frozenset(
    {"python", "facts", "starts", "debug", "no-config", "help", "executor"}
    | {"html", "open", "output", "force", "with-hidden", "due-passed"}
)
"""Options that no file sets: they start programs, write wherever they say, or unlock."""


_SHOWN = 60
"""Characters of an option and its value that are said."""
_SAID = (
    "Options prises dans {file}~: {options} (sans elles~: --no-config)",
    "Options from {file}: {options} (without them: --no-config)",
)


class Suggested(str):
    """A lab's name that a folder's file said, not the person: it may be a stranger's."""

    __slots__ = ()


class DefaultsError(Exception):
    """The file says something that cannot be: who wrote it can mend it."""


@dataclass(frozen=True)
class Applied:
    """What a folder's file set: options with their values as they were written, a few characters.

    Those that the command line says itself are not among them.
    """

    file: str
    options: tuple[str, ...]

    def line(self, language: str | None) -> str:
        """A line that says so; for people, and of a stranger's text."""
        words = _SAID[1 if language == "en" else 0].replace("~", "\u00a0")
        return words.format(file=self.file, options=", ".join(self.options))


def apply(
    parser: argparse.ArgumentParser, command: str, folder: Path, given: Sequence[str] = ()
) -> Applied | None:
    """Make what the folder's file says the defaults of `command`; None where there is no file.

    `given` is the command line, which wins: whole, even for options that may be said often.

    Raises:
        DefaultsError: with the file's name and what is wrong in it.
    """
    path, said = _read(folder)
    if path is None:
        return None
    options = _options(parser)
    typed = {word.split("=", 1)[0] for word in given}
    taken: list[str] = []
    for key, value, own in _keys(said, command):
        action = options.get(key)
        if action is None and not own and key in _of_any_command():
            continue  # another command's
        if action is None or key in _NEVER:
            known = [*options] if own else _of_any_command()
            raise DefaultsError(f"{path.name}: {_refused(key, known)}")
        made = _converted(action, value, path.name, key)
        if not typed.intersection(action.option_strings):
            parser.set_defaults(**{action.dest: made})
            taken.append(_shown(key, value))
    return Applied(path.name, tuple(taken))


def _shown(key: str, value: object) -> str:
    """`--only server.exit`, in one line."""
    several = value if isinstance(value, list) else [value]
    text = "" if value is True else one_line(" ".join(map(str, several)))
    said = f"--{key} {str(value).lower() if value is False else text}".rstrip()
    return said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"


def _options(parser: argparse.ArgumentParser) -> dict[str, argparse.Action]:
    """By name; a positional argument has none, and is never set."""
    return {
        word.removeprefix("--"): action
        for action in parser._actions
        for word in action.option_strings
        if word.startswith("--")
    }


def _of_any_command() -> list[str]:
    from grader.cli import options

    whole = argparse.ArgumentParser(conflict_handler="resolve")
    for add in options.ADD.values():
        add(whole)
    return [*_options(whole)]


def _read(folder: Path) -> tuple[Path | None, dict[str, Any]]:
    own, project = folder / FILE, folder / PROJECT
    if own.is_file():
        return own, _parsed(own)
    if project.is_file():
        said = _parsed(project).get("tool", {}).get("wiregrade")
        if isinstance(said, dict):
            return project, said
    return None, {}


def _parsed(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            data = file.read(_BYTES + 1)
        if len(data) > _BYTES:
            raise DefaultsError(f"{path.name}: larger than {_BYTES} bytes")
        return tomllib.loads(data.decode())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        if path.name == PROJECT:
            return {}  # somebody else's file, and somebody else's message
        raise DefaultsError(f"{path.name}: {error}") from error


def _keys(said: dict[str, Any], command: str) -> Iterator[tuple[str, object, bool]]:
    """Key, value, and whether it is said of this very command."""
    from grader.cli.app import COMMANDS

    for key, value in said.items():
        if not isinstance(value, dict):
            if key in _NEVER:
                raise DefaultsError(f"{FILE}: {_refused(key, [])}")
            yield key, value, False
        elif key not in COMMANDS:
            raise DefaultsError(f"{FILE}: there is no command {key!r}{_near(key, [*COMMANDS])}")
    for key, value in said.get(command, {}).items():
        yield key, value, True


def _converted(action: argparse.Action, value: object, file: str, key: str) -> object:
    where = f"{file}: {key}"
    if action.nargs == 0:
        if not isinstance(value, bool):
            raise DefaultsError(f"{where} is true or false, not {value!r}")
        return value
    if isinstance(action, argparse._AppendAction):
        several = value if isinstance(value, list) else [value]
        return [_one(action, each, where) for each in several]
    return _one(action, value, where)


def _one(action: argparse.Action, value: object, where: str) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise DefaultsError(f"{where} is a text or a number, not {value!r}")
    made: object = str(value)
    try:
        if callable(action.type):
            made = action.type(str(value))
    except (argparse.ArgumentTypeError, ValueError) as error:
        raise DefaultsError(f"{where}: {error}") from error
    if action.choices is not None and made not in action.choices:
        raise DefaultsError(f"{where} is one of {', '.join(map(str, action.choices))}")
    if action.dest == "lab":
        return Suggested(made)
    if action.dest == "isolation" and made == "none":
        raise DefaultsError(f"{where}: no file takes the sandbox away; say --isolation none")
    return made


def _refused(key: str, known: list[str]) -> str:
    if key in _NEVER:
        return f"{key} is for the command line only"
    return f"no option {key!r}{_near(key, [name for name in known if name not in _NEVER])}"


def _near(word: str, known: list[str]) -> str:
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    return f"; did you mean {near[0]!r}?" if near else f"; there are: {', '.join(known)}"
