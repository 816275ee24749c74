"""What a teacher is asked to look at, and how it is worded."""

from __future__ import annotations

from dataclasses import replace

from report_samples import RUNS, grade, stuck_grade, text

from grader.judge.model import Digests, Grade, Problem, Programs, Remark, RunSummary, Status
from grader.lab.model import Level
from grader.view.people import SHOWN_AT_MOST
from grader.view.teacher_eye import codes, for_the_eye, identical, reasons


def ended(outcome: str, limit: str, level: Level = Level.GRADED) -> RunSummary:
    return replace(RUNS[0], outcome=outcome, limit=limit, level=level)


def with_programs(name: str, **programs: str) -> Grade:
    digests = Digests(submission=name, lab="", programs=programs)  # type: ignore[arg-type]
    return replace(grade(name, runs=()), digests=digests)


def test_most_need_no_look() -> None:
    assert reasons(stuck_grade(), "fr") == []
    assert codes([stuck_grade()], "fr") == {}
    assert for_the_eye([stuck_grade()], "fr", linked=True) == ()


def test_what_was_not_run_and_a_limit_that_was_struck() -> None:
    one = grade("x", {"server.listen": Status.NOT_RUN}, runs=[ended("timeout", "wall")])
    assert reasons(one, "en") == [
        ("not_run", "a part could not be graded (server.listen)"),
        ("limit", "limit reached: time (server-nominal)"),
    ]
    flood = grade("x", runs=[ended("limit", "output"), ended("limit", "memory")])
    assert reasons(flood, "fr")[0][1].startswith("limite atteinte\u00a0: texte affiché, mémoire (")
    assert reasons(grade("x", runs=[ended("limit", "output", Level.ADVICE)]), "fr") == []


def test_no_program_and_programs_that_are_hard_to_tell_apart() -> None:
    lost = grade("x", programs=Programs(server="s.py", client=None), runs=())
    assert reasons(lost, "fr") == [("missing", "pas de programme client")]
    unclear = Remark(code="unclear-role", text=text("lequel\u00a0?", "which?"))
    assert reasons(grade("x", remarks=[unclear], runs=()), "en") == [("unclear", "which?")]


def test_a_problem_is_the_students_or_nobodys() -> None:
    said = text("abîmée", "broken")
    broken = Problem(code="broken-archive", blame="student", message=said)
    assert reasons(grade("x", problem=broken, runs=()), "en") == [("problem", "broken")]
    ours = Problem(code="internal", blame="ours", message=said)
    assert reasons(grade("x", problem=ours, runs=()), "en") == [("not_run", "broken")]


def test_the_same_program_is_found_whatever_the_rest() -> None:
    grades = [
        with_programs("a", server="1", client="2"),
        with_programs("b", server="1", client="3"),
        with_programs("c", server="4", client="3"),
        with_programs("d", server="1"),
        grade("e", runs=()),
    ]
    assert [(role, [g.id for g in who]) for role, who in identical(grades)] == [
        ("server", ["a", "b", "d"]),
        ("client", ["b", "c"]),
    ]
    (reason,) = for_the_eye(grades, "fr", linked=True)
    assert (reason.title, reason.count) == ("Fichiers identiques", "4")
    assert [same.label for same in reason.same] == [
        "Le même programme serveur\u00a0:", "Le même programme client\u00a0:"
    ]  # fmt: skip
    assert codes(grades, "fr") == dict.fromkeys("abdc", ("identical",))


def test_one_role_is_never_compared_with_the_other() -> None:
    assert identical([with_programs("a", server="1"), with_programs("b", client="1")]) == []


def test_reasons_stand_together_by_kind_and_many_are_counted() -> None:
    lost = Programs(server=None, client="c.py")
    grades = [grade(f"s{i:03}", programs=lost, runs=()) for i in range(SHOWN_AT_MOST + 2)]
    grades.append(grade("x", {"server.listen": Status.NOT_RUN}, runs=()))
    first, second = for_the_eye(grades, "en", linked=False)
    assert (first.code, first.in_table) == ("not_run", "In the table")
    assert (second.code, len(second.seen), second.more) == ("missing", SHOWN_AT_MOST, 2)
    assert second.more_words == "… and 2 more"
    assert second.seen[0].who.href == ""
