"""Stamps tell whether files were changed."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.stamps import Stamp, below, together


def made(base: Path) -> Path:
    (base / "s/deep").mkdir(parents=True)
    (base / "s/a.py").write_bytes(b"one")
    (base / "s/deep/b.py").write_bytes(b"two")
    return base / "s"


def edited_and_dated_back(place: Path) -> None:
    before = (place / "deep/b.py").stat()
    (place / "deep/b.py").write_bytes(b"TWO")
    os.utime(place / "deep/b.py", ns=(before.st_atime_ns, before.st_mtime_ns))
    # What the clock has not seen yet is another rule's care (`newest`): so let it tick.
    while (place / "deep/b.py").stat().st_ctime_ns == before.st_ctime_ns:
        os.utime(place / "deep/b.py", ns=(before.st_atime_ns, before.st_mtime_ns))


def swapped(place: Path) -> None:
    data = (place / "a.py").read_bytes()
    (place / "new").write_bytes(data)
    (place / "new").replace(place / "a.py")


CHANGES: list[Callable[[Path], object]] = [
    edited_and_dated_back,
    swapped,
    lambda place: (place / "deep/b.py").unlink(),
    lambda place: (place / "deep/c.py").write_bytes(b""),
    lambda place: (place / "a.py").rename(place / "c.py"),
    lambda place: (place / "a.py").chmod(0o600),
    lambda place: (place / "deep/link").symlink_to("/"),
]


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_makes_another_stamp(tmp_path: Path, change: Callable[[Path], object]) -> None:
    place = made(tmp_path)
    before = below(str(place), 10)
    assert before is not None
    assert before == below(str(place), 10)
    change(place)
    assert below(str(place), 10) != before


def test_a_further_link_is_told_apart_from_another_file(tmp_path: Path) -> None:
    file = made(tmp_path) / "a.py"
    before = below(str(file), 1)
    (tmp_path / "other").hardlink_to(file)
    after = below(str(file), 1)
    assert before and after and before.names == after.names  # noqa: PT018


def test_too_much_or_nothing_has_no_stamp(tmp_path: Path) -> None:
    place = made(tmp_path)
    assert below(str(place), 3) is None
    assert below(str(tmp_path / "nothing"), 3) is None


def test_several_are_one_in_their_order() -> None:
    one, two = Stamp(b"1", b"2", 3), Stamp(b"4", b"5", 2)
    assert together([one, two]).newest == 3
    assert together([one, two]) != together([two, one])
