"""`wiregrade validate`: every problem of a lab, each with its place; `--prove`: does it grade?"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Self

from grader.batch.plan import LabSource
from grader.cli.bar import LiveBar
from grader.cli.errors import DONE, FAULT, CommandError
from grader.cli.labs import open_lab
from grader.cli.streams import in_words, is_live, note, say, wants_colour
from grader.formats.safe import json_for_logs, no_commands
from grader.lab.library import find_lab
from grader.lab.model import Lab, Level
from grader.lab.problems import LabError

if TYPE_CHECKING:
    from grader.prove.proof import Planned, Proof, Trial
    from grader.prove.table import Table

_WIDEST = 120


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
        return _prove(given, source)
    if given.format == "json":
        _say_json(_document(source.lab, None))
    else:
        say(_summary(source.lab))
    return DONE


def _summary(lab: Lab) -> str:
    graded = sum(scenario.level is Level.GRADED for scenario in lab.scenarios)
    counted = sum(criterion.enabled for criterion in lab.criteria)
    return (
        f"{lab.id}: no errors. {counted} criteria, {lab.max_score} points, "
        f"{graded} graded scenarios, {len(lab.scenarios) - graded} for advice.\n"
        "This says that the lab can be read; `--prove` finds out whether it grades right."
    )


def _document(lab: Lab | None, error: LabError | None) -> dict[str, object]:
    from grader.prove import document

    return document.of_lab(lab, error.problems if error else ())


def _say_json(document: dict[str, object]) -> None:
    # A lab's texts may hold anything; what has no ink is an escape of JSON's.
    text = json.dumps(document, ensure_ascii=False, indent=1)
    say(json_for_logs(text))


# --- proving -----------------------------------------------------------------------------


def _prove(given: argparse.Namespace, source: LabSource) -> int:
    from grader.cli.running import engine_options
    from grader.prove import document
    from grader.prove.run import prove
    from grader.run.host import choose_isolation, probe

    lab = source.lab
    host = probe(given.python or lab.python)
    # What is run is our own: the best isolation there is will do.
    isolation = choose_isolation(given.isolation, "check", host)
    options = engine_options(given, host, isolation)
    with _Progress() as progress:
        proof = prove(
            lab, source.files, options, find_lab(given.lab), progress.begin, progress.advance
        )
    if given.format == "json":
        _say_json(document.of_proof(proof, isolation))
    else:
        _show(proof)
    if proof.problems:
        raise LabError(proof.problems)
    if proof.faults:
        listed = "\n".join(in_words(fault, "en") for fault in proof.faults)
        raise CommandError(f"not everything could be played:\n{listed}", FAULT)
    return DONE


def _show(proof: Proof) -> None:
    from grader.prove.table import plain, tables, verdict

    width = min(_WIDEST, shutil.get_terminal_size().columns)
    for table in tables(proof):
        if sys.stdout.isatty():
            _show_rich(table, width)
        else:
            say(no_commands(in_words(plain(table, width), "en")) + "\n")
    for remark in proof.remarks:
        say(in_words(f"{remark.place}: remark: {remark.message}", "en"))
    say(in_words(verdict(proof), "en"))


def _show_rich(table: Table, width: int) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    heading = Text(table.heading, style="bold")
    shown = RichTable(title=heading, title_justify="left", box=box.SIMPLE_HEAD)
    for number, column in enumerate(table.columns):
        shown.add_column(column, no_wrap=number == 0)
    for number, row in enumerate(table.rows):
        style = "red" if number in table.bad else ""
        shown.add_row(*(Text(in_words(cell, "en"), style=style) for cell in row))
    colour = wants_colour(sys.stdout)
    Console(file=sys.stdout, width=width, no_color=not colour, highlight=False).print(shown)


class _Progress:
    """How far the proof is, on stderr: a bar where a person looks on, else a line."""

    def __init__(self) -> None:
        self._bar = LiveBar() if is_live(sys.stderr) else None

    def __enter__(self) -> Self:
        if self._bar is not None:
            self._bar.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.__exit__(kind, error, traceback)

    def begin(self, planned: Planned) -> None:
        """So many programs are to be played."""
        if self._bar is not None:
            self._bar.begin(len(planned.cases))
        else:
            note(f"playing {len(planned.cases)} programs")

    def advance(self, trial: Trial) -> None:
        """One more is done."""
        if self._bar is not None:
            self._bar.advance(f"{trial.case.role} {trial.case.id}")
