"""docs/lab-proofs.md has every word of the language, and each mutant that it names exists."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest

from grader.lab.fields import STDOUT, FieldOf, names
from grader.lab.fields_scenario import EXPECT, FILE, STEP, STEP_OPTIONS
from grader.prove import mutants as families

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "lab-proofs.md").read_text("utf-8")
TABLES = [
    {row[1]: row[2] for row in re.finditer(r"^\| `([\w-]+)` \| (.*) \|$", table, re.M)}
    for table in PAGE.split("| word | mutants |")[1:]
]
OTHER_NAMES = {
    "stream", "port", "latin-1-send", "print-first-only", "print-first-again", "to-last",
    "to-first",
}  # fmt: skip
"""Mutants that are not called as their family is."""


@pytest.mark.parametrize(
    ("number", "fields"), list(enumerate((STEP, STEP_OPTIONS, EXPECT, STDOUT, FILE)))
)
def test_each_table_has_the_words_of_the_language(number: int, fields: tuple[FieldOf, ...]) -> None:
    assert list(TABLES[number]) == list(names(fields))


def test_the_mutants_that_it_names_exist() -> None:
    words = {*chain.from_iterable(map(names, (STEP, STEP_OPTIONS, EXPECT, STDOUT, FILE)))}
    named = {
        name
        for cell in chain.from_iterable(table.values() for table in TABLES)
        for name in re.findall(r"`([\w-]+)`", cell)
    }
    known = {family.id for family in families._FAMILIES} | OTHER_NAMES
    assert named - known - words == set()
