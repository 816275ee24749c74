"""What is begun ahead is taken by whoever asks, or is gone."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from engine_tools import bwrap, python

from grader.run import ahead, host, nursery, proc, trying


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    nursery.end()
    before = {*proc.tree(os.getpid())}
    yield
    assert {*proc.tree(os.getpid())} <= before


@pytest.mark.sandbox
def test_a_probe_takes_what_was_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    bwrap()
    whole = host.probe(python())
    with ahead.begun(python()):
        assert len(host._begun) == 1
        monkeypatch.setattr(trying, "trial", None)  # nothing is tried a second time
        assert host.probe(python()) == whole
        assert not host._begun


@pytest.mark.sandbox
def test_another_interpreter_is_tried_for_itself() -> None:
    bwrap()
    with ahead.begun("python-that-nobody-has"):
        assert not host._begun
        assert host.probe(python()).full


def test_what_nobody_takes_is_ended() -> None:
    def interrupted() -> None:
        with ahead.begun(python()):
            assert nursery._here is not None
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not host._begun
    assert nursery._here is None
