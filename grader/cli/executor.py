"""`grade --executor`: on this machine, or on the workers of a Dask cluster."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from grader.batch.plan import LabSource
from grader.cli.errors import CommandError
from grader.cli.running import engine_options, say_weaker, say_weaker_names, tracer, warmth
from grader.cli.streams import note, safe
from grader.cluster.address import scheduler_address
from grader.lab.model import Text
from grader.run.engines import Engine
from grader.run.host import choose_isolation, probe
from grader.run.jobs import EngineOptions, FactsMode, Isolation, Plays
from grader.run.meter import OFF, Meter

_WORDS = {
    "unfit": (
        "{address} ne note pas ({why})",
        "{address} does not grade ({why})",
    ),
    "alone": (
        "{address}~: personne pour noter en ce moment~; attente de {minutes} minutes au plus "
        "(relancez l’ordonnanceur à la même adresse, et ses travailleurs)",
        "{address}: nobody is there to grade just now; waiting for {minutes} minutes at most "
        "(start the scheduler at the same address again, and its workers)",
    ),
    "none yet": (
        "{address}~: pas encore de travailleur~; attente de {minutes} minutes au plus "
        "(pour en lancer un~: dask worker {scheduler})",
        "{address}: no worker yet; waiting for {minutes} minutes at most "
        "(to start one: dask worker {scheduler})",
    ),
    "workers": (
        "{address}~: {n} machines ou processus notent, isolation {isolation}",
        "{address}: {n} machines or processes grade, isolation {isolation}",
    ),
}
_PULSE_S = 0.25
"""So soon is told what was judged while programs run, and none of them has come to its end."""
_ELSEWHERE = "strace"
"""A path of strace for jobs of others: each looks for its own."""


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """How and where will be played, known before anything is."""

    isolation: Isolation
    facts: FactsMode
    python: str
    """Version of the students' interpreter."""
    strace: str | None
    workers: int
    """Runs at a time here; 0: all are played elsewhere."""
    begin: Callable[[Path], AbstractContextManager[Plays]]
    """The engine, its runs waiting on the disk of that folder."""


def prepared(
    given: argparse.Namespace, source: LabSource, stack: ExitStack, meter: Meter = OFF
) -> Prepared:
    """Look at where is to be played; a connection stays open as long as `stack`.

    `meter` hears of what workers spend, here or there.

    Raises:
        HostError: nobody can play.
        CommandError: the options cannot go together.
    """
    if given.executor == "local":
        return _here(given, source, meter)
    return _on_cluster(given, source, stack, meter)


def _here(given: argparse.Namespace, source: LabSource, meter: Meter) -> Prepared:
    host = probe(given.python or source.lab.python)
    isolation = choose_isolation(given.isolation, "grade", host)
    say_weaker(host, isolation, given.lang)
    options = engine_options(given, host, isolation)
    return Prepared(
        isolation=isolation, facts=options.facts, python=host.version, strace=tracer(given),
        begin=lambda folder: Engine(
            replace(options, spool=folder), meter, pulse=_PULSE_S, once=True
        ),
        workers=options.jobs if isolation == "full" else 1,
    )  # fmt: skip


def _on_cluster(
    given: argparse.Namespace, source: LabSource, stack: ExitStack, meter: Meter
) -> Prepared:
    from grader.cluster.connection import Cluster
    from grader.cluster.executor import DaskEngine, facts_of, isolation_of

    if given.certify > 1:
        raise CommandError(
            Text(
                {
                    "fr": "--certify charge cette machine pendant qu’elle joue\u00a0: pas avec "
                    "--executor",
                    "en": "--certify puts load on this machine while it plays: not with --executor",
                }
            )
        )
    interpreter = given.python or source.lab.python
    scheduler = scheduler_address(given.executor)
    cluster = stack.enter_context(Cluster(scheduler))

    def tell_none_yet(minutes: int) -> None:
        words = _word("none yet", given.lang)
        note(words.format(address=given.executor, minutes=minutes, scheduler=scheduler))

    workers = cluster.ask_all(given.isolation, interpreter, tell_none_yet)
    isolation, facts = isolation_of(workers.how), facts_of(workers.how)

    def tell(where: str, why: str) -> None:
        note(_word("unfit", given.lang).format(address=safe(where), why=safe(why)))

    def tell_alone(minutes: int) -> None:
        note(_word("alone", given.lang).format(address=given.executor, minutes=minutes))

    for where, why in sorted(workers.unfit.items()):
        tell(where, why)
    words = _word("workers", given.lang)
    note(words.format(address=given.executor, n=len(workers.fit), isolation=isolation))
    say_weaker_names(workers.weaker, given.lang)
    options = EngineOptions(
        isolation=isolation, python="", bwrap=None, facts=facts,
        warm=warmth(given),
    )  # fmt: skip

    def begin(folder: Path) -> AbstractContextManager[Plays]:
        return nullcontext(
            DaskEngine(
                cluster,
                workers,
                replace(options, spool=folder),
                source.files,
                interpreter=interpreter,
                runs=given.jobs or 0,
                tell=tell,
                tell_alone=tell_alone,
                meter=meter,
            )
        )

    return Prepared(
        isolation=isolation, facts=facts, python=workers.how.python, workers=0, begin=begin,
        strace=_ELSEWHERE if given.trace else None,
    )  # fmt: skip


def _word(key: str, language: str) -> str:
    return _WORDS[key][1 if language == "en" else 0].replace("~", "\u00a0")
