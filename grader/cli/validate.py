"""`wiregrade validate`: every problem of a lab, each with its place; `--prove`: does it grade?"""

from __future__ import annotations

import argparse
import json

from grader.cli.errors import DONE, CommandError
from grader.cli.labs import open_lab
from grader.cli.streams import say
from grader.formats.safe import json_for_logs
from grader.lab.model import Lab, Level, Text
from grader.lab.problems import LabError


def run(given: argparse.Namespace) -> int:
    """Load the lab, and prove it if asked; problems end the command with status 2.

    Raises:
        LabError: the lab has problems, or is not proved (`grader.cli.blame` shows them).
        CommandError: a fault of the machine left the proof incomplete.
    """
    try:
        source = open_lab(given.lab)
    except LabError as error:
        if given.format == "json":
            _say_json(_document(None, error))
        raise
    if given.prove:
        from grader.cli import proving

        return proving.run(given, source)
    if given.samples and not given.role:
        from grader.cli import samples

        return samples.run(given, source)
    if given.only or given.role:
        raise CommandError(_needs_proof())
    if given.format == "json":
        _say_json(_document(source.lab, None))
    else:
        say(_summary(source.lab).in_language(given.lang or source.lab.language))
    return DONE


def _summary(lab: Lab) -> Text:
    graded = sum(scenario.level is Level.GRADED for scenario in lab.scenarios)
    counted = sum(criterion.enabled for criterion in lab.criteria)
    advice = len(lab.scenarios) - graded
    return Text(
        {
            "fr": f"{lab.id}\u00a0: pas d’erreur. {counted} critères, {lab.max_score} points,"
            f" {graded} scénarios notés, {advice} pour des conseils.\n"
            "Cela dit que le labo se lit\u00a0; `--prove` cherche s’il note juste.",
            "en": f"{lab.id}: no errors. {counted} criteria, {lab.max_score} points,"
            f" {graded} graded scenarios, {advice} for advice.\n"
            "This says that the lab can be read; `--prove` finds out whether it grades right.",
        }
    )


def _needs_proof() -> Text:
    return Text(
        {
            "fr": "--only et --role disent quoi prouver\u00a0: ajoutez --prove",
            "en": "--only and --role say what to prove: add --prove",
        }
    )


def _document(lab: Lab | None, error: LabError | None) -> dict[str, object]:
    from grader.prove import document

    return document.of_lab(lab, error.problems if error else ())


def _say_json(document: dict[str, object]) -> None:
    # A lab's texts may hold anything; what has no ink is an escape of JSON's.
    text = json.dumps(document, ensure_ascii=False, indent=1)
    say(json_for_logs(text))
