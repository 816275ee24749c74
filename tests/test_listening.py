"""Which listener is recorded, and which one is dialled."""

from __future__ import annotations

import pytest

from grader import transcript as tr
from grader.run.listening import Listeners, address_to_dial
from grader.run.recorder import Recorder

PORT = 65432


def listener(
    address: str = "0.0.0.0",
    port: int = PORT,
    protocol: str = "tcp",
    *,
    v6only: bool = False,
) -> tr.Listener:
    return tr.Listener(t=0, protocol=protocol, address=address, port=port, backlog=5, v6only=v6only)


@pytest.fixture
def seen() -> Listeners:
    return Listeners(PORT, Recorder())


def test_each_listener_is_recorded_once_until_the_program_starts_anew() -> None:
    recorder = Recorder()
    seen = Listeners(PORT, recorder)
    seen.see([listener()])
    seen.see([listener(), listener(port=80)])
    assert [entry.port for entry in recorder.entries if isinstance(entry, tr.Listener)] == [
        PORT,
        80,
    ]
    seen.restarted()
    assert seen.now == []
    seen.see([listener()])
    assert len(recorder.entries) == 3


@pytest.mark.parametrize("told", [[], [listener(port=80)]], ids=["nobody tells", "of another"])
def test_one_that_answers_and_is_not_seen_is_said_to_be_assumed(told: list[tr.Listener]) -> None:
    recorder = Recorder()
    seen = Listeners(PORT, recorder)
    seen.see_answered(told)
    last = recorder.entries[-1]
    assert isinstance(last, tr.Listener)
    assert (last.port, last.assumed) == (PORT, True)
    seen.see_answered([listener("127.0.0.1")])
    assert not any(one.assumed for one in seen.now)


def test_what_the_statement_asks_for_is_taken_at_once(seen: Listeners) -> None:
    asked = listener()
    seen.see([listener(port=80), asked])
    assert seen.first_asked_for() == asked


@pytest.mark.parametrize(
    "other",
    [
        listener(port=80),
        listener("::", protocol="tcp6", v6only=True),
        listener(protocol="udp"),
    ],
    ids=["another port", "IPv6 only", "UDP"],
)
def test_for_anything_else_there_may_come_something_better(
    seen: Listeners, other: tr.Listener
) -> None:
    seen.see([other])
    assert seen.first_asked_for() is None


def test_the_best_is_on_the_port_before_any_other(seen: Listeners) -> None:
    on_ipv6 = listener("::", protocol="tcp6", v6only=True)
    seen.see([listener(port=80), on_ipv6])
    assert seen.best() == on_ipv6
    seen.see([listener(port=80), on_ipv6, listener("127.0.0.1")])
    assert seen.best() == listener("127.0.0.1")


def test_datagrams_are_not_dialled(seen: Listeners) -> None:
    seen.see([listener(protocol="udp")])
    assert seen.best() is None


@pytest.mark.parametrize(
    ("seen_at", "dialled"),
    [
        (listener(), "127.0.0.1"),
        (listener("127.0.0.1"), "127.0.0.1"),
        (listener("10.0.0.7"), "10.0.0.7"),
        (listener("::", protocol="tcp6"), "127.0.0.1"),
        (listener("::", protocol="tcp6", v6only=True), "::1"),
        (listener("::1", protocol="tcp6"), "::1"),
    ],
)
def test_where_a_client_of_this_machine_reaches_it(seen_at: tr.Listener, dialled: str) -> None:
    assert address_to_dial(seen_at) == dialled
