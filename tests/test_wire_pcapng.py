from __future__ import annotations

import struct
from pathlib import Path

import pytest
import tshark
from hypothesis import given
from hypothesis import strategies as st
from test_wire_frames import ethernet, ipv4, ipv6, raw, tcp

from grader.wire.frames import RAW_IP, Frame
from grader.wire.pcapng import write

FRAMES = [ethernet(ipv4(6, tcp(1000, 65432, 2))), raw(ipv6(6, tcp(1000, 65433, 2)))]


def test_an_empty_capture_is_a_section_that_opens(tmp_path: Path) -> None:
    file = tmp_path / "empty.pcapng"
    file.write_bytes(write([]))
    assert tshark.read(file, "frame.number") == []


def test_frames_of_two_link_types_their_times_lengths_and_comments(tmp_path: Path) -> None:
    cut = Frame(1_700_000_000_123_456_789, FRAMES[0].data[:54], 9999)
    file = tmp_path / "two.pcapng"
    file.write_bytes(
        write([cut, FRAMES[1]], [["le programme parle", "é « 2 »"], []], section_comment="run")
    )
    rows = tshark.read(
        file, "frame.time_epoch", "frame.len", "frame.cap_len", "tcp.dstport", "frame.comment"
    )
    assert rows == [
        ("1700000000.123456789", "9999", "54", "65432", "le programme parle|é « 2 »"),
        ("0.000000000", "60", "60", "65433", ""),
    ]


def test_losses_stand_in_the_statistics_of_the_interface() -> None:
    data = write([FRAMES[0]], losses=7)
    assert struct.pack("<HHQ", 5, 8, 7) in data
    assert struct.pack("<HHQ", 5, 8, 7) not in write([FRAMES[0]])


def test_a_frame_without_its_comments_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="comments"):
        write(FRAMES, [["one"]])


def blocks(data: bytes) -> list[tuple[int, bytes]]:
    """The blocks of the file, each with both its lengths checked."""
    found, at = [], 0
    while at < len(data):
        kind, length = struct.unpack_from("<II", data, at)
        assert length % 4 == 0
        assert struct.unpack_from("<I", data, at + length - 4) == (length,)
        found.append((kind, data[at + 8 : at + length - 4]))
        at += length
    return found


@given(
    st.lists(
        st.tuples(st.integers(0, 1 << 63), st.binary(max_size=50), st.lists(st.text(), max_size=3)),
        max_size=5,
    )
)
def test_any_frames_and_comments_make_whole_blocks(
    items: list[tuple[int, bytes, list[str]]],
) -> None:
    frames = [Frame(t, data, len(data), RAW_IP) for t, data, _ in items]
    found = blocks(write(frames, [comments for *_, comments in items]))
    packets = [body for kind, body in found if kind == 6]
    assert [kind for kind, _ in found] == [0x0A0D0D0A] + [1] * bool(items) + [6] * len(items)
    for body, (t, data, _) in zip(packets, items, strict=True):
        _, high, low, captured, _ = struct.unpack_from("<IIIII", body)
        assert high << 32 | low == t
        assert body[20 : 20 + captured] == data


def test_a_comment_too_long_for_the_format_is_cut_between_two_characters() -> None:
    data = write([FRAMES[0]], [["é" * 40_000]])
    assert b"\xc3\xa9" * 32767 in data
    assert b"\xc3\xa9" * 32768 not in data
    blocks(data)


def test_a_half_of_a_pair_of_surrogates_does_not_break_the_file() -> None:
    blocks(write([FRAMES[0]], [["\ud800"]]))
