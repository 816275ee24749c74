"""New labs, whatever is asked for: they load, editors find their schema, and are proved."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from engine_tools import bwrap, python
from test_lab_schema import errors, of_file

from grader.cli import app
from grader.lab.load import load_lab_bytes
from grader.lab.model import ROLES, Role
from grader.lab.starter import KINDS, LANGUAGES, SAMPLE, Kind, Starter, starter_files

PROVED_BY_THE_DOCS = "questions"
"""`tests/test_docs_write_a_lab.py` makes, proves and plays this kind."""
ROLE_SETS: tuple[tuple[Role, ...], ...] = (("server",), ("client",), ROLES)
EVERY = [
    Starter(
        name='L’essai : « un » "deux" \\',
        folder="essai",
        language=language,
        port=7321,
        roles=roles,
        kind=kind,
        both=language == "en" and kind == KINDS[0],
    )
    for language, roles, kind in product(LANGUAGES, ROLE_SETS, KINDS)
]


@pytest.mark.parametrize("starter", EVERY, ids=lambda s: f"{s.language}-{s.kind}-{len(s.roles)}")
def test_they_load_and_their_schema_takes_them(starter: Starter) -> None:
    files = starter_files(starter)
    labs = {
        name: text.encode()
        for name, text in files.items()
        if name.endswith(".yaml") and "/" not in name
    }
    lab = load_lab_bytes(labs)
    assert {*lab.roles} == {*starter.roles}
    assert lab.title.in_language(starter.language) == starter.name
    assert lab.port == 7321
    for name, data in labs.items():
        assert errors(of_file(name), data) == []
        first = data.decode().splitlines()[0]
        assert first.removeprefix("# yaml-language-server: $schema=") in files
    for name, text in files.items():
        assert not any(sign in text for sign in ("<<", "||", "@PORT@", "@ID@"))
        if name.endswith(".py"):
            compile(text, name, "exec")
    assert {f"{SAMPLE}/{program}" for program in starter.programs} <= {*files}


@pytest.mark.parametrize(
    ("name", "identifier"), [("Été à 2", "ete-a-2"), ("???", "lab"), ("A" * 60, "a" * 40)]
)
def test_ids_come_from_the_folder(name: str, identifier: str) -> None:
    made = Starter(name="X", folder=name, language="fr", port=7000, roles=("server",), kind="echo")
    assert made.id == identifier


def test_texts_in_both_languages() -> None:
    made = Starter(
        name="X", folder="x", language="en", port=7000, roles=ROLES, kind="greeting", both=True
    )
    files = starter_files(made)
    lab = load_lab_bytes({n: t.encode() for n, t in files.items() if n.count("/") == 0})
    texts = [lab.title, *(s.title for s in lab.scenarios)]
    texts += [text for c in lab.criteria for text in (c.title, c.requirement, c.hint)]
    assert {frozenset(text.by_language) for text in texts} == {frozenset({"fr", "en"})}
    assert files["samples/right/expected.yaml"].splitlines()[2] == f"score: {lab.max_score}"


@pytest.mark.sandbox
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != PROVED_BY_THE_DOCS])
def test_they_are_proved_and_their_sample_earns_all_points(
    kind: Kind, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bwrap()
    folder, how = str(tmp_path / "lab"), ["--python", python(), "--isolation", "full"]
    assert app.main(["new", folder, "--kind", kind, "--role", "both", "--yes"]) == 0
    assert app.main(["validate", "--prove", folder, *how]) == 0
    assert app.main(["validate", "--samples", folder, *how]) == 0
