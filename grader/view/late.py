"""What being late took off a grade, in words: it stands beside the grade, never in it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from grader.judge.model import Grade
from grader.view.words import decimal

_WORDS = {
    "fr": (
        "Remis {how} après l’échéance~: {points} de moins ({rule}), soit {final} au lieu de "
        "{earned}.",
        "Remis {how} après l’échéance~; aucun point n’est retiré.",
        ("{n} j", "{n} h", "{n} min"),
        ("point", "points"),
    ),
    "en": (
        "Handed in {how} after the due date: {points} less ({rule}), so {final} instead of "
        "{earned}.",
        "Handed in {how} after the due date; no point is taken off.",
        ("{n} d", "{n} h", "{n} min"),
        ("point", "points"),
    ),
}


def late_words(grade: Grade, language: str) -> str:
    """One sentence, `rule` in it as the teacher wrote it; empty where it was not late."""
    if grade.origin is None or grade.origin.late is None:
        return ""
    late = grade.origin.late
    return late_sentence(late.seconds, late.rule, grade.earned, grade.score, language)


def late_sentence(seconds: int, rule: str, earned: Fraction, score: Fraction, language: str) -> str:
    """The same of bare values: `score` is what is left of `earned`."""
    taken = earned - score
    costs, free, units, (one, more) = _WORDS["en" if language == "en" else "fr"]
    # French has its plural from two on, English for all but one.
    singular = taken == 1 if language == "en" else taken < 2
    words = costs if taken else free
    return words.replace("~", "\u00a0").format(
        how=_how_long(seconds, units),
        points=f"{decimal(taken, language)}\u00a0{one if singular else more}",
        rule=rule,
        final=decimal(score, language),
        earned=decimal(earned, language),
    )


@dataclass(frozen=True)
class LateMark:
    """Lateness in a table: `seconds`, in words, and the points that it took off."""

    seconds: int
    words: str
    penalty: Fraction
    points: str
    """`−1,5`; empty where none was taken off."""


def late_mark(grade: Grade, language: str) -> LateMark | None:
    """None where it was not late."""
    if grade.origin is None or grade.origin.late is None:
        return None
    taken = grade.earned - grade.score
    seconds = grade.origin.late.seconds
    units = _WORDS["en" if language == "en" else "fr"][2]
    points = f"\u2212{decimal(taken, language)}" if taken else ""
    return LateMark(seconds, _how_long(seconds, units), taken, points)


def _how_long(seconds: int, units: tuple[str, str, str]) -> str:
    """The two largest units: `1 d 2 h`; less than a minute is one."""
    minutes = max(1, seconds // 60)
    counts = (minutes // 1440, minutes // 60 % 24, minutes % 60)
    first = next(i for i, n in enumerate(counts) if n)
    shown = [units[i].format(n=counts[i]) for i in range(first, min(first + 2, 3)) if counts[i]]
    return " ".join(shown).replace(" ", "\u00a0")
