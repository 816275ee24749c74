"""Defaults from `wiregrade.toml`: what they set, what they may not, and how errors are told."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from grader.cli.app import main, parser
from grader.lab.library import find_lab


def parsed(*arguments: str) -> dict[str, object]:
    return vars(parser(arguments).parse_args(arguments))


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder; what is in it is the test's."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_course_has_defaults_of_its_own(course: Path) -> None:
    (course / "wiregrade.toml").write_text(
        'lab = "grading"\nlang = "en"\n'
        '[grade]\njobs = 4\nfail-under = 9.5\nsweep = true\n[check]\nonly = ["server.exit"]\n'
    )
    grade = parsed("grade", "x")
    assert (grade["lab"], grade["lang"], grade["jobs"]) == ("grading", "en", 4)
    assert (grade["fail_under"], grade["sweep"]) == ("9.5", True)
    check = parsed("check")
    assert (check["lab"], check["only"], check["jobs"]) == ("grading", ["server.exit"], None)
    # A command without such an option is not disturbed.
    assert "lab" not in parsed("doctor")


def test_the_command_line_wins(course: Path) -> None:
    (course / "wiregrade.toml").write_text('lab = "grading"\n')
    assert parsed("check", "--lab", "tp09")["lab"] == "tp09"
    assert parsed("check", "--no-config")["lab"] != "grading"


def test_an_option_that_may_be_said_often_is_taken_whole_from_the_command_line(
    course: Path,
) -> None:
    (course / "wiregrade.toml").write_text('[check]\nonly = ["server.exit"]\n')
    assert parsed("check", "--only", "server.listen")["only"] == ["server.listen"]
    assert parsed("check", "--only=server.listen")["only"] == ["server.listen"]


@pytest.mark.parametrize("command", ["check", "grade"])
def test_what_a_file_sets_is_said_in_one_line(
    course: Path, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (course / "wiregrade.toml").write_text(
        'lab = "no\\u001b[31m\\n::error::lab"\nlang = "en"\n[check]\nonly = ["server.exit", "a"]\n'
        "trace = true\n[grade]\ntrace = false\n"
    )
    more = {
        "check": "--only server.exit a, --trace",
        "grade": "--trace false",
    }
    assert main([command, "."]) == 2
    first = capsys.readouterr().err.splitlines()[0]
    start = "Options from wiregrade.toml: --lab no"
    assert first.startswith(start)
    assert first.endswith(f", --lang en, {more[command]} (without them: --no-config)")
    assert "\x1b" not in first
    assert main([command, ".", "--lab=nolab", "--lang", "fr"]) == 2
    first = capsys.readouterr().err.splitlines()[0]
    assert first == (
        f"Options prises dans wiregrade.toml\u00a0: {more[command]} (sans elles\u00a0: --no-config)"
    )
    assert main([command, ".", "--lab=nolab", "--no-config"]) == 2
    assert "wiregrade.toml" not in capsys.readouterr().err


def test_a_long_value_is_cut(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (course / "wiregrade.toml").write_text(f'lab = "{"x" * 5000}"\n')
    assert main(["check"]) == 2
    assert len(capsys.readouterr().err.splitlines()[0]) < 130


def test_a_projects_own_file_will_do(course: Path) -> None:
    (course / "pyproject.toml").write_text('[tool.wiregrade]\nlang = "en"\n')
    assert parsed("check")["lang"] == "en"
    (course / "pyproject.toml").write_text("[tool.other]\n")
    assert parsed("check")["lang"] is None
    (course / "pyproject.toml").write_text("not toml [")
    assert parsed("check")["lang"] is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lab = ", "wiregrade.toml"),
        ('lab = ["a"]\n', "text or a number"),
        ('lang = "de"\n', "fr, en"),
        ("langg = 1\n", "did you mean 'lang'?"),
        ("[check]\nlabb = 1\n", "did you mean 'lab'?"),
        ("[chek]\nlab = 1\n", "did you mean 'check'?"),
        ('jobs = "many"\n', "1 to 1024"),
        ("[check]\ntrace = 1\n", "true or false"),
        ('lang = "\\u001b[31m"\n', "fr, en"),
        ("x = " + "[" * 5000, "wiregrade.toml"),
        ("#" * 70_000, "larger"),
        # What would run something, or take the sandbox away.
        ('python = "./evil"\n', "command line only"),
        ('[check]\npython = "./evil"\n', "command line only"),
        ('isolation = "none"\n', "--isolation none"),
        ("debug = true\n", "command line only"),
        # What would write over a file, or show what is hidden.
        ('[check]\nhtml = "/somebody/rc"\n', "command line only"),
        ('html = "rc"\n', "command line only"),
        ('output = "rc"\n', "command line only"),
        ("force = true\n", "command line only"),
        ("with-hidden = true\n", "command line only"),
    ],
)
def test_what_cannot_be_is_told(
    course: Path, text: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (course / "wiregrade.toml").write_text(text)
    assert main(["check"]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert "\x1b" not in error


def test_help_says_where_defaults_come_from(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (course / "wiregrade.toml").write_text('lang = "en"\n')
    assert main(["check", "--help"]) == 0
    assert "wiregrade.toml" in capsys.readouterr().out.splitlines()[-1]


def test_a_lab_of_the_folders_own_starts_no_program(
    course: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # Whoever wrote the file wrote the lab, and the lab says what is started.
    lab = course / "labo"
    shutil.copytree(find_lab("tp09"), lab)
    program, proof = course / "python.sh", course / "started"
    program.write_text(f'#!/bin/sh\ntouch {proof}\nexec {sys.executable} "$@"\n')
    program.chmod(0o755)
    text = (lab / "lab.yaml").read_text()
    (lab / "lab.yaml").write_text(f"python: {program}\n{text}")
    (course / "serveur.py").write_text("print()\n")
    (course / "wiregrade.toml").write_text(f'lab = "{lab}"\n')
    for command in (["check"], ["grade", "."]):
        assert main(command) == 2
        assert "--lab" in capsys.readouterr().err
        assert not proof.exists()
    # On the command line it is somebody's choice; this shows that the attack bites.
    main(["check", "--lab", str(lab), "--only", "server.listen", "--isolation", "none"])
    assert proof.exists()
