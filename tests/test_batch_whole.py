"""A submission's folder that comes whole or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from grader.batch import whole
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


@pytest.mark.parametrize("by_descriptor", [True, False])
def test_the_files_of_another_are_the_very_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_descriptor: bool
) -> None:
    monkeypatch.setattr(whole, "_BY_DESCRIPTOR", by_descriptor)
    names = ("x", "runs/y", "runs/z")
    (tmp_path / "a/runs").mkdir(parents=True)
    for name in names:
        (tmp_path / "a" / name).write_bytes(name.encode())
    with new_folder(OutputFolder(tmp_path), "b") as made:
        assert made.link("a", names)
    assert all((tmp_path / "a" / name).samefile(tmp_path / "b" / name) for name in names)
