"""Each export of a class of hostile and hard grades: its file, and its reader's rules."""

from __future__ import annotations

import base64
import html
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import export_rules
import jsonschema
import msgspec
import pytest
import xmlschema
from export_samples import (
    broken,
    changed,
    golden,
    half,
    not_run,
    result_of,
    results_of_class,
)
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from report_samples import DIAGNOSIS, grade, hostile_grade, lab, stuck_grade

from grader.formats import told
from grader.formats.classroom import Context, classroom, classroom50
from grader.formats.csv import csv_rows
from grader.formats.ctrf import ctrf_pieces
from grader.formats.github import annotation_commands, summary
from grader.formats.gitlab import code_quality_pieces
from grader.formats.gradescope import gradescope
from grader.formats.junit import junit
from grader.formats.prairielearn import MOST_BYTES, prairielearn
from grader.formats.safe import html_cell
from grader.judge.model import Status
from grader.results import Result
from grader.view.bytes_view import escaped

SCHEMAS = Path(__file__).parent / "schemas"
CLASS = results_of_class()
CONTEXT = Context(
    classroom="reseaux",
    assignment="tp09",
    submission="submit/2026-11-28T10-00-00Z-0123abc",
    commit="https://git.example/c/1",
    release="https://git.example/r/1",
    review="https://git.example/p/1",
    time="2026-11-28T10:00:00Z",
)
INVISIBLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\ud800-\udfff]")
"""What no text of an export may hold; a line end is one of ours."""


