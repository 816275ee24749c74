"""`wiregrade validate --prove`: a lab is proved, and how far it is shown meanwhile."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections import Counter

from grader.batch.plan import LabSource
from grader.cli.bar import Watched
from grader.cli.errors import DONE, FAULT, INTERRUPTED, CommandError
from grader.cli.running import engine_options
from grader.cli.show import chosen
from grader.cli.streams import in_words, note, safe, say, wants_colour
from grader.formats.safe import json_for_logs, no_commands
from grader.lab.library import find_lab
from grader.lab.model import Lab, Level, Text
from grader.lab.narrow import narrowed
from grader.lab.problems import LabError
from grader.prove import document, words
from grader.prove import run as proofs
from grader.prove.case import Case
from grader.prove.proof import Planned, Proof, Trial
from grader.prove.table import Table, plain, tables, verdict
from grader.run.host import choose_isolation, probe

_WIDEST = 120


def run(given: argparse.Namespace, source: LabSource) -> int:
    """Prove the lab, or the part of it that is asked for.

    Raises:
        LabError: it is not proved.
        CommandError: a fault of the machine left the proof incomplete; or there is no such part.
    """
    given.lang = given.lang or source.lab.language
    lab = _part(given, source.lab)
    host = probe(given.python or lab.python)
    # What is run is our own: the best isolation there is will do.
    isolation = choose_isolation(given.isolation, "check", host)
    options = engine_options(given, host, isolation)
    with _Progress(lab, given.lang) as progress:
        proof = proofs.prove(
            lab, source.files, options, find_lab(given.lab), progress, part=bool(given.only)
        )
    if given.format == "json":
        # A lab's texts may hold anything; what has no ink is an escape of JSON's.
        text = json.dumps(document.of_proof(proof, isolation), ensure_ascii=False, indent=1)
        say(json_for_logs(text))
    else:
        _show(proof, given.lang)
    if proof.unplayed:
        return INTERRUPTED
    if proof.problems:
        raise LabError(proof.problems)
    if proof.faults:
        listed = "\n".join(in_words(fault, given.lang) for fault in proof.faults)
        said = {"fr": "tout n’a pas pu être joué\u00a0:", "en": "not everything could be played:"}
        told = {language: f"{words}\n{listed}" for language, words in said.items()}
        raise CommandError(Text(told), FAULT)
    return DONE


def _part(given: argparse.Namespace, lab: Lab) -> Lab:
    for name in given.only:
        chosen(lab, name)
    part = narrowed(lab, given.only, given.role)
    if any(s.level is Level.GRADED for s in part.scenarios):
        return part
    raise CommandError(
        Text(
            {
                "fr": "rien à prouver ici\u00a0: aucun scénario noté n’est de ce rôle ou de ce nom",
                "en": "nothing to prove here: no graded scenario is of that role or name",
            }
        )
    )


def _show(proof: Proof, language: str) -> None:
    width = min(_WIDEST, shutil.get_terminal_size().columns)
    for table in tables(proof, language):
        if sys.stdout.isatty():
            _show_rich(table, width)
        else:
            say(no_commands(in_words(plain(table, width), language)) + "\n")
    kind = words.say("remark", language)
    for remark in proof.remarks:
        told = remark.told(language).removeprefix(f"{remark.place}: ")
        say(in_words(f"{remark.place}: {kind}{told}", language))
    if proof.unplayed:  # else they are told with the end
        for problem in proof.problems:
            say(in_words(problem.told(language), language))
        for fault in proof.faults:
            say(in_words(fault, language))
    say(in_words(verdict(proof, language), language))


def _show_rich(table: Table, width: int) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text as RichText

    heading = RichText(table.heading, style="bold")
    shown = RichTable(title=heading, title_justify="left", box=box.SIMPLE_HEAD)
    for number, column in enumerate(table.columns):
        shown.add_column(column, no_wrap=number == 0)
    for number, row in enumerate(table.rows):
        style = "red" if number in table.bad else ""
        shown.add_row(*(RichText(in_words(cell, "en"), style=style) for cell in row))
    colour = wants_colour(sys.stdout)
    Console(file=sys.stdout, width=width, no_color=not colour, highlight=False).print(shown)


class _Progress(Watched):
    """How far the proof is, on stderr: a bar where a person looks on, else a line each."""

    def __init__(self, lab: Lab, language: str) -> None:
        super().__init__()
        self._lab = lab
        self._language = language
        self._names: dict[tuple[str, str], str] = {}
        self._total = self._count = 0

    def planned(self, work: Planned) -> None:
        """So many programs are to be played."""
        self._total = len(work.cases)
        kinds = Counter((case.role, case.kind) for case in work.cases)
        numbers: Counter[tuple[str, str]] = Counter()
        for case in work.cases:
            kind = case.role, case.kind
            numbers[kind] += 1
            self._names[case.role, case.id] = (
                f"{case.role} model"
                if case.kind == "model"
                else f"{case.role} {case.kind} {numbers[kind]}/{kinds[kind]} {case.id}"
            )
        if self._bar is not None:
            self._bar.begin(self._total)
            return
        listed = ", ".join(s.id for s in self._lab.scenarios if s.level is Level.GRADED)
        note(words.say("playing", self._language, count=self._total, names=safe(listed)))

    def begun(self, case: Case) -> None:
        """This one is played now."""
        if self._bar is not None:
            self._bar.describe(safe(self._names[case.role, case.id]))

    def done(self, trial: Trial) -> None:
        """One more is done."""
        self._count += 1
        name = safe(self._names[trial.case.role, trial.case.id])
        if self._bar is not None:
            self._bar.advance(name)
            return
        names = ", ".join(trial.lost) or words.say("nothing", self._language)
        lost = words.say("unjudged" if trial.fault else "it_loses", self._language, names=names)
        width = len(str(self._total))
        colon = "\u00a0: " if self._language == "fr" else ": "
        note(f"[{self._count:>{width}}/{self._total}] {name}{colon}{in_words(lost, 'fr')}")
