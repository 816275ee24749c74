"""Files that a program left, with all that a stranger may have laid in their place."""

from __future__ import annotations

import errno
import hashlib
import os
import sys
from pathlib import Path

import pytest

from grader.run import leftfiles
from grader.run.leftfiles import KEPT, left

posix = pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of POSIX")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "inside" / "deep").mkdir(parents=True)
    (tmp_path / "secret").write_bytes(b"another's")
    return tmp_path


def test_a_file_with_its_sum(folder: Path) -> None:
    data = os.urandom(KEPT + 10)
    (folder / "inside" / "deep" / "copy.bin").write_bytes(data)
    found = left(str(folder), "inside", "deep/copy.bin")
    assert (found.kind, found.size, found.data) == ("file", len(data), data[:KEPT])
    assert found.digest == hashlib.sha256(data).hexdigest()
    assert left(str(folder), ".", "secret").data == b"another's"


@pytest.mark.parametrize("name", ["none", "none/none", "secret/none", "x" * 199 + "é" * 80])
def test_what_is_not_there(folder: Path, name: str) -> None:
    (folder / "inside" / "secret").write_bytes(b"")
    assert left(str(folder), "inside", name).kind == "absent"
    assert left(str(folder / "gone"), "inside", name).kind == "absent"


@posix
def test_no_link_is_followed(folder: Path) -> None:
    (folder / "inside" / "file").symlink_to(folder / "secret")
    (folder / "inside" / "away").symlink_to(folder)
    (folder / "inside" / "ring").symlink_to("ring")
    for name in ("file", "away/secret", "ring", "ring/secret"):
        found = left(str(folder), "inside", name)
        assert (found.kind, found.data, found.digest) == ("link", b"", "")


@posix
def test_nothing_is_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "inside" / "pipe")
    for name in ("pipe", "deep"):
        assert left(str(folder), "inside", name).kind == "other"


def test_no_more_is_read_than_a_message_may_have(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leftfiles, "MOST", 1000)
    with (folder / "inside" / "huge").open("wb") as file:
        file.truncate(1 << 40)
    found = left(str(folder), "inside", "huge")
    assert (found.kind, found.size, found.digest) == ("file", 1 << 40, "")
    assert len(found.data) <= KEPT


@posix
def test_where_there_are_no_descriptors_of_folders(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "supports_dir_fd", set())
    (folder / "inside" / "file").symlink_to(folder / "secret")
    (folder / "inside" / "own").write_bytes(b"own")
    assert left(str(folder), "inside", "file").kind == "link"
    assert left(str(folder), "inside", "own").data == b"own"
    assert left(str(folder), "inside", "none").kind == "absent"


@pytest.mark.parametrize("name", ["open", "read"])
@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO])
def test_what_this_machine_lacks_is_no_fault_of_the_program(
    folder: Path, name: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "copy.txt").write_bytes(b"x")

    def fails(*_: object, **__: object) -> int:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(os, "supports_dir_fd", {fails, *os.supports_dir_fd})
        patched.setattr(os, name, fails)
        with pytest.raises(OSError, match=os.strerror(number)) as raised:
            left(str(folder), ".", "copy.txt")
    assert raised.value.errno == number
