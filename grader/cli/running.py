"""What `grade` and `check` have in common: how to run."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace

from grader.cli.streams import note, safe
from grader.run.host import HostReport
from grader.run.jobs import EngineOptions, Isolation, Plays, Warmth
from grader.run.load import PROCESSES_PER_CORE
from grader.run.options import cores, options_for
from grader.run.phases import InPhases, Phase

_UNTRACED = {
    "fr": "--trace\u00a0: les appels ne sont pas montrés ({reason})\u00a0; le reste continue.",
    "en": "--trace: calls are not shown ({reason}); the rest goes on.",
}

_WEAKER = (
    "Isolation moins forte ici\u00a0: {names}. Voir\u00a0: wiregrade doctor",
    "Isolation is weaker here: {names}. See: wiregrade doctor",
)
_WITHOUT = {
    "settings": ("réglages du noyau modifiables", "the kernel's settings can be written"),
    "system calls": ("appels système non filtrés", "system calls are not filtered"),
    "groups": (
        "mémoire et processus seulement surveillés, sans cgroup",
        "memory and processes are only watched, without a cgroup",
    ),
    "user": ("Wiregrade tourne en root", "Wiregrade runs as root"),
}
"""The facts of a machine that may be weaker, in words."""


def engine_options(
    given: argparse.Namespace, host: HostReport, isolation: Isolation
) -> EngineOptions:
    """The engine's options from those of the command line and from what the host can do."""
    options = options_for(host, isolation, jobs=given.jobs, facts=given.facts, warm=warmth(given))
    # What certifies plays beside a load that is made on purpose: no run is held back for it.
    return replace(options, measured=options.measured and getattr(given, "certify", 1) < 2)


def warmth(given: argparse.Namespace) -> Warmth:
    """When programs are to be started warm; some commands play too few runs to ask."""
    if getattr(given, "cold", False):
        return "never"
    return getattr(given, "starts", "pays")


def tracer(given: argparse.Namespace) -> str | None:
    """The path of strace, where calls are to be traced; where it is not there that is said."""
    if not given.trace:
        return None
    found = shutil.which("strace")
    if found is None:
        say_untraced("strace is not installed (apt install strace)", given.lang)
    return found


def say_untraced(reason: str, language: str) -> None:
    """Say once that calls can't be traced; the rest goes on."""
    words = _UNTRACED["fr" if language == "fr" else "en"]
    note(words.format(reason=safe(reason)))


def say_weaker(host: HostReport, isolation: Isolation, language: str) -> None:
    """Say in one line what isolation `full` has to do without on this machine, if anything."""
    if isolation == "full":
        say_weaker_names([fact.name for fact in host.weaker], language)


def say_weaker_names(names: Iterable[str], language: str) -> None:
    """The same of facts by name, of whatever machine; another version may know other ones."""
    place = 0 if language == "fr" else 1
    told = [_WITHOUT[name][place] for name in names if name in _WITHOUT]
    if told:
        note(_WEAKER[place].format(names=", ".join(told)))


def playing(engine: Plays, certify: int, tell: Callable[[Phase], None]) -> Plays:
    """The engine, in phases where every run is to be repeated; `tell` hears of each phase."""
    return engine if certify == 1 else InPhases(engine, PROCESSES_PER_CORE * cores(), tell)
