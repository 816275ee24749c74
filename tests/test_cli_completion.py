"""Completions and the manual page: up to date, and understood by the shells themselves."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from namespaces import missing
from shell_files import FOLDER, MANUAL, NAMES, made

from grader.cli.app import COMMANDS, main


def printed(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


def run(program: str, script: str) -> str:
    found = shutil.which(program)
    if found is None:
        missing(f"{program} is not installed")
    # Nothing of whoever runs the tests: no start-up file, no history.
    plain = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}.get(program, [])
    done = subprocess.run(
        [found, *plain, "-c", script], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stderr == ""
    return done.stdout


@pytest.mark.parametrize("name", [*NAMES.values(), MANUAL])
def test_what_ships_is_up_to_date(name: str) -> None:
    """If not: python tests/shell_files.py."""
    assert (FOLDER / name).read_text("utf-8") == made()[name]


@pytest.mark.parametrize("shell", NAMES)
def test_it_is_printed_as_it_ships(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(shell, capsys) == (FOLDER / NAMES[shell]).read_text("utf-8")


def completed_by_bash(*words: str) -> set[str]:
    line = " ".join(f"'{word}'" for word in ("wiregrade", *words))
    script = (
        f"source {FOLDER / NAMES['bash']}; COMP_WORDS=({line}); COMP_CWORD={len(words)};"
        " _shtab_wiregrade wiregrade; printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    return set(run("bash", script).split())


def test_bash_completes() -> None:
    assert completed_by_bash("gr") == {"grade"}
    assert completed_by_bash("") >= set(COMMANDS)
    assert "--certify" in completed_by_bash("grade", "--c")
    assert "--certify" not in completed_by_bash("report", "--")


def completed_by_fish(line: str) -> set[str]:
    script = f"source {FOLDER / NAMES['fish']}; complete -C '{line}'"
    return {answer.split("\t")[0] for answer in run("fish", script).splitlines()}


def test_fish_completes() -> None:
    assert completed_by_fish("wiregrade gr") == {"grade"}
    assert "--certify" in completed_by_fish("wiregrade grade --c")


def test_zsh_takes_it(tmp_path: Path) -> None:
    script = f"fpath=({FOLDER} $fpath); autoload -U compinit; compinit -u -d {tmp_path}/dump;"
    assert run("zsh", f"{script} print $_comps[wiregrade]").strip() == "_wiregrade"


def test_the_manual_page_has_every_command() -> None:
    if shutil.which("man") is None:
        missing("man is not installed")
    done = subprocess.run(
        ["man", "-l", str(FOLDER / MANUAL)], capture_output=True, text=True, check=False,
        env={"MANWIDTH": "100", "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    assert done.returncode == 0
    for name in COMMANDS:
        assert f"wiregrade {name}" in done.stdout
