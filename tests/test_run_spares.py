"""Workers that are started ahead: taken by the next engine, or gone."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from engine_tools import engine, job, lab_for, run

from grader.cli import app
from grader.run import spares


@pytest.fixture(autouse=True)
def nothing_left() -> Iterator[None]:
    yield
    assert spares.take() is None


def test_one_that_has_died_is_not_taken() -> None:
    spares.keep_ready(2)
    _, second = spares._waiting
    second.process.kill()
    second.process.wait()
    found = spares.take()
    assert found is not None
    assert found.process.poll() is None
    assert found.process != second.process
    found.close()  # nobody wants it: it ends by itself
    assert found.process.wait() == 0


def test_an_interrupt_between_start_and_record_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    start = spares.start

    def interrupted() -> spares.Started:
        started = start()
        signal.raise_signal(signal.SIGINT)
        return started

    monkeypatch.setattr(spares, "start", interrupted)
    with pytest.raises(KeyboardInterrupt):
        spares.keep_ready(1)
    (one,) = spares._waiting
    spares.dismiss()
    assert one.process.poll() is not None


def test_who_is_not_taken_is_gone() -> None:
    spares.keep_ready(1)
    (one,) = spares._waiting
    spares.dismiss()
    assert one.process.poll() is not None
    assert one.said.closed


def test_a_command_that_fails_leaves_none(tmp_path: Path) -> None:
    assert app.main(["check", str(tmp_path / "nothing")]) == 2


@pytest.mark.sandbox
def test_an_engine_plays_with_it() -> None:
    spares.keep_ready(1)
    (one,) = spares._waiting
    with engine("none") as where:
        assert run(where, job("print(1)", lab=lab_for("none"))).stdout == b"1\n"
        assert [worker.process.pid for worker in where._workers] == [one.process.pid]
