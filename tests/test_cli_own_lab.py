"""A lab that lies with the programs: found, told, kept apart, and not trusted."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from batch_tools import TP09

from grader.batch.plan import lab_files_within
from grader.cli import app
from grader.cli.defaults import Suggested
from grader.cli.errors import CommandError
from grader.cli.labs import open_lab
from grader.cli.own_lab import found_lab
from grader.intake.reading import read_folder

LAB = "lab: mine\ncriteria: {}\nscenarios: []\n"


def lab_at(folder: Path, python: str = "") -> Path:
    shutil.copytree(TP09, folder, dirs_exist_ok=True)
    if python:
        with (folder / "lab.yaml").open("a") as file:
            file.write(f"\npython: {python}\n")
    return folder


def test_no_lab_is_the_default_and_nothing_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert found_lab(tmp_path, "en") == "tp09"
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("below", ["", "sujet"])
def test_a_lab_in_the_folder_or_one_down_is_taken_and_told(
    below: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = lab_at(tmp_path / below)
    (tmp_path / "serveur.py").write_text("")
    for path in (tmp_path, tmp_path / "serveur.py"):
        found = found_lab(path, "fr")
        assert isinstance(found, Suggested)
        assert found == str(folder)
        assert str(folder) in capsys.readouterr().err


def test_of_several_none_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a", "b"):
        lab_at(tmp_path / name)
    assert found_lab(tmp_path, "en") == "tp09"
    assert "Several labs" in capsys.readouterr().err


def test_what_is_no_lab_of_ours_is_passed_over(tmp_path: Path) -> None:
    for name in ("deep/er", "docker", ".hidden", "fifo", "folder", "elsewhere"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "deep" / "er" / "lab.yaml").write_text(LAB)
    (tmp_path / "docker" / "lab.yaml").write_text("lab: x\nservices: {}\n")
    os.mkfifo(tmp_path / "fifo" / "lab.yaml")
    (tmp_path / "folder" / "lab.yaml").mkdir()
    real = lab_at(tmp_path.parent / f"{tmp_path.name}-real")
    (tmp_path / "link").symlink_to(real)
    (tmp_path / "elsewhere" / "lab.yaml").symlink_to(real / "lab.yaml")
    assert found_lab(tmp_path, "en") == "tp09"


@pytest.mark.parametrize(
    "python", ["./evil", "/bin/sh", "sub/python3", "sh", "import", "python3 -c", "../python"]
)
def test_a_lab_that_nobody_named_starts_no_program(python: str, tmp_path: Path) -> None:
    lab_at(tmp_path, f"'{python}'")
    assert open_lab(str(tmp_path)).lab.python == python
    with pytest.raises(CommandError, match="wants to start"):
        open_lab(Suggested(tmp_path))


def test_a_lab_that_nobody_named_brings_no_recipe_of_its_own(tmp_path: Path) -> None:
    lab_at(tmp_path)
    with (tmp_path / "lab.yaml").open("a") as file:
        file.write("\nlanguages: [c, {name: x, suffixes: [.x], run: [./evil]}]\n")
    assert [one.id for one in open_lab(str(tmp_path)).lab.languages] == ["c", "x"]
    with pytest.raises(CommandError, match="wants to start"):
        open_lab(Suggested(tmp_path))


def test_languages_can_be_said_beside_the_lab(tmp_path: Path) -> None:
    plain, told = open_lab("tp09"), open_lab("tp09", ["c", "java"])
    assert [one.id for one in told.lab.languages] == ["c", "java"]
    assert told.lab.roles["server"].suffixes == (".c", ".java")
    assert told.digest != plain.digest
    lab_at(tmp_path)
    with (tmp_path / "lab.yaml").open("a") as file:
        file.write("\nlanguages: [c, java]\n")
    assert open_lab(str(tmp_path)).lab.languages == told.lab.languages
    with pytest.raises(CommandError, match="--languages"):
        open_lab(str(tmp_path), ["c"])


@pytest.mark.parametrize("python", ["python3", "python3.12", "pypy3"])
def test_it_may_say_which_python(python: str, tmp_path: Path) -> None:
    lab_at(tmp_path, python)
    assert open_lab(Suggested(tmp_path)).lab.python == python


@pytest.mark.parametrize("config", [False, True])
def test_nothing_of_a_strangers_folder_is_started(
    config: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab_at(tmp_path / "lab", "./evil")
    (tmp_path / "serveur.py").write_text("print(1)\n")
    evil = tmp_path / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    evil.chmod(0o755)
    if config:
        (tmp_path / "wiregrade.toml").write_text('lab = "lab"\n')
    monkeypatch.chdir(tmp_path)
    assert app.main(["check"]) == 2
    assert not (tmp_path / "started").exists()


def test_the_labs_files_are_not_the_students(tmp_path: Path) -> None:
    inside = lab_at(tmp_path / "tp" / "lab")
    (inside / "serveur.py").write_text("print('the solution')\n")
    (tmp_path / "tp" / "client.py").write_text("print(1)\n")
    source = open_lab(str(inside))
    gone = lab_files_within(tmp_path / "tp", inside, source)
    read = read_folder(tmp_path / "tp", source.lab.roles, gone)
    assert [file.path for file in read.files] == ["client.py"]
    assert read.programs.server is None


def test_beside_the_programs_only_the_labs_own_files_go(tmp_path: Path) -> None:
    lab_at(tmp_path)
    (tmp_path / "client.py").write_text("print(1)\n")
    (tmp_path / "settings.yaml").write_text("a: 1\n")
    source = open_lab(str(tmp_path))
    gone = lab_files_within(tmp_path, tmp_path, source)
    paths = {file.path for file in read_folder(tmp_path, source.lab.roles, gone).files}
    assert {"client.py", "settings.yaml"} <= paths
    assert "lab.yaml" not in paths
    assert not {f"{one.id}.yaml" for one in source.lab.scenarios} & paths


def test_a_lab_elsewhere_leaves_nothing_out(tmp_path: Path) -> None:
    assert lab_files_within(tmp_path, TP09, open_lab("tp09")) == frozenset()
