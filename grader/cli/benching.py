"""What `wiregrade bench` does, on Linux: measures, prints, writes."""

from __future__ import annotations

import argparse
import importlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.bench import machine, table
from grader.bench.ground import BenchError, Ground, take_orphans
from grader.bench.model import Found, Section
from grader.cli.app import COMMANDS, parser
from grader.cli.destination import refuse_other, refuse_unwritable, write
from grader.cli.errors import DONE, FAULT, CommandError
from grader.cli.options import BENCHES
from grader.cli.streams import note, safe, say
from grader.lab.model import Text
from grader.run.host import HostReport, probe

_FAILED = "Not measured: "
_PAGE = """\
# Benchmarks

Written by `wiregrade bench --markdown BENCHMARKS.md`. Ratios are of one run: rounds are
interleaved, the first of each is left out, medians are shown.
"""


def run(given: argparse.Namespace) -> int:
    """Measure, print, write; status 3 if something could not be measured."""
    _refuse_unwritable(given)
    take_orphans()
    load = machine.load()
    host = probe(given.python)
    if not host.full:
        raise CommandError(
            Text(
                {
                    "fr": "bench a besoin de l’isolation full\u00a0: wiregrade doctor",
                    "en": "bench needs isolation full: wiregrade doctor",
                }
            )
        )
    names = [name for name in BENCHES if not given.names or name in given.names]
    with tempfile.TemporaryDirectory(prefix="wiregrade-bench-") as folder:
        work = Path(folder)
        work.chmod(0o755)
        sections = _measured(_ground(given, host, work), names)
    found = Found(machine=machine.described(host, load), sections=sections, quick=given.quick)
    say(table.text(found))
    if given.json:
        write(Path(given.json), table.document(found))
    if given.markdown:
        path = Path(given.markdown)
        write(path, table.into(_page(path), table.markdown(found)))
    failed = any(note.startswith(_FAILED) for section in sections for note in section.notes)
    return FAULT if failed else DONE


def _refuse_unwritable(given: argparse.Namespace) -> None:
    """It takes minutes to measure what is written then.

    Raises:
        CommandError: it could not be written, or not without loss of something else.
    """
    if given.json:
        refuse_unwritable(Path(given.json))
        refuse_other(Path(given.json), table.is_document)
    if given.markdown:
        refuse_unwritable(Path(given.markdown))
        _page(Path(given.markdown))


def _page(path: Path) -> str:
    """The page that the figures go into.

    Raises:
        CommandError: it is no text.
    """
    if not path.is_file():
        return _PAGE
    try:
        return path.read_text("utf-8")
    except (OSError, ValueError) as error:
        shown = safe(str(path))
        said = {
            "fr": f"{shown} ne peut pas être lu comme une page\u00a0: {error}",
            "en": f"{shown} cannot be read as a page: {error}",
        }
        raise CommandError(Text(said)) from error


def _ground(given: argparse.Namespace, host: HostReport, work: Path) -> Ground:
    whole = parser(["grade"])
    commands = next(
        action for action in whole._actions if isinstance(action, argparse._SubParsersAction)
    )
    return Ground(
        work=work, host=host, say=note, parser=commands.choices["grade"], quick=given.quick,
        rounds=given.rounds, install=given.install,
    )  # fmt: skip


def _measured(ground: Ground, names: Sequence[str]) -> list[Section]:
    """Each in turn; one that cannot be measured says so, and the others go on."""
    sections = []
    for place, name in enumerate(names, 1):
        note(f"[{place}/{len(names)}] {name}: {BENCHES[name]}")
        try:
            sections.append(_benchmark(name)(ground))
        except BenchError as error:
            note(str(error))
            sections.append(
                Section(id=name, title=BENCHES[name], rows=(), notes=(f"{_FAILED}{error}",))
            )
        for left in ground.work.glob("*-[0-9]*"):
            if left.name.startswith(("out-", "kept-", "shown-", "resumed-", "here-", "dask-")):
                shutil.rmtree(left, ignore_errors=True)
    return sections


def _benchmark(name: str) -> Callable[[Ground], Section]:
    modules = {
        "run": "one_run", "class": "klass", "rivals": "others", "start": "startup",
        "render": "rendering",
    }  # fmt: skip
    module = importlib.import_module(f"grader.bench.{modules.get(name, name)}")
    if name == "start":
        return lambda ground: module.measure(ground, list(COMMANDS))
    measure: Callable[[Ground], Section] = module.measure
    return measure
