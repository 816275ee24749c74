"""Reading what a program writes: in order, bounded, its last words apart."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import cast

import pytest

from grader import transcript as tr
from grader.run.program import Program
from grader.run.recorder import Recorder
from grader.run.streams import Streams
from grader.run.terminal import read_available


@dataclass
class Pipe:
    """One stream: what is written at `write` is read at `master`."""

    master: int = -1
    write: int = -1

    def __post_init__(self) -> None:
        self.master, self.write = os.pipe()
        os.set_blocking(self.master, False)

    def close(self) -> None:
        """The program has ended."""
        if self.write >= 0:
            os.close(self.write)
            self.write = -1


@dataclass
class FakeProgram:
    """A program's two streams."""

    terminal: Pipe = field(default_factory=Pipe)
    errors: Pipe = field(default_factory=Pipe)

    @property
    def stderr(self) -> int:
        return self.errors.master

    def read(self, fd: int, limit: int) -> tuple[bytes, bool]:
        return read_available(fd, limit)

    def says(self, text: bytes) -> None:
        os.write(self.terminal.write, text)

    def complains(self, text: bytes) -> None:
        os.write(self.errors.write, text)


@pytest.fixture
def program() -> Iterator[FakeProgram]:
    made = FakeProgram()
    yield made
    for pipe in (made.terminal, made.errors):
        pipe.close()
        os.close(pipe.master)


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def streams(program: FakeProgram, recorder: Recorder) -> Streams:
    return Streams(cast(Program, program), recorder, 100)


def recorded(recorder: Recorder) -> tuple[bytes, bytes]:
    out = b"".join(e.data for e in recorder.entries if isinstance(e, tr.Stdout))
    err = b"".join(e.data for e in recorder.entries if isinstance(e, tr.Stderr))
    return out, err


def test_both_are_recorded(program: FakeProgram, recorder: Recorder, streams: Streams) -> None:
    assert not streams.take()
    program.says(b"bonjour\n")
    program.complains(b"aie\n")
    assert streams.take()
    assert recorded(recorder) == (b"bonjour\n", b"aie\n")


def test_only_those_asked_for_are_read(program: FakeProgram, streams: Streams) -> None:
    program.says(b"bonjour\n")
    assert not streams.take({program.stderr})
    assert streams.take({program.terminal.master})


def test_more_than_the_limit_is_said_and_not_kept(
    program: FakeProgram, recorder: Recorder, streams: Streams
) -> None:
    program.says(b"x" * 150)
    streams.take()
    assert streams.over_limit
    assert recorded(recorder)[0] == b"x" * 100


def test_last_words_are_kept_apart(
    program: FakeProgram, recorder: Recorder, streams: Streams
) -> None:
    program.complains(b"mine\n")
    streams.take()
    streams.keep_dump()
    assert streams.dumping
    program.says(b"still printed\n")
    program.complains(b"  File ...\n")
    streams.take()
    assert streams.dump == b"  File ...\n"
    assert recorded(recorder) == (b"still printed\n", b"mine\n")


def test_ended_streams_are_read_to_the_end(
    program: FakeProgram, recorder: Recorder, streams: Streams
) -> None:
    program.says(b"a" * 50)
    program.complains(b"b")
    program.terminal.close()
    program.errors.close()
    streams.drain(1.0)
    assert streams.reads == []
    assert recorded(recorder) == (b"a" * 50, b"b")


def test_draining_ends_with_the_program_even_if_a_child_holds_the_streams(
    program: FakeProgram, streams: Streams
) -> None:
    ended, _ = pipe = os.pipe()
    os.write(pipe[1], b"ended")
    program.says(b"last")
    streams.drain(60.0, until=ended)
    assert set(streams.reads) == {program.terminal.master, program.stderr}
    for fd in pipe:
        os.close(fd)


def test_last_words_have_a_limit_too(program: FakeProgram) -> None:
    streams = Streams(cast(Program, program), Recorder(), 10)
    streams.keep_dump()
    for _ in range(3):
        program.complains(b"no end ")
        streams.take()
    assert streams.dump == b"no end no "
