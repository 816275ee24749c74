"""A large archive is read by another process, with the same result."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from grader.intake import apart, reading
from grader.intake.entrants import Handed
from grader.intake.errors import InputError
from grader.intake.importing import Options, class_at
from grader.intake.roles import DEFAULT_ROLES
from grader.submission import Submission


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "LARGE", 1000)


def archive(path: Path, size: int) -> Path:
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("serveur.py", b"print(1)\n")
        file.writestr("data.bin", os.urandom(size))
    return path


def here(*_: object) -> Submission:
    raise AssertionError("it was read here")


def there(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on nothing may be read in this process."""
    monkeypatch.setattr(reading, "read_folder", here)
    monkeypatch.setattr(Handed, "read_here", here)


def class_read(path: Path, **options: str) -> list[Submission]:
    with class_at(path, DEFAULT_ROLES, Options(**options)) as found:  # type: ignore[arg-type]
        return [one.read() for one in found.entrants]


def packed(folder: Path, path: Path) -> Path:
    """What lies in `folder`, as a platform zips it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for one in sorted(folder.rglob("*")):
            file.write(one, one.relative_to(folder))
    return path


MOODLE = "Zoé d’Arc_42_assignsubmission_file"
NAMES = {
    "plain": "dupont.zip",
    "inside": "dupont/rendu/tp.zip",
    "moodle": f"{MOODLE}/tp.zip",
    "moodle-flat": f"{MOODLE}_tp.zip",
    "canvas": "doejane_501_77_tp.zip",
    "around": f"Devoir/{MOODLE}/tp.zip",
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("zipped", [False, True])
def test_a_large_one_is_read_there(
    name: str, zipped: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it was downloaded, with the same result."""
    path = tmp_path / "class" / NAMES[name]
    path.parent.mkdir(parents=True)
    archive(path, 2000)
    place = Path("class")
    if zipped:
        place = Path(packed(tmp_path / "class", tmp_path / "class.zip").name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(apart, "LARGE", 10_000)
    wanted = class_read(place)
    assert [one.programs.server for one in wanted] == ["serveur.py"]
    monkeypatch.setattr(apart, "LARGE", 1000)
    there(monkeypatch)
    assert class_read(place) == wanted


def test_how_large_it_becomes_counts_in_a_zip(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A member of a few bytes that is an archive of many."""
    inner = tmp_path / "class" / MOODLE / "tp.zip"
    inner.parent.mkdir(parents=True)
    with zipfile.ZipFile(inner, "w") as file:
        file.writestr("serveur.py", b"print(1)\n")
        file.writestr("data.bin", bytes(5000))
    zipped = packed(tmp_path / "class", tmp_path / "class.zip")
    assert zipped.stat().st_size < apart.LARGE < inner.stat().st_size
    there(monkeypatch)
    assert [one.programs.server for one in class_read(zipped)] == ["serveur.py"]


def test_a_small_one_is_read_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "class").mkdir()
    archive(tmp_path / "class" / "tp.zip", 10)
    monkeypatch.setattr(apart, "told", here)
    assert [one.problem for one in class_read(tmp_path / "class")] == [None]
    zipped = packed(tmp_path / "class", tmp_path / "class.zip")
    assert [one.problem for one in class_read(zipped)] == [None]


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
        apart.read_folder(tmp_path / "tp.zip", DEFAULT_ROLES)
