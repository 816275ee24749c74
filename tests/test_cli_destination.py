"""Where documents go: whole or not at all, and over nothing that is there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.cli.destination import (
    append_job_summary,
    append_step_outputs,
    opened,
    refuse_around,
    refuse_other,
    refuse_unwritable,
    write,
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


def test_what_is_written_at_the_end_is_looked_at_before(tmp_path: Path) -> None:
    (there := tmp_path / "there").write_bytes(b"old")
    (link := tmp_path / "link").symlink_to(tmp_path / "nowhere" / "x")
    (good := tmp_path / "good").symlink_to(tmp_path / "not yet")
    made = tmp_path / "out"
    for path in (there, tmp_path / "new", good, Path(os.devnull)):
        refuse_unwritable(path)
    refuse_unwritable(made / "x", made=made)
    for path, said in (
        (tmp_path, "is a folder"),
        (tmp_path / "no" / "x", f"cannot be written: there is no folder {tmp_path / 'no'}"),
        (made / "x", "there is no folder"),
        (made / "in" / "x", "there is no folder"),
        (there / "x", "there is no folder"),
        (link, "there is no folder"),
        (tmp_path / ("x" * 300), "cannot be written: File name too long"),
        (tmp_path / "\x1b[2J" / "x", "there is no folder"),
    ):
        with pytest.raises(CommandError, match=said) as told:
            refuse_unwritable(path, made=None if path == made / "x" else made)
        assert told.value.status == BAD_INPUT
        assert "\x1b" not in str(told.value)
    assert there.read_bytes() == b"old"
    assert not made.exists()


def test_where_nobody_may_write_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (there := tmp_path / "there").write_bytes(b"old")
    monkeypatch.setattr(os, "access", lambda path, mode: False)  # root may, whatever the mode
    for path in (there, tmp_path / "new"):
        with pytest.raises(CommandError, match="cannot be written: Permission denied"):
            refuse_unwritable(path)


def test_only_what_is_ours_is_replaced(tmp_path: Path) -> None:
    (path := tmp_path / "a").write_bytes(b"ours\xff")
    refuse_other(path, lambda text: text.startswith("ours"))
    with pytest.raises(CommandError, match="holds something else"):
        refuse_other(path, lambda _: False)
    path.write_bytes(b"")
    for nothing in (path, tmp_path / "none", Path(os.devnull)):
        refuse_other(nothing, lambda _: False)


def test_what_cannot_be_written_after_all_is_not_our_fault(tmp_path: Path) -> None:
    write(tmp_path / "a", "é")
    assert (tmp_path / "a").read_bytes() == "é".encode()
    with pytest.raises(CommandError, match="cannot be written") as told:
        write(tmp_path / "no" / "a", "é")
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
