"""What runs on GitHub, Gradescope and PrairieLearn, run here, their files and variables faked."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import export_rules
import pytest
import yaml
from engine_tools import bwrap
from export_samples import golden

from grader.cli.app import main

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "submissions" / "faute_un_seul_recv"
ONLY = ("server.listen", "server.print1", "server.print2")
"""Enough of a check to win and to lose something; all of it takes long."""


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder for PATH: `wiregrade` is ours, `python` and `sudo` say what they were asked for."""
    folder = tmp_path / "bin"
    folder.mkdir()
    only = " ".join(f"--only {one}" for one in ONLY)
    _script(folder / "wiregrade", f'exec "{sys.executable}" -P -m grader "$@" {only}')
    for name in ("python", "sudo"):
        _script(folder / name, f'echo "{name} $*" >> "{tmp_path}/asked"; exit 1')
    _script(folder / "python", f'echo "python $*" >> "{tmp_path}/asked"')
    return folder


def _script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def environment(tools: Path, **more: str) -> dict[str, str]:
    """Of a runner: nothing of ours but the way to our modules."""
    kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    path = f"{tools}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "PATH": path, "PYTHONPATH": str(ROOT), "CI": "true", **more}


# --- the GitHub action ----------------------------------------------------------------------


class Runner:
    """Runs an action's steps as GitHub's runner does: bash, environment files, inputs."""

    def __init__(self, tmp_path: Path, tools: Path, **inputs: str) -> None:
        self.action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
        self.inputs = {
            name: inputs.pop(name.replace("-", "_"), one.get("default", ""))
            for name, one in self.action["inputs"].items()
        }
        assert not inputs
        self.workspace = tmp_path / "repository"
        shutil.copytree(SAMPLE, self.workspace)
        self.files = {"GITHUB_OUTPUT": tmp_path / "output", "GITHUB_STEP_SUMMARY": tmp_path / "sum"}
        for file in self.files.values():
            file.write_text("before=1\n")
        named = {name: str(path) for name, path in self.files.items()}
        self.environment = environment(tools, GITHUB_WORKSPACE=str(self.workspace), **named)

    def run(self) -> list[subprocess.CompletedProcess[str]]:
        """Every step with a script, until one fails."""
        done = []
        for step in self.action["runs"]["steps"]:
            if "run" not in step:
                continue
            assert "${{" not in step["run"]
            own = {name: self._expanded(value) for name, value in step.get("env", {}).items()}
            assert step["shell"] == "bash"
            command = ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]]
            done.append(
                subprocess.run(
                    command,
                    cwd=self.workspace,
                    env=self.environment | own,
                    check=False,
                    capture_output=True,
                    text=True,
                )
            )
            if done[-1].returncode:
                break
        return done

    def outputs(self) -> set[str]:
        """The outputs that the action declares, by the step's names for them."""
        values = [one["value"] for one in self.action["outputs"].values()]
        found = [re.fullmatch(r"\$\{\{ steps\.check\.outputs\.([a-z-]+) \}\}", v) for v in values]
        return {match[1] for match in found if match}

    def _expanded(self, value: str) -> str:
        value = re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda m: self.inputs[m[1]], value)
        return value.replace("${{ github.action_path }}", str(ROOT))


@pytest.mark.sandbox
def test_the_action_as_a_shell_script(tmp_path: Path, tools: Path) -> None:
    bwrap()
    runner = Runner(tmp_path, tools, lang="en")
    # What a student might write to be asked for nothing.
    (runner.workspace / "wiregrade.toml").write_text('[check]\nonly = ["server.listen"]\n')
    install, isolate, check = runner.run()
    assert (install.returncode, isolate.returncode, check.returncode) == (0, 0, 1)
    assert (tmp_path / "asked").read_text() == (
        f"python -m pip install --quiet --disable-pip-version-check {ROOT}\n"
        "sudo -n sysctl -q -w kernel.apparmor_restrict_unprivileged_userns=0\n"
    )
    said = runner.files["GITHUB_OUTPUT"].read_bytes()
    assert said == (
        b"before=1\nscore=3\nmax-score=5\npassed=2\ncriteria=3\ncomplete=true\n"
    )  # fmt: skip
    assert {line.split("=")[0] for line in said.decode().splitlines()[1:]} == runner.outputs()
    golden("action-summary.md", runner.files["GITHUB_STEP_SUMMARY"].read_bytes())
    errors = [line for line in check.stdout.splitlines() if line.startswith("::error ")]
    assert len(errors) == 1
    assert errors[0].startswith("::error file=serveur.py,")
    report = (runner.workspace / "wiregrade-report.html").read_text("utf-8")
    assert report.rstrip().endswith("</html>")


