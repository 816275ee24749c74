"""The students' interpreter, asked where it lives."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import pytest

from grader.run import interpreter
from grader.run.errors import HostError
from grader.run.interpreter import SYSTEM, ask, end_asking, inspect, shown_parts


def script(folder: Path, text: str) -> str:
    path = folder / "python3"
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return str(path)


def test_our_own_interpreter() -> None:
    found = inspect(sys.executable)
    assert found.version == sys.version.split()[0]
    assert Path(found.executable).exists()
    # Of a prefix that others share, /usr, only where programs and libraries are.
    wanted = {*map(Path, shown_parts(sys.base_prefix)), Path(found.executable).resolve().parent}
    for path in wanted:
        assert any(path.is_relative_to(f) for f in (*SYSTEM, *found.folders)), path


def test_what_was_asked_ahead_is_asked_once(tmp_path: Path) -> None:
    answer = json.dumps([str(tmp_path / "bin" / "python3"), str(tmp_path), "3.13.1"])
    asked = tmp_path / "asked"
    there = script(tmp_path, f"echo x >> {asked}; echo '{answer}'\n")
    ask(there)
    assert inspect(there).version == "3.13.1"
    assert asked.read_text() == "x\n"
    end_asking()


def test_whose_answer_nobody_wants_is_ended(tmp_path: Path) -> None:
    ask(script(tmp_path, "exec sleep 600\n"))
    (process,) = interpreter._asked.values()
    end_asking()
    assert process.poll() == -signal.SIGKILL
    ask(str(tmp_path / "nothing"))
    assert not interpreter._asked


def test_one_that_breaks_off_is_none(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="exit status 3"):
        inspect(script(tmp_path, "echo '[]'; exit 3\n"))


def test_no_folder_lies_in_another_or_in_the_system(tmp_path: Path) -> None:
    (tmp_path / "py" / "x").mkdir(parents=True)
    there = str(tmp_path / "py")
    folders = [there, there, f"{there}/x", "/usr", f"{there}/lib", "/usr/lib/python3", "/nowhere"]
    answer = json.dumps(["/usr/bin/python3", *folders, "3.11.2"])
    found = inspect(script(tmp_path, f"echo '{answer}'\n"))
    assert found.folders == (there,)
    assert found.version == "3.11.2"


def test_of_a_shared_prefix_only_programs_and_libraries_are_needed(tmp_path: Path) -> None:
    """As in images that have their Python in /usr/local."""
    answer = json.dumps(["/usr/local/bin/python3", "/usr/local", "/usr", "3.13.1"])
    found = inspect(script(tmp_path, f"echo '{answer}'\n"))
    expected = [name for name in ("/usr/local/bin", "/usr/local/lib") if Path(name).is_dir()]
    assert list(found.folders) == expected


def test_no_interpreter_shows_a_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after `configure --prefix=$HOME`."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("bin", "lib", "notes"):
        (tmp_path / name).mkdir()
    answer = json.dumps([str(tmp_path / "bin" / "python3"), str(tmp_path), "3.13.1"])
    found = inspect(script(tmp_path, f"echo '{answer}'\n"))
    assert found.folders == (str(tmp_path / "bin"), str(tmp_path / "lib"))
    assert shown_parts("/") == ["/bin", "/lib"]


@pytest.mark.parametrize(
    "text",
    ["exit 3\n", "echo hello\n", "echo '[]'\n", "echo '[1, 2]'\n", "echo '{}'\n", "kill $$\n"],
)
def test_what_is_no_python_is_the_hosts_fault(tmp_path: Path, text: str) -> None:
    with pytest.raises(HostError, match="python3 is not a Python interpreter"):
        inspect(script(tmp_path, text))


def test_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(HostError, match="nothing"):
        inspect(str(tmp_path / "nothing"))
