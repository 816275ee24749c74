"""A text is found by its letters; every short cut finds what the plain rule finds."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.lab.model import Accents
from grader.letters import Compare, find, without_case

ascii_words = st.lists(st.text("abA_.7", min_size=1, max_size=3), min_size=1, max_size=3)
ascii_texts = st.text("abA_.7 \r\n\t\x1c", max_size=30)
accents = st.sampled_from(Accents)
compares = st.sampled_from(Compare)


@given(ascii_words, ascii_texts, accents)
def test_white_space_alone_may_differ(words: list[str], text: str, accent: Accents) -> None:
    plain = re.search(r"\s+".join(map(re.escape, words)), text)
    assert find(" ".join(words), text, Compare.EXACT, accent) == (plain.span() if plain else None)


@given(ascii_words, ascii_texts, accents)
def test_a_line_may_end_inside_a_word(words: list[str], text: str, accent: Accents) -> None:
    broken = (r"[\r\n]*".join(map(re.escape, word)) for word in words)
    plain = re.search(r"\s+".join(broken), text)
    assert find(" ".join(words), text, Compare.BROKEN, accent) == (plain.span() if plain else None)


@given(ascii_words, ascii_texts, compares, accents)
def test_what_follows_changes_nothing(
    words: list[str], text: str, compare: Compare, accent: Accents
) -> None:
    # With a letter that is not ASCII in it, the text takes the long way.
    wanted = " ".join(words)
    found = find(wanted, text, compare, accent)
    assert find(wanted, f"{text} ж", compare, accent) == found


@given(st.integers(0, 9000), st.integers(0, 9000), compares)
def test_where_it_stands_in_a_long_text(before: int, after: int, compare: Compare) -> None:
    text = f"{'ab ' * before}Où ça{' ba' * after}"
    start = 3 * before
    wanted = "ou ca" if compare is Compare.LOOSE else "Où ça"
    assert find(wanted, text, compare, Accents.OPTIONAL) == (start, start + 5)


@pytest.mark.parametrize(
    ("text", "compare", "found"),
    [
        ("Ou  ca", Compare.EXACT, (0, 6)),
        ("o\u0300u\u0301 c\u0327a\u0300!", Compare.EXACT, (0, 9)),
        ("ou,ca", Compare.LOOSE, (0, 5)),
        ("ouca ou ca", Compare.EXACT, (5, 10)),
        ("o u ca", Compare.BROKEN, None),
        ("o\r\nu\nca", Compare.BROKEN, (0, 7)),
        ("", Compare.LOOSE, None),
    ],
)
def test_accents_and_gaps(text: str, compare: Compare, found: tuple[int, int] | None) -> None:
    wanted = "ou ca" if compare is Compare.LOOSE or text.startswith(("ou", "o")) else "Où ça"
    assert find(wanted, text, compare, Accents.OPTIONAL) == found


def test_required_accents_are_letters() -> None:
    assert find("mur", "mûr", Compare.EXACT, Accents.REQUIRED) is None
    assert find("où", "ou\u0300", Compare.EXACT, Accents.REQUIRED) == (0, 3)


@given(st.text(st.characters(max_codepoint=0x250)))
def test_without_case_by_its_definition(text: str) -> None:
    kept = re.compile(r"[\x00-\x08\x0e-\x1b\x7f]")  # a control character is no punctuation
    folded = text.casefold()
    expected = "".join(c for c in folded if kept.match(c) or not re.match(r"[^\w\s]|_", c))
    assert without_case(text) == expected
