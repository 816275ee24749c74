"""The program's private terminal."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator

import pytest

from grader.run.terminal import Terminal, read_available


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    made.close()


def test_it_is_a_terminal_of_80_by_24(terminal: Terminal) -> None:
    assert os.isatty(terminal.slave)
    assert tuple(os.get_terminal_size(terminal.slave)) == (80, 24)


def test_bytes_pass_unchanged_both_ways(terminal: Terminal) -> None:
    """Raw: no echo, no \\n made into \\r\\n, no Ctrl-C made into a signal."""
    everything = bytes(range(256))
    os.write(terminal.slave, everything)
    assert read_available(terminal.master, 1 << 16) == (everything, False)
    terminal.type(b"\x03\x04\x1a\n")
    assert os.read(terminal.slave, 100) == b"\x03\x04\x1a\n"
    assert read_available(terminal.master, 1 << 16) == (b"", False)


def test_no_more_than_asked_for_is_read(terminal: Terminal) -> None:
    os.write(terminal.slave, b"abcdef")
    assert read_available(terminal.master, 4) == (b"abcd", False)
    assert read_available(terminal.master, 4) == (b"ef", False)


def test_its_end_is_seen_after_all_that_was_printed(terminal: Terminal) -> None:
    os.write(terminal.slave, b"last words")
    terminal.hand_over()
    assert terminal.slave == -1
    assert read_available(terminal.master, 1 << 16) == (b"last words", True)
    terminal.hand_over()


def test_the_end_of_a_pipe() -> None:
    read, write = os.pipe()
    os.set_blocking(read, False)
    try:
        os.write(write, b"x")
        assert read_available(read, 10) == (b"x", False)
        os.close(write)
        assert read_available(read, 10) == (b"", True)
    finally:
        os.close(read)


def test_typing_to_nobody_raises_nothing(terminal: Terminal) -> None:
    terminal.hand_over()
    terminal.type(b"\n")
    # A keyboard buffer that is full takes no more, and does not block.
    other = Terminal()
    try:
        for _ in range(10):
            other.type(b"x" * 4096)
    finally:
        other.close()
        other.close()


def test_it_is_nobodys_controlling_terminal(terminal: Terminal) -> None:
    """A child without one that opens and closes our ends gets no SIGHUP when we close."""
    read, write = os.pipe()
    pid = os.posix_spawn(
        "/bin/sh", ["sh", "-c", "echo up; read -r x"], {},
        file_actions=[
            (os.POSIX_SPAWN_DUP2, terminal.slave, 0), (os.POSIX_SPAWN_DUP2, write, 1),
        ],
        setsid=True, setsigdef=[signal.SIGHUP],
    )  # fmt: skip
    os.close(write)
    assert os.read(read, 10) == b"up\n"
    os.close(read)
    terminal.close()
    ended = os.pidfd_open(pid)
    assert select.select([ended], [], [], 10)[0]
    os.close(ended)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != -signal.SIGHUP
