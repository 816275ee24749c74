"""The schema of a lab's files: what loads is valid, and a typo is refused by both."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import jsonschema
import pytest
from engine_tools import TP09

from grader.cli import app
from grader.lab import fields, fields_lab, fields_scenario
from grader.lab.load import LabError, lab_files, load_lab_bytes
from grader.lab.model import Action
from grader.lab.problems import Problems
from grader.lab.schema import NAMES, Name, schema
from grader.lab.yamlfile import Mapping, Node, Scalar, Sequence, parse
from grader.resources import samples_root, scenarios_root

ROOT = TP09.parent.parent
LABS = [path.parent for folder in ("scenarios", "tests/labs")
        for path in sorted((ROOT / folder).glob("*/lab.yaml"))]  # fmt: skip


def plain(node: Node) -> object:
    """The tree as JSON has it."""
    match node:
        case Mapping(entries=entries):
            return {entry.key: plain(entry.value) for entry in entries}
        case Sequence(items=items):
            return [plain(item) for item in items]
        case Scalar(value=Fraction() as number):
            return float(number)
        case Scalar(value=value):
            return value
    raise TypeError(node)


def errors(name: Name, data: bytes) -> list[str]:
    problems = Problems()
    tree = plain(parse(name, data, problems))
    assert not len(problems)
    checker = jsonschema.Draft7Validator(schema(name))
    return [error.message for error in checker.iter_errors(tree)]


def of_file(name: str) -> Name:
    return "lab" if name == "lab.yaml" else "scenario"


@pytest.mark.parametrize("name", NAMES)
def test_it_is_a_schema_that_says_what_each_field_is(name: Name) -> None:
    made = schema(name)
    jsonschema.Draft7Validator.check_schema(made)
    assert all(field["description"] for field in made["properties"].values())


@pytest.mark.parametrize("folder", LABS, ids=lambda path: path.name)
def test_labs_that_load_are_valid(folder: Path) -> None:
    for name, data in lab_files(folder).items():
        assert errors(of_file(name), data) == [], name


def typos(files: dict[str, bytes]) -> Iterator[tuple[str, str, str]]:
    """A file, a field in it, and the field with a letter too many."""
    for name, data in files.items():
        for known in ("points", "title", "port", "reference", "receive", "contains", "status"):
            if f"{known}:" in data.decode():
                yield name, f"{known}:", f"{known}x:"


@pytest.mark.parametrize("folder", LABS, ids=lambda path: path.name)
def test_a_typo_is_refused_by_both(folder: Path) -> None:
    files = lab_files(folder)
    tried = list(typos(files))
    assert tried
    for name, right, wrong in tried:
        changed = files[name].decode().replace(right, wrong).encode()
        assert errors(of_file(name), changed), (name, wrong)
        with pytest.raises(LabError):
            load_lab_bytes({**files, name: changed})


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("points: 1\n", "points: 0.3\n"), ("port: 65432", "port: 70000"),
        ("language: fr", "language: french"), ("points: 2\n", "points: two\n"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_by_both(right: str, wrong: str) -> None:
    files = lab_files(TP09)
    changed = files["lab.yaml"].decode().replace(right, wrong).encode()
    assert changed != files["lab.yaml"]
    assert errors("lab", changed)
    with pytest.raises(LabError):
        load_lab_bytes({**files, "lab.yaml": changed})


def test_every_action_is_in_the_table() -> None:
    told = {*fields.names(fields_scenario.STEP)} - {"together", "repeat", "either", "use"}
    assert told == {action.value for action in Action} - {"end"}


def test_every_field_has_an_example_of_itself() -> None:
    for module in (fields, fields_lab, fields_scenario):
        for table in vars(module).values():
            if isinstance(table, tuple) and table and isinstance(table[0], fields.FieldOf):
                assert all(field.name in field.example for field in table)
                assert len({field.name for field in table}) == len(table)


@pytest.mark.parametrize("name", NAMES)
def test_the_command_prints_it(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["schema", name]) == 0
    assert json.loads(capsys.readouterr().out)["title"].startswith("Wiregrade: ")


def test_what_samples_come_to_is_taken_and_mistakes_are_told() -> None:
    for root in (samples_root(), *scenarios_root().glob("*/samples")):
        for path in root.glob("*/expected.yaml"):
            assert errors("expected", path.read_bytes()) == [], path
    wrong = b"score: -1\ncriteria: {server.a: passed}\ndiagnoses: [never-close]\nrun: {}\n"
    assert len(errors("expected", wrong)) == 4
