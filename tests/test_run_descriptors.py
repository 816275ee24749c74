"""Descriptors for one start: what is given arrives, what is kept stays, the rest is closed."""

from __future__ import annotations

import os
import sys

import pytest

from grader.run import descriptors
from grader.run.descriptors import Descriptors
from grader.run.errors import HostError


def _is_open(fd: int) -> bool:
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True


def test_all_are_closed_but_those_that_are_kept() -> None:
    with Descriptors() as fds:
        data = fds.memory(b"data")
        read, write = fds.pipe()
        fds.close(write)
        kept = fds.keep(read)
        assert os.read(data, 9) == b"data"
        assert not _is_open(write)
    assert [_is_open(fd) for fd in (data, kept)] == [False, True]
    os.close(kept)


def test_what_is_given_has_the_number_that_was_said() -> None:
    with Descriptors() as fds:
        first = fds.give(fds.memory(b"one\n"))
        other = fds.give(fds.memory(b"two\n"), 40)
        code = f"import os; os.write(2, os.read({first}, 9) + os.read({other}, 9))"
        command = [sys.executable, "-S", "-c", code]
        terminal, stderr, gate, pid = fds.spawn(command, {}, own_session=True)
        assert os.waitpid(pid, 0)[1] == 0
        assert os.read(stderr, 99) == b"one\ntwo\n"
    terminal.close()
    for fd in (stderr, gate):
        os.close(fd)


def test_no_number_may_be_one_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(descriptors, "first_safe", lambda: 20)
    with Descriptors() as fds:
        fds.give(fds.memory(b""), 20)
        with pytest.raises(HostError, match="40 files open"):
            fds.spawn(["/bin/true"], {}, own_session=True)


def test_a_command_that_is_not_there_is_the_hosts_fault() -> None:
    with Descriptors() as fds, pytest.raises(HostError, match="/nowhere could not be started"):
        fds.spawn(["/nowhere"], {}, own_session=True)
