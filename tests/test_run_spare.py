"""Sandboxes made ahead: taken by what they are good for, ended otherwise, and told by nobody."""

from __future__ import annotations

import json
import os
import select
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import engine_tools as tools
import pytest

from grader.lab.model import Limits
from grader.run import sandbox, spare, worker
from grader.run.errors import HostError
from grader.run.place import LinuxPlace
from grader.run.program import Program, Rising, spare_word
from grader.run.spare import Spare
from grader.submission import SourceFile

FILES = (SourceFile(path="serveur.py", data=b"pass\n"),)


class FakeProgram:
    """What stands at its gate, in a folder of this test."""

    def __init__(self, book: list[str]) -> None:
        self.root = os.getpid()
        self._book = book

    def opened_by(self, word: bytes) -> None:
        self._book.append(f"opened by {word!r}")

    def close(self) -> None:
        self._book.append("ended")


class FakeRising:
    def __init__(self, book: list[str], *, fails: bool = False) -> None:
        self._book, self._fails = book, fails

    def stand(self, limits: Limits) -> Program:
        self._book.append("stood")
        if self._fails:
            raise HostError("no")
        return cast(Program, FakeProgram(self._book))


class Book:
    """A spare whose sandboxes are written down."""

    def __init__(self, *, fails: bool = False) -> None:
        self.said: list[str] = []
        self._fails = fails
        self.spare = Spare(self._begin, self._limit)

    def _begin(self, limits: Limits, base: str) -> Rising:
        self.said.append(f"begun at {base}")
        return cast(Rising, FakeRising(self.said, fails=self._fails))

    def _limit(self, program: Program, limits: Limits) -> Program:
        self.said.append(f"limited to {limits.processes}")
        return program


LIMITED = f"limited to {Limits().processes}"
OPENED = f"opened by {spare_word('serveur.py')!r}"


