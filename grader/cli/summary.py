"""What `grade` says on stdout when it is done: counts, grades, what went wrong most often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

from grader.formats.certification import certification_lines
from grader.formats.safe import no_commands, one_line
from grader.judge.model import Grade, Status
from grader.lab.model import Lab, Role
from grader.view.words import decimal
from grader.view.words import words as page_words

BINS = 5
"""Bars of the distribution; TP 09's 20 points give steps of four."""
_BAR = 30
_MOST = 5
_LISTED = 8
_NAMES = 6

_WORDS: dict[str, tuple[str, str]] = {
    "graded": ("{n} remises notées", "{n} submissions graded"),
    "graded_1": ("1 remise notée", "1 submission graded"),
    "taken_over": ("{n} reprises telles quelles", "{n} taken over as they were"),
    "taken_over_1": ("1 reprise telle quelle", "1 taken over as it was"),
    "incomplete": (
        "{n} incomplètes (faute de la machine ou de Wiregrade)",
        "{n} incomplete (a fault of the machine or of Wiregrade)",
    ),
    "incomplete_1": (
        "1 incomplète (faute de la machine ou de Wiregrade)",
        "1 incomplete (a fault of the machine or of Wiregrade)",
    ),
    "mean": (
        "Moyenne {mean}, médiane {median}, de {low} à {high} sur {max}",
        "Mean {mean}, median {median}, from {low} to {high} of {max}",
    ),
    "criteria": ("Le plus souvent manqué~:", "Missed most often:"),
    "diagnoses": ("Les erreurs les plus fréquentes~:", "The most frequent mistakes:"),
    "problems": ("À regarder~:", "To look at:"),
    "identical": ("Le même programme, octet pour octet~:", "The same program, byte for byte:"),
    "more": ("… et {n} autres", "… and {n} more"),
    "more_1": ("… et 1 autre", "… and 1 more"),
    "report": ("Rapport~: {path}", "Report: {path}"),
}


def summary(
    lab: Lab, grades: Sequence[Grade], language: str, *, report: str, taken_over: int = 0
) -> str:
    """The lines, the last of which names the report to open."""
    words = _words(language)
    blocks = [_counts(grades, words, taken_over)]
    if complete := [grade for grade in grades if grade.complete]:
        blocks.append(_distribution(lab, complete, words, language))
    blocks.append(_missed(lab, grades, words, language))
    blocks.append(_mistakes(grades, words, language))
    blocks.append(_problems(grades, words, language))
    blocks.append(_identical(grades, words, language))
    blocks.append(certification_lines(grades, language))
    blocks.append([words["report"].format(path=report)])
    return no_commands("\n\n".join("\n".join(block) for block in blocks if block))


def _counts(grades: Sequence[Grade], words: dict[str, str], taken_over: int) -> list[str]:
    parts = [_counted("graded", len(grades), words)]
    if taken_over:
        parts.append(_counted("taken_over", taken_over, words))
    if incomplete := sum(not grade.complete for grade in grades):
        parts.append(_counted("incomplete", incomplete, words))
    return [", ".join(parts)]


