"""What repeating every run came to, for a student's page and for the teacher's eye."""

from __future__ import annotations

from dataclasses import dataclass

from grader.judge.model import Difference, Grade, Status
from grader.runids import number_of
from grader.view.words import LANGUAGES, SYMBOLS, words

_WORDS: dict[str, tuple[str, str]] = {
    "certified": (
        "Chaque essai a été joué {n} fois, une fois sur deux sur une machine chargée~: aucun "
        "verdict n’a changé.",
        "Each run was played {n} times, every second time on a busy machine: no verdict changed.",
    ),
    "uncertified": (
        "Chaque essai a été joué {n} fois, une fois sur deux sur une machine chargée. Ces verdicts "
        "n’ont pas toujours été les mêmes. Ce n’est pas votre faute~: chacun compte au mieux.",
        "Each run was played {n} times, every second time on a busy machine. These verdicts were "
        "not always the same. That is not your fault: each counts as it was at best.",
    ),
    "once": ("1 fois", "once"),
    "times": ("{n} fois", "{n} times"),
    "eye": (
        "verdicts qui changent d’un essai à l’autre~: {names}",
        "verdicts that change between repeats: {names}",
    ),
}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A verdict of some repeats, and the first of them to look at."""

    status: Status
    symbol: str
    word: str
    times: str
    run: str
    number: int
    anchor: str


@dataclass(frozen=True, kw_only=True)
class Changing:
    """A verdict that was not the same in every repeat."""

    title: str
    scenario: str
    seen: tuple[Seen, ...]


@dataclass(frozen=True, kw_only=True)
class CertifiedView:
    """A sentence, and what contradicts it."""

    text: str
    holds: bool
    changing: tuple[Changing, ...]


def certified_view(grade: Grade, language: str) -> CertifiedView | None:
    """What a page says of the repeats; None where nothing was repeated."""
    made = grade.certification
    if made is None:
        return None
    key = "uncertified" if made.differences else "certified"
    return CertifiedView(
        text=_say(key, language).format(n=made.repeats),
        holds=not made.differences,
        changing=tuple(_changing(grade, d, language) for d in made.differences),
    )


def runs_to_show(grade: Grade) -> frozenset[str]:
    """Runs with a section of their own: first repeats, those that count, and those that differ.

    Twenty repeats that say the same would hide what a student came to read.
    """
    shown = {run.id for run in grade.runs if number_of(run.id) == 1}
    shown |= {f.run for judged in grade.criteria for f in judged.findings}
    shown |= {f.run for f in grade.advice} | {d.run for d in grade.diagnoses}
    if grade.certification is not None:
        for difference in grade.certification.differences:
            shown |= {verdict.runs[0] for verdict in difference.verdicts}
    return frozenset(shown)


def changing_names(grade: Grade) -> str:
    """The criteria (or expectations) whose verdicts changed, for a list of rows."""
    if grade.certification is None:
        return ""
    names = dict.fromkeys(d.criterion or d.expectation for d in grade.certification.differences)
    return ", ".join(names)


def eye_reason(grade: Grade, language: str) -> str:
    """Why a teacher should look at this submission; empty where the repeats agree."""
    names = changing_names(grade)
    return _say("eye", language).format(names=names) if names else ""


def _changing(grade: Grade, difference: Difference, language: str) -> Changing:
    titles = {
        j.criterion.id: j.criterion.title.in_language(language)
        for j in grade.criteria
        if j.criterion.id == difference.criterion
    }
    table = words(language)
    return Changing(
        title=titles.get(difference.criterion or "", difference.expectation),
        scenario=difference.scenario,
        seen=tuple(
            Seen(
                status=verdict.status,
                symbol=SYMBOLS[verdict.status],
                word=table[verdict.status],
                times=_say("times" if verdict.runs[1:] else "once", language).format(
                    n=len(verdict.runs)
                ),
                run=verdict.runs[0],
                number=number_of(verdict.runs[0]),
                anchor=f"run-{verdict.runs[0]}",
            )
            for verdict in difference.verdicts
        ),
    )


def _say(key: str, language: str) -> str:
    column = LANGUAGES.index(language) if language in LANGUAGES else 0
    return _WORDS[key][column].replace("~", "\u00a0")
