"""The program as a whole: commands, exit statuses, who is blamed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import grader
from grader.cli import app

ROOT = Path(grader.__file__).parent.parent


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["--help"]) == 0
    out = capsys.readouterr().out
    assert all(command in out for command in app.COMMANDS)


@pytest.mark.parametrize("command", app.COMMANDS)
def test_each_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main([command, "--help"]) == 0
    assert "--debug" in capsys.readouterr().out


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from grader.cli.app import main; main(['--help']);"
        "heavy = {'yaml', 'jinja2', 'msgspec', 'rich', 'psutil', 'pygments', 'socket',"
        " 'subprocess', 'asyncio', 'hashlib'};"
        "sys.exit(', '.join(heavy & {*sys.modules}) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_is_quick() -> None:
    """100 ms are promised; CPU time is measured, so that a busy machine fails nobody."""
    import resource

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "grader", "--help"], cwd=ROOT, capture_output=True, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 0.2


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert app.main(["--version"]) == 0
    assert capsys.readouterr().out == f"wiregrade {grader.__version__}\n"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["grad"], "did you mean 'grade'?"),
        (["frobnicate"], "invalid choice"),
        ([], "COMMAND"),
        (["grade"], "SUBMISSIONS"),
        (["grade", ".", "--isolaton", "full"], "unrecognized"),
        (["grade", ".", "--jobs", "0"], "1 to 1024"),
        (["grade", ".", "--jobs", "²"], "1 to 1024"),
        (["grade", ".", "--fail-under", "ten"], "number of points"),
        (["grade", ".", "--resume", "--fresh"], "not allowed with"),
        (["check", "--seed", "\x1b[31m"], "a seed has letters"),
        (["reference", "server", "--patience", "nan"], "number of seconds"),
        (["reference", "servr"], "did you mean 'server'?"),
    ],
)
def test_usage_errors_are_two(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert app.main(arguments) == 2
    captured = capsys.readouterr()
    assert told in captured.err
    assert captured.out == ""


def test_a_fault_of_ours_is_three_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from grader.cli import schema

    def broken(_: object) -> int:
        raise ZeroDivisionError("oh")

    monkeypatch.setattr(schema, "run", broken)
    assert app.main(["schema"]) == 3
    err = capsys.readouterr().err
    assert "a fault of Wiregrade" in err
    assert "Traceback" not in err
    assert app.main(["schema", "--debug"]) == 3
    err = capsys.readouterr().err
    assert "Traceback" in err
    assert "ZeroDivisionError: oh" in err


def test_a_traceback_and_a_usage_error_obey_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from grader.cli import schema

    nasty = "\x1b]0;title\x07\r\n::error::x\n##[add-path]y\u202e\udce9"

    def broken(_: object) -> int:
        raise ZeroDivisionError(nasty)

    monkeypatch.setattr(schema, "run", broken)
    assert app.main(["schema", "--debug"]) == 3
    assert app.main(["check", "a", nasty]) == 2
    assert app.main([nasty]) == 2
    err = capsys.readouterr().err
    assert err.count("title") >= 3
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800-\udfff]", err)
    assert not re.search(r"^\s*::|##\w*\[", err, re.MULTILINE)


def test_an_interrupt_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    from grader.cli import schema

    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(schema, "run", interrupted)
    assert app.main(["schema"]) == 130


def test_a_reader_that_leaves_is_no_traceback() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "grader", "schema"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert program.stderr.read() == b""
        assert program.wait() == 3


def test_python_m_is_the_same_program_and_no_file_of_the_folder_shadows_ours(
    tmp_path: Path,
) -> None:
    for name in ("socket", "json", "yaml", "argparse", "reference", "typing", "dataclasses"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('shadowed')\n")
    done = subprocess.run(
        [sys.executable, "-m", "grader", "validate", "tp09"],
        cwd=tmp_path, capture_output=True, text=True,
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("tp09\u00a0: ")
