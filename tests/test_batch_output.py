"""The output folder: ours or refused, whole files, one writer."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
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


def test_a_marker_of_before_is_read_and_a_copy_has_no_sum_over_ids(tmp_path: Path) -> None:
    listing = output.Listing(digest="d", persons=3, here=1)
    part = msgspec.structs.replace(MARK, shard="1/3", listing=listing)
    with output.opened(tmp_path) as folder:
        folder.mark(part)
        assert folder.marker() == part
        said = msgspec.json.decode(folder.read(output.MARKER) or b"")
        del said["listing"], said["parts"]
        folder.write(output.MARKER, msgspec.json.encode(said))
        assert folder.marker() == msgspec.structs.replace(part, listing=None)
    assert part.copied_for(output.RESEARCH).listing is None


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
    (tmp_path / output.CLEAN).unlink()  # who is cut off has taken it away
    with output.opened(tmp_path):
        assert not [name for name in names(tmp_path) if "part" in name]


def test_a_folder_that_was_begun_and_killed_is_ours(tmp_path: Path) -> None:
    """Killed while the marker was written: nothing but leftovers of ours are there."""
    begun = {output.LOCK, output.LOG, output.INDEX, f"{output.INDEX}-journal"}
    for name in (*begun, f".{output.MARKER}.1.wiregrade-part"):
        (tmp_path / name).write_bytes(b"")
    with output.opened(tmp_path):
        assert names(tmp_path) == begun
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


def test_a_lock_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    # A submission called as the output folder is: what its link names would be emptied.
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / output.LOCK).symlink_to(victim)
    with pytest.raises(output.CannotWriteError), output.opened(tmp_path / "out"):
        pass
    assert victim.read_text() == "precious"
    (tmp_path / "out" / output.LOCK).unlink()
    os.mkfifo(tmp_path / "out" / output.LOCK)
    with pytest.raises(output.CannotWriteError), output.opened(tmp_path / "out"):
        pass


def test_a_submission_is_not_taken_for_results_to_go_on_from(tmp_path: Path) -> None:
    # Whatever it holds: only the file system can know the number of the folder.
    forged = tmp_path / "remises" / "wiregrade-out"
    forged.mkdir(parents=True)
    (forged / output.MARKER).write_text("{}")
    for said in (None, "1\n"):
        if said is not None:
            (forged / output.LOCK).write_text(said)
        output.check(forged)
        with pytest.raises(output.NotOursError, match="--out"):
            output.check_apart(forged, tmp_path / "remises")
        (forged / output.LOCK).unlink(missing_ok=True)
    with pytest.raises(output.NotOursError):
        output.check_apart(forged, tmp_path)
    # Elsewhere the folder is whoever's who gives its name.
    (tmp_path / "autres").mkdir()
    output.check_apart(forged, tmp_path / "autres")


def test_links_among_submissions_lead_no_results_away(tmp_path: Path) -> None:
    remises, elsewhere = tmp_path / "remises", tmp_path / "ailleurs"
    remises.mkdir()
    elsewhere.mkdir()
    (remises / "wiregrade-out").symlink_to(elsewhere)
    for out in (remises / "wiregrade-out", remises / "wiregrade-out" / "deeper"):
        with pytest.raises(output.NotOursError, match="link"):
            output.check_apart(out, remises)


def test_results_of_ours_may_lie_among_submissions(tmp_path: Path) -> None:
    out = tmp_path / "wiregrade-out"
    output.check_apart(out, tmp_path)
    with output.opened(out) as folder:
        folder.write(output.MARKER, b"{}")
    output.check_apart(out, tmp_path)
    # A link to the whole class is the teacher's own.
    (tmp_path.parent / f"{tmp_path.name}-link").symlink_to(tmp_path)
    output.check_apart(tmp_path.parent / f"{tmp_path.name}-link" / "wiregrade-out", tmp_path)
