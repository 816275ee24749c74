"""What repeating every run came to, in lines for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from grader.formats.safe import one_line
from grader.judge.model import Difference, Grade
from grader.view.words import LANGUAGES

LISTED = 8
"""Differences that are listed; results.json has them all."""

_WORDS: dict[str, tuple[str, str]] = {
    "certified": (
        "Certifié~: {repeats} essais de chaque scénario ({runs} en tout), {verdicts} verdicts, "
        "aucun ne diffère.",
        "Certified: {repeats} repeats of each scenario ({runs} runs), {verdicts} verdicts, "
        "none of which differs.",
    ),
    "uncertified": (
        "Pas certifié~: {n} verdicts sur {verdicts} diffèrent d’un essai à l’autre ({repeats} de "
        "chaque scénario). Ou le programme ne fait pas deux fois la même chose (le hasard, des "
        "fils qui se devancent), ou c’est une faute de Wiregrade~: chacun compte au mieux de "
        "l’étudiant.",
        "Not certified: {n} verdicts of {verdicts} differ between the {repeats} repeats. Either "
        "the program does not do the same thing twice (chance, threads that race), or it is a "
        "fault of Wiregrade: each counts as it was at best.",
    ),
    "more": ("… et {n} autres", "… and {n} more"),
}


def certification_lines(
    grades: Sequence[Grade], language: str, *, folder: bool = True
) -> list[str]:
    """Nothing where nothing was repeated; else a line, and more for each difference.

    With `folder` they name the transcripts as they lie in the output folder, else the runs.
    """
    made = [grade.certification for grade in grades if grade.certification is not None]
    if not made:
        return []
    differing = [
        (grade, difference)
        for grade in grades
        if grade.certification is not None
        for difference in grade.certification.differences
    ]
    head = say("uncertified" if differing else "certified", language).format(
        repeats=max(one.repeats for one in made),
        runs=sum(one.runs for one in made),
        verdicts=sum(one.verdicts for one in made),
        n=len(differing),
    )
    lines = [head]
    for grade, difference in differing[:LISTED]:
        name = f"{one_line(grade.name)}  " if folder else ""
        lines.append(f"  {name}{_told(difference)}")
        names = [verdict.runs[0] for verdict in difference.verdicts]
        lines += [f"    {f'{grade.id}/runs/{n}.jsonl' if folder else n}" for n in names]
    if len(differing) > LISTED:
        lines.append("  " + say("more", language).format(n=len(differing) - LISTED))
    return lines


def _told(difference: Difference) -> str:
    statuses = " / ".join(f"{v.status.value} {len(v.runs)}" for v in difference.verdicts)
    return f"{difference.scenario}  {difference.criterion or difference.expectation}  {statuses}"


def say(key: str, language: str) -> str:
    """A sentence of the table above."""
    column = LANGUAGES.index(language) if language in LANGUAGES else 0
    return _WORDS[key][column].replace("~", "\u00a0")
