"""Who has a port."""

from __future__ import annotations

import errno
import os
import socket

import pytest

from grader.run import ports


def test_a_listener_of_ours_is_found_without_being_connected_to() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        taken.setblocking(False)
        found = ports.holder(taken.getsockname()[1])
        assert found is not None
        assert found.pid == os.getpid()
        assert "python" in found.command or "pytest" in found.command


def test_a_free_port_has_no_holder() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    assert ports.holder(port) is None


def test_process_by_process_finds_the_same() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        found = ports._holder_by_process(taken.getsockname()[1])
    assert found is not None
    assert found.pid == os.getpid()


def test_a_port_that_a_plain_server_cannot_have() -> None:
    with socket.create_server(("", 0)) as taken:
        error = ports.bind_error(taken.getsockname()[1])
        port = taken.getsockname()[1]
    assert error is not None
    assert error.errno == errno.EADDRINUSE
    assert ports.bind_error(port) is None


def test_this_machine_talks_to_itself() -> None:
    assert ports.loopback_error() is None


def test_a_loopback_that_lets_nothing_through_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def drop(place: object, timeout: float) -> socket.socket:
        raise TimeoutError(errno.ETIMEDOUT, "timed out")

    monkeypatch.setattr(socket, "create_connection", drop)
    error = ports.loopback_error()
    assert error is not None
    assert error.errno == errno.ETIMEDOUT
