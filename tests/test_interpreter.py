"""The students' interpreter, asked where it lives."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from grader.run.errors import HostError
from grader.run.interpreter import inspect


def script(folder: Path, text: str) -> str:
    path = folder / "python3"
    path.write_text("#!/bin/sh\n" + text)
    path.chmod(0o755)
    return str(path)


def test_our_own_interpreter() -> None:
    found = inspect(sys.executable)
    assert found.version == sys.version.split()[0]
    assert Path(found.executable).exists()
    wanted = {Path(sys.base_prefix), Path(found.executable).resolve().parent}
    for path in wanted:
        assert any(path.is_relative_to(f) for f in ("/usr", *found.folders)), path


def test_no_folder_lies_in_another_or_in_the_system(tmp_path: Path) -> None:
    answer = (
        '["/usr/bin/python3", "/opt/py", "/opt/py", "/opt/py/x", "/usr", "/opt/py/lib", "3.11.2"]'
    )
    found = inspect(script(tmp_path, f"echo '{answer}'\n"))
    assert found.folders == ("/opt/py",)
    assert found.version == "3.11.2"


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
