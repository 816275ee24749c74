"""A grade with what being late costs: said, and never mixed into the criteria."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from grader.judge.model import Grade, Remark
from grader.lab.model import Text
from grader.submission import Late, Origin
from grader.view.words import decimal

_WORDS = {
    "fr": (
        "Remis {how} après l’échéance~: {points} de moins ({rule}), soit {final} au lieu "
        "de {earned}.",
        "Remis {how} après l’échéance~; aucun point n’est retiré.",
        ("{n} j", "{n} h", "{n} min"),
        ("point", "points"),
    ),
    "en": (
        "Handed in {how} after the due date: {points} less ({rule}), so {final} instead "
        "of {earned}.",
        "Handed in {how} after the due date; no point is taken off.",
        ("{n} d", "{n} h", "{n} min"),
        ("point", "points"),
    ),
}


def with_origin(grade: Grade, origin: Origin | None) -> Grade:
    """The grade with where it came from and, where it was late, its penalty taken off.

    `score` is then what counts; what was earned stays in the criteria, and a remark tells.
    """
    if origin is None:
        return grade
    if origin.late is None:
        return replace(grade, origin=origin)
    penalty = min(Fraction(origin.late.penalty), grade.score)
    final = grade.score - penalty
    said = {lang: _said(origin.late, grade.score, final, lang) for lang in _WORDS}
    remark = Remark(code="late", text=Text(said))
    return replace(grade, origin=origin, score=final, remarks=(remark, *grade.remarks))


def _said(late: Late, before: Fraction, final: Fraction, language: str) -> str:
    costs, free, units, (one, more) = _WORDS[language]
    taken = before - final
    # French has its plural from two on, English for all but one.
    noun = one if (taken < 2 if language == "fr" else taken == 1) else more
    words = costs if taken else free
    return words.replace("~", "\u00a0").format(
        how=_how_long(late.seconds, units),
        points=f"{decimal(taken, language)}\u00a0{noun}",
        rule=late.rule,
        final=decimal(final, language),
        earned=decimal(before, language),
    )


def _how_long(seconds: int, units: tuple[str, str, str]) -> str:
    """The two largest units: `1 d 2 h`; less than a minute is one."""
    minutes = max(1, seconds // 60)
    counts = (minutes // 1440, minutes // 60 % 24, minutes % 60)
    first = next(i for i, n in enumerate(counts) if n)
    shown = [units[i].format(n=counts[i]) for i in range(first, min(first + 2, 3)) if counts[i]]
    return " ".join(shown).replace(" ", "\u00a0")
