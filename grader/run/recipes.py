"""From a recipe and a submission to command lines; pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath

from grader.intake.sourcetext import code_of, has_main
from grader.lab.languages import Language, filled, java_class, java_root
from grader.submission import SourceFile

_MOST_SOURCES = 100
_MOST_NAMED = 64 << 10
"""Bytes of their names: one argument of Linux has 128 KiB, and a build's order is one."""
_LOOKED_AT = 256 * 1024


@dataclass(frozen=True, kw_only=True)
class Commands:
    """How to build and to run a program, from its own folder.

    `{built}` and `{python}` still stand in them: where those are is known when one is started.
    """

    build: tuple[str, ...]
    run: tuple[str, ...]


def commands_of(language: Language, program: str, files: Sequence[SourceFile]) -> Commands:
    """The commands for `program`, a path in the submission."""
    path = PurePosixPath(program)
    folder = "" if str(path.parent) == "." else str(path.parent)
    data = next((f.data for f in files if f.path == program), b"")
    code = code_of(data[:_LOOKED_AT], program)
    values = {"program": f"./{path.name}"}
    if language.id == "java":
        values |= {"class": java_class(code, path.stem), "root": java_root(code, folder)}
    sources = [values["program"]]
    if "{sources}" in language.build:
        sources += _helpers(language, program, files)
    return Commands(
        build=tuple(filled(language.build, values, sources)),
        run=tuple(filled(language.run, values, sources)),
    )


def _helpers(language: Language, program: str, files: Sequence[SourceFile]) -> list[str]:
    """Files of the same language beside it, or below, that are no programs themselves."""
    folder = PurePosixPath(program).parent
    found = []
    for file in files:
        path = PurePosixPath(file.path)
        if file.path == program or not path.is_relative_to(folder):
            continue
        if not path.name.casefold().endswith(language.suffixes):
            continue
        if not has_main(file.data[:_LOOKED_AT], file.path):
            found.append(f"./{path.relative_to(folder)}")
    return _bounded(sorted(found))


def _bounded(names: Iterable[str]) -> list[str]:
    """As many as may be named to a compiler: it misses the others, and says so itself."""
    kept: list[str] = []
    size = 0
    for name in islice(names, _MOST_SOURCES):
        size += len(json.dumps(name, ensure_ascii=False).encode("utf-8", "surrogateescape")) + 2
        if size > _MOST_NAMED:
            break
        kept.append(name)
    return kept
