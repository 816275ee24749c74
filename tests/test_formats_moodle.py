"""Moodle's worksheet and its zip of feedback, read back as Moodle's importers read them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

import msgspec
import pytest
from export_rules import moodle_feedback, moodle_import, old_moodle_feedback
from export_samples import golden, not_run, result_of
from hard_names import NAMES
from report_samples import grade, hostile_grade, stuck_grade
from test_formats_people import imported, origin_of

from grader.formats.filling import Filled
from grader.formats.moodle import feedback_folder, feedback_folders, fill_worksheet
from grader.formats.people import handed_in
from grader.formats.sheet import Sheet, SheetError, read_sheet
from grader.judge.model import Status
from grader.results import Result

ENGLISH = [
    "Identifier", "Full name", "Email address", "Status", "Grade", "Maximum grade",
    "Grade can be changed", "Last modified (submission)", "Last modified (grade)",
    "Feedback comments",
]  # fmt: skip
FRENCH = [
    "Identifiant", "Nom complet", "Adresse de courriel", "Statut", "Note", "Note maximale",
    "La note peut être modifiée", "Dernière modification (travail remis)",
    "Dernière modification (note)", "Feedback par commentaires",
]  # fmt: skip
SCORES = {name: (i % 41) / 2 for i, name in enumerate(NAMES)}


def worksheet(
    people: Sequence[Sequence[str]], header: Sequence[str] = ENGLISH, **style: str
) -> bytes:
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter=style.get("delimiter", ","), lineterminator=style.get("end", "\n")
    )
    writer.writerows([header, *people])
    return style.get("bom", "").encode() + out.getvalue().encode()


def row(number: int, name: str, maximum: str = "20.00", **more: str) -> list[str]:
    date = "Saturday, 28 November 2026, 10:00 AM"
    return [
        f"Participant {number}", name, more.get("email", f"p{number}@x.example"),
        "Submitted for grading", more.get("grade", ""), maximum, "Yes", date, "-", "",
    ]  # fmt: skip


def scored(identifier: str, entry: str, score: float) -> Result:
    """A result of that score, whatever its criteria say: a penalty may be taken off."""
    return msgspec.structs.replace(result_of(grade(identifier, name=entry)), score=score)


def fill(
    data: bytes, results: Sequence[Result], headers: Mapping[str, str] | None = None
) -> Filled:
    return fill_worksheet(read_sheet(data), handed_in(results, "fr"), headers or {})


def entries(number: int, name: str) -> list[str]:
    """How a submission of that person may be called."""
    plain = name.replace("_", " ").translate({ord(c): None for c in '\\/:*?"<>|'})
    return [
        f"{plain}_{number}_assignsubmission_file",
        f"{plain}_{number}",
        name,
        f"p{number}@x.example",
    ]


@pytest.mark.parametrize("kind", range(4))
def test_everybody_gets_their_own_grade_and_nobody_else_s(kind: int) -> None:
    people = [row(100 + i, name) for i, name in enumerate(NAMES)]
    results = [
        scored(f"id-{i}", entries(100 + i, name)[kind], SCORES[name])
        for i, name in enumerate(NAMES)
    ]
    filled = fill(worksheet(people), results[::-1])
    assert filled.matches.unmatched == filled.matches.contested == filled.ungraded == ()
    assert filled.left == 0
    imported = moodle_import(filled.data, 20)
    assert {number: points for number, (points, _) in imported.items()} == {
        100 + i: SCORES[name] for i, name in enumerate(NAMES)
    }


@pytest.mark.parametrize(
    ("delimiter", "end", "bom"), [(",", "\n", ""), (";", "\r\n", "\ufeff"), ("\t", "\r\n", "")]
)
def test_nothing_but_grades_changes(delimiter: str, end: str, bom: str) -> None:
    people = [row(100 + i, name, "20,00") for i, name in enumerate(NAMES)]
    data = worksheet(people, FRENCH, delimiter=delimiter, end=end, bom=bom)
    results = [scored(f"id-{i}", name, SCORES[name]) for i, name in enumerate(NAMES)]
    filled = fill(data, results).data
    imported = moodle_import(
        filled, 20, delimiter=delimiter, comma=True, identifier="Identifiant", grade="Note",
        modified="Dernière modification (note)",
    )  # fmt: skip
    assert {n: p for n, (p, _) in imported.items()} == {
        100 + i: SCORES[name] for i, name in enumerate(NAMES)
    }
    # Taking the grades out again gives the very file, formulas in names and all.
    sheet = read_sheet(filled)
    back = sheet.filled({(i, 4): "" for i in range(1, len(sheet.rows))})
    assert back.replace(b'""', b"") == data.replace(b'""', b"")


def test_what_was_not_run_keeps_its_cell() -> None:
    data = worksheet([row(1, "martin", grade="7.00"), row(2, "dupont_marie"), row(3, "Nobody")])
    filled = fill(data, [result_of(not_run()), result_of(stuck_grade())])
    assert moodle_import(filled.data, 20) == {1: (7.0, ""), 2: (15.0, "")}
    assert filled.ungraded == ("martin",)
    assert (filled.written, filled.left) == (1, 1)


def test_feedback_is_filled_only_where_it_is_asked_for() -> None:
    data = worksheet([row(1, "dupont_marie"), row(2, "Ann")])
    results = [result_of(stuck_grade())]
    assert moodle_import(fill(data, results).data, 20, feedback="Feedback comments")[1][1] == ""
    told = fill(data, results, {"feedback": "Feedback comments"}).data
    said = moodle_import(told, 20, feedback="Feedback comments")[1][1]
    assert said.startswith("Note\u00a0: 15/20<br>&#45; Votre serveur attend")


def test_hostile_feedback_is_html_that_means_nothing() -> None:
    failed = grade("x", {"server.print2": Status.FAIL}, diagnoses=hostile_grade().diagnoses)
    data = worksheet([row(1, "x")])
    told = fill(data, [result_of(failed)], {"feedback": "Feedback comments"}).data
    said = moodle_import(told, 20, feedback="Feedback comments")[1][1]
    assert "&#60;script&#62;" in said
    assert "<script" not in said.replace("<br>", "")
    golden("moodle-worksheet.csv", told)


def test_grades_are_on_the_scale_of_the_worksheet() -> None:
    data = worksheet([row(1, "a", "100.00")])
    filled = fill(data, [scored("a", "a", 17.25)])
    assert b",86.25,100.00," in filled.data
    assert {(int(a), int(b)) for a, b in filled.scales} == {(20, 100)}


def test_a_team_s_grade_is_each_member_s() -> None:
    header = [*ENGLISH[:4], "Group", *ENGLISH[4:]]
    people = [
        [*row(n, name)[:4], team, *row(n, name)[4:]]
        for n, name, team in ((1, "Ann", "Equipe A"), (2, "Bob", "Equipe A"), (7, "Cy", "Equipe B"))
    ]
    # The number in a team's folder is the team's: 7 is Cy's own, and of no meaning here.
    results = [
        scored("a", "Equipe A_7_assignsubmission_file", 12),
        scored("b", "Equipe B_9_assignsubmission_file", 8),
    ]
    filled = fill(worksheet(people, header), results)
    assert moodle_import(filled.data, 20) == {1: (12, ""), 2: (12, ""), 7: (8, "")}
    assert filled.matches.unmatched == ()


def test_blind_marking_goes_by_the_number_alone() -> None:
    header = [ENGLISH[0], *ENGLISH[3:]]
    people = [[one[0], *one[3:]] for one in (row(11, ""), row(12, ""))]
    results = [scored("a", "Participant_12_assignsubmission_file", 5)]
    assert moodle_import(fill(worksheet(people, header), results).data, 20) == {12: (5, "")}


def test_nobody_is_guessed() -> None:
    people = [row(1, "Marie Paul"), row(2, "Paul Marie"), row(3, "Ann Lee"), row(4, "Bo")]
    results = [
        scored("a", "paul_marie_", 1),  # one of two
        scored("b", "Ann Lee", 2),
        scored("c", "ann.lee", 3),  # the same person twice
        scored("d", "Someone Else_4_assignsubmission_file", 4),  # Bo's number, another's name
        scored("e", "Marie Paul", 5),
    ]
    filled = fill(worksheet(people), results)
    assert moodle_import(filled.data, 20) == {1: (5, "")}
    assert filled.matches.unmatched == ("a", "d")
    assert filled.matches.contested == ("b", "c")


def test_a_worksheet_without_its_columns_is_said() -> None:
    data = worksheet([row(1, "a")], ["Kennung", *ENGLISH[1:]])
    with pytest.raises(SheetError, match="no column is called Identifier / Identifiant") as told:
        fill(data, [result_of(grade())])
    assert "--column identifier=NOM" in told.value.text.in_language("fr")
    assert fill(data, [scored("a", "a", 3)], {"identifier": "Kennung"}).written == 1
    with pytest.raises(SheetError, match="no column is called Bewertung"):
        fill(data, [result_of(grade())], {"identifier": "Kennung", "grade": "Bewertung"})
    twice = worksheet([row(1, "a")], [*ENGLISH[:-1], "Grade"])
    with pytest.raises(SheetError, match="several columns are called Grade"):
        fill(twice, [result_of(grade())])


def test_a_scale_is_no_number_of_points() -> None:
    with pytest.raises(SheetError, match="row 2: the maximum grade is no number"):
        fill(worksheet([row(1, "a", "Acquis, Non acquis")]), [scored("a", "a", 1)])


# --- feedback files -----------------------------------------------------------------------


def sheet_of_names() -> Sheet:
    return read_sheet(worksheet([row(100 + i, name) for i, name in enumerate(NAMES)]))


@pytest.mark.parametrize("kind", [0, 2])
def test_moodle_takes_back_every_report(kind: int) -> None:
    results = [scored(f"id-{i}", entries(100 + i, name)[kind], 1) for i, name in enumerate(NAMES)]
    folders = feedback_folders(handed_in(results, "fr"), sheet_of_names() if kind else None, {})
    assert len(folders) == len(NAMES)
    names = [f"{folders[f'id-{i}'][0]}/report.html" for i in range(len(NAMES))]
    assert moodle_feedback(names) == {100 + i: ["report.html"] for i in range(len(NAMES))}
    source = "worksheet" if kind else "folders"
    golden(f"moodle-feedback-{source}.txt", "\n".join([*names, ""]).encode())
    assert old_moodle_feedback(names) == {100 + i: "report.html" for i in range(len(NAMES))}


@pytest.mark.parametrize(
    ("entry", "folder"),
    [
        ("Ann Lee_5_assignsubmission_file", "Ann Lee_5_assignsubmission_file_"),
        ("Ann Lee_5_assignsubmission_onlinetext_", "Ann Lee_5_assignsubmission_file_"),
        ("..\\x1b_5_assignsubmission_file_", "x1b_5_assignsubmission_file_"),
        ("Ann Lee", None),
    ],
)
def test_the_name_of_a_folder(entry: str, folder: str | None) -> None:
    (one,) = handed_in([scored("a", entry, 1)], "fr")
    assert feedback_folder(one) == folder


def test_a_team_s_report_goes_to_its_members_and_not_to_whom_its_number_is() -> None:
    header = [*ENGLISH[:4], "Group", *ENGLISH[4:]]
    people = [
        [*row(n, name)[:4], team, *row(n, name)[4:]]
        for n, name, team in ((1, "Ann", "Equipe A"), (2, "Bob", "Equipe A"), (7, "Cy", "Equipe B"))
    ]
    sheet = read_sheet(worksheet(people, header))
    results = [scored("a", "Equipe A_7_assignsubmission_file", 1), scored("c", "Cy", 1)]
    assert feedback_folders(handed_in(results, "fr"), sheet, {}) == {
        "a": ("Ann_1_assignsubmission_file_", "Bob_2_assignsubmission_file_"),
        "c": ("Cy_7_assignsubmission_file_",),
    }


def test_members_whom_an_import_named_get_a_report_each() -> None:
    team = origin_of("Equipe A_7_assignsubmission_file", team="Equipe A", participant="7")
    results = [imported(grade(name, name=name), team) for name in ("Ann", "Bob", "Nobody")]
    handed = handed_in(results, "fr")
    assert feedback_folders(handed, None, {}) == {}
    data = worksheet([row(1, "Ann"), row(2, "Bob"), row(7, "Cy")])
    assert feedback_folders(handed, read_sheet(data), {}) == {
        "Ann": ("Ann_1_assignsubmission_file_",), "Bob": ("Bob_2_assignsubmission_file_",),
    }  # fmt: skip
    assert moodle_import(fill(data, results).data, 20) == {1: (20, ""), 2: (20, "")}


def test_nobody_gets_another_s_report() -> None:
    results = [
        scored("a", "Ann_5_assignsubmission_file", 1),
        scored("b", "Ann_5_assignsubmission_file_", 1),
        scored("c", "nobody", 1),
        scored("d", "Equipe A_6_assignsubmission_file", 1),
        scored("e", "Bob_6_assignsubmission_file", 1),
    ]
    assert feedback_folders(handed_in(results, "fr"), None, {}) == {}