@pytest.fixture
def laid(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The folders that files were laid into."""
    found: list[str] = []
    monkeypatch.setattr(spare, "_lay", lambda work, files: found.append(str(work)))
    return found


def test_one_is_begun_and_taken(laid: list[str]) -> None:
    book = Book()
    assert book.spare.take(FILES, "serveur.py", Limits(), "/mnt", 0) is None
    book.spare.begin(Limits(), "/mnt", 0)
    book.spare.begin(Limits(), "/mnt", 0)
    assert book.spare.take(FILES, "serveur.py", Limits(), "/mnt", 0) is not None
    assert book.spare.take(FILES, "serveur.py", Limits(), "/mnt", 0) is None
    assert book.said == ["begun at /mnt", "stood", LIMITED, OPENED]
    assert laid == [f"/proc/{os.getpid()}/root{sandbox.WORK}"]


@pytest.mark.parametrize(
    ("limits", "base", "network"),
    [
        (Limits(work_size=1), "/mnt", 0),
        (Limits(memory=1), "/mnt", 0),
        (Limits(), "/media", 0),
        (Limits(), "/mnt", 1),
    ],
)
@pytest.mark.usefixtures("laid")
def test_one_of_another_kind_is_ended(limits: Limits, base: str, network: int) -> None:
    book = Book()
    book.spare.begin(Limits(), "/mnt", 0)
    assert book.spare.take(FILES, "serveur.py", limits, base, network) is None
    assert book.said == ["begun at /mnt", "stood", LIMITED, "ended"]
    book.spare.begin(limits, base, network)
    assert book.spare.take(FILES, "serveur.py", limits, base, network) is not None


def test_what_nobody_takes_is_ended_once_it_stands() -> None:
    book = Book()
    book.spare.begin(Limits(), "/mnt", 0)
    book.spare.close()
    book.spare.close()
    assert book.said == ["begun at /mnt", "stood", LIMITED, "ended"]


@pytest.mark.usefixtures("laid")
def test_one_that_could_not_be_made_is_none() -> None:
    book = Book(fails=True)
    book.spare.begin(Limits(), "/mnt", 0)
    assert book.spare.take(FILES, "serveur.py", Limits(), "/mnt", 0) is None
    book.spare.begin(Limits(), "/mnt", 0)
    book.spare.close()
    assert book.said == ["begun at /mnt", "stood", "begun at /mnt", "stood"]


def test_one_that_could_not_be_limited_is_ended_and_none() -> None:
    book = Book()

    def refuse(program: Program, limits: Limits) -> Program:
        raise HostError("no group")

    book.spare = Spare(book._begin, refuse)
    book.spare.begin(Limits(), "/mnt", 0)
    assert book.spare.take(FILES, "serveur.py", Limits(), "/mnt", 0) is None
    assert book.said == ["begun at /mnt", "stood", "ended"]


def test_who_begins_one_does_not_wait_for_it() -> None:
    """The kernel may take its time over the limits of one that stands; a player looks on."""
    book, go_on = Book(), threading.Event()

    def slowly(program: Program, limits: Limits) -> Program:
        go_on.wait(30)
        return program

    book.spare = Spare(book._begin, slowly)
    book.spare.begin(Limits(), "/mnt", 0)
    book.said.append("goes on")
    go_on.set()
    book.spare.close()
    assert book.said.index("goes on") < book.said.index("ended")


def test_where_nothing_can_be_laid_into_one_there_are_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(spare, "_lay", refuse)
    book = Book()
    book.spare.begin(Limits(), "/mnt", 0)
    assert book.spare.take(FILES, "serveur.py", Limits(), "/mnt", 0) is None
    book.spare.begin(Limits(), "/mnt", 0)
    assert book.said == ["begun at /mnt", "stood", LIMITED, OPENED, "ended"]


def test_a_submission_that_cannot_be_laid_out_spoils_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise NotADirectoryError

    monkeypatch.setattr(spare, "_lay", refuse)
    book = Book()
    for _ in range(2):
        book.spare.begin(Limits(), "/mnt", 0)
        assert book.spare.take(FILES, "serveur.py", Limits(), "/mnt", 0) is None
    assert book.said == ["begun at /mnt", "stood", LIMITED, OPENED, "ended"] * 2


def test_files_are_laid_as_bubblewrap_lays_them(tmp_path: Path) -> None:
    files = (
        SourceFile(path="a/b/c.py", data=b"c"),
        SourceFile(path="a/b/d.py", data=b""),
        SourceFile(path="/e.py", data=b"e"),
    )
    spare._lay(tmp_path, files)
    assert (tmp_path / "e.py").read_bytes() == b"e"
    assert (tmp_path / "a/b/c.py").read_bytes() == b"c"
    assert [(tmp_path / x).stat().st_mode & 0o777 for x in ("a/b", "e.py")] == [0o755, 0o644]
    with pytest.raises(FileExistsError):
        spare._lay(tmp_path, files)


def test_the_gate_is_told_where_and_what() -> None:
    assert spare_word("a/b c.py") == f"{sandbox.WORK}/a\nb c.py\n".encode()
    assert spare_word("-c") == f"{sandbox.WORK}\n./-c\n".encode()
    assert spare_word("a\\é\udcff.py") == f"{sandbox.WORK}\n".encode() + b"a\\\xc3\xa9\xff.py\n"
    assert spare_word("a\nb.py") is None


# --- a program can't tell ----------------------------------------------------------------

PROBE = rb"""
import json, os, resource, signal, stat, sys, threading, time

def of(path):
    found = os.lstat(path)
    return [path, stat.filemode(found.st_mode), found.st_uid, found.st_gid, found.st_nlink]

here = [of(os.path.join(top, name)) for top, dirs, files in os.walk("/submission")
        for name in ["."] + sorted(dirs + files)]
status = [line for line in open("/proc/self/status") if line.startswith(
    ("Cap", "NoNewPrivs", "Seccomp", "Sig", "Shd", "Umask", "Uid", "Gid", "Groups", "NSpid"))]
mounts = [line.split(" - ")[1] + line.split()[4] + line.split()[5] for line in
          open("/proc/self/mountinfo")]
print(json.dumps({
    "argv": [sys.argv, sys.orig_argv, __file__, sys.path[0]], "cwd": os.getcwd(),
    "environ": sorted(os.environ.items()), "files": here, "status": status, "mounts": mounts,
    "ids": [os.getpid(), os.getppid(), os.getpgid(0), os.getsid(0)], "tty": os.isatty(0),
    "fds": sorted(os.listdir("/proc/self/fd")), "processes": sorted(
        name for name in os.listdir("/proc") if name.isdigit()),
    "limits": [resource.getrlimit(n) for n in range(16)], "nice": os.nice(0),
    "parent": open("/proc/1/cmdline").read()[:0], "host": os.uname().nodename,
    "read": open("data.txt", "rb").read().hex(), "shm": os.listdir("/dev/shm"),
    "tmp": os.listdir("/tmp"), "oom": open("/proc/self/oom_score_adj").read(),
}))
"""


def _tells(place: LinuxPlace, program: str) -> dict[str, object]:
    """What the probe prints, started as a run is."""
    within = program[: program.rfind("/") + 1]
    files = (
        SourceFile(path=program, data=PROBE),
        SourceFile(path=f"{within}data.txt", data=bytes(range(256))),
        SourceFile(path="other/deep/empty", data=b""),
    )
    made = place.start(replace(tools.job(PROBE), program=program, files=files))
    made.release()
    place.ahead()
    said = b""
    while not made.ended():
        select.select([made.terminal.master, made.pidfd], [], [])
        said += made.read(made.terminal.master, 1 << 16)[0]
    while data := made.read(made.terminal.master, 1 << 16)[0]:
        said += data
    made.close()
    return cast("dict[str, object]", json.loads(said))


def _compared() -> Iterator[object]:
    """What differs between a sandbox that was made for the program and a spare one."""
    place = worker.prepare(tools.options("full"), os.getppid())
    try:
        for program in ("serveur.py", "a b/c d/ser'veur.py", "-c"):
            place._spare.close()
            made = _tells(place, program)
            assert place._spare._ahead is not None
            spared = _tells(place, program)
            yield {key: (value, spared[key]) for key, value in made.items() if value != spared[key]}
    finally:
        place.close()


def test_a_program_cannot_tell_a_spare_sandbox_from_one_made_for_it() -> None:
    tools.bwrap()  # asked here: what is missing is said by this process
    read, write = os.pipe()
    child = os.fork()
    if not child:
        try:
            told = json.dumps(list(_compared()))
        except BaseException as error:
            told = json.dumps(repr(error))
        os.write(write, told.encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as opened:
        told = json.loads(opened.read())
    os.waitpid(child, 0)
    assert told == [{}, {}, {}]
