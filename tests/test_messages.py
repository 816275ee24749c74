"""What workers say to the engine: data only, however hostile the bytes."""

from __future__ import annotations

import contextlib
import os
import pickle
import struct
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader import transcript as tr
from grader.run import messages
from grader.run.jobs import PlayedRun
from grader.run.messages import Fault, FrameReader, JobEnd, Ready, RunEnd, Word


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


def bodies(stream: bytes, size: int) -> list[bytes]:
    """The frames of a stream that comes `size` bytes at a time."""
    reader = FrameReader()
    parts = (stream[start : start + size] for start in range(0, len(stream), size))
    return [body for part in parts for body in reader.feed(part)]


def sent(send: Callable[[int], object]) -> list[bytes | Word]:
    """What comes of that which is written into a file."""
    with tempfile.TemporaryFile() as file:
        send(file.fileno())
        file.seek(0)
        return [messages.read_reply(body) for body in bodies(file.read(), 1000)]


def test_words_come_back_as_they_were() -> None:
    words: list[Word] = [Ready(), Fault("no network é"), JobEnd(), RunEnd(1, 2, True)]
    for word in words:
        assert sent(partial(messages.say, word=word)) == [word]


@pytest.mark.parametrize("traced", [False, True])
def test_a_run_comes_in_parts_and_says_how_long_it_is(traced: bool) -> None:
    run = played(tr.Stdout(t=1, data=bytes(range(256)) * 4096))
    *parts, end = sent(lambda fd: messages.send_run(fd, run, traced=traced))
    assert isinstance(end, RunEnd)
    assert end.traced is traced
    whole = b"".join(part for part in parts if isinstance(part, bytes))
    assert len(parts) > 3
    assert messages.transcript_of(whole[: end.transcript]) == run.transcript
    assert whole[end.transcript :] == run.pcapng
    assert len(whole) == end.transcript + end.wire


@given(st.binary(max_size=400))
def test_random_bytes_are_data_or_an_error(body: bytes) -> None:
    with contextlib.suppress(ValueError):
        assert isinstance(messages.read_reply(body), bytes | Word)
    with contextlib.suppress(ValueError):
        assert isinstance(messages.transcript_of(body), tr.Transcript)


def test_a_pickle_is_not_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for read in (messages.transcript_of, lambda body: messages.read_reply(b"w" + body)):
        with pytest.raises(ValueError):  # noqa: PT011 -- msgspec's own
            read(pickle.dumps(Trap()))
    assert list(tmp_path.iterdir()) == []


def test_a_run_without_an_end_is_refused() -> None:
    run = played()
    body = msgspec.msgpack.encode({"header": run.header, "entries": ()})
    with pytest.raises(ValueError, match="no end"):
        messages.transcript_of(body)


@given(st.lists(st.binary(max_size=60), max_size=6), st.integers(1, 17))
def test_frames_are_found_however_they_are_cut(wanted: list[bytes], size: int) -> None:
    stream = b"".join(messages.framed(body) for body in wanted)
    assert bodies(stream, size) == wanted


@given(st.binary(max_size=64))
def test_random_bytes_never_hang_the_reader(data: bytes) -> None:
    try:
        found = list(FrameReader().feed(data))
    except ValueError:
        assert len(data) >= 8
    else:
        assert len(found) <= 8


def test_an_impossible_length_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        list(FrameReader().feed(struct.pack("!Q", messages.MAX_FRAME + 1)))


def test_frames_through_a_pipe(pipe: tuple[int, int]) -> None:
    read, write = pipe
    messages.write_all(write, messages.framed(b"one") + messages.framed(b""))
    assert messages.read_frame(read) == b"one"
    assert messages.read_frame(read) == b""
    messages.write_all(write, messages.framed(b"cut short")[:-1])
    os.close(write)
    assert messages.read_frame(read) is None
    assert messages.read_frame(read) is None
