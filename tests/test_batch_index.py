"""The index is a cache: damaged, foreign or refused it is as if it were empty."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from grader.batch.index import opened
from grader.batch.output import INDEX


def put(folder: Path, value: bytes = b"value", base: str = "base") -> None:
    with opened(folder, base) as index:
        index.put([("results", b"key", value), ("results", b"gone", None)])


def got(folder: Path, base: str = "base") -> bytes | None:
    with opened(folder, base) as index:
        return index.get("results", b"key")


def test_what_was_put_is_there_for_the_next_one(tmp_path: Path) -> None:
    put(tmp_path)
    assert got(tmp_path) == b"value"
    with opened(tmp_path, "base") as index:
        assert index.get("shapes", b"key") is None
        index.put([("results", b"key", None)])
    assert got(tmp_path) is None


def test_on_another_base_or_in_another_folder_it_is_empty(tmp_path: Path) -> None:
    put(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    (other / INDEX).write_bytes((tmp_path / INDEX).read_bytes())
    assert got(other) is None
    assert got(tmp_path, base="other") is None
    assert got(tmp_path) is None


def test_a_damaged_one_is_begun_anew(tmp_path: Path) -> None:
    (tmp_path / INDEX).write_bytes(b"no database, but as long as one\n" * 200)
    assert got(tmp_path) is None
    put(tmp_path)
    assert got(tmp_path) == b"value"


def test_a_row_that_was_changed_is_not_believed(tmp_path: Path) -> None:
    put(tmp_path)
    with sqlite3.connect(tmp_path / INDEX) as connection:
        connection.execute("UPDATE entries SET value = substr(value, 1, 8) || x'00'")
    connection.close()
    assert got(tmp_path) is None


def test_one_that_is_lost_meanwhile_costs_no_more_than_itself(tmp_path: Path) -> None:
    with opened(tmp_path, "base") as index:
        index._connection.execute("DROP TABLE entries")  # type: ignore[union-attr]
        index.put([("results", b"key", b"value")])
        assert index.get("results", b"key") is None
    put(tmp_path)
    assert got(tmp_path) == b"value"


def test_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(b"mine")
    (tmp_path / INDEX).symlink_to("elsewhere")
    put(tmp_path)
    assert (tmp_path / "elsewhere").read_bytes() == b"mine"
    assert got(tmp_path) is None


def test_it_knows_the_file_systems_clock(tmp_path: Path) -> None:
    with opened(tmp_path, "base") as index:
        (tmp_path / "file").write_bytes(b"")
        assert index.now() >= (tmp_path / "file").stat().st_mtime_ns
        (tmp_path / INDEX).unlink()
        assert index.now() == 0
