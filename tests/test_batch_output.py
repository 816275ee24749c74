"""The output folder: ours or refused, whole files, one writer."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from grader.batch import output

MARK = output.Marker(
    tool="0", lab="tp09", lab_digest="d", lab_files={"lab.yaml": "é"}, options={}, language="fr"
)


def names(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def test_a_new_folder_is_made_and_marked(tmp_path: Path) -> None:
    with output.opened(tmp_path / "a" / "out") as folder:
        folder.mark(MARK)
        assert folder.marker() == MARK
    assert output.is_ours(tmp_path / "a" / "out")


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    with output.opened(tmp_path):
        pass


def test_a_folder_of_somebody_else_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    with pytest.raises(output.NotOursError, match="not Wiregrade's"), output.opened(tmp_path):
        pass
    assert names(tmp_path) == {"thesis.tex"}


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    with pytest.raises(output.NotOursError), output.opened(tmp_path / "out"):
        pass


@pytest.mark.parametrize("made", [True, False])
def test_report_wants_a_folder_with_results(tmp_path: Path, made: bool) -> None:
    path = tmp_path / "out"
    if made:
        path.mkdir()
    with pytest.raises(output.NotOursError), output.opened(path, existing=True):
        pass


def test_two_writers_are_one_too_many(tmp_path: Path) -> None:
    with output.opened(tmp_path), pytest.raises(output.InUseError), output.opened(tmp_path):
        pass
    with output.opened(tmp_path):
        pass


def test_a_broken_marker_is_still_ours_and_says_nothing(tmp_path: Path) -> None:
    (tmp_path / output.MARKER).write_text("{")
    with output.opened(tmp_path) as folder:
        assert folder.marker() is None


def test_a_folder_of_ours_says_which_it_is(tmp_path: Path) -> None:
    for _ in range(2):
        with output.opened(tmp_path / "out"):
            pass
        said = (tmp_path / "out" / output.LOCK).read_text()
        assert said == f"{(tmp_path / 'out').stat().st_ino}\n"


def test_write_read_remove(tmp_path: Path) -> None:
    with output.opened(tmp_path) as folder:
        folder.write("a/runs/x.jsonl", b"1")
        folder.write("a/runs/x.jsonl", b"2")
        assert folder.read("a/runs/x.jsonl") == b"2"
        assert folder.read("a/none") is None
        assert folder.read("a/runs/x.jsonl/below") is None
        folder.remove("a")
        folder.remove("a")
        assert names(tmp_path) == {output.LOCK}


def test_a_write_that_fails_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    def full() -> Iterator[bytes]:
        yield b"n"
        raise OSError(errno.ENOSPC, "No space left on device")

    with output.opened(tmp_path) as folder:
        folder.write("grades.csv", b"old")
        with pytest.raises(output.DiskFullError, match="disk is full"):
            folder.write_parts("grades.csv", full())
        assert names(tmp_path) == {output.LOCK, "grades.csv"}
        assert folder.read("grades.csv") == b"old"


def test_what_is_written_in_parts_is_one_file_and_its_sum(tmp_path: Path) -> None:
    with output.opened(tmp_path) as folder:
        digest = folder.write_parts("a/wire", (b"in ", b"parts"))
        assert folder.read("a/wire") == b"in parts"
        assert digest == folder.digest("a/wire") == hashlib.sha256(b"in parts").hexdigest()
        assert (folder.size("a/wire"), folder.size("none")) == (8, 0)
        assert folder.digest("none") is None


def test_no_permission_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: Any, **__: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", denied)
    told = pytest.raises(output.CannotWriteError, match="Permission denied")
    with told, output.opened(tmp_path / "out"):
        pass


def test_leftovers_of_a_run_cut_off_are_removed(tmp_path: Path) -> None:
    with output.opened(tmp_path) as folder:
        folder.mark(MARK)
        folder.write("a/runs/x.jsonl", b"")
    for place in (tmp_path, tmp_path / "a", tmp_path / "a" / "runs"):
        (place / ".x.1.wiregrade-part").write_bytes(b"half")
    with output.opened(tmp_path):
        assert not [name for name in names(tmp_path) if "part" in name]


def test_a_folder_that_was_begun_and_killed_is_ours(tmp_path: Path) -> None:
    """Killed while the marker was written: nothing but leftovers of ours are there."""
    for name in (output.LOCK, output.LOG, f".{output.MARKER}.1.wiregrade-part"):
        (tmp_path / name).write_bytes(b"")
    with output.opened(tmp_path):
        assert names(tmp_path) == {output.LOCK, output.LOG}
    (tmp_path / "thesis.tex").write_bytes(b"")
    with pytest.raises(output.NotOursError), output.opened(tmp_path):
        pass


def test_pseudonyms_are_drawn_from_one_key_from_the_first_time_on() -> None:
    plain = MARK.named(anonymous=False, before=None)
    assert (plain.pseudonym_key, plain.page_key) == ("", "")
    first = plain.named(anonymous=True, before=plain)
    assert first.page_key == first.pseudonym_key != ""
    names_again = MARK.named(anonymous=False, before=first)
    assert (names_again.page_key, names_again.pseudonym_key) == ("", first.pseudonym_key)
    assert MARK.named(anonymous=True, before=names_again) == first
    assert MARK.named(anonymous=True, before=None) != first
