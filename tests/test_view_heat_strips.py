"""The strips: shades, groups, quarters."""

from __future__ import annotations

from report_samples import grade, lab

from grader.judge.model import Status
from grader.view.heat_strips import COLUMNS_AT_MOST, GROUPS, heat, slices

FIRST = lab().criteria[0].id


def test_the_best_stand_left_and_neighbours_are_one_rectangle() -> None:
    grades = [
        grade("none", {FIRST: Status.FAIL}),
        grade("all"),
        grade("half", {FIRST: Status.PARTIAL}),
        grade("too"),
        grade("lost", {FIRST: Status.NOT_RUN}),
    ]
    found = heat(lab().criteria, grades, "fr")
    assert found.columns == 5
    assert dict(found.strips[0].paths) == {
        "h5": "M0 0h2v1h-2z", "hn": "M2 0h1v1h-1z", "h3": "M3 0h1v1h-1z", "h0": "M4 0h1v1h-1z"
    }  # fmt: skip
    assert [s.starts_role for s in found.strips if s.starts_role] == ["Serveur", "Client"]


def test_quarters_show_who_passes() -> None:
    grades = [grade(str(i), {FIRST: Status.FAIL} if i < 2 else {}) for i in range(8)]
    found = heat(lab().criteria, grades, "en")
    assert found.strips[0].quarters == ("100%", "100%", "100%", "0%")
    assert len(found.quarters) == 4
    assert heat(lab().criteria, grades[:3], "en").quarters == ()


def test_a_big_class_is_drawn_in_groups() -> None:
    grades = [grade(f"{i}", {FIRST: Status.FAIL} if i % 5 == 0 else {}) for i in range(500)]
    found = heat(lab().criteria, grades, "en")
    assert found.columns == GROUPS < COLUMNS_AT_MOST
    assert "groups of about 5" in found.lead
    # Those who failed have the lowest grades: the last fifth of the columns.
    assert dict(found.strips[0].paths) == {"h5": "M0 0h80v1h-80z", "h0": "M80 0h20v1h-20z"}


def test_slices_leave_nobody_out() -> None:
    assert slices(7, 3) == [(0, 2), (2, 4), (4, 7)]
    assert slices(0, 0) == []
