"""What a terminal shows after `check`.

First what to fix, one block for each mistake; then every criterion on a line; the grade last,
where the eye is when a program has ended. No control character of a student reaches the
terminal, and no line begins with a student's text, so that a build server's log reader finds
nothing to obey either. Colours only repeat what words and symbols say.
"""

from __future__ import annotations

from collections.abc import Mapping

from grader.formats.causes import Evidence, beside, by_role, causes, criterion_line, remarks
from grader.formats.certification import certification_lines
from grader.formats.gathered import notes, wanting
from grader.formats.safe import no_commands, one_line
from grader.formats.writer import BOLD, COLOURS, Style, Writer
from grader.judge.model import Grade, Status
from grader.lab.model import Lab
from grader.view import strip
from grader.view.bytes_view import width
from grader.view.words import decimal

__all__ = ["Evidence", "Style", "check_text"]

_STRIP_ROWS = 4


def check_text(
    lab: Lab,
    grade: Grade,
    language: str,
    style: Style | None = None,
    evidence: Evidence | None = None,
) -> str:
    """One submission: what to fix and why, each criterion, advice; the grade last.

    With `evidence` the lines of the programs and the exchanges are shown, too.
    """
    out = Writer(language, style or Style(), _titles(lab, grade, language))
    if grade.problem:
        out.say(out.label("problem"), grade.problem.message, indent="")
        out.line()
    elif grade.runs:
        out.say("", out.words["t_alone"], indent="")
        out.line()
    numbers = causes(out, lab, grade, evidence or Evidence())
    _criteria(out, grade, numbers)
    _advice(out, lab, grade)
    _sweeps(out, grade)
    for line in certification_lines([grade], language, folder=False):
        out.say("", line.strip(), indent="    " if line.startswith(" ") else "")
    _summary(out, grade)
    return out.text()


def _titles(lab: Lab, grade: Grade, language: str) -> Mapping[str, str]:
    """By run, the title of its scenario; a run of a scenario that the lab lost keeps its id."""
    titles = {s.id: s.title.in_language(language) for s in lab.scenarios}
    return {run.id: titles.get(run.scenario, run.id) for run in grade.runs}


def _criteria(out: Writer, grade: Grade, numbers: Mapping[str, int]) -> None:
    """Every criterion with its verdict and its points; what was lost, with where it is told."""
    for role, program, judged in by_role(grade):
        name = out.words[role.capitalize()]
        shown = no_commands(one_line(program)) if program else out.words["no_program"]
        room = out.width - width(name) - 2
        out.line(f"{out.painted(name, BOLD)}  {out.cut(shown, room)}")
        for one in judged:
            number = numbers.get(one.criterion.id)
            note = out.words["t_see"].format(number=number) if number else ""
            criterion_line(out, one, "  ", note)
            if one.status is Status.PASS:
                for said in beside(one, out.language):
                    out.say("", said)
        out.line()


def _advice(out: Writer, lab: Lab, grade: Grade) -> None:
    bullets = [
        *notes(grade, out.titles, out.language),
        *dict.fromkeys(r.text.in_language(out.language) for r in remarks(grade)),
        *wanting(lab, grade, out.titles, out.language),
    ]
    if not bullets:
        return
    out.say("", out.words["t_further"], indent="", colour=BOLD)
    bullet = "· " if out.style.unicode else "* "
    for said in bullets:
        out.say(bullet, said, indent="  ")
    out.line()


def _sweeps(out: Writer, grade: Grade) -> None:
    """The strip of each sweep: marks, the bytes below them, and where they are in words."""
    symbols = strip.SYMBOLS if out.style.unicode else strip.ASCII
    for sweep in grade.sweeps:
        title = f"{strip.title(out.language)} ({sweep.scenario})"
        out.say("", title, indent="", colour=BOLD)
        for marks, text in strip.rows(sweep, out.width - 4, symbols)[:_STRIP_ROWS]:
            out.line(f"    {marks}")
            out.line(f"    {text}")
        out.say("", sweep.what, indent="  ")
        out.line()


def _summary(out: Writer, grade: Grade) -> None:
    passed = sum(j.status is Status.PASS for j in grade.criteria)
    text = out.words["t_passed"].format(
        passed=passed,
        total=len(grade.criteria),
        score=decimal(grade.score, out.language),
        max=decimal(grade.max_score, out.language),
    )
    if not grade.complete:
        text = f"{text} ({out.words['t_incomplete']})"
    everything = passed == len(grade.criteria) and grade.complete
    out.say("", text, indent="", colour=COLOURS[Status.PASS] if everything else BOLD)
