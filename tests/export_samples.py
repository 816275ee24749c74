"""Results that exports must cope with, and the files that say what comes of them.

The golden files in `tests/golden/exports/` are written anew with
`WIREGRADE_NEW_GOLDEN=1 pytest tests/test_formats_exports.py`; read the difference before you
keep it.
"""

from __future__ import annotations

import os
from dataclasses import replace as replaced
from fractions import Fraction
from pathlib import Path

from msgspec.structs import replace
from report_samples import grade, hostile_grade, lab, stuck_grade, text

from grader.judge.model import Adjustment, Grade, Problem, Programs, Status
from grader.results import Result, Tool, result
from grader.submission import Late, Origin

GOLDEN = Path(__file__).parent / "golden" / "exports"


def result_of(one: Grade, language: str = "fr") -> Result:
    """Its result.json, of no version in particular."""
    made = result(lab(), "full", one, language=language)
    return replace(made, tool=Tool(name="wiregrade", version="0.0.0"))


def not_run() -> Grade:
    """A part of it could not be run."""
    return grade("martin", {"client.print": Status.NOT_RUN})


def broken() -> Grade:
    """An archive that nobody can read: nothing passes."""
    nothing = dict.fromkeys((c.id for c in lab().criteria), Status.FAIL)
    problem = Problem(
        code="broken-archive",
        message=text("L’archive est abîmée.", "The archive is broken."),
        blame="student",
    )
    return grade("abel", nothing, problem=problem, programs=Programs(server=None, client=None))


def half() -> Grade:
    """A half point: no whole number will do."""
    return grade("zoe", {"client.connect": Status.PARTIAL}, name="Zoé O’Neil")


def results_of_class(language: str = "fr") -> list[Result]:
    """A class of everything that is hard."""
    grades = (stuck_grade(), hostile_grade(), not_run(), broken(), half())
    return [result_of(one, language) for one in grades]


def golden(name: str, data: bytes) -> None:
    """The export is what it was, byte for byte."""
    path = GOLDEN / name
    if os.environ.get("WIREGRADE_NEW_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    assert path.read_bytes() == data, f"{path} says otherwise; see {__file__}"


def changed() -> list[Result]:
    """Grades that are not what the verdicts come to: late, points given and taken by hand."""
    lost = grade("aya", {"server.print2": Status.FAIL}, name="Aya <b>")
    by_hand = {
        "server.print2": Adjustment(
            points=Fraction(3, 2), why="vu en séance, | *", date="2026-11-28"
        ),
        "client.connect": Adjustment(points=Fraction(0), why="::error::recopié", date="2026-11-28"),
    }
    criteria = tuple(replaced(one, adjusted=by_hand.get(one.criterion.id)) for one in lost.criteria)
    earned = sum((one.counted for one in criteria), Fraction(0))
    late = Late(due="2026-11-20T23:59:00+01:00", seconds=90_000, rule="1/day", penalty="2")
    origin = Origin(layout="plain", late=late)
    both = replaced(lost, criteria=criteria, origin=origin, score=earned - 2)
    return [result_of(both), result_of(replaced(both, origin=None, id="bo", score=earned))]
