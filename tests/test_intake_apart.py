"""A large archive is read by another process, with the same result."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from grader.intake import apart, reading
from grader.intake.discover import Entry, discover
from grader.intake.errors import InputError
from grader.intake.roles import DEFAULT_ROLES
from grader.submission import Submission


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_LARGE", 1000)


def archive(path: Path, size: int) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("serveur.py", b"print(1)\n")
        file.writestr("data.bin", os.urandom(size))
    return path


def entry(folder: Path) -> Entry:
    (found,) = discover(folder).entries
    return found


def here(*_: object) -> Submission:
    raise AssertionError("it was read here")


@pytest.mark.parametrize("below", ["", "dupont/rendu"])
def test_a_large_one_is_read_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, below: str
) -> None:
    (tmp_path / below).mkdir(parents=True, exist_ok=True)
    archive(tmp_path / below / "tp.zip", 2000)
    wanted = reading.read(entry(tmp_path), DEFAULT_ROLES)
    assert wanted.programs.server == "serveur.py"
    monkeypatch.setattr(reading, "read", here)
    monkeypatch.chdir(tmp_path)
    assert apart.read(entry(Path()), DEFAULT_ROLES) == wanted


def test_a_small_one_is_read_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive(tmp_path / "tp.zip", 10)
    monkeypatch.setattr(apart, "_told", here)
    assert apart.read(entry(tmp_path), DEFAULT_ROLES).problem is None


def test_check_reads_it_there_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive(tmp_path / "tp.zip", 2000)
    wanted = reading.read_folder(path, DEFAULT_ROLES)
    monkeypatch.setattr(reading, "read_folder", here)
    assert apart.read_folder(path, DEFAULT_ROLES) == wanted


def test_what_cannot_be_read_is_said_as_ever(tmp_path: Path) -> None:
    path = tmp_path / "rendu.bin"
    path.write_bytes(bytes(2000))
    with pytest.raises(InputError) as told:
        apart.read_folder(path, DEFAULT_ROLES)
    with pytest.raises(InputError) as wanted:
        reading.read_folder(path, DEFAULT_ROLES)
    assert told.value.text == wanted.value.text


def test_a_bug_there_is_told_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    archive(tmp_path / "tp.zip", 2000)
    monkeypatch.setattr(apart, "_BOOT", "raise ZeroDivisionError('there')")
    with pytest.raises(RuntimeError, match="ZeroDivisionError: there"):
        apart.read(entry(tmp_path), DEFAULT_ROLES)
