"""Framings: what is wrapped is found again, whatever stands behind it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.framing import Datagram, Framing, Line, Prefix, Rest, Size, Until

HTTP = Until(b"\r\n\r\n", header="Content-Length")


@pytest.mark.parametrize(
    ("framing", "stream", "body", "rest"),
    [
        (Line(), b"one\ntwo\n", b"one", b"two\n"),
        (Line(), b"one\r\ntwo", b"one", b"two"),
        (Line(), b"\n", b"", b""),
        (Until(b"END"), b"aENDb", b"a", b"b"),
        (Prefix(1), b"\x02abc", b"ab", b"c"),
        (Prefix(2), b"\x00\x02abc", b"ab", b"c"),
        (Prefix(4, "little"), b"\x02\x00\x00\x00abc", b"ab", b"c"),
        (Size(3), b"abcd", b"abc", b"d"),
        (Datagram(), b"abcd", b"abcd", b""),
        (HTTP, b"A\r\n\r\nB", b"A\r\n\r\n", b"B"),
        (HTTP, b"A\r\ncontent-length: 2\r\n\r\nabB", b"A\r\ncontent-length: 2\r\n\r\nab", b"B"),
        (HTTP, b"A\r\nContent-Length: two\r\n\r\nB", b"A\r\nContent-Length: two\r\n\r\n", b"B"),
    ],
)
def test_a_message_ends_where_its_framing_says(
    framing: Framing, stream: bytes, body: bytes, rest: bytes
) -> None:
    size = framing.length_in(stream)
    assert size is not None
    assert framing.body_in(stream[:size]) == body
    assert framing.is_whole(stream[:size])
    assert stream[size:] == rest


@pytest.mark.parametrize(
    ("framing", "stream"),
    [
        (Line(), b"one"), (Until(b"END"), b"aEN"), (Prefix(2), b"\x00"), (Prefix(2), b"\x00\x05ab"),
        (Size(3), b"ab"), (Rest(), b"ab"), (Datagram(), b""), (HTTP, b"A\r\nContent-Length: 1\r\n"),
        (HTTP, b"A\r\nContent-Length: 999999999999\r\n\r\nx"),
    ],
)  # fmt: skip
def test_what_is_not_whole_is_awaited(framing: Framing, stream: bytes) -> None:
    assert framing.length_in(stream) is None


def test_a_length_that_does_not_fit_is_told() -> None:
    with pytest.raises(ValueError, match="too many"):
        Prefix(1).wrapped(bytes(256))


def test_what_has_its_end_gets_no_second_one() -> None:
    assert Line().wrapped(b"a\n") == b"a\n"
    assert Until(b"\r\n\r\n").wrapped(b"GET\r\n\r\n") == b"GET\r\n\r\n"


FRAMINGS = st.sampled_from(
    [Line(), Until(b"\r\n.\r\n"), Prefix(2), Prefix(4, "little"), Prefix(1), HTTP]
)


@given(FRAMINGS, st.binary(max_size=200), st.binary(max_size=20))
def test_what_is_wrapped_is_found_again(framing: Framing, body: bytes, behind: bytes) -> None:
    if isinstance(framing, Line | Until):
        body = body.replace(b"\n", b"").replace(b"\r", b"")
    frame = framing.wrapped(body)
    assert framing.length_in(frame + behind) == len(frame)
    assert framing.body_in(frame) == (frame if framing == HTTP else body)


@given(FRAMINGS, st.binary(max_size=60))
def test_any_bytes_are_read(framing: Framing, stream: bytes) -> None:
    size = framing.length_in(stream)
    assert size is None or 0 < size <= len(stream)
    assert framing.body_in(stream) in stream


def test_a_head_without_its_end_announces_nothing() -> None:
    """LF instead of CR LF, say: it is the mark that is missing, not the body."""
    assert HTTP.announced(b"A\nContent-Length: 2\n\nab") is None
    assert HTTP.announced(b"A\r\nContent-Length: 2\r\n\r\na") == 2
