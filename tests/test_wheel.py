"""What is released: the wheel has all that a run needs, and runs without the repository."""

from __future__ import annotations

import email.parser
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.sdist import SdistBuilder
from hatchling.builders.wheel import WheelBuilder
from samples import SUBMISSIONS

import grader

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, as the build backend makes it."""
    folder = tmp_path_factory.mktemp("wheel")
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    return Path(built)


def tracked(*folders: str) -> set[str]:
    told = subprocess.run(
        ["git", "ls-files", "-z", *folders], cwd=ROOT, capture_output=True, check=True
    ).stdout
    return {name for name in told.decode().split("\0") if name}


def test_every_file_of_ours_is_in_the_wheel(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    assert tracked("grader", "reference") <= inside
    data = {f"grader/data/{name}" for name in tracked("scenarios", "submissions")}
    assert data <= inside
    stray = [n for n in inside if "__pycache__" in n or n.startswith("tests/")]
    assert not stray


def test_shells_and_man_find_theirs(wheel: Path) -> None:
    inside = zipfile.ZipFile(wheel).namelist()
    shared = {n.split(".data/data/", 1)[1] for n in inside if ".data/data/" in n}
    assert shared == {
        "share/man/man1/wiregrade.1",
        "share/bash-completion/completions/wiregrade",
        "share/zsh/site-functions/_wiregrade",
        "share/fish/vendor_completions.d/wiregrade.fish",
    }


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    about = f"wiregrade-{grader.__version__}.dist-info"
    said = email.parser.Parser().parsestr(archive.read(f"{about}/METADATA").decode())
    assert said["Name"] == "wiregrade"
    # From one place: grader/__init__.py.
    assert said["Version"] == grader.__version__
    assert said["Requires-Python"] == ">=3.11"
    points = archive.read(f"{about}/entry_points.txt").decode()
    assert "wiregrade = grader.__main__:main" in points
    assert "wiregrade = grader.pytest_plugin" in points
    assert f"## {grader.__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


@pytest.mark.sandbox
def test_it_grades_without_the_repository(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    done = subprocess.run(
        [sys.executable, "-P", "-m", "grader", "check", str(SUBMISSIONS / "juste_enonce"),
         "--only", "server-nominal", "--html", "page.html"],
        cwd=tmp_path, env={"PYTHONPATH": "site", "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "</html>" in (tmp_path / "page.html").read_text("utf-8")


def test_the_sdist_can_be_tested(tmp_path: Path) -> None:
    (built,) = SdistBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    with tarfile.open(built) as archive:
        inside = {name.partition("/")[2] for name in archive.getnames()}
    assert tracked() - {name for name in tracked() if name.startswith(".git")} <= inside
