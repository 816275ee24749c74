"""What `grade` says when it is done, and while it works."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction

import pytest
from batch_tools import judge, source, submission
from certified import CERTIFIED, UNCERTIFIED
from report_samples import hostile_grade, lab, stuck_grade

from grader.batch.grading import Done
from grader.cli import progress
from grader.cli.summary import is_certified, summary
from grader.intake import texts
from grader.judge.model import Diagnosis, Digests, Grade, Status
from grader.lab.model import Text
from grader.run.phases import Phase
from grader.submission import Origin

LAB = source().lab


def grade(name: str, score: str = "20", status: Status = Status.PASS) -> Grade:
    made = judge(LAB, submission(name), "", [])
    criteria = tuple(replace(judged, status=status) for judged in made.criteria)
    return replace(made, score=Fraction(score), complete=True, criteria=criteria)


def with_programs(name: str, team: str | None = None, **programs: str) -> Grade:
    digests = Digests(submission=name, lab="", programs=programs)  # type: ignore[arg-type]
    entries = (team or name,)
    origin = Origin(layout="moodle", team=team, entries=entries)
    return replace(grade(name), digests=digests, origin=origin)


def test_counts_distribution_and_the_report_last() -> None:
    grades = [grade("a"), grade("b", "10.5"), grade("c", "0", Status.FAIL)]
    lines = summary(LAB, grades, "fr", report="out/index.html", taken_over=1).splitlines()
    assert lines[0] == "3 remises notées, 1 reprise telle quelle"
    assert lines[2] == "Moyenne 10,2, médiane 10,5, de 0 à 20 sur 20"
    assert [line.split()[-1] for line in lines[3:8]] == ["1", "0", "1", "0", "1"]
    assert any("server.listen" in line and "1/3" in line for line in lines)
    assert lines[-1] == "Rapport\u00a0: out/index.html"


def test_in_english() -> None:
    lines = summary(LAB, [grade("a")], "en", report="out/index.html").splitlines()
    assert lines[0] == "1 submission graded"
    assert lines[-1] == "Report: out/index.html"


def test_what_is_incomplete_is_counted_and_out_of_the_mean() -> None:
    lost = replace(grade("a", "0"), complete=False)
    text = summary(LAB, [lost, grade("b", "20")], "en", report="r")
    assert "1 incomplete" in text
    assert "Mean 20, median 20" in text
    assert "Mean" not in summary(LAB, [lost], "en", report="r")


def test_mistakes_and_problems_of_strangers_are_safe() -> None:
    title = Text({"fr": "Erreur \x1b[31m", "en": "Mistake \x1b[31m"})
    mistake = Diagnosis(
        id="x", role="server", run="r", level="error", title=title, explanation=title
    )
    bad = replace(grade("a"), name="\x1b]0;x\x07", diagnoses=(mistake, mistake),
                  problem=texts.problem("broken-archive"))  # fmt: skip
    text = summary(LAB, [bad, *([replace(bad, name="z")] * 20)], "en", report="r")
    assert "\x1b" not in text
    assert "21 × Mistake" in text
    assert "… and 13 more" in text


def test_who_handed_in_the_same_is_named() -> None:
    grades = [
        with_programs("ana", server="1", client="2"),
        with_programs("bob", server="1", client="3"),
        with_programs("eve", server="4", client="3"),
        with_programs("zoe", server="1"),
        *(with_programs(name, server="6", client="7") for name in ("y", "z")),
    ]
    lines = summary(LAB, grades, "en", report="r").splitlines()
    at = lines.index("The same program, byte for byte:")
    assert lines[at + 1 : at + 5] == [
        "    3 × server  ana, bob, zoe",
        "    2 × server, client  y, z",
        "    2 × client  bob, eve",
        "",
    ]
    french = summary(LAB, grades, "fr", report="r")
    assert "Le même programme, octet pour octet\u00a0:\n    3 × serveur  ana, bob, zoe" in french


def test_few_of_many_who_handed_in_the_same_are_named_and_nothing_is_obeyed() -> None:
    many = [with_programs(f"s{n}", server=str(n // 9)) for n in range(9 * 7)]
    many[0] = replace(many[0], name="\x1b]0;x\x07\n::error::y")
    lines = summary(LAB, many, "en", report="r").splitlines()
    at = lines.index("The same program, byte for byte:")
    named = r"\x1b]0;x\x07 ::error::y, s1, s2, s3, s4, s5 … and 3 more"
    assert lines[at + 1] == f"    9 × server  {named}"
    assert lines[at + 6 : at + 8] == ["  … and 2 more", ""]


def test_members_of_one_team_have_handed_in_once() -> None:
    team = [with_programs(name, "t1", server="1") for name in ("a", "b")]
    assert "byte for byte" not in summary(LAB, team, "en", report="r")
    other = with_programs("c", "t2", server="1")
    assert "  3 × server  a, b, c" in summary(LAB, [*team, other], "en", report="r")
    alone = [with_programs("a", server="1"), with_programs("b", client="1")]
    assert "byte for byte" not in summary(LAB, alone, "en", report="r")


def test_repeats_that_are_equal_are_certified() -> None:
    one = replace(grade("a"), certification=CERTIFIED)
    text = summary(LAB, [one, one], "en", report="r")
    assert "Certified: 3 repeats of each scenario (24 runs), 28 verdicts, none of which" in text
    assert is_certified(one)
    assert is_certified(grade("a"))
    assert "ertified" not in summary(LAB, [grade("a")], "en", report="r")


def test_a_verdict_that_differs_is_listed_with_both_transcripts() -> None:
    one = replace(grade("a"), certification=UNCERTIFIED)
    lines = summary(LAB, [one, grade("b")], "en", report="r").splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("Not certified: 1 verdicts"))
    assert lines[at + 1 : at + 4] == [
        "  a  server-nominal  server.print2  pass 2 / fail 1",
        "    a/runs/server-nominal.jsonl",
        "    a/runs/server-nominal~2.jsonl",
    ]
    assert not is_certified(one)
    assert "Pas certifié\u00a0: 1 " in summary(LAB, [one], "fr", report="r")
    assert "… and 12 more" in summary(LAB, [one] * 20, "en", report="r")


def test_phases_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    idle = Phase(name="idle", jobs=3, repeats=(1, 3, 5, 7, 9, 11), processes=0)
    loaded = Phase(name="loaded", jobs=3, repeats=(2, 4), processes=8)
    with progress.progress(2, "en") as lines:
        lines.tell(idle)
        lines.tell(loaded)
    assert capsys.readouterr().err.splitlines() == [
        "Repeats 1, 3, 5, 7, …, 11 of each scenario, without load",
        "Repeats 2, 4 of each scenario, under load (8 busy processes)",
    ]
    monkeypatch.setattr(progress, "is_live", lambda stream: True)
    with progress.progress(2, "fr") as bar:
        assert isinstance(bar, progress.Bar)
        bar.tell(loaded)
        assert "sous charge" in bar.description


def test_a_line_for_each_in_a_log(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with progress.progress(10, "fr") as shown:
        assert isinstance(shown, progress.Lines)
        shown.show(Done(grade=grade("a", "17.5")))
        shown.show(Done(grade=replace(grade("b"), name="x\n::error::y"), taken_over=True))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "[ 1/10] a  17,5/20"
    assert lines[1] == "[ 2/10] x\\n::error::y  20/20  (repris)"


def test_a_problem_is_told_on_the_line_of_its_submission(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with progress.progress(1, "fr") as shown:
        shown.show(Done(grade=hostile_grade()))
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_bar_for_a_person(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "is_live", lambda stream: True)
    with progress.progress(2, "fr") as shown:
        assert isinstance(shown, progress.Bar)
        shown.show(Done(grade=replace(grade("a"), name="[red]x[/red]\x1b")))
    assert "\x1b[31m" not in capsys.readouterr().err


def test_one_mistake_told_in_two_ways_has_two_lines() -> None:
    def told(title: str) -> Diagnosis:
        both = Text({"fr": title, "en": title})
        return Diagnosis(
            id="x", role="server", run="r", level="error", title=both, explanation=both
        )

    grades = [replace(grade("a"), diagnoses=(told(t),)) for t in ("One", "One", "Other")]
    text = summary(LAB, grades, "en", report="r")
    assert "2 × One" in text
    assert "1 × Other" in text


def test_no_name_or_text_of_a_student_is_obeyed() -> None:
    text = summary(lab(), [stuck_grade(), hostile_grade()], "fr", report="out/index.html")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]", text)
    lines = re.split(r"[\r\n\v\f\x85\u2028\u2029]", text)
    assert not [line for line in lines if re.search(r"^\s*::[a-z-]+|##\[|##vso\[", line, re.I)]
