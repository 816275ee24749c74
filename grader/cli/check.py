"""`wiregrade check`: one submission, one's own, told on the spot.

With one program there, only that role is asked for. The best isolation that can be had is
taken; without any, runs share the machine's network, one at a time.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from grader import results
from grader.batch import pages, saved
from grader.batch.judging import judge_run, untraced
from grader.batch.plan import jobs_of, lab_files_within, seed_for, select, selectable
from grader.cli import browser
from grader.cli.destination import append_job_summary, append_step_outputs
from grader.cli.errors import DONE, FAULT, NOT_ALL_PASS, CommandError
from grader.cli.labs import open_lab
from grader.cli.own_lab import found_lab
from grader.cli.progress import phase_in_words
from grader.cli.running import engine_options, playing, say_untraced, tracer
from grader.cli.streams import note, safe, say, wants_colour
from grader.cli.summary import is_certified
from grader.cli.trouble import look_at_network, python_trouble, say_paced, say_unisolated
from grader.formats import calls, github, gradescope, junit, prairielearn, terminal
from grader.formats.certification import certification_lines
from grader.formats.safe import json_for_logs
from grader.intake.apart import read_folder
from grader.judge.model import Grade, Status
from grader.lab.library import find_lab
from grader.lab.model import ROLES, Lab, Role, Tests, Text
from grader.run.engines import Engine
from grader.run.errors import HostError
from grader.run.host import HostReport, choose_isolation, probe
from grader.run.jobs import EngineOptions, Run
from grader.run.phases import Phase
from grader.submission import Submission

_ORDER: tuple[Tests, ...] = (*ROLES, "both")


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One submission, played and judged, with all that it is shown with."""

    lab: Lab
    grade: Grade
    kept: Submission
    runs: Sequence[Run]
    traced: Sequence[Run]
    isolation: str


def run(given: argparse.Namespace) -> int:
    """Check; status 1 if some criterion does not pass. With --watch, again at every change."""
    checking = Checking(given)
    if given.watch:
        from grader.cli import watch

        return watch.run(given, checking)
    checked = checking.check(checking.read())
    show(given, checked)
    return status_of(checked.grade)


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
            _refuse_link(Path(given.html))

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
        runs, traced = _play(lab, submission, seed, options, given)
        suffixes = {suffix for files in lab.roles.values() for suffix in files.suffixes}
        kept = saved.bounded(submission, suffixes)
        grade = judge_run(lab, kept, seed, runs)
        grade = replace(grade, digests=self.source.digests(submission))
        return Checked(
            lab=lab, grade=grade, kept=kept, runs=runs, traced=traced, isolation=isolation
        )

    def _say_unisolated(self, options: EngineOptions) -> None:
        """Once, and not to those who asked for it; what can't be seen is told to them, too."""
        if self.given.isolation != "none" and not self._said:
            say_unisolated(self._host, self.given.lang)
        if options.facts == "paced" and not self._said:
            say_paced(self.given.lang)
        self._said = True


def show(given: argparse.Namespace, checked: Checked) -> None:
    """The page where one is asked for, then the document or the text on stdout.

    A page that is open in the browser is written again, and not opened again.
    """
    lab, grade, kept, runs = checked.lab, checked.grade, checked.kept, checked.runs
    if given.open and not given.html:
        given.html = str(browser.place())
    if given.html:
        all_runs = (*runs, *checked.traced)
        _write_page(Path(given.html), lab, grade, kept, all_runs, given.lang)
    _show_calls(given, lab, checked.traced)
    _show(given, lab, grade, kept, runs, checked.isolation)
    if given.open:
        browser.open_page(Path(given.html), given.lang)
        given.open = False


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


