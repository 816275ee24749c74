"""A submission's folder that comes whole or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from grader.batch.output import CannotWriteError, OutputFolder
from grader.batch.whole import new_folder


def test_it_stands_in_the_place_of_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "a/runs").mkdir(parents=True)
    (tmp_path / "a/runs/old.jsonl").write_bytes(b"old")
    with new_folder(OutputFolder(tmp_path), "a") as made:
        digest = made.write("source/x", (b"one", b"two"), b"tail")
        assert (tmp_path / "a/runs/old.jsonl").exists()
    assert digest == hashlib.sha256(b"onetwo").hexdigest()
    found = {
        str(p.relative_to(tmp_path)): p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()
    }
    assert found == {"a/source/x": b"onetwotail"}


def test_of_one_that_fails_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(CannotWriteError), new_folder(OutputFolder(tmp_path), "a") as made:
        made.write("nowhere/x", ())
    assert list(tmp_path.iterdir()) == []


def test_the_files_of_another_are_the_very_files(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/x").write_bytes(b"x")
    with new_folder(OutputFolder(tmp_path), "b") as made:
        assert made.link("a", ["x"])
    assert (tmp_path / "a/x").samefile(tmp_path / "b/x")
