"""`wiregrade matrix`: every server with every client of a class, as a heat map. Never graded."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from grader import __version__
from grader.batch import matrix as matrices
from grader.batch import output
from grader.batch.aside import set_aside
from grader.batch.output import Marker
from grader.batch.plan import LabSource
from grader.cli.bar import Watched
from grader.cli.errors import DONE, FAULT, INTERRUPTED, CommandError
from grader.cli.importing import announce, options_of
from grader.cli.labs import open_lab
from grader.cli.running import engine_options
from grader.cli.streams import in_words, note, safe, say
from grader.formats.matrix_json import matrix_json
from grader.intake.importing import class_at
from grader.judge.matrix import Cell, Matrix, works
from grader.judge.pair_words import SHORT
from grader.run.engines import Engine
from grader.run.host import choose_isolation, probe
from grader.run.jobs import EngineOptions
from grader.run.spool import Spool

if TYPE_CHECKING:
    pass

PAGE, DOCUMENT = "matrix.html", "matrix.json"
_EVERY = 10
"""In a log, a line for each tenth pair."""
_WORDS: dict[str, tuple[str, str]] = {
    "sample": (
        "La classe a {of} remises~: {sample} sont tirées au sort, {pairs} paires (--all les joue "
        "toutes, --sample N en tire d’autres).",
        "The class has {of} submissions: {sample} are drawn, {pairs} pairs (--all plays all of "
        "them, --sample N draws more or fewer).",
    ),
    "interrupted": ("Interrompu~: rien n’est écrit.", "Interrupted: nothing is written."),
    "counts": ("{done} paires sur {played} vont jusqu’au bout", "{done} of {played} pairs work"),
    "report": ("Tableau~: {path}", "Matrix: {path}"),
    "unplayed": (
        "{n} paires n’ont pas pu être jouées (faute de la machine ou de Wiregrade)",
        "{n} pairs could not be played (a fault of the machine or of Wiregrade)",
    ),
}


def run(given: argparse.Namespace) -> int:
    """Play the matrix and write its page; the page's path is the last line on stdout.

    Raises:
        CommandError: the lab or the class has no pair.
    """
    source = open_lab(given.lab)
    language: str = given.lang or source.lab.language
    given.lang = language
    out = Path(given.out)
    output.check(out)
    output.check_apart(out, Path(given.submissions))
    planned = _plan(given, source)
    options = _options(given, source)
    if planned.sample is not None:
        note(_say("sample", language, of=planned.of, sample=planned.sample, pairs=planned.size))
    try:
        cells = _play(planned, options, language)
    except KeyboardInterrupt:
        note(_say("interrupted", language))
        return INTERRUPTED
    matrix = matrices.matrix_of(planned, cells)
    _write(out, source, matrix, language)
    return _tell(out, matrix, language)


def _plan(given: argparse.Namespace, source: LabSource) -> matrices.Plan:
    importing = options_of(given, source.lab)
    sample = None if given.all else given.sample or matrices.MOST
    seed: str = given.seed or source.lab.id
    spool = Spool()
    place, out = Path(given.submissions), Path(given.out)
    with class_at(place, source.lab.roles, importing, out) as found:
        announce(found, given.attempts, given.lang)
        entries = {one.id: one for one in found.entrants if one.origin.attempts}
        chosen = matrices.drawn(list(entries), sample, seed)
        submissions = [set_aside(entries[identifier].read(), spool) for identifier in chosen]
    drawn = len(chosen) if len(chosen) < len(entries) else None
    try:
        return matrices.plan(source.lab, submissions, len(entries), drawn, seed)
    except matrices.NoPairError as error:
        raise CommandError(str(error)) from error


def _options(given: argparse.Namespace, source: LabSource) -> EngineOptions:
    """The engine's options: two untrusted programs need a network of their own."""
    given.facts = None
    host = probe(given.python or source.lab.python)
    return engine_options(given, host, choose_isolation("full", "grade", host))


def _play(planned: matrices.Plan, options: EngineOptions, language: str) -> list[Cell]:
    cells: list[Cell] = []
    with _Progress(planned.size, language) as shown, Engine(options) as engine:
        for cell in matrices.play(planned, engine):
            cells.append(cell)
            shown.advance(cell)
    return cells


def _write(out: Path, source: LabSource, matrix: Matrix, language: str) -> None:
    from grader.view.html import matrix_html

    with output.opened(out) as folder:
        if folder.marker() is None:
            folder.mark(
                Marker(
                    tool=__version__, lab=source.lab.id, lab_digest=source.digest,
                    lab_files=source.texts, options={}, language=language,
                )
            )  # fmt: skip
        folder.write(DOCUMENT, matrix_json(source.lab, matrix, language))
        folder.write(PAGE, matrix_html(source.lab, matrix, language).encode())


def _tell(out: Path, matrix: Matrix, language: str) -> int:
    done, played = works(matrix.cells)
    say(_say("counts", language, done=done, played=played))
    short = _column(language)
    for code, number in matrix.counts():
        say(f"  {number:>4} × {SHORT[code][short]}")
    unplayed = len(matrix.cells) - played
    if unplayed:
        note(_say("unplayed", language, n=unplayed))
    say(_say("report", language, path=safe(str(out / PAGE))))
    return FAULT if unplayed else DONE


def _say(key: str, language: str, **fields: object) -> str:
    return _WORDS[key][_column(language)].replace("~", "\u00a0").format(**fields)


def _column(language: str) -> int:
    return 1 if language == "en" else 0


class _Progress(Watched):
    """How far the matrix is, on stderr: a bar where a person looks on, else some lines."""

    def __init__(self, total: int, language: str) -> None:
        super().__init__(total)
        self._total, self._language, self._count = total, language, 0

    def advance(self, cell: Cell) -> None:
        """One more pair is done."""
        self._count += 1
        pair = f"{cell.server} + {cell.client}"
        if self._bar is not None:
            self._bar.advance(pair)
        elif self._count % _EVERY == 0 or self._count == self._total:
            short = in_words(SHORT[cell.verdict.code][_column(self._language)], self._language)
            note(
                f"[{self._count:>{len(str(self._total))}}/{self._total}] {safe(pair)[:40]}  {short}"
            )
