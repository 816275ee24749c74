"""`wiregrade check`: one submission, one's own, told on the spot.

With one program there, only that role is asked for. The best isolation that can be had is
taken; without any, runs share the machine's network, one at a time. What judges and shows
(`grader.cli.checked`) is imported while the first programs run.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from grader.batch.plan import jobs_of, lab_files_within, seed_for, select, selectable
from grader.cli.destination import refuse_link
from grader.cli.errors import CommandError
from grader.cli.labs import open_lab
from grader.cli.own_lab import found_lab
from grader.cli.progress import phase_in_words
from grader.cli.running import engine_options, playing, tracer
from grader.cli.streams import note, safe
from grader.cli.trouble import look_at_network, python_trouble, say_paced, say_unisolated
from grader.intake.apart import read_folder
from grader.lab.library import find_lab
from grader.lab.model import ROLES, Lab, Role, Tests, Text
from grader.run.engines import Engine
from grader.run.errors import HostError
from grader.run.host import HostReport, choose_isolation, probe
from grader.run.jobs import EngineOptions, Run
from grader.run.phases import Phase
from grader.submission import Submission

if TYPE_CHECKING:
    from grader.cli.checked import Checked

_ORDER: tuple[Tests, ...] = (*ROLES, "both")


def run(given: argparse.Namespace) -> int:
    """Check; status 1 if some criterion does not pass. With --watch, again at every change."""
    checking = Checking(given)
    if given.watch:
        from grader.cli import watch

        return watch.run(given, checking)
    found = checking.check(checking.read())
    from grader.cli import checked

    checked.show(given, found)
    return checked.status_of(found.grade)


class Checking:
    """What is asked for: with which lab, of which programs. Nothing is read or played yet."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        path = Path(given.path)
        given.lab = given.lab or found_lab(path, given.lang)
        self.source = open_lab(given.lab, given.languages)
        self._left_out = lab_files_within(path, find_lab(given.lab), self.source)
        self._said = False
        given.lang = given.lang or self.source.lab.language
        _check_ids(self.source.lab, given.only)
        if given.html:
            refuse_link(Path(given.html))

    @cached_property
    def _host(self) -> HostReport:
        asked, by_lab = self.given.python, self.source.lab.python
        try:
            return probe(asked or by_lab)
        except HostError as error:
            raise python_trouble(error, asked, by_lab) from error

    def read(self) -> Submission:
        """The programs as they are now.

        Raises:
            InputError: there are none.
        """
        return read_folder(Path(self.given.path), self.source.lab.roles, self._left_out)

    def check(self, submission: Submission) -> Checked:
        """Play and judge.

        Raises:
            CommandError: there is nothing to check, or the port is taken.
            HostError: nothing can be played on this machine.
        """
        given = self.given
        roles = asked_for(submission, given.role)
        lab = _selected(self.source.lab, roles, given.only)
        submission = of_roles(submission, roles)
        isolation = choose_isolation(given.isolation, "check", self._host)
        options = engine_options(given, self._host, isolation)
        seed = seed_for(lab, submission, given.seed)
        if options.isolation == "none":
            self._say_unisolated(options)
            look_at_network(lab, given.lang)
        with Engine(options, meanwhile=_import_rest) as engine:
            runs, traced = _play(engine, lab, submission, seed, given)
            # They leave while we judge.
            engine.dismiss()
            from grader.cli import checked

            return checked.judged(
                lab, submission, seed, runs, traced=traced, isolation=isolation,
                digests=self.source.digests(submission),
            )  # fmt: skip

    def _say_unisolated(self, options: EngineOptions) -> None:
        """Once, and not to those who asked for it; what can't be seen is told to them, too."""
        if self.given.isolation != "none" and not self._said:
            say_unisolated(self._host, self.given.lang)
        if options.facts == "paced" and not self._said:
            say_paced(self.given.lang)
        self._said = True


# --- what is asked for -------------------------------------------------------------------


def asked_for(submission: Submission, role: Role | None) -> tuple[Role, ...]:
    """The roles to check: `role`, else those with a program, else both (to say what is missing)."""
    if role is not None:
        return (role,)
    there = tuple(one for one in ROLES if submission.programs.of(one) is not None)
    missing = tuple(one.role for one in submission.missing)
    return there or missing or ROLES


def of_roles(submission: Submission, roles: Sequence[Role]) -> Submission:
    """The submission, what is missing of other roles left out."""
    missing = tuple(one for one in submission.missing if one.role in roles)
    return replace(submission, missing=missing)


def _check_ids(lab: Lab, only: Sequence[str]) -> None:
    known = selectable(lab)
    for identifier in only:
        if identifier in known:
            continue
        near = get_close_matches(identifier, known, n=3, cutoff=0.5)
        hint = {"fr": f"\u00a0; vouliez-vous dire {' ou '.join(near)}\u00a0?", "en": ""}
        hint["en"] = f"; did you mean {' or '.join(near)}?"
        raise CommandError(
            Text(
                {
                    "fr": f"{lab.id} n’a ni critère ni scénario {identifier!r}"
                    + (hint["fr"] if near else f" (il y a {', '.join(known)})"),
                    "en": f"{lab.id} has no criterion and no scenario {identifier!r}"
                    + (hint["en"] if near else f" (there are {', '.join(known)})"),
                }
            )
        )


def _selected(lab: Lab, roles: Sequence[Role], only: Sequence[str]) -> Lab:
    chosen = select(lab, roles, only)
    if not chosen.scenarios:
        asked, there = ", ".join(only), " / ".join(roles)
        raise CommandError(
            Text(
                {
                    "fr": f"rien à vérifier\u00a0: {asked} ne concerne pas ce programme ({there})",
                    "en": f"nothing to check: {asked} is not about this program ({there})",
                }
            )
        )
    return chosen


# --- running -----------------------------------------------------------------------------


def _import_rest() -> None:
    """What is needed once the programs have run."""
    importlib.import_module("grader.cli.checked")


def _play(
    engine: Engine, lab: Lab, submission: Submission, seed: str, given: argparse.Namespace
) -> tuple[list[Run], list[Run]]:
    """The runs, and those that were traced."""
    # A sweep that is named is asked for: `select` leaves out what is not.
    sweep = given.sweep or bool(given.only)
    jobs = jobs_of(lab, submission, seed, given.certify, sweep=sweep)
    if not jobs:
        return [], []
    strace = tracer(given)
    jobs = tuple(replace(job, strace=strace) for job in jobs)

    def tell(phase: Phase) -> None:
        note(phase_in_words(phase, given.lang))

    playing_jobs = playing(engine, given.certify, tell).play(jobs)
    played = sorted(playing_jobs, key=lambda one: _ORDER.index(one.role))
    if given.debug:
        for fault in dict.fromkeys(fault for one in played for fault in one.faults):
            note("\n".join(f"  {safe(line)}" for line in fault.splitlines()))
    traced = [run for one in played for run in one.traced]
    return [run for one in played for run in one.runs], traced
