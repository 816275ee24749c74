"""Where documents go: whole or not at all, and over nothing that is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.cli.destination import (
    append_job_summary,
    append_step_outputs,
    opened,
    refuse_around,
)
from grader.cli.errors import BAD_INPUT, CommandError


def test_a_file_is_there_when_all_of_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with opened(path) as file:
        file.write(b"1")
        assert not path.exists()
    assert path.read_bytes() == b"1"
    assert [*tmp_path.iterdir()] == [path]


def test_a_document_that_fails_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    with pytest.raises(TypeError), opened(path, force=True) as file:
        file.writelines([b"1", None])  # type: ignore[list-item]
    assert path.read_bytes() == b"old"
    assert [*tmp_path.iterdir()] == [path]


def test_nothing_is_written_over_unless_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"old")
    with pytest.raises(CommandError, match="exists; nothing was written"), opened(path):
        pass
    with opened(path, force=True) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "nowhere")
    with pytest.raises(CommandError, match="exists"), opened(link):
        pass
    with pytest.raises(CommandError, match="is a folder"), opened(tmp_path, force=True):
        pass


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be written") as told, opened(tmp_path / "b/a"):
        pass
    assert told.value.status == BAD_INPUT


def test_stdout_takes_bytes(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with opened(None) as file:
        file.write(b"\xff")
    assert capfdbinary.readouterr().out == b"\xff"


def test_a_job_summary_is_added_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "summary.md"
    place.write_text("# before\n")
    assert append_job_summary("# é", {"GITHUB_STEP_SUMMARY": str(place)})
    assert place.read_text("utf-8") == "# before\n# é\n"
    assert not append_job_summary("x", {})
    assert append_job_summary("x", {"GITHUB_STEP_SUMMARY": str(tmp_path)})
    assert "could not be written" in capsys.readouterr().err


def test_outputs_of_a_step_are_added_as_they_are(tmp_path: Path) -> None:
    place = tmp_path / "outputs"
    place.write_text("before=1\n")
    assert append_step_outputs("score=17.5\n", {"GITHUB_OUTPUT": str(place)})
    assert place.read_bytes() == b"before=1\nscore=17.5\n"
    assert not append_step_outputs("x", {"GITHUB_STEP_SUMMARY": str(place)})


@pytest.mark.parametrize("place", ["out", "out/copy", "."])
def test_nothing_is_made_in_or_around_a_graded_folder(tmp_path: Path, place: str) -> None:
    refuse_around(tmp_path / "out-copy", tmp_path / "out")
    with pytest.raises(CommandError, match="nothing is written"):
        refuse_around(tmp_path / place, tmp_path / "out")
