"""Folders of runs without a sandbox: none is left, and nobody else's is taken."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.run import workfolders


def abandoned(place: Path, name: str = "wiregrade-dead") -> Path:
    """What a killed process leaves."""
    folder = place / name
    (folder / "run").mkdir(parents=True)
    (folder / "lock").touch()
    (folder / "run" / "prog.py").write_text("print()")
    return folder


def test_a_killed_ones_folder_is_removed(tmp_path: Path) -> None:
    folder = abandoned(tmp_path)
    workfolders.sweep(tmp_path)
    assert not folder.exists()


def test_a_living_ones_folder_is_left(tmp_path: Path) -> None:
    folder = abandoned(tmp_path)
    with (folder / "lock").open("r+") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        workfolders.sweep(tmp_path)
        assert (folder / "run" / "prog.py").exists()
    workfolders.sweep(tmp_path)
    assert not folder.exists()


def test_what_is_not_ours_is_left_whatever_its_name(tmp_path: Path) -> None:
    plain = tmp_path / "wiregrade-notes"
    plain.mkdir()
    (plain / "text").touch()
    elsewhere = abandoned(tmp_path, "elsewhere")
    (tmp_path / "wiregrade-link").symlink_to(elsewhere)
    (tmp_path / "wiregrade-file").touch()
    linked = tmp_path / "wiregrade-linked"
    linked.mkdir()
    (linked / "lock").symlink_to(elsewhere / "lock")
    fifo = tmp_path / "wiregrade-fifo"
    fifo.mkdir()
    os.mkfifo(fifo / "lock")
    workfolders.sweep(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {
        "wiregrade-notes", "elsewhere", "wiregrade-link", "wiregrade-file", "wiregrade-linked",
        "wiregrade-fifo",
    }  # fmt: skip
    assert (elsewhere / "run" / "prog.py").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_another_users_folder_is_left(tmp_path: Path) -> None:
    folder = abandoned(tmp_path)
    os.chown(folder, 65534, 65534)
    workfolders.sweep(tmp_path)
    assert folder.exists()


DEEP = """
import os, sys
os.chdir(sys.argv[1])
for _ in range(3000):
    os.mkdir("d"); os.chdir("d")
"""


def test_a_tree_of_any_depth_and_mode_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    (folder / "shut").mkdir(parents=True)
    (folder / "shut" / "file").touch()
    (folder / "shut").chmod(0)
    subprocess.run([sys.executable, "-c", DEEP, folder], check=True)
    workfolders.remove(folder)
    assert not folder.exists()


def test_one_for_each_process_and_gone_with_it(tmp_path: Path) -> None:
    source = (
        "from grader.run import workfolders\n"
        "a, b = workfolders.make(), workfolders.make()\n"
        "assert a.parent == b.parent and (a.parent / 'lock').is_file() and not any(a.iterdir())\n"
        "print(a.parent)\n"
    )
    dead = abandoned(tmp_path)
    told = subprocess.run(
        [sys.executable, "-c", source], env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    assert Path(told).parent == tmp_path
    assert not Path(told).exists()
    assert not dead.exists()


def test_what_lies_in_a_folder_is_counted(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "big").write_bytes(os.urandom(1 << 20))
    with (tmp_path / "holes").open("wb") as file:
        file.truncate(1 << 30)
    outside = tmp_path.parent / "outside"
    outside.mkdir(exist_ok=True)
    (tmp_path / "away").symlink_to(outside)
    (outside / "more").write_bytes(b"x")
    found = workfolders.used(tmp_path, 100)
    assert (found.files, found.bounded) == (5, False)
    assert 1 << 20 <= found.size < 2 << 20
    assert workfolders.used(tmp_path, 2).files == 3
    assert workfolders.used(tmp_path / "nothing", 2).files == 0
