"""What is taken over by stamps alone: only what nobody can have changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from batch_tools import SETTINGS, FakeEngine, source
from batch_tools import submission as one_of

from grader.batch import grading, output
from grader.batch.grading import Done, Grading, Waiting
from grader.batch.index import opened
from grader.batch.judging import judge_run
from grader.judge.model import Programs
from grader.stamps import Stamp
from grader.submission import Origin, Submission

HERE = Origin(layout="plain")
NAMES = ("a", "b", "c")
"""All three have handed in the same."""


@pytest.fixture(autouse=True)
def _settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the tests hand in is not new, by its stamp."""
    monkeypatch.setattr("grader.batch.known.time.time_ns", lambda: 10**18)


def handed_in(name: str) -> Submission:
    both = Programs(server="serveur.py", client="serveur.py")
    return replace(one_of("same"), id=name, name=name, programs=both, origin=HERE)


class Class:
    """Grades `NAMES` into a folder, and remembers who was read."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.stamps: dict[str, Stamp | None] = {
            name: Stamp(name.encode(), b"", 1) for name in NAMES
        }
        self.told = dict.fromkeys(NAMES, "")
        self.read: list[str] = []

    def grade(self, *, ticks: bool = True) -> list[Done]:
        self.read.clear()
        with output.opened(self.out) as folder, opened(self.out, "") as index:
            folder.mark(grading.marker_of(source(), SETTINGS))
            one = Grading(folder, source(), SETTINGS, judge_run, index=index)
            done = list(one.grade(map(self._waiting, NAMES), FakeEngine()))
            newest = self._newest()
            if ticks:
                while index.now() <= newest:  # the clock of the file system has to have ticked
                    pass
            else:
                index.now = lambda: 1  # type: ignore[method-assign]
            one.settle()
        return done

    def _waiting(self, name: str) -> Waiting:
        def read() -> Submission:
            self.read.append(name)
            return handed_in(name)

        return Waiting(
            name, name, read, origin=HERE, looked_at=lambda: (self.told[name], self.stamps[name])
        )

    def _newest(self) -> int:
        there = [*self.out.glob("*/"), *self.out.glob("*/**/*")]
        return max(path.stat().st_ctime_ns for path in there)


@pytest.fixture
def graded(tmp_path: Path) -> Class:
    """A class that was graded once."""
    made = Class(tmp_path)
    made.grade()
    assert made.read == [*NAMES]
    return made


def by_id(done: Sequence[Done]) -> dict[str, object]:
    return {one.grade.id: one.grade for one in done}


def test_what_has_not_changed_is_not_even_read(tmp_path: Path) -> None:
    made = Class(tmp_path)
    first = made.grade()
    again = made.grade()
    assert made.read == []
    assert all(one.taken_over for one in again)
    assert by_id(again) == by_id(first)


def edited(name: str) -> Callable[[Class], None]:
    """The same size and the same time of modification: only its time of change is another."""

    def edit(made: Class) -> None:
        path = made.out / name
        before = path.stat()
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        with path.open("r+b") as file:
            file.write(data)
        while path.stat().st_ctime_ns == before.st_ctime_ns:
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    return edit


def resubmitted(made: Class) -> None:
    made.stamps["b"] = Stamp(b"other", b"", 1)


def retold(made: Class) -> None:
    made.told["b"] = "another team"


def handed_in_just_now(made: Class) -> None:
    made.stamps["b"] = Stamp(b"b", b"", 10**18)


@pytest.mark.parametrize(
    ("change", "read"),
    [
        (edited("b/index.html"), ["b"]),
        (edited("b/result.json"), ["b"]),
        (edited("b/runs/server-nominal.pcapng"), ["a", "b", "c"]),  # the very file of all three
        (lambda made: (made.out / "b/runs/server-nominal.jsonl").unlink(), ["a", "b", "c"]),
        (lambda made: (made.out / "b/added").write_bytes(b""), ["b"]),
        (lambda made: (made.out / "b/runs/added").write_bytes(b""), ["b"]),
        (lambda made: (made.out / "b/source/added").mkdir(), ["b"]),
        (resubmitted, ["b"]),
        (retold, ["b"]),
        (handed_in_just_now, ["b"]),
    ],
)
def test_what_has_changed_is_looked_at(
    graded: Class, change: Callable[[Class], object], read: list[str]
) -> None:
    change(graded)
    graded.grade()
    assert graded.read == read


def test_what_was_looked_at_is_known_the_next_time(graded: Class) -> None:
    resubmitted(graded)
    (graded.out / "c/runs/server-nominal.jsonl").touch()
    graded.grade()
    assert graded.read == [*NAMES]
    graded.grade()
    assert graded.read == []


def test_what_is_as_new_as_the_index_is_not_believed(tmp_path: Path) -> None:
    made = Class(tmp_path)
    made.grade(ticks=False)
    made.grade()
    assert made.read == [*NAMES]


def test_what_has_no_stamp_is_read(graded: Class) -> None:
    graded.stamps["a"] = None
    graded.grade()
    graded.grade()
    assert graded.read == ["a"]
