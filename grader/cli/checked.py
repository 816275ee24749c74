"""What `wiregrade check` has found: judged, then shown as text, page or document."""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader import results
from grader.batch import pages, saved
from grader.batch.judging import judge_run, untraced
from grader.cli import browser
from grader.cli.destination import append_job_summary, append_step_outputs, refuse_link
from grader.cli.errors import DONE, FAULT, NOT_ALL_PASS, CommandError
from grader.cli.running import say_untraced
from grader.cli.streams import note, say, wants_colour
from grader.cli.summary import is_certified
from grader.formats import calls, github, gradescope, junit, prairielearn, terminal
from grader.formats.certification import certification_lines
from grader.formats.safe import json_for_logs
from grader.judge.model import Digests, Grade, Status
from grader.lab.model import Lab
from grader.run.jobs import Run
from grader.submission import Submission


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One submission, played and judged, with all that it is shown with."""

    lab: Lab
    grade: Grade
    kept: Submission
    runs: Sequence[Run]
    traced: Sequence[Run]
    isolation: str


def judged(
    lab: Lab,
    submission: Submission,
    seed: str,
    runs: Sequence[Run],
    *,
    traced: Sequence[Run],
    isolation: str,
    digests: Digests,
) -> Checked:
    """Judge what was played."""
    suffixes = {suffix for files in lab.roles.values() for suffix in files.suffixes}
    kept = saved.bounded(submission, suffixes)
    grade = replace(judge_run(lab, kept, seed, runs), digests=digests)
    return Checked(lab=lab, grade=grade, kept=kept, runs=runs, traced=traced, isolation=isolation)


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

    refuse_link(path)
    # The page is alone: it carries the captures that lie beside it in a batch.
    wires = carried((run.header.run, run.pcapng) for run in runs if run.has_wire)
    transcripts = pages.OneByOne(runs)
    page = student_html(lab, grade, transcripts, kept.files, language, Links(wires=wires))
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror or error}") from error
