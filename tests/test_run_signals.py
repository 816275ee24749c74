"""An interrupt between two steps of ours comes after them, whichever thread the kernel chose."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import FrameType
from typing import Any

import pytest

from grader.run.signals import end_later, no_end_meanwhile

Held = Callable[[], AbstractContextManager[None]]
WAYS = pytest.mark.parametrize("held", [no_end_meanwhile, end_later])


def blocked() -> set[signal.Signals]:
    return {signal.SIGINT, signal.SIGTERM} & signal.pthread_sigmask(signal.SIG_BLOCK, [])


@contextmanager
def another_thread() -> Iterator[None]:
    """One that blocks nothing: the kernel may give it any signal of the process."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def arrived(number: int) -> None:
    """Send it from outside, and wait until the process has it."""
    near, far = socket.socketpair()
    far.setblocking(False)
    before = signal.set_wakeup_fd(far.fileno())
    try:
        with near, far:
            subprocess.run(["kill", f"-{number}", str(os.getpid())], check=True)
            assert near.recv(1) == bytes([number])
    finally:
        signal.set_wakeup_fd(before)


def steps_of(held: Held, interrupt: Callable[[], None]) -> list[str]:
    """What is done where an interrupt comes between two steps that belong together."""
    steps = []
    try:
        with held():
            interrupt()
            steps.append("the second step")
        steps.append("nothing came")
    except KeyboardInterrupt:
        steps.append("the interrupt")
    return steps


def from_outside() -> None:
    arrived(signal.SIGINT)


def to_this_thread() -> None:
    signal.raise_signal(signal.SIGINT)


@WAYS
def test_an_interrupt_comes_afterwards_with_another_thread_too(held: Held) -> None:
    with another_thread():
        assert steps_of(held, from_outside) == ["the second step", "the interrupt"]
    assert steps_of(held, to_this_thread) == ["the second step", "the interrupt"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert blocked() == set()


@WAYS
def test_within_one_another_the_outermost_tells(held: Held) -> None:
    inner = []
    assert steps_of(held, lambda: inner.extend(steps_of(end_later, to_this_thread))) == [
        "the second step", "the interrupt",
    ]  # fmt: skip
    assert inner == ["the second step", "nothing came"]


def test_what_is_started_inherits_that_they_are_held_or_not() -> None:
    with no_end_meanwhile():
        with no_end_meanwhile():
            pass
        assert blocked() == {signal.SIGINT, signal.SIGTERM}
    assert blocked() == set()
    with end_later():
        assert blocked() == set()


@WAYS
def test_one_that_is_ignored_stays_so(held: Held) -> None:
    with ExitStack() as back:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        back.callback(signal.signal, signal.SIGINT, before)
        with held():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
            signal.raise_signal(signal.SIGINT)


@WAYS
def test_in_another_thread_handlers_stay_as_they_are(held: Held) -> None:
    found = []

    def look() -> None:
        with held():
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert found == [signal.default_int_handler]


@WAYS
def test_an_interrupt_is_not_lost_where_the_step_fails(held: Held) -> None:
    def fail() -> None:
        to_this_thread()
        raise OSError("it cannot be started")

    with pytest.raises(KeyboardInterrupt) as found, contextlib.suppress(OSError), held():
        fail()
    assert isinstance(found.value.__context__, OSError)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_that_is_called_while_they_are_put_back_leaves_none_of_ours() -> None:
    """The first one is back, and its signal comes, before the second one is."""
    with contextlib.ExitStack() as back:
        for number in (signal.SIGINT, signal.SIGTERM):
            back.callback(signal.signal, number, signal.getsignal(number))

        def at_once(number: int, frame: FrameType | None) -> None:
            raise KeyboardInterrupt

        def put(number: int, handler: Any) -> Any:
            if handler is at_once and number == signal.SIGTERM and not interrupted:
                interrupted.append(number)
                before(signal.SIGINT, handler)
                signal.raise_signal(signal.SIGINT)
            return before(number, handler)

        signal.signal(signal.SIGINT, at_once)
        signal.signal(signal.SIGTERM, at_once)
        interrupted: list[int] = []
        before = signal.signal
        patched = pytest.MonkeyPatch()
        back.callback(patched.undo)
        with pytest.raises(KeyboardInterrupt), end_later():
            patched.setattr(signal, "signal", put)
        assert interrupted
        assert signal.getsignal(signal.SIGINT) is at_once
        assert signal.getsignal(signal.SIGTERM) is at_once


@WAYS
def test_an_error_within_goes_on(held: Held) -> None:
    with pytest.raises(ValueError, match="of ours"), held():
        raise ValueError("of ours")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
