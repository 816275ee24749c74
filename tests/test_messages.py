"""What workers say to the engine: data only, however hostile the bytes."""

from __future__ import annotations

import os
import pickle
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import transcript as tr
from grader.run import messages
from grader.run.jobs import PlayedRun
from grader.run.messages import FrameReader, Reply


def played(*entries: tr.AnyEntry) -> PlayedRun:
    header = tr.Header(
        run="r", scenario="s", role="server", program="p.py", texts={"hello": "é"}, port=1,
        delivery="separate", seed="00", isolation="full", facts="kernel", interpreter="3",
        started="now",
    )  # fmt: skip
    ended = tr.Ended(t=9, outcome="completed", status=0)
    return PlayedRun(transcript=tr.of(header, [*entries, ended]), pcapng=b"\x0a\x0d\x0d\x0a")


class Trap:
    """Unpickled, it would leave a mark."""

    def __reduce__(self) -> tuple[object, ...]:
        return (os.mkdir, ("executed",))


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for fd in ends:
        try:
            os.close(fd)
        except OSError:
            continue


def test_replies_come_back_as_they_were() -> None:
    runs = (played(tr.Stdout(t=1, data=bytes(range(256)))), played())
    body = messages.encode(messages.reply_of(runs))[8:]
    assert messages.runs_of(messages.decode(body)) == runs
    traced = messages.decode(messages.encode(messages.reply_of(runs, runs[:1]))[8:])
    assert (messages.runs_of(traced), messages.traced_of(traced)) == (runs, runs[:1])
    for reply in (Reply(ready=True), Reply(fault="no network é"), Reply()):
        assert messages.decode(messages.encode(reply)[8:]) == reply


@given(st.binary(max_size=400))
def test_random_bytes_are_data_or_an_error(body: bytes) -> None:
    try:
        reply = messages.decode(body)
    except ValueError:
        return
    assert isinstance(reply, Reply)


def test_a_pickle_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError):  # noqa: PT011 -- msgspec's own
        messages.decode(pickle.dumps(Trap()))
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_an_end_is_refused() -> None:
    whole = messages.reply_of([played()])
    (run,) = whole.runs
    cut = Reply((messages.RunReply(run.header, (), b""),))
    with pytest.raises(ValueError, match="no end"):
        messages.runs_of(messages.decode(messages.encode(cut)[8:]))


@given(st.lists(st.binary(max_size=60), max_size=6), st.integers(1, 17))
def test_frames_are_found_however_they_are_cut(bodies: list[bytes], size: int) -> None:
    stream = b"".join(messages.framed(body) for body in bodies)
    reader, found = FrameReader(), []
    for start in range(0, len(stream), size):
        body = reader.feed(stream[start : start + size])
        while body is not None:
            found.append(body)
            body = reader.feed(b"")
    assert found == bodies


@given(st.binary(max_size=64))
def test_random_bytes_never_hang_the_reader(data: bytes) -> None:
    reader = FrameReader()
    try:
        body = reader.feed(data)
        rounds = 0
        while body is not None:
            rounds += 1
            assert rounds <= 8
            body = reader.feed(b"")
    except ValueError:
        assert struct.unpack_from("!Q", data)[0] > messages.MAX_FRAME or len(data) > 8


def test_an_impossible_length_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        FrameReader().feed(struct.pack("!Q", messages.MAX_FRAME + 1))


def test_frames_through_a_pipe(pipe: tuple[int, int]) -> None:
    read, write = pipe
    messages.write_all(write, messages.framed(b"one") + messages.framed(b""))
    assert messages.read_frame(read) == b"one"
    assert messages.read_frame(read) == b""
    messages.write_all(write, messages.framed(b"cut short")[:-1])
    os.close(write)
    assert messages.read_frame(read) is None
    assert messages.read_frame(read) is None
