"""`wiregrade new`: what it asks, what it writes, and that it writes over nothing."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from grader.cli import app
from grader.cli.errors import CommandError
from grader.cli.new import Questions
from grader.lab.load import load_lab


def new(*arguments: object) -> int:
    return app.main(["new", *map(str, arguments)])


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_with_options_nothing_is_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "sums"
    assert new(folder, "--role", "client", "--port", 7001, "--kind", "greeting", "--yes",
               "--lang", "en") == 0  # fmt: skip
    lab = load_lab(folder)
    assert (lab.id, lab.port, {*lab.roles}) == ("sums", 7001, {"client"})
    out, err = capsys.readouterr()
    assert err == ""
    assert f"wiregrade validate --prove {folder}" in out
    assert all(str(path) in out for path in folder.rglob("*.*") if path.is_file())


def test_questions_on_a_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("en\nMy sums\n80\n7005\nboth\nnone\necho\n"))
    assert new(tmp_path / "x") == 0
    lab = load_lab(tmp_path / "x")
    assert (lab.id, lab.title.in_language("en"), lab.port) == ("x", "My sums", 7005)
    assert {*lab.roles} == {"server", "client"}
    asked = capsys.readouterr().err
    assert "Name of the lab [x]" in asked
    assert asked.count("Port (1024 to 65535) [7000]") == 2
    assert "It must be: questions, greeting, echo" in asked


def test_no_answer_is_no_loop() -> None:
    with pytest.raises(CommandError, match="--yes"):
        Questions(io.StringIO(""), io.StringIO()).ask("?", "a", lambda _: "no")


@pytest.mark.parametrize("name", ["lab.yaml", "server-exchange.yaml", "scenario.schema.json"])
def test_nothing_is_written_over(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / name).symlink_to("nowhere")
    assert new(tmp_path, "--yes", "--lang", "en") == 2
    assert f"already in {tmp_path}: {name}. Nothing was written" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["a\x1b[31m", "@PORT@", "n" * 61])
def test_names_that_do_not_do(name: str, tmp_path: Path) -> None:
    assert new(tmp_path / "x", "--name", name, "--yes") == 2
    assert not (tmp_path / "x").exists()