def _distribution(
    lab: Lab, grades: Sequence[Grade], words: dict[str, str], language: str
) -> list[str]:
    found = Counter(grade.score for grade in grades)
    scores = [score for score in sorted(found) for _ in range(found[score])]
    top = lab.max_score
    mean = sum((score * n for score, n in found.items()), Fraction(0)) / len(scores)
    first = words["mean"].format(
        mean=_short(mean, language),
        median=_short(_middle(scores), language),
        low=decimal(scores[0], language),
        high=decimal(scores[-1], language),
        max=decimal(top, language),
    )
    counts: Counter[int] = Counter()
    for score, n in found.items():
        counts[min(int(score * BINS / top), BINS - 1) if top else 0] += n
    highest = max(counts.values())
    edges = [decimal(top * i / BINS, language) for i in range(BINS + 1)]
    width = max(len(f"{low}-{high}") for low, high in pairwise(edges))
    lines = [first]
    for i in range(BINS):
        label = f"{edges[i]}-{edges[i + 1]}"
        bar = "█" * -(-counts[i] * _BAR // highest)
        lines.append(f"  {label:>{width}}  {bar} {counts[i]}" if bar else f"  {label:>{width}}  0")
    return lines


def _middle(scores: Sequence[Fraction]) -> Fraction:
    """The median of these, which are in order."""
    last = len(scores) - 1
    return (scores[last // 2] + scores[-(-last // 2)]) / 2


def _missed(lab: Lab, grades: Sequence[Grade], words: dict[str, str], language: str) -> list[str]:
    missed = Counter(
        judged.criterion.id
        for grade in grades
        for judged in grade.criteria
        if judged.status in (Status.FAIL, Status.PARTIAL)
    )
    if not missed:
        return []
    most = missed.most_common(_MOST)
    width = max(len(identifier) for identifier, _ in most)
    of = len(grades)
    return [words["criteria"]] + [
        f"  {identifier:<{width}}  {n:>3}/{of}  "
        + one_line(lab.criterion(identifier).title.in_language(language))
        for identifier, n in most
    ]


def _mistakes(grades: Sequence[Grade], words: dict[str, str], language: str) -> list[str]:
    # One id may be told in several ways, which a teacher would answer differently: a line each.
    found = Counter(
        said
        for grade in grades
        for said in {
            (d.id, one_line(d.title.in_language(language)))
            for d in grade.diagnoses
            if d.level == "error"
        }
    )
    if not found:
        return []
    return [words["diagnoses"]] + [
        f"  {n:>3} × {title}"
        for (_, title), n in sorted(found.items(), key=lambda x: (-x[1], x[0]))[:_MOST]
    ]


def _problems(grades: Sequence[Grade], words: dict[str, str], language: str) -> list[str]:
    lines = [
        f"  {one_line(grade.name)}  {one_line(grade.problem.message.in_language(language))}"
        for grade in grades
        if grade.problem is not None
    ]
    if not lines:
        return []
    if len(lines) > _LISTED:
        lines = [*lines[:_LISTED], "  " + _counted("more", len(lines) - _LISTED, words)]
    return [words["problems"], *lines]


def _identical(grades: Sequence[Grade], words: dict[str, str], language: str) -> list[str]:
    """Who handed in the same, the most first: a line for each group of people."""
    from grader.view.teacher_eye import identical

    groups: dict[tuple[str, ...], tuple[list[Grade], list[Role]]] = {}
    for role, who in identical(grades):
        if len({_handed_in(grade) for grade in who}) > 1:
            _, roles = groups.setdefault(tuple(grade.id for grade in who), (who, []))
            roles.append(role)
    if not groups:
        return []
    named = page_words(language)
    lines = [
        f"  {len(who):>3} × {', '.join(named[role] for role in roles)}  {_names(who, words)}"
        for who, roles in list(groups.values())[:_MOST]
    ]
    if len(groups) > _MOST:
        lines.append("  " + _counted("more", len(groups) - _MOST, words))
    return [words["identical"], *lines]


def _handed_in(grade: Grade) -> tuple[str, ...]:
    """What is one for all rows of one handing in: members of a team have the same of course."""
    origin = grade.origin
    if origin is None or origin.team is None:
        return (grade.id,)
    return (origin.team, *origin.entries)


def _names(grades: Sequence[Grade], words: dict[str, str]) -> str:
    named = ", ".join(one_line(grade.name) for grade in grades[:_NAMES])
    if len(grades) <= _NAMES:
        return named
    return f"{named} {_counted('more', len(grades) - _NAMES, words)}"


def is_certified(grade: Grade) -> bool:
    """No verdict differed, as far as anything was repeated."""
    return grade.certification is None or not grade.certification.differences


def _short(value: Fraction, language: str) -> str:
    """A mean needs no more than one place."""
    return decimal(Fraction(round(value * 10), 10), language)


def _counted(key: str, number: int, words: dict[str, str]) -> str:
    return words[f"{key}_1"] if number == 1 else words[key].format(n=number)


def _words(language: str) -> dict[str, str]:
    column = 1 if language == "en" else 0
    return {key: pair[column].replace("~", "\u00a0") for key, pair in _WORDS.items()}
