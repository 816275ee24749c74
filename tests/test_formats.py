"""Terminal, CSV, JUnit and GitHub: read back by independent parsers, hostile texts and all."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from typing import Literal
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from report_samples import DIAGNOSIS, grade, hostile_grade, lab, stuck_grade, text
from test_view_html import Page

from grader.formats.csv import grades_csv
from grader.formats.github import SUMMARY_BYTES, annotation_commands, log, summary
from grader.formats.junit import junit
from grader.formats.safe import (
    json_for_logs,
    markdown,
    no_commands,
    one_line,
    spreadsheet_cell,
    xml_text,
)
from grader.formats.terminal import Style, check_text
from grader.judge.model import Grade, Status
from grader.results import Result, result
from grader.view.bytes_view import width


def results_of(*grades: Grade, language: str = "fr") -> list[Result]:
    return [result(lab(), "full", one, language=language) for one in grades]


GRADES = [stuck_grade(), hostile_grade(), grade("martin", {"client.print": Status.NOT_RUN})]

# What the runner of GitHub Actions obeys, in its own terms.
COMMAND = re.compile(r"^\s*::[a-z-]+|##(vso|teamcity)?\[", re.IGNORECASE)


def obeyed(text: str) -> list[str]:
    lines = re.split(r"[\r\n\v\f\x85\u2028\u2029]", text)
    return [line for line in lines if COMMAND.search(line)]


# --- terminal ---------------------------------------------------------------------------


def test_a_check_says_what_was_expected_what_came_and_where() -> None:
    text = check_text(lab(), stuck_grade(), "fr")
    assert "½ Il envoie le message d’accueil" in text
    assert "où\u00a0: serveur.py:15, pendant «\u00a0L’échange de l’énoncé, côté" in text
    lines = text.splitlines()
    greeting = next(i for i, line in enumerate(lines) if "½ Il envoie" in line)
    label = next(i for i, line in enumerate(lines) if "Attendu" in line and i > greeting)
    expected, actual, pointer = lines[label + 1], lines[label + 3], lines[label + 4]
    column = pointer.index("^")
    assert "Obtenu" in lines[label + 2]
    assert expected[: column + 1].endswith("n")
    assert actual[: column + 1].endswith("e")
    wide = check_text(lab(), stuck_grade(), "fr", Style(columns=100)).splitlines()
    beside = next(line for line in wide if "Attendu\u00a0: Bonjour" in line)
    came, below = (wide[wide.index(beside) + n] for n in (1, 2))
    assert (beside[below.index("^")], came[below.index("^")]) == ("n", "e")
    assert lines[-1] == "9/13 critères réussis, 15/20"


def test_a_cause_is_told_and_not_repeated() -> None:
    text = check_text(lab(), stuck_grade(), "en")
    assert text.count("After both messages the server stays") == 1
    assert text.count("Your server still waits for a message") == 1
    assert text.count("(see 1)") == 3


def test_a_provisional_grade_is_called_so() -> None:
    last = check_text(lab(), GRADES[2], "en").splitlines()[-1]
    assert last == "12/13 criteria passed, 17/17 (provisional grade)"


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "cp850", "ascii"])
@pytest.mark.parametrize("colour", [False, True])
def test_the_terminal_obeys_nothing_and_can_print_everything(encoding: str, colour: bool) -> None:
    style = Style(colour=colour, encoding=encoding, columns=72)
    for shown in (check_text(lab(), g, "fr", style) for g in GRADES):
        shown.encode(encoding)
        plain = re.sub(r"\x1b\[[0-9]{1,2}m", "", shown)
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]", plain)
        assert not obeyed(shown)
        assert colour or plain == shown
        if encoding == "utf-8":
            assert max(width(line) for line in plain.splitlines()) <= 72


@pytest.mark.parametrize("columns", [40, 53, 60, 80, 100, 120, 200])
def test_no_line_is_wider_than_the_terminal(columns: int) -> None:
    for encoding in ("utf-8", "latin-1", "ascii"):
        style = Style(encoding=encoding, columns=columns)
        for shown in (check_text(lab(), g, lang, style) for g in GRADES for lang in ("fr", "en")):
            assert max(width(line) for line in shown.splitlines()) <= columns


# --- CSV --------------------------------------------------------------------------------


def test_csv_rows_and_columns() -> None:
    rows = list(csv.DictReader(io.StringIO(grades_csv(lab(), GRADES))))
    assert [row["score"] for row in rows] == ["15", "16", "17"]
    assert rows[0]["server.greeting"] == "1"
    assert rows[2]["client.print"] == ""
    assert [row["complete"] for row in rows] == ["true", "false", "false"]
    assert "\n" not in rows[1]["name"]


def test_csv_half_points_have_a_decimal_point() -> None:
    half = grade(statuses={"client.connect": Status.PARTIAL})
    assert next(csv.DictReader(io.StringIO(grades_csv(lab(), [half]))))["score"] == "19.5"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", " =", "\t=", "\r="])
def test_no_cell_is_a_formula(start: str) -> None:
    named = grade("x", name=f"{start}cmd|'/C calc'!A0")
    name = next(csv.DictReader(io.StringIO(grades_csv(lab(), [named]))))["name"]
    assert not name.lstrip().startswith(SIGNS)


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_NONE])
@pytest.mark.parametrize(
    "text", ["a;=1", "a,=1", 'a;"=1"', "a; -1", '";=1', "a,\u00a0@x", "=1", '"=1"', "a;\uff1d1"]
)
def test_no_piece_of_a_cell_is_a_formula_however_it_is_cut(
    text: str, quoting: Literal[0, 3], delimiter: str
) -> None:
    """A spreadsheet set to French opens the file with `;` between its cells."""
    document = grades_csv(lab(), [grade("x", name=text)])
    rows = csv.reader(io.StringIO(document), delimiter=delimiter, quoting=quoting)
    cells = [cell.strip(' \u00a0"') for row in rows for cell in row]
    assert not [cell for cell in cells if cell.startswith(SIGNS)]


SIGNS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff20", "\uff0d")


@given(st.text() | st.text(alphabet=" ;,\"'=+-@ax\u00a0\t\r\uff1d"))
def test_cells_are_one_line_without_formula(text: str) -> None:
    cell = spreadsheet_cell(text)
    for piece in re.split("[;,]", cell):
        # What begins with an apostrophe is a text.
        assert not piece.lstrip(' \u00a0\u202f"').startswith(SIGNS)
    assert "\n" not in cell
    assert cell.isprintable() or set(cell) & set("\u00a0\u202f")


def test_an_ordinary_name_is_left_alone() -> None:
    for name in ("Dupont, Marie-Ève", "O'Neil; Ann", "a-b", "tp_09 (2)"):
        assert spreadsheet_cell(name) == name


# --- JUnit ------------------------------------------------------------------------------


def test_junit_tells_failures_from_our_own_faults() -> None:
    root = ET.fromstring(junit(results_of(*GRADES), "fr"))
    suites = root.findall("testsuite")
    assert [(s.get("tests"), s.get("failures"), s.get("errors")) for s in suites] == [
        ("13", "4", "0"),
        ("13", "1", "1"),
        ("13", "0", "1"),
    ]
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("39", "5", "2")
    assert re.fullmatch(r"\d+\.?\d{0,3}", suites[0].get("time", ""))
    names = [(c.get("classname"), c.get("name")) for c in root.iter("testcase")]
    assert len(names) == len(set(names))


def test_junit_shows_where_and_why() -> None:
    root = ET.fromstring(junit(results_of(stuck_grade()), "fr"))
    case = next(c for c in root.iter("testcase") if c.get("name", "").startswith("server.print2"))
    assert (case.get("file"), case.get("line")) == ("serveur.py", "15")
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("type") == "never-closes"
    assert "Attendu\u00a0: Serveur 65432, je vous dis au revoir" in (failure.text or "")


def test_junit_holds_hostile_texts() -> None:
    document = junit(results_of(hostile_grade()), "fr")
    suite = next(ET.fromstring(document).iter("testsuite"))
    properties = {p.get("name"): p.get("value", "") for p in suite.iter("property")}
    assert "<img src=x onerror=alert(2)>\\x1b[31mred" in properties["name"]
    assert b"<script>" not in document


def test_junit_in_a_log_is_no_command() -> None:
    nasty = "a\n::error::x\n  ::stop-commands::y\n##[add-path]z ##vso[task]"
    named = replace(DIAGNOSIS, title=text(nasty), explanation=text(nasty))
    one = grade("x", {"server.print2": Status.FAIL}, diagnoses=[named])
    document = junit(results_of(one), "fr")
    assert not obeyed(document.decode())
    failure = next(ET.fromstring(document).iter("failure"))
    assert "\n::error::x\n  ::stop-commands::y\n##[add-path]z" in (failure.text or "")


@given(st.text())
def test_any_json_in_a_log_is_the_same_json_and_no_command(text: str) -> None:
    for said in (text, f"{text}##[{text}\u202e\x9b"):
        shown = json_for_logs(json.dumps([said], ensure_ascii=False, indent=1))
        assert json.loads(shown) == [said]
        assert not obeyed(shown)
        assert not re.search("[\x7f-\x9f\u200b-\u200f\u202a-\u202e\ud800-\udfff]", shown)


@given(st.text())
def test_any_text_survives_xml(text: str) -> None:
    element = ET.Element("a")
    element.text = xml_text(text)
    read = ET.fromstring(ET.tostring(element, encoding="utf-8")).text or ""
    assert read == xml_text(text)


# --- GitHub -----------------------------------------------------------------------------


def test_annotations_point_at_lines() -> None:
    first = annotation_commands(
        results_of(stuck_grade(), language="en"), "en", "work/tp09"
    ).splitlines()[0]
    assert first.startswith(
        "::error file=work/tp09/serveur.py,line=15,"
        "title=Your server still waits for a message::After both messages"
    )


def test_at_most_ten_annotations_each_on_its_line() -> None:
    text = annotation_commands(results_of(*GRADES, grade("x", diagnoses=[DIAGNOSIS] * 20)), "fr")
    lines = text.splitlines()
    assert len(lines) == 10
    assert all(re.match(r"::(error|notice) [a-z]+=", line) for line in lines)


def test_annotation_properties_cannot_be_left() -> None:
    for line in annotation_commands(results_of(hostile_grade()), "fr").splitlines():
        properties = line.split("::")[1]
        assert all("=" in part for part in properties.split(" ", 1)[1].split(","))


def test_the_summary_begins_with_the_table() -> None:
    text = summary(results_of(stuck_grade()), "fr")
    assert "**Note\u00a0: 15 / 20**" in text
    assert "| ✗ à revoir | Il affiche le second message reçu | 0 / 2 |" in text
    assert text.index("| ✗") < text.index("Votre serveur attend")


def test_the_summary_is_no_markup_of_a_student() -> None:
    text = summary(results_of(hostile_grade(), language="en"), "en")
    assert "<script" not in text
    assert "<img" not in text
    assert set(re.findall(r"</?([a-z]+)", text)) <= {"code"}


def test_the_summary_is_capped() -> None:
    text = summary(results_of(hostile_grade(), language="en") * 2000, "en")
    assert len(text.encode()) <= SUMMARY_BYTES + 100
    assert text.rstrip().endswith("more")


@given(st.text())
def test_markdown_stands_for_itself(text: str) -> None:
    shown = re.sub(r"&#\d+;", "", markdown(text))
    assert not set(shown) & set("\\`*_{}[]()#+-.!|<>&~:@\n")


def test_the_summary_refers_to_nobody() -> None:
    nasty = (
        "@octocat a@b.example #12 https://evil.example www.evil.example ![x](https://e/i.png) "
        "[l](https://e) <img src=x> | x | **b** `c` <!-- d --> \n# h\n- i\n1. j\n---\n> k\n    l"
    )
    named = replace(DIAGNOSIS, title=text(nasty), explanation=text(nasty), file=nasty)
    one = grade("x", {"server.print2": Status.FAIL}, diagnoses=[named], name=nasty)
    rendered = (
        MarkdownIt("commonmark")
        .enable("table")
        .render(summary(results_of(one, one, language="en"), "en"))
    )
    page = Page(rendered)
    # All of it is ours: headings, tables, code; nothing that fetches, leads away or calls.
    assert set(page.tags) <= {
        "h1", "h2", "p", "code", "strong", "table", "thead", "tbody", "tr", "th", "td",
        "ul", "li",
    }  # fmt: skip
    assert page.attributes == []
    assert page.tags.count("tr") == 3
    assert page.tags.count("td") == 6
    for node in page.texts:
        assert not re.search(r"@\w|#\d|://|www\.\w", node)
    assert "@\u200boctocat" in page.text
    assert "serveur.py" not in page.text


@given(st.text(alphabet=":#[] \n\r\tvso=error\u2028\x85", max_size=60))
def test_no_log_line_is_a_command(text: str) -> None:
    assert not obeyed(no_commands(one_line(text)))
    assert not obeyed(no_commands(text))


def test_a_log_is_made_harmless() -> None:
    assert log("  ::error::x\n##[error]y\nok ::x::") == "  | ::error::x\n#\\x23[error]y\nok ::x::"
