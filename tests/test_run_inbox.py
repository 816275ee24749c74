"""What a worker sends is kept as it comes, and one that sends what no worker sends is found out."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path

import pytest
from test_messages import played

from grader import transcript as tr
from grader.run import inbox, messages
from grader.run.inbox import Inbox
from grader.run.jobs import Run
from grader.run.messages import JobEnd, RunEnd, Word
from grader.run.stored import StoredRun
from grader.transcript import SAME_CAUSE


def stream(*said: Run | Word | bytes) -> bytes:
    """What is written of these: runs, words, parts of runs."""
    with tempfile.TemporaryFile() as file:
        for one in said:
            if isinstance(one, bytes):
                messages.write_all(file.fileno(), messages.framed(b"p" + one))
            elif isinstance(one, Word):
                messages.say(file.fileno(), one)
            else:
                messages.send_run(file.fileno(), one)
        file.seek(0)
        return file.read()


def test_runs_are_read_from_the_disk_as_often_as_one_likes(tmp_path: Path) -> None:
    run = played(tr.Stdout(t=1, data=os.urandom(1 << 20)))
    one = Inbox(tmp_path)
    pipe = io.BytesIO(stream(run, played(), JobEnd()))
    words = [word for data in iter(lambda: pipe.read(7000), b"") for word in one.feed(data)]
    assert words == [JobEnd()]
    (first, second), traced = one.taken()
    assert isinstance(first, StoredRun)
    for _ in range(2):
        assert first.transcript == run.transcript == first.read()
        assert first.pcapng == run.pcapng == b"".join(first.wire())
    assert (first.header, first.end, first.has_wire) == (run.header, run.end, True)
    assert second.transcript == played().transcript
    assert traced == []
    assert one.is_empty


def test_what_others_decide_by_is_known_without_reading(tmp_path: Path) -> None:
    one = Inbox(tmp_path)
    list(one.feed(stream(played())))
    (run,), _ = one.taken()
    assert run.causes == played().causes
    assert run.causes.advice == SAME_CAUSE  # it was never connected


def test_traced_runs_are_kept_apart(tmp_path: Path) -> None:
    one = Inbox(tmp_path)
    with tempfile.TemporaryFile() as file:
        messages.send_run(file.fileno(), played(), traced=True)
        file.seek(0)
        assert list(one.feed(file.read())) == []
    runs, (traced,) = one.taken()
    assert runs == []
    assert traced.transcript == played().transcript


def test_it_is_not_empty_from_the_first_part_on(tmp_path: Path) -> None:
    one = Inbox(tmp_path)
    list(one.feed(stream(b"12345")))
    assert not one.is_empty


@pytest.mark.parametrize(
    "said",
    [
        (b"12345", RunEnd(4, 0)),
        (b"12345", RunEnd(-1, 6)),
        (b"12345", RunEnd(5, 0)),
        (RunEnd(0, 0),),
    ],
)
def test_a_run_that_is_none_is_refused(tmp_path: Path, said: tuple[bytes | Word, ...]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- msgspec's own among them
        list(Inbox(tmp_path).feed(stream(*said)))


def test_a_run_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "_RUN_BYTES", 10)
    with pytest.raises(ValueError, match="without end"):
        list(Inbox(tmp_path).feed(stream(b"123456", b"78901")))


def test_runs_without_end_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "_RUNS", 2)
    with pytest.raises(ValueError, match="without end"):
        list(Inbox(tmp_path).feed(stream(played(), played(), played())))
