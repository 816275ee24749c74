"""What pages say of repeats."""

from __future__ import annotations

from dataclasses import replace

from certified import CERTIFIED, UNCERTIFIED
from report_samples import grade, lab, stuck_grade

from grader.judge.model import Status
from grader.view.certified import certified_view, eye_reason, runs_to_show
from grader.view.html import student_html
from grader.view.teacher_eye import reasons


def test_nothing_is_said_where_nothing_was_repeated() -> None:
    assert certified_view(stuck_grade(), "en") is None
    assert eye_reason(stuck_grade(), "en") == ""


def test_equal_repeats_are_a_sentence() -> None:
    view = certified_view(replace(stuck_grade(), certification=CERTIFIED), "fr")
    assert view is not None
    assert view.holds
    assert view.text.endswith("chargée\u00a0: aucun verdict n’a changé.")
    assert view.changing == ()


def test_a_verdict_that_changes_is_shown_with_both_runs() -> None:
    made = replace(stuck_grade(), certification=UNCERTIFIED)
    view = certified_view(made, "en")
    assert view is not None
    assert not view.holds
    (changing,) = view.changing
    assert changing.title
    assert [(s.status, s.times, s.run) for s in changing.seen] == [
        (Status.PASS, "2 times", "server-nominal"),
        (Status.FAIL, "once", "server-nominal~2"),
    ]
    told = ("uncertified", "verdicts that change between repeats: server.print2")
    assert told in reasons(made, "en")


def test_of_many_repeats_the_page_shows_those_that_say_something() -> None:
    one = stuck_grade()
    first = next(run for run in one.runs if run.id == "server-nominal")
    repeats = tuple(replace(first, id=f"server-nominal~{n}") for n in range(2, 6))
    made = replace(one, runs=(*one.runs, *repeats), certification=UNCERTIFIED)
    assert runs_to_show(made) == {*(run.id for run in one.runs), "server-nominal~2"}
    page = student_html(lab(), made, {}, (), "en")
    assert 'id="run-server-nominal~2"' in page
    assert 'id="run-server-nominal~3"' not in page
    assert 'href="#run-server-nominal~2"' in page
    assert "each counts as it was at best" in page


def test_a_right_grade_needs_no_eye() -> None:
    assert reasons(replace(grade(), certification=CERTIFIED), "en") == []
