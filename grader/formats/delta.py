"""What has changed from one check to the next: criteria won or lost, and the grade."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from grader.formats.writer import BOLD, GREEN, RED, Style, Writer
from grader.judge.model import Grade, Judged, Status
from grader.view.words import decimal


def delta_text(before: Grade, after: Grade, language: str, style: Style | None = None) -> str:
    """A line for each criterion whose points are others now, and for the grade."""
    out = Writer(language, style or Style())
    changed = list(_changed(before, after))
    if not changed:
        out.say("", out.words["t_as_before"], indent="")
        return out.text()
    out.line(out.painted(out.words["t_since"], BOLD))
    for old, new in changed:
        won = new.points > old.points
        said = out.words["t_won" if won else "t_lost"].format(
            title=new.criterion.title.in_language(language),
            before=_points(old.points, language),
            after=_points(new.points, language),
        )
        out.say("+ " if won else "- ", said, indent="  ", colour=GREEN if won else RED)
    if before.score != after.score and before.max_score == after.max_score:
        said = out.words["t_score"].format(
            before=decimal(before.score, language), after=decimal(after.score, language)
        )
        out.say("  ", said, indent="  ")
    return out.text()


def _changed(before: Grade, after: Grade) -> Iterator[tuple[Judged, Judged]]:
    """Criteria that both have a verdict for, and not the same points."""
    known = {judged.criterion.id: judged for judged in before.criteria}
    for new in after.criteria:
        old = known.get(new.criterion.id)
        if old is None or Status.NOT_RUN in (old.status, new.status):
            continue
        if old.points != new.points:
            yield old, new


def _points(points: Fraction, language: str) -> str:
    return decimal(points, language)