@pytest.mark.sandbox
def test_the_action_need_not_fail_the_job(tmp_path: Path, tools: Path) -> None:
    bwrap()
    runner = Runner(tmp_path, tools, must_pass="false", path="serveur.py")
    assert [done.returncode for done in runner.run()] == [0, 0, 0]
    assert b"passed=2\n" in runner.files["GITHUB_OUTPUT"].read_bytes()


def test_the_action_fails_for_a_lab_that_is_not_there(tmp_path: Path, tools: Path) -> None:
    runner = Runner(tmp_path, tools, must_pass="false", lab="no-such-lab")
    assert [done.returncode for done in runner.run()] == [0, 0, 2]
    assert runner.files["GITHUB_OUTPUT"].read_bytes() == b"before=1\n"


# --- Gradescope, PrairieLearn ---------------------------------------------------------------


@pytest.fixture
def gradescope(tmp_path: Path) -> Path:
    """A folder like Gradescope's /autograder, with what the teacher uploads in it."""
    root = tmp_path / "autograder"
    assert main(["init", "gradescope", str(root / "source"), "--lang", "en"]) == 0
    shutil.copytree(SAMPLE, root / "submission")
    return root


@pytest.fixture
def prairielearn(tmp_path: Path) -> Path:
    """A folder like PrairieLearn's /grade, the question's tests in it."""
    root = tmp_path / "grade"
    assert main(["init", "prairielearn", str(tmp_path / "made"), "--lang", "en"]) == 0
    shutil.copytree(tmp_path / "made" / "tests", root / "tests")
    shutil.copytree(SAMPLE, root / "student")
    return root


def graded(script: Path, tools: Path, variable: str, root: Path) -> dict[str, Any]:
    """results.json after the script, which ends well whatever happens."""
    more = {variable: str(root), "WIREGRADE": str(tools / "wiregrade")}
    done = subprocess.run(
        [str(script)], env=environment(tools, **more), cwd=root, check=False, capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()
    read: dict[str, Any] = json.loads((root / "results" / "results.json").read_bytes())
    return read


def broken_lab(folder: Path) -> None:
    folder.mkdir()
    (folder / "lab.yaml").write_text("lab: mine\n")


@pytest.mark.sandbox
def test_gradescope_is_told_the_grade(gradescope: Path, tools: Path) -> None:
    bwrap()
    script = gradescope / "source" / "run_autograder"
    assert export_rules.gradescope(graded(script, tools, "AUTOGRADER", gradescope)) == 3


def test_a_fault_of_the_lab_is_no_grade_on_gradescope(gradescope: Path, tools: Path) -> None:
    broken_lab(gradescope / "source" / "lab")
    script = gradescope / "source" / "run_autograder"
    document = graded(script, tools, "AUTOGRADER", gradescope)
    assert export_rules.gradescope(document) is None
    assert "Please tell your teacher" in document["output"]


@pytest.mark.sandbox
def test_prairielearn_is_told_the_share(prairielearn: Path, tools: Path) -> None:
    bwrap()
    document = graded(prairielearn / "tests" / "run.sh", tools, "GRADE", prairielearn)
    assert export_rules.prairielearn(document) == 3 / 5
    assert len(document["tests"]) == len(ONLY)


def test_a_fault_of_the_lab_costs_no_attempt_on_prairielearn(
    prairielearn: Path, tools: Path
) -> None:
    broken_lab(prairielearn / "tests" / "lab")
    document = graded(prairielearn / "tests" / "run.sh", tools, "GRADE", prairielearn)
    assert export_rules.prairielearn(document) is None
