"""The strip of a sweep: one column, or one box, for each byte."""

from __future__ import annotations

from dataclasses import replace

from certified import DATA, SWEEP
from hypothesis import given
from hypothesis import strategies as st

from grader.view import strip
from grader.view.bytes_view import width


def test_marks_stand_over_the_bytes_that_a_cut_stands_before() -> None:
    ((marks, text),) = strip.rows(SWEEP, 80, strip.SYMBOLS)
    assert marks == " " + "·" * 17 + "✗" + "·" * 6
    assert text == "la connexion est é-tablie"
    assert text[18] == strip.CONTINUED
    assert len(text) == len(DATA)


def test_a_narrow_terminal_has_more_rows() -> None:
    rows = strip.rows(SWEEP, 10, strip.ASCII)
    assert [text for _, text in rows] == ["la connexi", "on est é-t", "ablie"]
    assert rows[1][0] == "........x."


def test_a_page_has_a_box_for_each_byte_and_says_it_in_words() -> None:
    view = strip.strip(SWEEP, "en")
    assert [cell.before for cell in view.cells] == list(range(25))
    assert [(c.text, c.mark) for c in view.cells[16:19]] == [(" ", "ok"), ("é", "ok"), ("", "bad")]
    assert view.cells[0].mark == "untried"
    assert view.label == "Bytes before which a cut does harm, counted from 0: 18"
    assert view.more == ""
    french = strip.strip(replace(SWEEP, failed=()), "fr")
    assert french.label == "Aucune coupure ne gêne."
    assert "passe plus\u00a0;" in french.legend


def test_a_long_message_is_shown_in_part() -> None:
    data = b"a" * (strip.MOST_BYTES + 7)
    view = strip.strip(replace(SWEEP, data=data), "en")
    assert len(view.cells) == strip.MOST_BYTES
    assert view.more == "… 7 more bytes, not shown"


@given(st.text(max_size=60), st.integers(8, 40))
def test_any_text_has_a_column_for_each_byte(text: str, columns: int) -> None:
    data = text.encode()
    rows = strip.rows(replace(SWEEP, data=data), columns, strip.SYMBOLS)
    assert all(shown.isprintable() for _, shown in rows)
    # A wide character whose last bytes are in the next row takes a column more there.
    assert all(width(shown) <= columns + 1 for _, shown in rows)
    assert len(strip.cells(replace(SWEEP, data=data))) == len(data)
