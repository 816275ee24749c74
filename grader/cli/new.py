"""`wiregrade new`: a lab to begin with, from a few questions; no file is ever written over."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TextIO, cast

from grader.cli.errors import DONE, CommandError
from grader.cli.streams import safe, say
from grader.lab.model import ROLES, Role, Text
from grader.lab.starter import KINDS, Kind, Starter, starter_files

_WORDS: dict[str, tuple[str, str]] = {
    "name": ("Nom du labo", "Name of the lab"),
    "port": ("Port (1024 à 65535)", "Port (1024 to 65535)"),
    "role": ("Programmes des étudiants~: server, client ou both",
             "The students’ programs: server, client or both"),
    "kind": ("Genre~: questions (question et réponse, par lignes), greeting (un accueil), echo",
             "Kind: questions (question and answer, in lines), greeting, echo"),
    "again": ("Il faut~: {known}", "It must be: {known}"),
    "a_name": ("un nom sur une ligne, de 60 lettres au plus",
               "a name on one line, of 60 letters at most"),
    "next": (
        "Suite~:\n"
        "  wiregrade validate --prove {folder}   le labo note-t-il juste~?\n"
        "  wiregrade validate --samples {folder}   le programme juste a-t-il tous les points~?\n"
        "  wiregrade show {folder}   l’échange, dessiné\n"
        "  Puis changez messages, critères et scénarios~: un éditeur qui connaît les schémas\n"
        "  de YAML complète et vérifie pendant que vous écrivez.",
        "Next:\n"
        "  wiregrade validate --prove {folder}   does the lab grade right?\n"
        "  wiregrade validate --samples {folder}   has the right program all points?\n"
        "  wiregrade show {folder}   the exchange, drawn\n"
        "  Then change messages, criteria and scenarios: an editor that knows schemas of YAML\n"
        "  completes and checks while you write.",
    ),
}  # fmt: skip
DEFAULT_PORT = 7000
_LONGEST_NAME = 60


def run(given: argparse.Namespace) -> int:
    """Ask what was not given, where somebody can answer; write the lab.

    Raises:
        CommandError: a file of it is there already, or can't be written.
    """
    folder = Path(given.folder)
    ask = None if given.yes or not sys.stdin.isatty() else Questions(sys.stdin, sys.stderr)
    starter = starter_of(given, folder, ask)
    given.lang = starter.language
    files = starter_files(starter)
    there = [name for name in files if os.path.lexists(folder / name)]
    if there:
        raise CommandError(_there(folder, there))
    for name, text in files.items():
        _write(folder / name, text)
        say(safe(str(folder / name)))
    where = shlex.quote(safe(str(folder)))
    say("\n" + _word("next", starter.language).format(folder=where))
    return DONE


class Questions:
    """Asks on a terminal; nothing typed takes what is proposed."""

    def __init__(self, answers: TextIO, screen: TextIO) -> None:
        self._answers, self._screen = answers, screen

    def ask(self, question: str, proposed: str, problem: Callable[[str], str]) -> str:
        """Ask until `problem` says nothing.

        Raises:
            CommandError: no answer will come.
        """
        while True:
            print(f"{question} [{proposed}] ", end="", file=self._screen, flush=True)
            line = self._answers.readline()
            if not line:
                raise CommandError("no answer; --yes takes what is proposed")
            answer = line.strip() or proposed
            if not (told := problem(answer)):
                return answer
            print(f"  {told}", file=self._screen)


def starter_of(given: argparse.Namespace, folder: Path, ask: Questions | None) -> Starter:
    """What was given, then what is answered, then what is usual.

    Raises:
        CommandError: the name does not do.
    """
    language = given.lang or _asked(ask, "Langue / Language", "fr", _one_of(("fr", "en"), "fr"))
    name = given.name or _asked(
        ask, _word("name", language), folder.resolve().name or "lab", _name_problem(language)
    )
    if problem := _name_problem(language)(name):
        raise CommandError(f"--name: {problem}")
    port = given.port or int(
        _asked(ask, _word("port", language), str(DEFAULT_PORT), _port_problem(language))
    )
    role = given.role or _asked(
        ask, _word("role", language), "server", _one_of((*ROLES, "both"), language)
    )
    kind = given.kind or _asked(ask, _word("kind", language), KINDS[0], _one_of(KINDS, language))
    roles = ROLES if role == "both" else (cast(Role, role),)
    return Starter(
        name=name, folder=folder.resolve().name, language=language, port=port, roles=roles,
        kind=cast(Kind, kind), both=given.both_languages,
    )  # fmt: skip


def _asked(
    ask: Questions | None, question: str, proposed: str, problem: Callable[[str], str]
) -> str:
    return proposed if ask is None else ask.ask(question, proposed, problem)


def _one_of(known: tuple[str, ...], language: str) -> Callable[[str], str]:
    def problem(answer: str) -> str:
        told = _word("again", language).format(known=", ".join(known))
        return "" if answer in known else told

    return problem


def _port_problem(language: str) -> Callable[[str], str]:
    def problem(answer: str) -> str:
        fits = answer.isascii() and answer.isdigit() and 1024 <= int(answer[:6]) <= 65535
        return "" if fits else _word("port", language)

    return problem


def _name_problem(language: str) -> Callable[[str], str]:
    def problem(answer: str) -> str:
        # No name that a template could take for something of its own.
        fits = answer.isprintable() and 0 < len(answer) <= _LONGEST_NAME and "@" not in answer
        return "" if fits else _word("again", language).format(known=_word("a_name", language))

    return problem


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise CommandError(f"{safe(str(path))} cannot be written: {error.strerror}") from error


def _there(folder: Path, names: list[str]) -> Text:
    listed, where = safe(", ".join(names)), safe(str(folder))
    return Text(
        {
            "fr": f"déjà dans {where}\u00a0: {listed}. Rien n’a été écrit\u00a0; prenez un autre "
            "dossier.",
            "en": f"already in {where}: {listed}. Nothing was written; take another folder.",
        }
    )


def _word(key: str, language: str) -> str:
    return _WORDS[key][1 if language == "en" else 0].replace("~", "\u00a0")
