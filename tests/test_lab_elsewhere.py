"""What programs in other languages are sent to read: every notion, in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.lab.catalogue import catalogue
from grader.lab.elsewhere import (
    OTHER,
    Elsewhere,
    elsewhere,
    further_for,
    notion_for,
    read_elsewhere,
)
from grader.lab.languages import KNOWN, PYTHON
from grader.lab.problems import LabError

ONLY_OF_PYTHON = frozenset({"python"})
"""A mistake of writing in Python is found in no other language."""
FOR_ALL = frozenset({"compiler", "exchange"})
"""What is said of these names no language."""
SMALL = """\
notions:
  c: {send: {fr: manuel de send(2), en: manual of send(2)}}
  java: {}
  javascript: {}
  other: {send: {fr: envoyer, en: sending}}
further:
  send: {fr: plus, en: more}
"""


def test_python_is_told_what_the_catalogue_says() -> None:
    for key, text in catalogue().notions.items():
        assert notion_for(key, PYTHON.id) == text
        assert further_for(key, PYTHON.id) == catalogue().further.get(key)


@pytest.mark.parametrize("language", [one for one in KNOWN if one != PYTHON.id])
def test_no_other_language_is_sent_to_what_is_pythons(language: str) -> None:
    for key in catalogue().notions.keys() - ONLY_OF_PYTHON:
        said = notion_for(key, language), further_for(key, language)
        for text in filter(None, said):
            for words in text.by_language.values():
                assert "Python" not in words, (key, language)
                assert "module socket" not in words, (key, language)
                assert "threading" not in words, (key, language)
                assert "b''" not in words, (key, language)
                # Section 2 and 3 of the manual are C's.
                assert language in ("c", "c++") or not re.search(r"\([23]\)", words)


def test_c_and_cpp_have_the_same_calls_and_rust_is_told_what_holds_for_all() -> None:
    assert notion_for("receive", "c++") == notion_for("receive", "c")
    assert notion_for("receive", "c").in_language("en") == "manual of recv(2)"
    assert notion_for("receive", "rust") == elsewhere().notions[OTHER]["receive"]
    assert notion_for("receive", "a-language-of-the-lab") == notion_for("receive", "rust")


def test_what_holds_for_all_languages_is_said_of_every_notion() -> None:
    assert set(elsewhere().notions[OTHER]) == set(catalogue().notions) - ONLY_OF_PYTHON - FOR_ALL


def test_each_group_says_nothing_that_the_general_one_has_not() -> None:
    general = set(elsewhere().notions[OTHER])
    for group, said in elsewhere().notions.items():
        assert set(said) <= general, group


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  java: {}\n", "", "notions: 'java' is missing"),
        ("  java: {}", "  jave: {}", "unknown key 'jave'"),
        ("other: {send:", "other: {sned:", "unknown key 'sned'"),
        ("{fr: plus, en: more}", "{fr: plus}", "French and English"),
        ("  send: {fr: plus", "  sned: {fr: plus", "unknown key 'sned'"),
    ],
)
def test_a_broken_file_is_told_with_its_places(old: str, new: str, told: str) -> None:
    assert read(SMALL).notion("send", "java") is not None
    with pytest.raises(LabError) as broken:
        read(SMALL.replace(old, new, 1))
    assert told in str(broken.value)


def test_a_notion_without_words_of_its_own_is_the_catalogues() -> None:
    assert read(SMALL).notion("receive", "c") is None


def read(text: str) -> Elsewhere:
    return read_elsewhere(Path("elsewhere.yaml"), text.encode(), catalogue())
