"""`expected.yaml`: what a sample submission of a lab has to come to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from grader.lab import values
from grader.lab.catalogue import catalogue
from grader.lab.fields import names, options
from grader.lab.fields_lab import EXPECTED
from grader.lab.model import Lab
from grader.lab.problems import Problems, meant, shown
from grader.lab.values import Fields
from grader.lab.yamlfile import Mapping as Tree
from grader.lab.yamlfile import Node, Scalar, Sequence, parse

EXPECTED_FILE = "expected.yaml"
"""Beside a sample's programs; it is none of them."""
MAX_BYTES = 64 * 1024
_EARNED = {"pass": Fraction(1), "partial": Fraction(1, 2), "fail": Fraction(0)}


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What is said is compared; what is not said may be anything."""

    score: Fraction
    about: str = ""
    criteria: Mapping[str, str] = field(default_factory=dict)
    """Verdicts by criterion."""
    diagnoses: tuple[str, ...] | None = None
    """Errors that must be named; others may be."""
    runs: Mapping[str, str] = field(default_factory=dict)
    """Outcomes by scenario."""


def read_expected(data: bytes, called: str, lab: Lab) -> Expected:
    """Read the file that problems call `called`.

    Raises:
        LabError: with all that is wrong in it.
    """
    problems = Problems()
    node = parse(called, data, problems, MAX_BYTES)
    fields = Fields(node, problems, "expected", names(EXPECTED))
    points = {c.id: c.points for c in lab.criteria if c.enabled}
    about, given = fields.get("about"), fields.get("diagnoses")
    criteria = _by_name(fields.get("criteria"), problems, "criteria", points, tuple(_EARNED))
    found = Expected(
        score=_score(fields.need("score"), problems),
        about=values.text(about, problems, "about") if about else "",
        criteria=criteria,
        diagnoses=None if given is None else _diagnoses(given, problems),
        runs=_by_name(
            fields.get("runs"), problems, "runs", [s.id for s in lab.scenarios],
            options(EXPECTED, "runs"),
        ),
    )  # fmt: skip
    if len(problems) == 0 and set(criteria) == set(points):
        total = sum((points[name] * _EARNED[status] for name, status in criteria.items()), start=0)
        if total != found.score:
            problems.add(
                fields.need("score").place,
                f"score: the criteria below come to {float(total):g} points",
            )
    problems.raise_any()
    return found


def _score(node: Node, problems: Problems) -> Fraction:
    match node:
        case Scalar(value=bool()):
            pass
        case Scalar(value=(int() | Fraction()) as number) if 0 <= number <= 10**6:
            return Fraction(number)
        case Scalar(value=str(text)) if text.replace(".", "", 1).isdecimal() and len(text) < 10:
            return Fraction(text)
    values.wrong_kind(node, problems, "score", "a number of points, such as 17 or 14.5")
    return Fraction(0)


def _by_name(
    node: Node | None, problems: Problems, what: str, known: Collection[str], words: Collection[str]
) -> dict[str, str]:
    if node is None:
        return {}
    if not isinstance(node, Tree):
        values.wrong_kind(node, problems, what, "`name: word` lines")
        return {}
    for entry in node.entries:
        if entry.key not in known:
            message = f"{what}: the lab has no {shown(entry.key)}{meant(entry.key, known)}"
            problems.add(entry.place, message)
    return {e.key: values.choice(e.value, problems, f"{what}: {e.key}", words)
            for e in node.entries}  # fmt: skip


def _diagnoses(node: Node, problems: Problems) -> tuple[str, ...]:
    known = catalogue().entries
    found = []
    if isinstance(node, Sequence) and not node.items:
        return ()  # nothing needs to be named
    for item in values.items(node, problems, "diagnoses"):
        name = values.text(item, problems, "diagnoses")
        if name and name not in known:
            problems.add(item.place, f"diagnoses: no {shown(name)}{meant(name, tuple(known))}")
        found.append(name)
    return tuple(found)
