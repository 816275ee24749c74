"""docs/write-a-lab.md, done as it says: each file written, each command run, in order."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from engine_tools import bwrap

from grader.cli import app

DOCS = Path(__file__).resolve().parent.parent / "docs"
BLOCK = re.compile(r"```(sh|yaml|python)\n(.*?)```", re.DOTALL)
INSIDE = re.compile(r"# in (\S+), (below|instead of) `(\w+:)`\n(.*)", re.DOTALL)


def write(block: str) -> None:
    """A file, or lines of one, as the comment in the first line says."""
    if (found := INSIDE.fullmatch(block)) is None:
        first, _, text = block.partition("\n")
        Path(first.removeprefix("# ")).write_text(text, "utf-8")
        return
    path, lines = Path(found[1]), []
    for line in path.read_text("utf-8").splitlines(keepends=True):
        here = line.startswith(found[3])
        if not (here and found[2] == "instead of"):
            lines.append(line)
        if here:
            lines.append(found[4])
    path.write_text("".join(lines), "utf-8")


@pytest.mark.sandbox
def test_the_page_is_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    bwrap()
    monkeypatch.chdir(tmp_path)
    said = {}
    for kind, block in BLOCK.findall((DOCS / "write-a-lab.md").read_text("utf-8")):
        if kind != "sh":
            write(block)
            continue
        for command in block.splitlines():
            program, *arguments = shlex.split(command)
            assert program == "wiregrade"
            status = app.main(arguments)
            said[command], err = capsys.readouterr()
            assert status == 0, f"{command}\n{said[command]}\n{err}"
    assert "adder: no errors. 5 criteria, 9 points, 2 graded scenarios" in said[
        "wiregrade validate adder"
    ]  # fmt: skip
    assert "adder: proved" in said["wiregrade validate --prove adder"]
    assert "Answer errors" in said["wiregrade show adder --format html"]
