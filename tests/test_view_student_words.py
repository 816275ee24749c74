"""Words of the student's page, and what French printers ask of everything that we say."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from report_samples import stuck_grade, stuck_server
from test_view_words import fields
from transcripts import LAB

from grader.lab.catalogue import catalogue
from grader.lab.model import Text
from grader.view.html import student_html
from grader.view.student_words import own_words, page_words
from grader.view.words import words

_QUOTED = re.compile(r"`[^`]*`|b?'[^' ]{0,20}'|\"[^\"]*\"|\{\w+\}|\w+\(\)|::|[a-z]+://\S+")
"""Words of programs inside our sentences: they are written as programs are."""


def said() -> Iterator[tuple[str, Text]]:
    """Everything that a lab and the catalogue say to students."""
    known = catalogue()
    for identifier, variants in known.entries.items():
        for entry in variants.values():
            yield identifier, entry.title
            yield identifier, entry.explanation
    for kind, texts in (("notions", known.notions), ("further", known.further)):
        yield from ((f"{kind}: {key}", text) for key, text in texts.items())
    for criterion in LAB.criteria:
        for text in (criterion.title, criterion.requirement, criterion.hint):
            yield criterion.id, text
    for scenario in LAB.scenarios:
        yield scenario.id, scenario.title
        if scenario.advice is not None:
            yield scenario.id, scenario.advice
    for kind, texts in (("notions", LAB.notions), ("passages", LAB.passages)):
        yield from ((f"tp09 {kind}: {key}", text) for key, text in texts.items())
    yield "title", LAB.title


def french_faults(text: str) -> list[str]:
    """What a French printer would mark in the text."""
    plain = _QUOTED.sub("x", text)
    rules = {
        "a blank that may break before : ; ! ? »": r"(?<![\u00a0\u202f:;!?])[:;!?»](?![:}/\d])",
        "a blank that may break after «": "«(?![\u00a0\u202f])",
        "a straight apostrophe": "'",
        "three dots": r"(?<!\[)\.\.\.(?!\])",
    }
    return [fault for fault, rule in rules.items() if re.search(rule, plain)]


def test_the_rules_bite() -> None:
    assert french_faults("Attendu : l'autre") == [
        "a blank that may break before : ; ! ? »",
        "a straight apostrophe",
    ]
    assert french_faults("« oui »...") != []
    assert french_faults("L’un\u00a0: «\u00a0`a : 'b'` et b''\u00a0» à 0.0.0.0:65432\u00a0?") == []


def test_both_languages_have_the_same_words_with_the_same_gaps() -> None:
    french, english = own_words("fr"), own_words("en")
    assert french.keys() == english.keys()
    for key in french:
        assert fields(french[key]) == fields(english[key]), key


@pytest.mark.parametrize("language", ["fr", "en"])
def test_no_word_of_other_pages_is_said_otherwise(language: str) -> None:
    assert not own_words(language).keys() & words(language).keys()
    assert page_words(language)["further"] == own_words(language)["further"]


def test_french_typography_of_the_page() -> None:
    assert {k: f for k, text in own_words("fr").items() if (f := french_faults(text))} == {}


def test_french_typography_of_the_lab_and_of_the_diagnoses() -> None:
    faults = {
        f"{name}: {text.in_language('fr')[:60]}": found
        for name, text in said()
        if (found := french_faults(text.in_language("fr")))
    }
    assert faults == {}


def test_every_notion_has_more_to_say_and_tp09_quotes_its_statement() -> None:
    known = catalogue()
    assert known.further.keys() == known.notions.keys()
    assert LAB.passages.keys() == LAB.notions.keys()


def test_no_french_word_is_left_on_an_english_page() -> None:
    page = student_html(LAB, stuck_grade(), {"server-nominal": stuck_server()}, (), "en")
    shown = re.sub(
        r"<code.*?</code>|<svg.*?</svg>|<dd.*?</dd>|<script.*?</script>", "", page, flags=re.S
    )
    for word in ("Votre", "Énoncé", "À relire", "Octet", "ligne "):
        assert word not in shown
