"""The spool: bytes come back as they were, no name is left, room is given back."""

from __future__ import annotations

import errno
import gc
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from grader.batch import output
from grader.run import spool
from grader.run.errors import HostError
from grader.run.spool import LEFTOVER, NOTHING, Spool


def open_files(folder: Path) -> int:
    """Files without a name in that folder, which this process holds."""
    links = (str(fd.readlink()) for fd in Path("/proc/self/fd").iterdir() if fd.is_symlink())
    return sum(link.startswith(f"{folder}/") and link.endswith("(deleted)") for link in links)


def test_pieces_come_back_as_they_were(tmp_path: Path) -> None:
    one = Spool(tmp_path)
    assert one.cut() is NOTHING
    one.write(b"first ")
    one.write(b"piece")
    first = one.cut()
    one.write(bytes(3 << 20))
    second = one.cut()
    assert (first.read(), second.size) == (b"first piece", 3 << 20)
    assert len(list(second.chunks())) == 3
    assert first.read() == b"first piece"
    head, rest = first.split(5)
    assert (head.read(), rest.read()) == (b"first", b" piece")
    assert NOTHING.read() == b""


def test_nothing_of_it_has_a_name(tmp_path: Path) -> None:
    one = Spool(tmp_path)
    one.write(b"secret")
    assert list(tmp_path.iterdir()) == []
    assert one.cut().read() == b"secret"


def test_a_file_is_left_when_it_is_full_and_closed_when_nobody_needs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spool, "_FILE_BYTES", 100)
    one = Spool(tmp_path)
    pieces = []
    for number in range(10):
        one.write(bytes([number]) * 60)
        pieces.append(one.cut())
    assert [piece.read() for piece in pieces] == [bytes([n]) * 60 for n in range(10)]
    assert open_files(tmp_path) == 5
    del pieces[:9]
    gc.collect()
    assert open_files(tmp_path) == 1
    assert pieces[0].read() == bytes([9]) * 60


def test_without_such_files_a_name_is_there_for_a_moment_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    one = Spool(tmp_path)
    one.write(b"x")
    assert one.cut().read() == b"x"
    assert list(tmp_path.iterdir()) == []


def test_a_name_that_a_killed_one_left_goes_with_the_next_start(tmp_path: Path) -> None:
    code = f"""
        import os, signal
        os.__dict__.pop("O_TMPFILE", None)
        from pathlib import Path
        Path.unlink = lambda name: os.kill(os.getpid(), signal.SIGKILL)
        from grader.run.spool import Spool
        Spool(Path({str(tmp_path)!r})).write(b"x")
    """
    subprocess.run([sys.executable, "-P", "-c", textwrap.dedent(code)], check=False)
    (left,) = tmp_path.iterdir()
    assert left.name.endswith(LEFTOVER)
    with output.opened(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == [output.LOCK]


def test_no_room_is_a_fault_of_the_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(HostError, match="no room"):
        Spool(tmp_path).write(b"x")


def test_no_place_is_one_too(tmp_path: Path) -> None:
    with pytest.raises(HostError):
        Spool(tmp_path / "gone").write(b"x")


def test_without_a_folder_there_is_a_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    one = Spool()
    one.write(b"x")
    assert open_files(tmp_path) == 1
    assert one.cut().read() == b"x"


def test_a_spool_that_was_cut_says_so(tmp_path: Path) -> None:
    one = Spool(tmp_path)
    one.write(b"four")
    piece = one.cut()
    assert piece._file is not None
    os.ftruncate(piece._file.fd, 2)
    with pytest.raises(OSError, match="cut"):
        piece.read()
