"""`wiregrade explain`: every mistake that reports name, in words."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

import pytest

from grader.cli import labs
from grader.cli.app import main
from grader.lab.catalogue import catalogue
from grader.resources import scenarios_root


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert main(["explain", *arguments]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_mistake_has_an_explanation(
    language: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The lab is read once, not once for each name.
    monkeypatch.setattr("grader.cli.explain.open_lab", cache(labs.open_lab))
    for name in catalogue().names:
        text = told(capsys, name, "--lang", language)
        assert len(text.splitlines()) >= 4, name
        assert "{" not in text
        assert "  " not in text.replace("\n  ", "\n"), name


def test_all_of_them_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    listed = {line.split()[0] for line in told(capsys).splitlines()}
    assert listed == set(catalogue().entries)


def test_the_statement_is_named_where_the_lab_speaks_of_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert "partie\u00a01.1" in told(capsys, "accept-once", "--lang", "fr")


def test_a_variant_is_explained_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    name = next(name for name in catalogue().names if "/" in name)
    assert f"explain {name}" in told(capsys, name.partition("/")[0])
    assert "wiregrade explain" not in told(capsys, name)


@pytest.mark.parametrize(
    ("name", "said"),
    [("acept-once", "accept-once"), ("zzzzzz", "wiregrade explain"), ("\x1b[31m", "\\x1b")],
)
def test_an_unknown_name_is_told(name: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", name, "--lang", "en"]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "\x1b" not in error


def test_a_lab_may_never_say_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copytree(scenarios_root() / "tp09", tmp_path / "lab")
    path = tmp_path / "lab" / "lab.yaml"
    switched_off = "diagnoses:\n  accept-once: {enabled: false}\n"
    path.write_text(path.read_text("utf-8").replace("diagnoses:\n", switched_off), "utf-8")
    lab = str(tmp_path / "lab")
    assert "tp09" in told(capsys, "accept-once", "--lab", lab)
    assert "accept-once" not in told(capsys, "--lab", lab)


def test_notions_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    listed = [line.split()[0] for line in told(capsys, "--notions", "--lang", "en").splitlines()]
    assert listed == sorted(catalogue().notions)


@pytest.mark.parametrize(("tongue", "said"), [("en_GB.UTF-8", "Read again"), ("C", "À relire")])
def test_without_a_lab_the_language_is_that_of_the_terminal(
    tongue: str, said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_ALL", tongue)
    assert said in told(capsys, "accept-once")
    assert "À relire" in told(capsys, "accept-once", "--lab", "tp09")
