"""The table of a run of two programs: what stands in which column, and that it obeys nobody."""

from __future__ import annotations

from engine_tools import SEED, tp09
from pair_tools import BEGUN, EXCHANGE, prints, scenario, segment, stuck, told
from test_view_html import Page

from grader import transcript as tr
from grader.judge.grade import judge
from grader.judge.model import Programs
from grader.submission import SourceFile
from grader.view.detail import FULL
from grader.view.html import student_html
from grader.view.moment import Kind
from grader.view.pair_section import outputs_of, pair_table
from grader.view.student_words import page_words

LAB = tp09()
STUCK = (*BEGUN, *stuck("server", line=7), *stuck("client", line=9))
HOSTILE = "</code><script>alert(1)</script>\x1b[2J\u202e"


def page(transcript: tr.Transcript, language: str = "en") -> str:
    programs = Programs(server="serveur.py", client="client.py")
    grade = judge(LAB, "a", "a", SEED, programs, [transcript])
    files = (SourceFile(path="serveur.py", data=b"x"), SourceFile(path="client.py", data=b"y"))
    return student_html(LAB, grade, {"own-pair": transcript}, files, language)


def test_each_moment_stands_where_it_happened() -> None:
    table = pair_table(told(*EXCHANGE), LAB, scenario(), "en")
    told_rows = [(row.column, row.arrow, row.label) for row in table.rows]
    assert told_rows[:6] == [
        ("server", "", "started"),
        ("server", "", "listens on 0.0.0.0:65432"),
        ("client", "", "started"),
        ("wire", "←", "connected (SYN, SYN/ACK, ACK)"),
        ("wire", "→", "67 bytes"),
        ("client", "", "screen"),
    ]
    assert ("server", "", "ends, status 0") in told_rows
    assert [row.time for row in table.rows][:3] == ["0\u00a0ms", "1\u00a0ms", "2\u00a0ms"]


def test_who_waits_is_said_with_its_line() -> None:
    rows = pair_table(told(*STUCK, outcome="stuck"), LAB, scenario(), "fr").rows
    waits = [(row.column, row.label) for row in rows if row.kind is Kind.WAIT]
    assert waits == [
        ("server", "attend dans recv(), ligne 7"), ("client", "attend dans recv(), ligne 9"),
    ]  # fmt: skip
    sources = {"server.py": b"\n" * 6 + b"f.readline()\n", "client.py": b""}
    rows = pair_table(told(*STUCK, outcome="stuck"), LAB, scenario(), "fr", FULL, sources).rows
    assert [row.label for row in rows if row.kind is Kind.WAIT] == [
        "attend dans readline(), ligne 7", "attend dans recv(), ligne 9",
    ]  # fmt: skip


def test_what_was_written_in_pieces_is_one_row_and_the_middle_is_folded() -> None:
    pieces = [prints("client", "a"), prints("client", "b")]
    rows = pair_table(told(*BEGUN, *pieces), LAB, scenario(), "en").rows
    assert [row.data for row in rows if row.kind is Kind.SCREEN] == [b"ab"]
    many = [segment("server", "data", "x")] * 500
    rows = pair_table(told(*BEGUN, *many), LAB, scenario(), "en").rows
    assert len(rows) == FULL.pair_rows
    assert [row.kind for row in rows].count(Kind.FOLD) == 1


def test_outputs_of_both_apart() -> None:
    transcript = told(*EXCHANGE, tr.Stderr(t=0, side="client", data=b"oh"))
    outputs = {(role, name): data for role, name, data in outputs_of(transcript)}
    assert set(outputs) == {("server", "stdout"), ("client", "stdout"), ("client", "stderr")}
    assert outputs["client", "stderr"] == b"oh"
    assert b"phase de transfert" in outputs["server", "stdout"]


def test_the_section_is_on_the_page_in_both_languages() -> None:
    for language, heading in (("en", "The server with the client"), ("fr", "Le serveur avec le")):
        shown = Page(page(told(*STUCK, outcome="stuck"), language))
        assert not shown.open
        assert heading in shown.text
        assert "run-own-pair" in shown.values("id")
    assert "Each waits for the other" in Page(page(told(*STUCK, outcome="stuck"))).text


def test_hostile_bytes_stay_text() -> None:
    entries = (*BEGUN, segment("server", "data", HOSTILE), prints("client", HOSTILE))
    shown = page(told(*entries))
    assert "<script>alert" not in shown
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert not Page(shown).open


def test_a_run_that_was_skipped_says_why() -> None:
    header = told().header
    ended = tr.Ended(t=0, outcome="skipped", problem="same cause as the first run")
    shown = Page(page(tr.of(header, [ended]))).text
    assert "same cause" not in shown
    assert page_words("en")["unplayed"] in shown
