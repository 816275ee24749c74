"""What the pages' data say, before any HTML."""

from __future__ import annotations

from dataclasses import replace

import pytest
from report_samples import (
    RUNS,
    SERVER,
    grade,
    lab,
    stuck_grade,
    stuck_server,
    text,
)

from grader import transcript as tr
from grader.judge.model import Diagnosis, Status
from grader.lab.model import Visibility
from grader.submission import SourceFile
from grader.view.html import student_html
from grader.view.links import Attachment, Links
from grader.view.recorded import Recorded
from grader.view.run_section import run_section
from grader.view.sequence import moments
from grader.view.source import LINES_SHOWN, Program
from grader.view.student_page import student_page

FILES = (SourceFile(path="serveur.py", data=SERVER), SourceFile(path="client.py", data=b"x\n"))


def test_a_students_page_from_top_to_bottom() -> None:
    transcripts = {"server-nominal": stuck_server()}
    page = student_page(lab(), stuck_grade(), transcripts, FILES, "fr")
    assert (page.score, page.max_score, page.passed, page.total) == ("15", "20", 9, 13)
    assert [(r.name, r.score, r.max_score) for r in page.roles] == [
        ("Serveur", "5", "10"),
        ("Client", "10", "10"),
    ]
    cause = page.errors[0]
    (place,) = cause.places
    assert (place.line, place.look, place.href) == (15, False, "#src-serveur-py-15")
    assert place.excerpt is not None
    assert [line.number for line in place.excerpt.lines] == [14, 15, 16, 17]
    assert [line.number for line in place.excerpt.lines if line.mark] == [15]
    print2 = page.roles[0].criteria[4]
    assert print2.causes[0][0] == cause.anchors[0]
    assert print2.findings[0].difference is not None
    assert (print2.findings[0].anchor, print2.findings[0].time) == (
        "m0-server-nominal",
        "0\u00a0ms",
    )
    assert [a.holds for a in page.advice] == [False]
    (later,) = page.advice
    assert (later.later, later.text, later.findings, later.diagnoses) == (True, "", (), ())
    assert len(page.remarks) == 1
    assert len(page.sources) == 2


def test_half_points_are_written_as_people_do() -> None:
    half = grade(statuses={"client.connect": Status.PARTIAL})
    assert student_page(lab(), half, {}, (), "fr").score == "19,5"
    assert student_page(lab(), half, {}, (), "en").score == "19.5"


def test_what_was_not_run_leaves_the_total_of_its_role() -> None:
    page = student_page(lab(), grade(statuses={"client.print": Status.NOT_RUN}), {}, (), "fr")
    assert [r.max_score for r in page.roles] == ["10", "7"]
    assert not page.complete


def test_a_line_that_the_file_does_not_have_has_no_excerpt() -> None:
    assert Program("x.py", b"a\nb\n").excerpt(3) is None
    assert Program("x.py", b"").excerpt(1) is not None
    found = Program("x.py", b"\xef\xbb\xbfa\r\nb\rc").excerpt(3)
    assert found is not None
    assert [line.text[0].text for line in found.lines] == ["a", "b", "c"]


def test_sources_are_bounded() -> None:
    assert Program("x.py", b"a\0b").source({}, {}).binary
    long = Program("\xe9/x.py", b"y" * 1000 + b"\n" * 5000)
    shown = long.source({}, {})
    assert shown.hidden == 5000 - LINES_SHOWN
    assert shown.plain
    assert len(shown.lines[0].text[0].text) == 401
    assert shown.anchor == "src---x-py"
    # A line that the page does not show can still be an excerpt.
    assert not long.has(4000)
    assert long.excerpt(4000) is not None


def test_a_program_is_coloured_and_nothing_in_it_is_lost() -> None:
    program = Program("x.py", b"while True:  # \xe2\x80\xae\n\tx = 'a\xff'\n")
    first, second = program.source({2: "here"}, {1: "there", 2: "not this"}).lines
    looks = [(run.text, run.look, run.escape) for run in first.text]
    assert looks[0] == ("while True", "k", False)
    assert ("\\u202e", "c", True) in looks
    assert "".join(run.text for run in second.text) == "\tx = 'a\\xff'"
    assert (second.mark, second.remark) == ("here", False)
    assert (first.mark, first.remark) == ("there", True)


