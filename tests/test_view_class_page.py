"""The class's page as data: numbers, bars, rows, what the script is given."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import msgspec
from class_samples import made_class
from report_samples import DIAGNOSIS, grade, lab, stuck_grade

from grader.judge.model import Status
from grader.view.class_page import ClassPage, class_page
from grader.view.class_table import FIRST_ROWS, LETTERS
from grader.view.class_words import class_words, percent
from grader.view.distribution import bars, mean, median, quartiles
from grader.view.student_model import Links
from grader.view.words import words

GRADES = [
    grade("a"),
    grade("b", {"client.print": Status.FAIL}, diagnoses=[DIAGNOSIS]),
    grade("c", {"client.print": Status.NOT_RUN}),
    stuck_grade(),
]


def data(**more: Any) -> dict[str, Any]:
    return encoded(class_page(lab(), GRADES, "fr", **more))


def encoded(page: ClassPage) -> dict[str, Any]:
    """The data as the script gets them."""
    found = msgspec.json.decode(msgspec.json.encode(page.table.data))
    assert isinstance(found, dict)
    return found


def test_the_class_in_numbers() -> None:
    page = class_page(lab(), GRADES, "fr")
    assert [(t.label, t.value, t.of) for t in page.tiles] == [
        ("Remises", "4", ""),
        ("notées", "4", ""),
        ("Moyenne", "18", "/\u00a020"),
        ("Médiane", "18,5", "/\u00a020"),
        ("moitié centrale des notes", "16\u00a0à\u00a020", ""),
        ("ont la moitié", "4", "100\u00a0%"),
        ("ont tous les points", "2", "50\u00a0%"),
        ("à regarder", "1", ""),
    ]
    assert sum(b.count for b in page.bars) == 4
    assert (page.bars[-1].count, page.bars[-1].label) == (2, "20")
    assert page.incomplete


def test_a_class_that_was_cut_off_says_so() -> None:
    assert class_page(lab(), GRADES, "en").cut_off == ""
    parts = ("1/2", "2/2")
    page = class_page(lab(), GRADES, "fr", left=1234, parts=parts)
    assert page.cut_off.endswith(" de cette page\u00a0: 1\u202f234.")
    assert page.part == ""
    assert class_page(lab(), GRADES, "fr", left=1, parts=parts[:1]).part


def test_a_part_of_a_class_says_so() -> None:
    assert class_page(lab(), GRADES, "fr").part == ""
    one = class_page(lab(), GRADES, "fr", parts=("2/4",), persons=1234).part
    assert one.startswith("Une partie de la classe seulement, la 2/4\u00a0: ")
    assert one.endswith(" La classe entière compte 1\u202f234\u00a0personnes.")
    two = class_page(lab(), GRADES, "en", parts=("1/4", "2/4")).part
    assert two == "Only parts of the class, 1/4, 2/4: the rest counts in no figure of this page."
    cut_off = class_page(lab(), GRADES, "en", parts=("1/2", "2/2"), persons=1).part
    assert cut_off == (
        "Submissions of this class are missing: they count in no figure of this page. "
        "The whole class has one person."
    )
    many = class_page(lab(), GRADES, "en", parts=[f"{n}/99" for n in range(1, 50)]).part
    assert "12/99, …: the rest" in many


def test_a_class_where_nothing_was_graded() -> None:
    nothing = grade("a", dict.fromkeys((c.id for c in lab().criteria), Status.NOT_RUN))
    page = class_page(lab(), [nothing], "fr")
    assert [t.value for t in page.tiles] == ["1", "0", "1"]
    assert page.table.rows[0].score == "–"
    assert {item.reading for item in page.items} == {"Personne n’a été évalué."}


def test_a_class_of_nobody() -> None:
    page = class_page(lab(), [], "en")
    assert page.table.rows == ()
    assert encoded(page)["rows"] == []
    assert (page.plan, page.eye, page.heat.columns) == ((), (), 0)


def test_mean_median_and_quartiles() -> None:
    one, two, nine = Fraction(1), Fraction(2), Fraction(9)
    assert median([one, two, nine]) == 2
    assert median([one, two]) == Fraction(3, 2)
    assert mean([one, two, nine]) == 4
    assert quartiles([one]) == (one, one)
    assert quartiles([one, two, nine]) == (Fraction(3, 2), Fraction(11, 2))
    assert quartiles([one, one, two, nine]) == (one, Fraction(11, 2))


def test_bars_say_which_grades_they_hold() -> None:
    found = bars(lab(), [Fraction(0), Fraction(39, 2), Fraction(20)], "fr")
    assert [(b.label, b.at_least, b.below) for b in found if b.count] == [
        ("0\u00a0–\u00a01", "0", "1"),
        ("19\u00a0–\u00a020", "19", "20"),
        ("20", "20", ""),
    ]


def test_rows_keep_their_order_and_lead_to_reports() -> None:
    page = class_page(lab(), GRADES, "fr", links=Links(files={"grades.csv": "grades.csv"}))
    assert [r.who.href for r in page.table.rows] == [f"{g.id}/index.html" for g in GRADES]
    assert [g.columns for g in page.table.groups] == [7, 6]
    assert page.table.rows[1].cause[0].text == "Votre serveur attend encore un message"


def test_only_the_first_rows_of_a_big_class_are_in_the_page() -> None:
    made = made_class(FIRST_ROWS + 1)
    page = class_page(lab(), made, "en")
    assert len(page.table.rows) == FIRST_ROWS
    assert page.table.shown.startswith("The first 100 of 101 submissions.")
    rows = encoded(page)["rows"]
    assert isinstance(rows, list)
    assert len(rows) == FIRST_ROWS + 1


def test_the_data_say_what_the_grades_are() -> None:
    rows = data()["rows"]
    assert [row[0] for row in rows] == [g.id for g in GRADES]
    # A name that is the id is not said twice.
    assert rows[0][1] == 0
    assert [row[2:4] for row in rows] == [[20, 20], [17, 20], [17, 17], [15, 20]]
    # Out of the lab's maximum, which filters and orders go by.
    assert rows[2][4] == 20
    assert [row[5] for row in rows] == [1, 1, 0, 1]
    assert set("".join(row[6] for row in rows)) == set(LETTERS.values())
    assert rows[1][7] == [0]
    assert data()["mistakes"] == ["never-closes"]


def test_words_of_the_class_page_do_not_change_those_of_all_pages() -> None:
    for language in ("fr", "en"):
        shared = words(language)
        assert {key: class_words(language)[key] for key in shared} == dict(shared)


def test_a_percentage_is_0_or_100_only_where_it_is() -> None:
    assert [percent(x, "en") for x in (0, 0.001, 0.5, 0.999, 1)] == [
        "0%", "1%", "50%", "99%", "100%"
    ]  # fmt: skip
    assert percent(0.5, "fr") == "50\u00a0%"
