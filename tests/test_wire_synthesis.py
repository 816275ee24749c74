from __future__ import annotations

from pathlib import Path

import pytest
import tshark
from hypothesis import given
from hypothesis import strategies as st
from wire_runs import HELLO, PROGRAM, REFERENCE, nominal, run

from grader import transcript as tr
from grader.wire.frames import ACK, FIN, PSH, RAW_IP, RST, SYN, parse
from grader.wire.pcapng import write
from grader.wire.synthesis import checksum, synthesize

CONNECTED = tr.Connected(t=0, local=REFERENCE, remote=PROGRAM)


def said(transcript: tr.Transcript) -> list[tuple[str, int, bytes]]:
    """Who says what, pure acknowledgements left out."""
    segments = [s for s in map(parse, synthesize(transcript)) if s is not None]
    return [
        ("reference" if s.source == REFERENCE else "program", s.flags, s.payload)
        for s in segments
        if s.flags != ACK
    ]


def test_the_conversation_of_a_server_s_run() -> None:
    assert said(nominal()) == [
        ("reference", SYN, b""),
        ("program", SYN | ACK, b""),
        ("program", PSH | ACK, b"welcome"),
        ("reference", PSH | ACK, HELLO[:9]),
        ("reference", PSH | ACK, HELLO[9:]),
        ("program", FIN | ACK, b""),
        ("reference", FIN | ACK, b""),
    ]


def test_a_client_s_run_begins_with_the_program_s_syn() -> None:
    assert said(run(CONNECTED, role="client"))[:2] == [
        ("program", SYN, b""),
        ("reference", SYN | ACK, b""),
    ]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([tr.ConnectionReset(t=1)], [("program", RST | ACK, b"")]),
        ([tr.Closed(t=1, how="reset"), tr.EndOfStream(t=2)], [("reference", RST | ACK, b"")]),
        (
            [
                tr.Closed(t=1, how="half-close"),
                tr.Received(t=2, data=b"x"),
                tr.Closed(t=3, how="close"),
            ],
            [("reference", FIN | ACK, b""), ("program", PSH | ACK, b"x")],
        ),
    ],
)
def test_endings(entries: list[tr.AnyEntry], expected: list[tuple[str, int, bytes]]) -> None:
    assert said(run(CONNECTED, *entries))[2:] == expected


def test_without_a_connection_there_is_nothing_to_show() -> None:
    assert synthesize(run(tr.Refused(t=1, reason="refused"))) == []


def test_a_second_connection_is_a_second_conversation() -> None:
    again = tr.Connected(t=9, local=("127.0.0.1", 40001), remote=PROGRAM)
    syns = [s for s in map(parse, synthesize(run(CONNECTED, again))) if s and s.flags == SYN]
    assert [s.sport for s in syns] == [40000, 40001]


def test_moments_are_those_of_the_record() -> None:
    frames = synthesize(nominal())
    assert frames[0].t == 1767323045_500_001_000
    assert synthesize(run(CONNECTED, started="some day"))[0].t == 0


def test_tshark_finds_right_checksums_and_follows_the_stream(tmp_path: Path) -> None:
    file = tmp_path / "run.pcapng"
    file.write_bytes(write(synthesize(nominal())))
    rows = tshark.read(file, "ip.checksum.status", "tcp.checksum.status", "tcp.analysis.flags")
    assert len(rows) == 3 + 2 * 3 + 2 + 2
    assert set(rows) == {("1", "1", "")}
    stream = tshark.run(file, "-q", "-z", "follow,tcp,raw,0")
    assert b"welcome".hex() in stream
    assert HELLO[:9].hex() in stream


def test_a_long_message_takes_several_packets(tmp_path: Path) -> None:
    message = bytes(range(256)) * 600
    transcript = run(CONNECTED, tr.Sent(t=1, data=message, messages=("long",)))
    file = tmp_path / "long.pcapng"
    file.write_bytes(write(synthesize(transcript)))
    rows = tshark.read(file, "tcp.len", "tcp.checksum.status", "tcp.analysis.lost_segment")
    assert sum(int(length) for length, *_ in rows) == len(message)
    assert {status for _, status, _ in rows} == {"1"}


def test_ipv6_addresses_make_ipv6_packets(tmp_path: Path) -> None:
    connected = tr.Connected(t=0, local=("::1", 40000), remote=("::1", 65432))
    frames = synthesize(run(connected, tr.Received(t=1, data=b"abc")))
    assert {frame.linktype for frame in frames} == {RAW_IP}
    file = tmp_path / "six.pcapng"
    file.write_bytes(write(frames))
    rows = tshark.read(file, "ipv6.src", "tcp.checksum.status")
    assert set(rows) == {("::1", "1")}


def test_a_mapped_address_is_ipv4() -> None:
    connected = tr.Connected(t=0, local=REFERENCE, remote=("::ffff:127.0.0.1", 65432))
    segments = [parse(frame) for frame in synthesize(run(connected))]
    assert [s.dst for s in segments if s] == ["127.0.0.1"] * 3


@given(st.binary(max_size=64))
def test_the_checksum_makes_the_sum_of_all_words_minus_zero(data: bytes) -> None:
    padded = data + bytes(len(data) % 2)
    words = [int.from_bytes(padded[i : i + 2], "big") for i in range(0, len(padded), 2)]
    total = sum(words) + checksum(data)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    assert total == 0xFFFF