def test_a_run_tells_how_to_play_it_again() -> None:
    wire = Attachment(href="runs/s.pcapng", name="s.pcapng")
    links = Links(wires={"server-nominal": wire}, records={"server-nominal": "runs/s.jsonl"})
    section = run_section(lab(), RUNS[0], recorded(stuck_server()), "5e3d", "fr", links)
    assert [command for _, command in section.commands] == [
        "wiregrade check . --only server-nominal --seed 5e3d",
        "wiregrade reference client tp09/server-nominal",
    ]
    assert (section.wire, section.record, section.seed) == (wire, "runs/s.jsonl", "5e3d")
    assert section.ending == ""
    assert section.timeline is not None
    # Nothing of it is cut: the time line has the whole screen.
    assert (section.timeline.cut, section.stdout) == (False, None)


def recorded(transcript: tr.Transcript, most: int = 200) -> Recorded:
    return Recorded(transcript=transcript, moments=moments(transcript, "fr", (), most))


def test_the_whole_screen_stands_beside_a_time_line_that_cuts_it() -> None:
    section = run_section(lab(), RUNS[0], recorded(stuck_server(), 8), "", "fr", Links())
    assert section.timeline is not None
    assert section.timeline.cut
    assert section.stdout is not None


def test_a_run_without_its_transcript_still_has_its_outcome() -> None:
    section = run_section(lab(), RUNS[1], None, "", "en", Links())
    assert not section.recorded
    assert (section.word, section.ending, section.duration) == (
        "crashed",
        "exit status 1",
        "30\u00a0ms",
    )


def test_links_and_unknown_scenarios_do_no_harm() -> None:
    other = Diagnosis(
        id="x", role="client", run="gone~2", level="remark", title=text("t"), explanation=text("e")
    )
    page = student_page(lab(), grade(diagnoses=[other]), {}, (), "fr", Links(class_page="../x"))
    assert page.notes[0].places[0].run == "gone"
    assert page.errors == ()


def test_what_an_advice_run_shows_stands_with_the_advice() -> None:
    note = Diagnosis(
        id="split-character",
        role="server",
        run="server-coalesced",
        level="remark",
        title=text("Un caractère coupé"),
        explanation=text("Il arrive en deux fois."),
    )
    page = student_page(lab(), grade(diagnoses=[note]), {}, (), "fr")
    assert page.notes == ()
    assert [(a.scenario, a.holds, len(a.diagnoses)) for a in page.advice] == [
        ("server-coalesced", False, 1)
    ]


def test_runs_stand_by_role_and_an_advice_run_is_no_failure() -> None:
    page = student_page(lab(), grade(), {}, (), "fr")
    told = [(g.name, [r.id for r in g.graded], [r.id for r in g.advice]) for g in page.runs]
    assert told == [
        ("Serveur", ["server-nominal", "server-drawn"], ["server-coalesced"]),
        ("Client", ["client-nominal"], []),
    ]
    crashed = replace(RUNS[3], outcome="crashed")
    assert run_section(lab(), crashed, None, "", "fr", Links()).tone is Status.PARTIAL
    late = replace(RUNS[0], outcome="timeout", limit="wall")
    ending = run_section(lab(), late, None, "", "fr", Links()).ending
    assert ending == "limite atteinte\u00a0: durée"


@pytest.mark.parametrize(
    ("visibility", "said"),
    [
        (Visibility.VISIBLE, ""),
        (Visibility.HIDDEN, "hidden from students"),
        (Visibility.AFTER_DUE, "visible after the due date"),
    ],
)
def test_a_run_says_what_keeps_it_from_students(visibility: Visibility, said: str) -> None:
    scenarios = tuple(replace(s, visibility=visibility) for s in lab().scenarios)
    marked = replace(lab(), scenarios=scenarios)
    assert run_section(marked, RUNS[0], None, "", "en", Links()).hidden == said
    page = student_html(marked, stuck_grade(), {}, (), "en")
    assert said in page


def test_a_mistake_that_no_run_showed_leads_to_none() -> None:
    mistakes = tuple(replace(d, run="") for d in stuck_grade().diagnoses)
    page = student_html(lab(), replace(stuck_grade(), diagnoses=mistakes), {}, FILES, "en")
    assert 'href="#run-"' not in page
