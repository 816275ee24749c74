"""The plan: notions and mistakes by how many lack or make them, and who they are."""

from __future__ import annotations

from dataclasses import replace

from report_samples import DIAGNOSIS, grade, lab, text

from grader.judge.model import Grade, Status
from grader.view.lecture_plan import Lesson, errors, keys, lecture_plan
from grader.view.people import SHOWN_AT_MOST

ONE = replace(DIAGNOSIS, notion=text("énoncé, partie 1", "statement, part 1"))
OTHER = replace(
    DIAGNOSIS, id="other", title=text("Autre"), notion=text("énoncé, partie 2"), criteria=()
)
COST = {"server.print2": Status.FAIL, "server.close": Status.FAIL}


def plan(grades: list[Grade], *, linked: bool = True) -> tuple[Lesson, ...]:
    return lecture_plan(grades, keys(grades, "fr"), "fr", linked=linked)


def test_the_notion_that_most_people_lack_comes_first() -> None:
    grades = [
        grade("a", diagnoses=[OTHER]),
        grade("b", COST, diagnoses=[ONE]),
        grade("c", diagnoses=[OTHER, ONE]),
        grade("d", diagnoses=[OTHER]),
        grade("e"),
    ]
    first, second = plan(grades)
    assert [p.text for p in first.notion] == ["Énoncé, partie 2"]
    assert (first.count, first.percent) == ("3", "60\u00a0%")
    assert [p.name[0].text for p in first.mistakes[0].who.shown] == ["a", "c", "d"]
    assert first.mistakes[0].lost == ""
    assert (second.mistakes[0].count, second.mistakes[0].share) == ("2", 0.4)
    by_id = {c.id: c.points for c in lab().criteria}
    cost = by_id["server.print2"] + by_id["server.close"]
    assert second.mistakes[0].lost == f"−{cost}\u00a0pt"


def test_somebody_with_two_mistakes_of_a_notion_lacks_it_once() -> None:
    same = replace(OTHER, notion=ONE.notion)
    (lesson,) = plan([grade("a", diagnoses=[ONE, same])])
    assert (lesson.count, len(lesson.mistakes)) == ("1", 2)


def test_a_mistake_without_a_notion_is_in_the_plan_too() -> None:
    (lesson,) = plan([grade("a", diagnoses=[DIAGNOSIS])])
    assert lesson.notion[0].text == "Sans notion nommée"


def test_remarks_are_no_mistakes_and_both_programs_count_once() -> None:
    remark = replace(ONE, level="remark")
    assert errors(grade(diagnoses=[remark]), "fr") == {}
    twice = grade(diagnoses=[ONE, replace(ONE, role="client", file="client.py")])
    assert [d.role for d in errors(twice, "fr").values()] == ["server"]


def test_a_mistake_told_in_two_ways_has_two_lines_and_two_keys() -> None:
    told = replace(ONE, title=text("Autre tournure"))
    grades = [grade("a", diagnoses=[told]), *(grade(x, diagnoses=[ONE]) for x in "bc")]
    (lesson,) = plan(grades)
    first, second = lesson.mistakes
    assert (first.count, second.count) == ("2", "1")
    assert first.id == second.id == "never-closes"
    assert first.key != second.key
    # An address that was kept means the same when others make the mistake, too.
    assert set(keys(grades, "fr").values()) == set(keys(grades * 2, "fr").values())
    assert list(keys([grade("a", diagnoses=[ONE])], "fr").values()) == ["never-closes"]


def test_of_many_the_first_are_named_and_the_others_counted() -> None:
    grades = [grade(f"s{i:03}", diagnoses=[ONE]) for i in range(SHOWN_AT_MOST + 5)]
    who = plan(grades)[0].mistakes[0].who
    assert (who.count, len(who.shown), who.more) == (SHOWN_AT_MOST + 5, SHOWN_AT_MOST, 5)


def test_without_links_nobody_is_linked() -> None:
    (lesson,) = plan([grade("a", diagnoses=[ONE])], linked=False)
    assert lesson.mistakes[0].who.shown[0].href == ""
