"""`wiregrade init`: what it writes is read as the platforms read it."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

import grader
from grader.cli.app import main
from grader.cli.init import EXECUTABLE, PLATFORMS, rendered

CHECKS = re.compile(r"^[^#]*wiregrade\"? check ")
SCRIPTS = ("run_autograder", "setup.sh", "run.sh")


def made(folder: Path, platform: str, *more: str) -> int:
    return main(["init", platform, str(folder), *more])


def workflow(folder: Path) -> dict[object, object]:
    path = folder / ".github" / "workflows" / "wiregrade.yml"
    found = yaml.safe_load(path.read_text("utf-8"))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_nothing_stands_for_something_else_any_more(
    platform: str, language: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert made(tmp_path, platform, "--lang", language) == 0
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    said = capsys.readouterr().out.splitlines()
    assert sorted(said[:-1]) == sorted(map(str, written))
    versions = 0
    for path in written:
        text = path.read_text("utf-8")
        assert not re.search("@[A-Z]+@", text), path
        assert b"\r" not in path.read_bytes()
        assert os.access(path, os.X_OK) == (path.name in EXECUTABLE)
        versions += f"wiregrade=={grader.__version__}" in text
    assert versions == 1


@pytest.mark.parametrize("platform", ["gradescope", "prairielearn"])
def test_the_scripts_are_shell(platform: str, tmp_path: Path) -> None:
    assert made(tmp_path, platform) == 0
    scripts = [path for path in tmp_path.rglob("*") if path.name in SCRIPTS]
    assert scripts
    for script in scripts:
        subprocess.run(["bash", "-n", str(script)], check=True)


def test_the_workflow_trusts_nothing_of_the_student(tmp_path: Path) -> None:
    assert made(tmp_path, "github") == 0
    found = workflow(tmp_path)
    assert found["permissions"] == {"contents": "read"}
    assert isinstance(found["jobs"], dict)
    steps = found["jobs"]["check"]["steps"]
    for step in steps:
        # A script that `${{ }}` is written into would run what it stands for.
        assert "${{" not in step.get("run", "")
        if str(step.get("uses", "")).startswith("actions/checkout"):
            assert step["with"]["persist-credentials"] is False


def test_the_pipeline_is_yaml(tmp_path: Path) -> None:
    assert made(tmp_path, "gitlab") == 0
    found = yaml.safe_load((tmp_path / ".gitlab-ci.yml").read_text("utf-8"))
    job = found["wiregrade"]
    assert job["artifacts"]["reports"] == {"junit": "report.xml"}
    for line in [*job["before_script"], *job["script"]]:
        subprocess.run(["bash", "-n"], input=line, text=True, check=True)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_no_options_come_from_what_students_push(platform: str, tmp_path: Path) -> None:
    # `only = ["server.listen"]` in a wiregrade.toml would pass for the whole lab.
    assert made(tmp_path, platform) == 0
    texts = [path.read_text("utf-8") for path in tmp_path.rglob("*") if path.is_file()]
    texts.append((Path(grader.__file__).parent.parent / "action.yml").read_text("utf-8"))
    # A command may go on below: a backslash ends the line.
    texts = [text.replace("\\\n", " ") for text in texts]
    checks = [line for text in texts for line in text.splitlines() if CHECKS.search(line)]
    assert len(checks) == 2
    assert all("--no-config" in line for line in checks)


def test_what_is_there_is_replaced_only_when_told_to(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / ".gitlab-ci.yml"
    mine.write_text("mine\n")
    assert made(tmp_path, "gitlab", "--lang", "en") == 2
    assert mine.read_text() == "mine\n"
    assert ".gitlab-ci.yml" in capsys.readouterr().err
    assert made(tmp_path, "gitlab", "--force") == 0
    assert mine.read_text() != "mine\n"


def test_an_unknown_lab_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert made(tmp_path, "github", "--lab", "tp9") == 2
    assert "tp09" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert made(tmp_path / "file" / "below", "github") == 2
    assert "Traceback" not in capsys.readouterr().err


def test_all_platforms_have_files() -> None:
    for platform in PLATFORMS:
        assert dict(rendered(platform, lab="tp09", language="en"))
