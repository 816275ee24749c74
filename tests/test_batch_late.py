"""What being late takes off a grade, and that it is said wherever the grade is."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import msgspec
from late_grades import LAB, grade, origin

from grader import results
from grader.batch.late import with_origin
from grader.view.html import student_html


def test_the_score_is_what_counts_and_the_rest_is_beside_it() -> None:
    late = with_origin(grade(17), origin("5/2"))
    assert (late.score, late.earned) == (Fraction("14.5"), Fraction(17))
    told = results.results(LAB, "full", [late], "fr").submissions[0]
    assert isinstance(told.late, results.LateInfo)
    assert (told.score, told.late.earned, told.late.penalty) == (14.5, 17, 2.5)
    assert sum(c.points for c in told.criteria) == 17
    assert isinstance(told.origin, results.OriginInfo)
    assert told.origin.entries == ("Zoé_1_assignsubmission_file",)
    again = results.read_results(results.encode(results.results(LAB, "full", [late], "fr")))
    assert again.submissions[0] == told


def test_nobody_goes_below_zero() -> None:
    late = with_origin(grade(3), origin("10"))
    assert late.score == 0
    told = results.result(LAB, "full", late, (), "en")
    assert isinstance(told.late, results.LateInfo)
    assert (told.late.penalty, told.late.earned) == (3, 3)


def test_it_is_on_the_students_page_beside_the_grade() -> None:
    page = student_html(LAB, with_origin(grade(17), origin("2")), {}, (), "en")
    head = page.partition("</header>")[0]
    assert "15 instead of 17" in head
    assert "after the due date" not in student_html(LAB, grade(17), {}, (), "en")


def test_in_time_nothing_is_taken_off() -> None:
    made = grade(17)
    in_time = replace(origin("0"), late=None)
    assert with_origin(made, None) == made
    assert with_origin(made, in_time) == replace(made, origin=in_time)
    assert results.results(LAB, "full", [made]).submissions[0].late is msgspec.UNSET
