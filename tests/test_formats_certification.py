from __future__ import annotations

from dataclasses import replace

from certified import CERTIFIED, SWEEP, UNCERTIFIED
from report_samples import hostile_grade, lab, stuck_grade

from grader.formats.certification import certification_lines
from grader.formats.terminal import Style, check_text
from grader.view.html import student_html


def test_nothing_repeated_nothing_said() -> None:
    assert certification_lines([stuck_grade()], "en") == []


def test_a_check_names_the_runs_and_a_class_the_files() -> None:
    made = replace(stuck_grade(), certification=UNCERTIFIED)
    alone = certification_lines([made], "en", folder=False)
    assert alone[1:] == [
        "  server-nominal  server.print2  pass 2 / fail 1",
        "    server-nominal",
        "    server-nominal~2",
    ]
    assert "dupont_marie/runs/server-nominal~2.jsonl" in certification_lines([made], "en")[-1]
    text = check_text(lab(), made, "en")
    assert "Not certified: 1 verdicts of 14 differ" in text
    assert "server-nominal~2" in text
    agreed = replace(made, certification=CERTIFIED)
    assert "Certified: 3 repeats" in check_text(lab(), agreed, "en")


def test_a_name_obeys_nobody() -> None:
    made = replace(hostile_grade(), certification=UNCERTIFIED)
    assert not [line for line in certification_lines([made], "en") if "\x1b" in line]


def test_a_check_draws_the_strip_of_a_sweep() -> None:
    made = replace(stuck_grade(), sweeps=(SWEEP,))
    lines = check_text(lab(), made, "en").splitlines()
    at = lines.index("The message cut at each byte (server-coalesced)")
    assert lines[at + 1 : at + 4] == [
        "     ·················✗······",
        "    la connexion est é-tablie",
        "  But inside a character.",
    ]
    plain = check_text(lab(), made, "fr", Style(encoding="ascii"))
    assert "     .................x......" in plain
    assert "la connexion est ?-tablie" in plain


def test_a_page_draws_it_too() -> None:
    page = student_html(lab(), replace(stuck_grade(), sweeps=(SWEEP,)), {}, (), "en")
    assert 'aria-label="Bytes before which a cut does harm, counted from 0: 18"' in page
    assert '<span class="bad in" title="18"><i>✗</i><b></b></span>' in page