def texts(value: Any) -> list[str]:
    """Every string in a document."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for one in pair for text in texts(one)]
    return [text for one in value for text in texts(one)] if isinstance(value, list) else []


def schema(name: str) -> Any:
    return json.loads((SCHEMAS / name).read_text())


# --- CSV --------------------------------------------------------------------------------


def test_csv() -> None:
    document = "".join(csv_rows(CLASS))
    golden("grades.csv", document.encode())


def test_csv_of_who_could_not_be_run_has_no_score() -> None:
    nothing = dict.fromkeys((c.id for c in lab().criteria), Status.NOT_RUN)
    rows = list(csv_rows([result_of(grade("x", nothing))]))
    assert rows[1].startswith("x,x,,0,false,")


# --- JUnit ------------------------------------------------------------------------------


def test_junit() -> None:
    document = junit(CLASS, "fr")
    golden("junit.xml", document)
    xmlschema.XMLSchema(SCHEMAS / "junit.xsd").validate(document.decode())


def test_the_schema_of_junit_refuses_what_jenkins_refuses() -> None:
    """A schema that takes anything would prove nothing."""
    good = '<testsuites><testsuite name="a" tests="1" failures="0" errors="0"/></testsuites>'
    checks = xmlschema.XMLSchema(SCHEMAS / "junit.xsd")
    assert checks.is_valid(good)
    for bad in (
        good.replace(' errors="0"', ""),
        good.replace("/>", ' time="1,5"/>'),
        good.replace("/>", ' time="1.2345"/>'),
        good.replace("/>", '><testcase name="b"><properties/></testcase></testsuite>'),
    ):
        assert not checks.is_valid(bad)


def test_junit_is_what_gitlab_takes() -> None:
    document = junit(CLASS, "fr")
    root = ET.fromstring(document)
    cases = [(c.get("classname"), c.get("name")) for c in root.iter("testcase")]
    assert len(set(cases)) == len(cases) == 13 * len(CLASS)
    for told_of in (*root.iter("failure"), *root.iter("error")):
        assert told_of.text, "GitLab shows what is in the element, not its message"
    assert len(document) < 30 * 1024 * 1024


# --- Gradescope -------------------------------------------------------------------------


@pytest.mark.parametrize("one", CLASS, ids=lambda one: one.id)
def test_gradescope(one: Result) -> None:
    text = gradescope(one, "fr")
    golden(f"gradescope-{one.id}.json", text.encode())
    document = json.loads(text)
    wanted = float(one.score) if told.has_grade(one) else None
    assert export_rules.gradescope(document) == wanted
    assert not [text for text in texts(document) if INVISIBLE.search(text)]


def test_gradescope_gives_no_zero_for_what_was_not_run() -> None:
    document = json.loads(gradescope(result_of(not_run()), "fr"))
    assert export_rules.gradescope(document) is None
    test = next(t for t in document["tests"] if t["extra_data"]["criterion"] == "client.print")
    assert "status" not in test
    assert "provisoire" in document["output"]


# --- PrairieLearn -----------------------------------------------------------------------


@pytest.mark.parametrize("one", CLASS, ids=lambda one: one.id)
def test_prairielearn(one: Result) -> None:
    text = prairielearn(one, "fr")
    golden(f"prairielearn-{one.id}.json", text.encode())
    document = json.loads(text)
    share = export_rules.prairielearn(document)
    if one.id in ("martin", "abel") or not one.complete:
        assert share is None
    else:
        assert share == float(one.score) / 20
    assert not [text for text in texts(document) if INVISIBLE.search(text)]


def test_prairielearn_is_never_too_long() -> None:
    one = result_of(stuck_grade())
    long = msgspec.structs.replace(one.criteria[2].findings[0], what="é" * 300_000)
    criteria = tuple(msgspec.structs.replace(c, findings=(long,) * 3) for c in one.criteria)
    document = prairielearn(msgspec.structs.replace(one, criteria=criteria), "fr")
    assert len(document.encode()) <= MOST_BYTES
    assert export_rules.prairielearn(json.loads(document)) == 0.75


# --- CTRF and GitLab --------------------------------------------------------------------


def test_ctrf() -> None:
    text = "".join(ctrf_pieces(CLASS, "fr"))
    golden("ctrf.json", text.encode())
    document = json.loads(text)
    jsonschema.validate(document, schema("ctrf.schema.json"))
    counts = document["results"]["summary"]
    found = [test["status"] for test in document["results"]["tests"]]
    for status in ("passed", "failed", "skipped", "pending", "other"):
        assert counts[status] == found.count(status)
    assert counts["tests"] == len(found) == 13 * len(CLASS)
    assert counts["other"] == 2
    assert not [text for text in texts(document) if INVISIBLE.search(text)]


def test_ctrf_of_nobody_is_a_report() -> None:
    jsonschema.validate(json.loads("".join(ctrf_pieces([], "fr"))), schema("ctrf.schema.json"))


def test_gitlab() -> None:
    text = "".join(code_quality_pieces(CLASS, "work"))
    golden("code-quality.json", text.encode())
    document = json.loads(text)
    jsonschema.validate(document, schema("code-quality.schema.json"))
    assert document
    prints = [entry["fingerprint"] for entry in document]
    assert len(set(prints)) == len(prints)


def test_a_fingerprint_stays_when_lines_move() -> None:
    def prints(line: int) -> list[str]:
        moved = msgspec.structs.replace(one.diagnoses[0], line=line)
        other = msgspec.structs.replace(one, diagnoses=(moved, moved))
        return [e["fingerprint"] for e in json.loads("".join(code_quality_pieces([other])))]

    one = result_of(stuck_grade())
    assert prints(15) == prints(99)
    assert len(set(prints(15))) == 2


def test_no_path_leaves_the_repository() -> None:
    one = result_of(stuck_grade())
    nasty = msgspec.structs.replace(one.diagnoses[0], file="/../../etc/./passwd")
    nasty_one = msgspec.structs.replace(one, diagnoses=(nasty,), name="../../x")
    document = json.loads("".join(code_quality_pieces([nasty_one, nasty_one], "/tp")))
    assert document[0]["location"]["path"] == "tp/x/etc/passwd"
    command = annotation_commands([nasty_one], "fr", "../tp").splitlines()[0]
    assert "file=tp/etc/passwd," in command


# --- classrooms -------------------------------------------------------------------------


@pytest.mark.parametrize("one", CLASS, ids=lambda one: one.id)
def test_classroom50(one: Result) -> None:
    text = classroom50(one, CONTEXT, "fr")
    if not told.has_grade(one):
        assert text is None
        return
    assert text is not None
    golden(f"classroom50-{one.id}.json", text.encode())
    assert export_rules.classroom50(json.loads(text)) == (one.score * 4, 80)


@pytest.mark.parametrize("one", CLASS, ids=lambda one: one.id)
def test_classroom(one: Result) -> None:
    encoded = classroom(one, "fr")
    if not told.has_grade(one):
        assert encoded is None
        return
    assert encoded is not None
    golden(f"classroom-{one.id}.json", base64.b64decode(encoded))
    assert export_rules.classroom(encoded) == (one.score, 20, False)


def test_who_passes_everything_passes() -> None:
    encoded = classroom(result_of(grade()), "en")
    assert encoded is not None
    assert export_rules.classroom(encoded) == (20, 20, True)


def test_a_penalty_is_in_the_sum_that_the_reporter_makes() -> None:
    late = msgspec.structs.replace(result_of(grade()), score=17.5)
    encoded = classroom(late, "en")
    assert encoded is not None
    assert export_rules.classroom(encoded) == (17.5, 20, True)


def test_half_points_are_two_quarters() -> None:
    text = classroom50(result_of(half()), CONTEXT, "fr")
    assert text is not None
    assert export_rules.classroom50(json.loads(text)) == (78, 80)


# --- GitHub -----------------------------------------------------------------------------


def test_github() -> None:
    golden("summary.md", summary(CLASS, "fr").encode())
    golden("annotations.txt", annotation_commands(CLASS, "fr", "work").encode())


def test_the_runner_obeys_our_annotations_and_nothing_of_a_student() -> None:
    read = export_rules.github_annotations(annotation_commands(CLASS, "fr", "work"))
    assert [one["level"] for one in read] == ["error"] * 10
    assert {*read[0]} == {"level", "message", "file", "line", "title"}
    assert (read[0]["file"], read[0]["line"]) == ("work/dupont_marie/serveur.py", "15")
    first = CLASS[0].diagnoses[0]
    assert (read[0]["title"], read[0]["message"]) == (
        first.title,
        first.explanation.replace("\n", " "),
    )
    assert all("\n" not in text for one in read for text in one.values())


def test_a_summary_is_the_table_and_no_html_of_a_student() -> None:
    reader = MarkdownIt("commonmark", {"html": True}).enable("table")
    page = reader.render(summary(CLASS, "en"))
    rows = re.findall(r"<tr>\n<td>(.*?)</td>\n<td>([0-9.]+) / ([0-9.]+)", page)
    told_of = [(html.unescape(name), float(score), float(top)) for name, score, top in rows]
    assert told_of == [(escaped(one.name), one.score, one.max_score) for one in CLASS]
    assert {*re.findall(r"<([a-z0-9]+)", page)} <= {
        "h1", "h2", "h3", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "code",
        "strong", "em",
    }  # fmt: skip


def test_errors_come_before_remarks_and_all_are_bounded() -> None:
    remark = result_of(stuck_grade()).diagnoses[0]
    remark = msgspec.structs.replace(remark, level="remark", explanation="x%" * 50_000)
    error = msgspec.structs.replace(remark, level="error", title=":,%" * 1000)
    one = msgspec.structs.replace(result_of(grade()), diagnoses=(*(remark,) * 12, error))
    lines = annotation_commands([one], "fr").splitlines()
    assert len(lines) == 10
    assert lines[0].startswith("::error ")
    assert all(line.startswith("::notice ") for line in lines[1:])
    assert max(map(len, lines)) < 64 * 1024


# --- what all of them say ---------------------------------------------------------------


def test_a_result_with_a_part_that_was_not_run_has_no_grade() -> None:
    assert told.has_grade(result_of(broken()))
    assert not told.has_grade(result_of(not_run()))
    # Whatever somebody wrote into the file.
    claims = msgspec.structs.replace(result_of(not_run()), complete=True)
    assert not told.has_grade(claims)


def test_what_tells_of_a_hidden_scenario_is_known() -> None:
    one = result_of(stuck_grade())
    assert not told.shows_hidden(one)
    run = msgspec.structs.replace(one.runs[0], visibility="after_due")
    assert told.shows_hidden(msgspec.structs.replace(one, runs=(run, *one.runs[1:])))


def test_the_role_is_that_of_the_runs_else_of_the_id() -> None:
    one = result_of(stuck_grade())
    criterion = one.criteria[0]
    assert told.role_of(one, criterion) == "server"
    alone = msgspec.structs.replace(criterion, findings=())
    assert told.role_of(one, alone) == "server"
    assert told.role_of(one, msgspec.structs.replace(alone, id="style")) == "both"


def test_the_overview_is_short_and_names_places() -> None:
    lines = told.overview(result_of(stuck_grade(), "en"), "en").splitlines()
    assert lines == ["Grade: 15/20", "- Your server still waits for a message (serveur.py:15)"]
    assert told.overview(result_of(broken()), "fr").splitlines()[1] == "L’archive est abîmée."


def test_points_are_exact() -> None:
    assert told.exact(0.1) * 10 == 1
    assert told.points(17.25, 20, "fr") == "17,25/20"


@given(st.text())
def test_a_cell_of_html_means_nothing(text: str) -> None:
    cell = html_cell(text)
    assert set(re.findall(r"<[^>]*>", cell)) <= {"<br>"}
    assert "\n" not in cell
    for piece in re.split("[;,]", cell):
        assert not piece.lstrip().startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d"))


def test_hostile_texts_are_in_no_document_as_they_are() -> None:
    one = result_of(hostile_grade())
    for document in (gradescope(one, "fr"), prairielearn(one, "fr"), *ctrf_pieces([one], "fr")):
        assert "\x1b" not in document
        assert "\u202e" not in document
    assert DIAGNOSIS.id in gradescope(result_of(stuck_grade()), "fr")


# --- grades that a person, or a rule, made others ---------------------------------------


@pytest.mark.parametrize("language", ["fr", "en"])
def test_points_by_hand_and_lateness_are_in_test_reports(language: str) -> None:
    two = changed()
    suffix = "" if language == "fr" else "-en"
    document = junit(two, language)
    golden(f"changed-junit{suffix}.xml", document)
    xmlschema.XMLSchema(SCHEMAS / "junit.xsd").validate(document.decode())
    text = "".join(ctrf_pieces(two, language))
    golden(f"changed-ctrf{suffix}.json", text.encode())
    report = json.loads(text)
    jsonschema.validate(report, schema("ctrf.schema.json"))
    for one in two:
        own = [t["extra"] for t in report["results"]["tests"] if t["extra"]["id"] == one.id]
        taken = own[0].get("submission", {}).get("latePenalty", 0)
        assert sum(extra["score"] for extra in own) - taken == one.score
        properties = {
            p.get("name"): p.get("value") or ""
            for suite in ET.fromstring(document)
            if suite.get("name") == one.id
            for p in suite.iter("property")
        }
        earned = float(properties.get("earned", one.score))
        assert earned - float(properties.get("late_penalty", 0)) == one.score
        assert "vu en séance" in properties["adjusted.server.print2"]
    cases = {case.get("name", "").split(":")[0]: case for case in ET.fromstring(document)[0]}
    assert "recopié" in "".join(cases["client.connect"].itertext())
    failure = cases["server.print2"].find("failure")
    assert failure is not None
    assert ("1,5" if language == "fr" else "1.5") in failure.get("message", "")


def test_points_by_hand_and_lateness_are_on_github() -> None:
    two = changed()
    golden("changed-summary.md", (summary(two[:1], "fr") + "\n" + summary(two, "en")).encode())
    commands = annotation_commands(two[:1], "fr")
    golden("changed-annotations.txt", commands.encode())
    assert sum(line.startswith("::") for line in commands.splitlines()) == len(
        commands.splitlines()
    )
    assert commands.count("::notice ") == 3
    remark = msgspec.structs.replace(result_of(stuck_grade()).diagnoses[0], level="remark")
    advised = msgspec.structs.replace(two[0], diagnoses=(remark,) * 12)
    assert "vu en séance" in annotation_commands([advised], "fr")


def test_an_overview_says_what_changed_the_grade() -> None:
    said = told.overview(changed()[0], "en")
    assert "after the due date: 2" in said
    assert said.count("Points given by hand") == 2
