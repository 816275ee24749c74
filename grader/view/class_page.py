"""What the class page shows, as plain data: its parts, from top to bottom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.judge.model import Grade
from grader.lab.model import Lab
from grader.view.class_table import ClassTable, class_table
from grader.view.class_words import class_words, percent
from grader.view.distribution import Bar, bars, mean, median, quartiles, scaled_scores
from grader.view.heat_strips import Heat, heat
from grader.view.item_analysis import Item, items
from grader.view.lecture_plan import Lesson, keys, lecture_plan
from grader.view.pseudonyms import anonymised
from grader.view.student_model import Links
from grader.view.teacher_eye import Reason, codes, for_the_eye
from grader.view.words import count, decimal

_MOST_PARTS = 12
"""So many are named."""


@dataclass(frozen=True, kw_only=True)
class Tile:
    """A number at a glance: `value`, what it is out of (or its share), what it says."""

    value: str
    of: str
    label: str


@dataclass(frozen=True, kw_only=True)
class ClassPage:
    """Everything on the page, from top to bottom."""

    lab: str
    anonymous: bool
    isolation: str
    part: str
    """That it is of a part of the class only; empty: of all of it."""
    cut_off: str
    """That some of it is not graded yet; empty: all of it is."""
    incomplete: bool
    """Some grade is provisional."""
    tiles: tuple[Tile, ...]
    eye: tuple[Reason, ...]
    bars: tuple[Bar, ...]
    plan: tuple[Lesson, ...]
    items: tuple[Item, ...]
    heat: Heat
    table: ClassTable
    links: Links


def class_page(
    lab: Lab,
    grades: Sequence[Grade],
    language: str,
    *,
    isolation: str = "",
    links: Links | None = None,
    pseudonym_key: bytes = b"",
    parts: Sequence[str] = (),
    persons: int = 0,
    left: int = 0,
) -> ClassPage:
    """Build the page of a class; rows keep the order of `grades`.

    `parts`, as `2/4`, are those that it is of, where that is not all of a class of `persons`
    (0: nobody knows how many). `left` are still to be graded.

    With a `pseudonym_key` it is anonymous: pseudonyms drawn from the key stand for the names,
    in their own order, and nothing leads to a page or a file that has names.
    """
    if pseudonym_key:
        grades, links = anonymised(grades, pseudonym_key), None
    linked = not pseudonym_key
    criteria = tuple(c for c in lab.criteria if c.enabled)
    scores = scaled_scores(lab, grades)
    named = keys(grades, language)
    eyes = codes(grades, language)
    return ClassPage(
        lab=lab.title.in_language(language),
        anonymous=bool(pseudonym_key),
        isolation=isolation,
        part=_part(parts, persons, language, told=left > 0),
        cut_off=_cut_off(left, language),
        incomplete=not all(g.complete for g in grades),
        tiles=_tiles(lab, len(grades), scores, len(eyes), language),
        eye=for_the_eye(grades, language, linked=linked),
        bars=bars(lab, scores, language),
        plan=lecture_plan(grades, named, language, linked=linked),
        items=items(criteria, grades, language),
        heat=heat(criteria, grades, language),
        table=class_table(lab, grades, named, eyes, language, linked=linked),
        links=links or Links(),
    )


def _part(parts: Sequence[str], persons: int, language: str, *, told: bool) -> str:
    """`told`: that somebody is missing."""
    of_all = bool(parts) and parts[0].endswith(f"/{len(parts)}")
    if not parts or (of_all and told):
        return ""
    table = class_words(language)
    named = ", ".join(parts[:_MOST_PARTS]) + (", …" if parts[_MOST_PARTS:] else "")
    if of_all:
        said = table["parts_cut_off"]
    else:
        said = table["part" if len(parts) == 1 else "parts"].format(parts=named)
    whole = table["whole_class_one" if persons == 1 else "whole_class"] if persons else ""
    return said + whole.format(n=count(persons, language))


def _cut_off(left: int, language: str) -> str:
    return class_words(language)["cut_off"].format(n=count(left, language)) if left else ""


def _tiles(
    lab: Lab, total: int, scores: Sequence[Fraction], eyes: int, language: str
) -> tuple[Tile, ...]:
    table = class_words(language)
    out_of = f"/\u00a0{decimal(lab.max_score, language)}"
    counts = [
        Tile(value=count(total, language), of="", label=table["submissions"]),
        Tile(value=count(len(scores), language), of="", label=table["graded"]),
    ]
    eye = Tile(value=count(eyes, language), of="", label=table["n_eye"])
    if not scores:
        return (*counts, eye)
    low, high = (decimal(value, language) for value in quartiles(scores))
    half = sum(2 * score >= lab.max_score for score in scores)
    full = sum(score == lab.max_score for score in scores)
    return (
        *counts,
        Tile(value=decimal(mean(scores), language, 1), of=out_of, label=table["mean"]),
        Tile(value=decimal(median(scores), language), of=out_of, label=table["median"]),
        Tile(value=table["from_to"].format(low=low, high=high), of="", label=table["middle_half"]),
        _share(half, len(scores), table["n_half"], language),
        _share(full, len(scores), table["n_full"], language),
        eye,
    )


def _share(part: int, whole: int, label: str, language: str) -> Tile:
    return Tile(value=count(part, language), of=percent(part / whole, language), label=label)
