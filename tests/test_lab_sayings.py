"""The catalogue as a lab wants it said: its own words, else those for the program's language."""

from __future__ import annotations

import pytest
from test_lab_load import LAB, load

from grader.lab.catalogue import catalogue
from grader.lab.sayings import Sayings, sayings_of

BASE = catalogue()


def said(section: str = "") -> Sayings:
    return sayings_of(load(lab=LAB + section))


def test_what_a_lab_does_not_say_is_the_catalogues() -> None:
    for name in BASE.names:
        identifier, _, variant = name.partition("/")
        assert said().entry(identifier, variant) == BASE.entry(identifier, variant)


def test_an_entry_that_is_switched_off_is_none() -> None:
    assert said("diagnoses: {never-closes: {enabled: false}}\n").entry("never-closes") is None


@pytest.mark.parametrize(
    ("program", "told"),
    [
        ("", "documentation of the socket module, recv()"),
        ("client.py", "documentation of the socket module, recv()"),
        ("src/client.c", "manual of recv(2)"),
        ("client.CPP", "manual of recv(2)"),
        ("Client.java", "documentation of java.io, InputStream, read()"),
        ("client.js", "documentation of Node.js, event “data”"),
        ("client.rs", "documentation of your language, reading from a socket"),
    ],
)
def test_a_notion_is_told_for_the_language_of_the_program(program: str, told: str) -> None:
    assert said().notion("receive", program).in_language("en") == told


def test_the_statement_goes_before_every_language() -> None:
    sayings = said("notions: {receive: {fr: partie 1, en: part 1}}\n")
    assert sayings.notion("receive", "client.c").in_language("en") == "part 1"
    assert sayings.notion("send", "client.c").in_language("en") == "manual of send(2)"
