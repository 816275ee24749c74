"""Who has a port."""

from __future__ import annotations

import os
import socket

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
