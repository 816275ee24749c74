"""`wiregrade show`: a lab's exchanges as diagrams; or the students' handout, made from the lab."""

from __future__ import annotations

import argparse
from pathlib import Path

from grader.cli.checked import style
from grader.cli.errors import DONE, CommandError
from grader.cli.labs import open_lab
from grader.cli.streams import safe, say
from grader.formats.safe import plain
from grader.intake.errors import Refused
from grader.intake.tree import read_regular
from grader.lab.library import find_lab
from grader.lab.model import Lab, Scenario, Text
from grader.lab.problems import near
from grader.lab.visibility import is_shown
from grader.view.words import LANGUAGES

MAX_STATEMENT = 512 * 1024
"""Bytes of a statement."""


def run(given: argparse.Namespace) -> int:
    """Show the lab, or one scenario of it.

    Raises:
        CommandError: there is no such scenario; or students may not see it.
    """
    lab = open_lab(given.lab).lab
    given.lang = language = given.lang or lab.language
    scenarios = chosen(lab, given.scenario)
    if given.format == "text":
        from grader.formats.scripted import lab_text

        say(lab_text(lab, scenarios, language, style()).rstrip("\n"))
        return DONE
    only = given.scenario or ""
    if only and not is_shown(scenarios[0], due_passed=False):
        raise CommandError(_is_hidden(only))
    statement = statement_of(find_lab(given.lab), language)
    say(_page(lab, language, statement, only, given.format).rstrip("\n"))
    return DONE


def _page(lab: Lab, language: str, statement: str, only: str, how: str) -> str:
    from grader.view.handout import handout

    page = handout(lab, language, statement, only)
    if how == "html":
        from grader.view.html import handout_html

        return handout_html(page, language)
    from grader.formats.handout_markdown import markdown

    return plain(markdown(page, language))


def statement_of(folder: Path, language: str) -> str:
    """`statement.fr.md` or `.en.md` of the lab's folder, as text; empty: there is none.

    Raises:
        CommandError: it can't be read.
    """
    for name in dict.fromkeys((language, *LANGUAGES)):
        path = folder / f"statement.{name}.md"
        if path.exists():
            try:
                return read_regular(path, MAX_STATEMENT).decode()
            except (Refused, OSError, ValueError) as error:
                why = safe(str(error)) or type(error).__name__
                raise CommandError(f"{safe(str(path))} cannot be read: {why}") from error
    return ""


def chosen(lab: Lab, name: str | None) -> tuple[Scenario, ...]:
    """The scenarios, or the one of that id.

    Raises:
        CommandError: there is none.
    """
    if name is None:
        return lab.scenarios
    found = tuple(one for one in lab.scenarios if one.id == name)
    if not found:
        known = [one.id for one in lab.scenarios]
        hints = [safe(one) for one in near(name, known) or known]
        raise CommandError(
            Text(
                {
                    "fr": f"le labo {lab.id} n’a pas de scénario {safe(name)}\u00a0; il y a "
                    f"{', '.join(hints)}",
                    "en": f"the lab {lab.id} has no scenario {safe(name)}; there is "
                    f"{', '.join(hints)}",
                }
            )
        )
    return found


def _is_hidden(name: str) -> Text:
    return Text(
        {
            "fr": f"les étudiants ne voient pas le scénario {safe(name)}\u00a0: il n’entre dans "
            "aucun document pour eux",
            "en": f"students do not see the scenario {safe(name)}: no handout has it",
        }
    )