def _play(
    lab: Lab, submission: Submission, seed: str, options: EngineOptions, given: argparse.Namespace
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

    with Engine(options) as engine:
        playing_jobs = playing(engine, given.certify, tell).play(jobs)
        played = sorted(playing_jobs, key=lambda one: _ORDER.index(one.role))
    if given.debug:
        for fault in dict.fromkeys(fault for one in played for fault in one.faults):
            note("\n".join(f"  {safe(line)}" for line in fault.splitlines()))
    traced = [run for one in played for run in one.traced]
    return [run for one in played for run in one.runs], traced


# --- showing -----------------------------------------------------------------------------


def status_of(grade: Grade) -> int:
    """The exit status: our fault or the machine's (3) before the program's (1)."""
    if grade.problem is not None and grade.problem.blame in ("host", "ours"):
        return FAULT
    found = {judged.status for judged in grade.criteria}
    if Status.NOT_RUN in found or not is_certified(grade):
        return FAULT
    return DONE if found <= {Status.PASS} and grade.problem is None else NOT_ALL_PASS


def evidence_of(kept: Submission, runs: Sequence[Run]) -> terminal.Evidence:
    """What the text shows beside its words: the exchanges, the lines of the programs."""
    return terminal.Evidence(
        transcripts={run.transcript.header.run: run.transcript for run in runs},
        sources={file.path: file.data for file in kept.files},
    )


def _show(
    given: argparse.Namespace,
    lab: Lab,
    grade: Grade,
    kept: Submission,
    runs: Sequence[Run],
    isolation: str,
) -> None:
    language = given.lang
    evidence = evidence_of(kept, runs)
    if given.format != "text":
        # The document has it, too; but it is why the exit status is 3.
        for line in certification_lines([grade], language, folder=False):
            note(line)
    document = results.result(lab, isolation, grade, kept.files, language)
    match given.format:
        case "json":
            say(json_for_logs(results.encode(document).decode().rstrip("\n")))
        case "junit":
            say(junit.junit([document], language).decode().rstrip("\n"))
        case "gradescope":
            say(json_for_logs(gradescope.gradescope(document, language).rstrip("\n")))
        case "prairielearn":
            say(json_for_logs(prairielearn.prairielearn(document, language).rstrip("\n")))
        case "github":
            _show_github(given, lab, grade, document, evidence)
        case _:
            say(terminal.check_text(lab, grade, language, style(), evidence).rstrip("\n"))


def style() -> terminal.Style:
    """What stdout can show, now: a window may have been made wider since."""
    return terminal.Style(
        colour=wants_colour(sys.stdout),
        encoding=sys.stdout.encoding or "utf-8",
        columns=shutil.get_terminal_size().columns,
    )


def _show_calls(given: argparse.Namespace, lab: Lab, traced: Sequence[Run]) -> None:
    """The calls before a text; a document for a program has no place for them."""
    if why := untraced(traced):
        say_untraced(why, given.lang)
    seen = [run for run in traced if not run.end.problem]
    if seen and given.format == "text":
        transcripts = (run.transcript for run in seen)
        say(calls.calls_text(lab, transcripts, given.lang, style()))


def _show_github(
    given: argparse.Namespace,
    lab: Lab,
    grade: Grade,
    document: results.Result,
    evidence: terminal.Evidence,
) -> None:
    """Annotations and the log on stdout; the job's summary where the runner wants it."""
    language = given.lang
    shown = in_repository(Path(given.path))
    say(github.annotation_commands([document], language, shown).rstrip("\n"))
    say(github.log(terminal.check_text(lab, grade, language, None, evidence)).rstrip("\n"))
    append_job_summary(github.summary([document], language))
    append_step_outputs(github.outputs(document))


def in_repository(path: Path) -> str:
    """The submission's folder as annotations name it: inside the repository, else nothing."""
    root = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd()).resolve()
    folder = path.resolve() if path.is_dir() else path.resolve().parent
    if folder == root or not folder.is_relative_to(root):
        return ""
    return folder.relative_to(root).as_posix()


def _refuse_link(path: Path) -> None:
    """In a folder of somebody's, it may lead to a file of one's own."""
    if path.is_symlink():
        shown = safe(str(path))
        raise CommandError(
            Text(
                {
                    "fr": f"{shown} est un lien\u00a0; rien n’a été écrit. Donnez un autre nom",
                    "en": f"{shown} is a link; nothing was written. Give another name",
                }
            )
        )


def _write_page(
    path: Path,
    lab: Lab,
    grade: Grade,
    kept: Submission,
    runs: Sequence[Run],
    language: str,
) -> None:
    from grader.view.html import student_html
    from grader.view.links import Links, carried

    _refuse_link(path)
    # The page is alone: it carries the captures that lie beside it in a batch.
    wires = carried((run.header.run, run.pcapng) for run in runs if run.has_wire)
    transcripts = pages.OneByOne(runs)
    page = student_html(lab, grade, transcripts, kept.files, language, Links(wires=wires))
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror or error}") from error
