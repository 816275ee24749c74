"""Canvas's gradebook, read back as its importer reads it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence

import pytest
from export_rules import canvas_import
from export_samples import golden, not_run, result_of
from hard_names import NAMES
from report_samples import grade, stuck_grade
from test_formats_moodle import SCORES, scored
from test_formats_people import imported, origin_of

from grader.formats.canvas import fill_gradebook
from grader.formats.filling import Filled
from grader.formats.people import handed_in
from grader.formats.sheet import SheetError, read_sheet
from grader.results import Result

HEADER = [
    "Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Notes",
    "TP 08 (41)", "TP 09 (42)", "Current Score", "Final Score",
]  # fmt: skip
POSSIBLE = [
    "    Points Possible",
    "",
    "",
    "",
    "",
    "",
    "10.00",
    "20.00",
    "(read only)",
    "(read only)",
]
POSTING = ["", "", "", "", "", "", "", "Manual Posting", "", ""]


def gradebook(
    people: Sequence[Sequence[str]], above: Sequence[Sequence[str]] = (POSTING, POSSIBLE),
    header: Sequence[str] = HEADER, delimiter: str = ",",
) -> bytes:  # fmt: skip
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows([header, *above, *people])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def sortable(name: str) -> str:
    """`Dupont, Marie`, as Canvas sorts people."""
    first, _, last = name.partition(" ")
    return f"{last}, {first}" if last else first


def row(number: int, name: str, score: str = "") -> list[str]:
    return [
        sortable(name), str(number), f"sis{number}", f"login{number}", "TD 1", "", "9.00",
        score, "90.0", "90.0",
    ]  # fmt: skip


def fill(
    data: bytes, results: Sequence[Result], assignment: str | None = "TP 09",
    headers: Mapping[str, str] | None = None,
) -> Filled:  # fmt: skip
    handed = handed_in(results, "fr")
    return fill_gradebook(read_sheet(data), handed, assignment, headers or {})


def entries(number: int, name: str) -> list[str]:
    slug = re.sub(r"\W", "", sortable(name).lower())
    return [f"{slug}_{number}", f"login{number}", f"sis{number}", sortable(name), name]


@pytest.mark.parametrize("kind", range(5))
def test_everybody_gets_their_own_grade_and_nobody_else_s(kind: int) -> None:
    people = [row(500 + i, name) for i, name in enumerate(NAMES)]
    results = [
        scored(f"id-{i}", entries(500 + i, name)[kind], SCORES[name])
        for i, name in enumerate(NAMES)
    ]
    data = gradebook(people)
    filled = fill(data, results)
    assert filled.matches.unmatched == filled.matches.contested == ()
    assert canvas_import(filled.data, "TP 09") == {
        str(500 + i): SCORES[name] for i, name in enumerate(NAMES)
    }
    # Nothing else is touched: the read-only rows and columns, the BOM, the other assignment.
    sheet = read_sheet(filled.data)
    assert sheet.filled({(i, 7): "" for i in range(3, len(sheet.rows))}) == data
    assert canvas_import(filled.data, "TP 08") == {str(500 + i): 9.0 for i in range(len(NAMES))}


def test_what_was_not_run_keeps_its_cell() -> None:
    data = gradebook([row(1, "martin", "3.00"), row(2, "dupont_marie"), row(3, "Nobody")])
    filled = fill(data, [result_of(not_run()), result_of(stuck_grade())])
    assert canvas_import(filled.data, "TP 09") == {"1": 3.0, "2": 15.0, "3": None}
    assert filled.ungraded == ("martin",)
    assert (filled.written, filled.left) == (1, 1)
    golden("canvas-gradebook.csv", filled.data)


def test_decimal_commas_and_other_scales_stay_the_file_s() -> None:
    possible = ["    Points Possible", *[""] * 5, "10,00", "40,00", "", ""]
    filled = fill(gradebook([row(1, "a")], [possible], delimiter=";"), [scored("a", "a", 17.25)])
    assert b";34,50;" in filled.data
    assert {(int(a), int(b)) for a, b in filled.scales} == {(20, 40)}


@pytest.mark.parametrize("asked", ["TP 09", "TP 09 (42)", "42", " TP 09 "])
def test_an_assignment_by_title_or_number(asked: str) -> None:
    assert fill(gradebook([row(1, "a")]), [scored("a", "a", 3)], asked).written == 1


def test_which_assignment_is_asked_where_there_are_several() -> None:
    data = gradebook([row(1, "a")])
    with pytest.raises(SheetError, match=r"which of these assignments\? TP 08 \(41\), TP 09"):
        fill(data, [result_of(grade())], None)
    with pytest.raises(SheetError, match="no assignment is called TP 07"):
        fill(data, [result_of(grade())], "TP 07")
    alone = [name if name != "TP 08 (41)" else "Other" for name in HEADER]
    assert fill(gradebook([row(1, "a")], header=alone), [scored("a", "a", 3)], None).written == 1


def test_a_column_that_canvas_would_not_read_is_said() -> None:
    locked = [*POSSIBLE[:7], "(read only)", *POSSIBLE[8:]]
    with pytest.raises(SheetError, match="is read only"):
        fill(gradebook([row(1, "a")], [locked]), [scored("a", "a", 3)])


def test_names_in_two_columns() -> None:
    header = ["LastName", "FirstName", *HEADER[1:]]
    people = [["Dupont", "Marie", *row(1, "x")[1:]], ["Paul", "Ann", *row(2, "y")[1:]]]
    above = [["", *POSSIBLE]]
    results = [scored("a", "marie dupont", 3)]
    assert canvas_import(fill(gradebook(people, above, header), results).data, "TP 09") == {
        "1": 3.0, "2": None,
    }  # fmt: skip


def test_nobody_is_guessed() -> None:
    people = [row(1, "Marie Paul"), row(2, "Ann Lee"), row(2000, "Bo Bo")]
    results = [
        scored("a", "someoneelse_1", 1),  # the number of one, the name of another
        scored("b", "Ann Lee", 2),
        scored("c", "login2", 3),
    ]
    filled = fill(gradebook(people), results)
    assert filled.written == 0
    assert filled.matches.unmatched == ("a",)
    assert filled.matches.contested == ("b", "c")


def test_a_team_s_own_number_is_nobody_s_grade_but_its_members_names_are() -> None:
    team = origin_of("annlee_1_9_x.py", team="A", canvas="1")
    results = [imported(grade(name, name=name), team) for name in ("Ann Lee", "Bo Di", "Nobody")]
    filled = fill(gradebook([row(1, "Ann Lee"), row(2, "Bo Di"), row(3, "Cy")]), results)
    assert canvas_import(filled.data, "TP 09") == {"1": 20.0, "2": 20.0, "3": None}
    assert filled.matches.unmatched == ("Nobody",)


def test_another_file_is_said() -> None:
    with pytest.raises(SheetError, match="no column is called ID"):
        fill(b"Identifier,Grade\nParticipant 1,\n", [result_of(grade())])
