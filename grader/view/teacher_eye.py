"""What a person should look at: what a grader cannot or must not decide alone.

A verdict that could not be reached, or that is not certified; a submission that could not be
read; a program that was not found, or not told apart for sure; a program that was ended at a
limit, which a teacher may want to see run; programs that are the same, byte for byte; points
that were given by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from grader.judge.model import Grade, RunSummary, Status
from grader.lab.model import ROLES, Level, Role
from grader.view.bytes_view import Run, prose
from grader.view.certified import eye_reason
from grader.view.class_words import class_words
from grader.view.people import SHOWN_AT_MOST, People, Person, people, person
from grader.view.words import count, decimal

Code = Literal[
    "not_run", "uncertified", "problem", "missing", "unclear", "limit", "identical", "adjusted"
]
CODES: tuple[Code, ...] = (
    "not_run", "uncertified", "problem", "missing", "unclear", "limit", "identical", "adjusted",
)  # fmt: skip

UNCLEAR = frozenset({"unclear-role"})
"""Codes of remarks that ask for a person's decision."""

_ENDED = ("timeout", "limit")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A submission, and why it should be looked at."""

    who: Person
    reason: tuple[Run, ...]


@dataclass(frozen=True, kw_only=True)
class Same:
    """Submissions that have one program in common."""

    label: str
    who: People


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One kind of reason and whom it is about; `same` only where files are identical."""

    code: Code
    title: str
    count: str
    seen: tuple[Seen, ...]
    same: tuple[Same, ...]
    more: int
    """Of `seen`, or of `same`, that are not named here."""
    more_words: str
    in_table: str


def reasons(grade: Grade, language: str) -> list[tuple[Code, str]]:
    """Why a person should look at this submission, by itself; an empty list for most."""
    return list(dict.fromkeys(_reasons(grade, language)))


def _reasons(grade: Grade, language: str) -> Iterator[tuple[Code, str]]:
    table = class_words(language)
    if not grade.complete:
        missing = [j.criterion.id for j in grade.criteria if j.status is Status.NOT_RUN]
        yield "not_run", table["eye_incomplete"].format(criteria=", ".join(missing))
    if changing := eye_reason(grade, language):
        yield "uncertified", changing
    if grade.problem:
        code: Code = "problem" if grade.problem.blame == "student" else "not_run"
        yield code, grade.problem.message.in_language(language)
    else:
        asked = {j.criterion.role for j in grade.criteria}
        for role in ROLES:
            if role in asked and grade.programs.of(role) is None:
                yield "missing", table["eye_missing"].format(role=table[role])
    for remark in grade.remarks:
        if remark.code in UNCLEAR:
            yield "unclear", remark.text.in_language(language)
    if limits := _limits(grade.runs, table):
        yield "limit", limits
    for judged in grade.criteria:
        if judged.adjusted is not None:
            # Not the reason: it may name people, and the page may be without names.
            yield (
                "adjusted",
                table["eye_adjusted"].format(
                    criterion=judged.criterion.id,
                    points=decimal(judged.counted, language),
                    judged=decimal(judged.points, language),
                ),
            )


def _limits(runs: Sequence[RunSummary], table: Mapping[str, str]) -> str:
    struck = [r for r in runs if r.outcome in _ENDED and r.level is Level.GRADED]
    if not struck:
        return ""
    names = dict.fromkeys(table[f"limit_{r.limit}"] for r in struck if r.limit)
    where = ", ".join(r.id for r in struck)
    limits = ", ".join(names) or table["limit_wall"]
    return table["eye_limits"].format(limits=limits, runs=where)


def identical(grades: Sequence[Grade]) -> list[tuple[Role, list[Grade]]]:
    """Programs that several submissions have, byte for byte: the role and whose they are.

    The most widespread one first. Only the program itself is compared, whatever its name.
    """
    found: dict[tuple[Role, str], list[Grade]] = defaultdict(list)
    for grade in grades:
        if grade.digests is not None:
            for role, digest in grade.digests.programs.items():
                found[role, digest].append(grade)
    several = [(role, who) for (role, _), who in found.items() if len(who) > 1]
    return sorted(several, key=lambda one: (-len(one[1]), ROLES.index(one[0])))


def codes(grades: Sequence[Grade], language: str) -> dict[str, tuple[Code, ...]]:
    """Why each submission should be looked at, by its id; nothing for most."""
    found = {grade.id: [code for code, _ in reasons(grade, language)] for grade in grades}
    for _, who in identical(grades):
        for grade in who:
            found[grade.id].append("identical")
    return {
        identifier: tuple(dict.fromkeys(sorted(own, key=CODES.index)))
        for identifier, own in found.items()
        if own
    }


def for_the_eye(grades: Sequence[Grade], language: str, *, linked: bool) -> tuple[Reason, ...]:
    """All that should be looked at, by the kind of reason."""
    by_code: dict[Code, dict[str, tuple[Grade, list[str]]]] = defaultdict(dict)
    for grade in grades:
        for code, text in reasons(grade, language):
            by_code[code].setdefault(grade.id, (grade, []))[1].append(text)
    made = [_reason(code, [*by_code[code].values()], language, linked=linked)
            for code in CODES if code in by_code]  # fmt: skip
    if same := identical(grades):
        made.append(_identical(same, language, linked=linked))
    return tuple(made)


def _reason(
    code: Code, about: Sequence[tuple[Grade, list[str]]], language: str, *, linked: bool
) -> Reason:
    seen = tuple(
        Seen(who=person(grade, linked=linked), reason=prose("\u00a0; ".join(texts)))
        for grade, texts in islice(about, SHOWN_AT_MOST)
    )
    return _titled(code, len(about), len(about) - len(seen), language, seen=seen)


def _identical(found: Sequence[tuple[Role, list[Grade]]], language: str, *, linked: bool) -> Reason:
    table = class_words(language)
    same = tuple(
        Same(
            label=table["eye_same"].format(role=table[role]),
            who=people(who, linked=linked),
        )
        for role, who in found[:SHOWN_AT_MOST]
    )
    number = len({grade.id for _, who in found for grade in who})
    return _titled("identical", number, len(found) - len(same), language, same=same)


def _titled(
    code: Code,
    number: int,
    more: int,
    language: str,
    *,
    seen: tuple[Seen, ...] = (),
    same: tuple[Same, ...] = (),
) -> Reason:
    table = class_words(language)
    words = table["the_one" if number == 1 else "all_of_them"]
    return Reason(
        code=code,
        title=table[f"eyes_{code}"],
        count=count(number, language),
        seen=seen,
        same=same,
        more=more,
        more_words=table["and_more"].format(n=count(more, language)),
        in_table=words.format(n=count(number, language)),
    )
