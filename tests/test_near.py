"""A few wrong letters are forgiven, and not measuring a place never hides a text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.near import Place, find_near, fit, measure

texts = st.text("abc ", min_size=6, max_size=20)


def distance(one: str, two: str) -> int:
    """The edit distance, by its definition."""
    row = list(range(len(two) + 1))
    for i, letter in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(two, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (letter != other))
    return row[-1]


@given(texts, st.text("abc ", max_size=40), st.integers(-20, 40), st.integers(1, 3))
def test_what_is_not_measured_does_not_fit(text: str, where: str, begin: int, edits: int) -> None:
    assert fit(text, where, begin, edits) == measure(text, where, begin, edits)


@given(texts, st.text("abc ", max_size=40), st.integers(0, 40), st.integers(1, 3))
def test_a_place_is_as_far_as_it_says(text: str, where: str, begin: int, edits: int) -> None:
    place = fit(text, where, begin, edits)
    if place is not None:
        assert distance(text, where[place.start : place.end]) == place.distance <= edits


@given(texts, st.text("xyz", max_size=9), st.text("xyz", max_size=9), st.data())
def test_one_wrong_letter_is_found(text: str, before: str, after: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(text) - 1))
    wrong = f"{text[:at]}#{text[at + 1 :]}"
    place = find_near(text, before + wrong + after, edits=2)
    assert place is not None
    assert place.distance <= 1


def test_the_best_place_and_the_one_that_ends_right() -> None:
    where = "bonjour serveu, bonjour serveur"
    assert find_near("bonjour serveur", where, 2) == Place(0, 16, 31)
    assert find_near("bonjour serveur", where[:15], 2, ending="serveur") is None


def test_short_texts_forgive_nothing() -> None:
    assert find_near("oui", "oui", 2) is None
    assert find_near("au revoir", "", 2) is None
