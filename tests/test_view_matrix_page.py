"""The matrix's page: cells, sums, why; and names that are hostile."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_batch_matrix import LAB, FakeEngine, played, submission
from test_view_html import Page

from grader.judge.model import Status
from grader.view.html import matrix_html
from grader.view.matrix_page import matrix_page

MATRIX = played(
    submission("a"), submission("b"), submission("c", server=False), engine=FakeEngine("b")
)


def test_cells_and_sums() -> None:
    page = matrix_page(LAB, MATRIX, "en")
    assert [row.sum for row in page.rows] == ["2/3", "2/3"]
    assert [column.sum for column in page.columns] == ["2/2", "0/2", "2/2"]
    first = page.rows[0].cells
    assert [cell.status for cell in first] == [Status.PASS, Status.PARTIAL, Status.PASS]
    assert [cell.symbol for cell in first] == ["✓", "⇄", "✓"]
    assert [cell.own for cell in first] == [True, False, False]
    assert [cell.anchor for cell in first] == ["", "p0-1", ""]
    assert [(word, number, round(share)) for word, number, share in page.reasons] == [
        ("works", 4, 67), ("both wait", 2, 33),
    ]  # fmt: skip
    assert [anchor for anchor, _, _ in page.deadlocks] == ["p0-1", "p1-1"]
    assert [len(failed) for _, failed in page.failures] == [1, 1]
    assert page.tiles[1][0] == "66\u00a0%"


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_page_is_whole_and_obeys_no_name(language: str) -> None:
    html = matrix_html(LAB, MATRIX, language)
    page = Page(html)
    assert not page.open
    assert "<b>" not in html
    assert "\x1b" not in html
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    links = {href[1:] for href in page.values("href") if href.startswith("#")}
    assert links <= set(ids)
    assert {"p0-1", "p1-1"} <= links
    assert "script" not in page.tags
    # Not by colour alone: every cell has a word, and a title that names both.
    works = "works" if language == "en" else "réussi"
    assert page.values("title").count(f"<b>a\\x1b → <b>a\\x1b : {works}") == 1
    assert page.text.count("both wait" if language == "en" else "s’attendent") >= 4


def test_a_sample_is_said_to_be_one() -> None:
    sample = replace(MATRIX, sample=3, of=67, seed="tp09")
    text = Page(matrix_html(LAB, sample, "en")).text
    assert "A sample of 3 of 67 submissions (seed tp09)" in text
    assert "sample" not in matrix_page(LAB, MATRIX, "en").lead


def test_a_class_in_which_all_is_well_has_nothing_to_explain() -> None:
    page = Page(matrix_html(LAB, played(submission("a")), "en"))
    assert "why" not in page.values("id")
    assert "deadlocks" not in page.values("id")
