from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest
import tshark
from namespaces import in_network
from test_wire_frames import ethernet, ipv4, raw, tcp, udp
from wire_runs import HELLO, PROGRAM, REFERENCE, nominal, run

from grader import transcript as tr
from grader.wire.comments import Language, comments
from grader.wire.frames import ACK, RST, SYN, Frame
from grader.wire.pcapng import write
from grader.wire.synthesis import synthesize

CONNECTED = tr.Connected(t=0, local=REFERENCE, remote=PROGRAM)


def said(transcript: tr.Transcript, frames: list[Frame] | None = None) -> list[str]:
    """All comments, in order, in English."""
    frames = synthesize(transcript) if frames is None else frames
    found = comments(frames, transcript, "en")
    assert len(found) == len(frames)
    return [comment for of_frame in found for comment in of_frame]


def test_a_run_told_frame_by_frame() -> None:
    assert said(nominal()) == [
        "the reference connects",
        "the connection is accepted",
        "the program sends 7 bytes",
        "the reference sends « hello » (1/2)",
        "the reference sends « hello » (2/2)",
        "the program closes first (FIN)",
        "the reference closes (FIN)",
    ]


def test_in_french_with_french_spaces() -> None:
    found = comments(synthesize(nominal()), nominal(), "fr")
    assert ["la référence envoie «\u00a0hello\u00a0» (1/2)"] in found
    assert ["le programme ferme en premier (FIN)"] in found


def test_messages_delivered_together_are_named_together() -> None:
    sent = tr.Sent(t=1, data=b"one two", messages=("hello", "goodbye"))
    assert said(run(CONNECTED, sent))[-1] == "the reference sends « hello + goodbye » (1/1)"


def test_pieces_that_share_a_frame_and_a_piece_that_takes_two() -> None:
    transcript = run(
        CONNECTED,
        tr.Sent(t=1, data=b"abc", messages=("one",)),
        tr.Sent(t=2, data=b"defghi", messages=("two",)),
    )
    frames = [
        raw(ipv4(6, tcp(40000, 65432, SYN, 99))),
        raw(ipv4(6, tcp(40000, 65432, ACK, 100, b"abcdef"))),
        raw(ipv4(6, tcp(40000, 65432, ACK, 106, b"ghi"))),
        raw(ipv4(6, tcp(40000, 65432, ACK, 106, b"ghi"))),
    ]
    assert said(transcript, frames) == [
        "the reference connects",
        "the reference sends « one » (1/1)",
        "the reference sends « two » (1/1)",
        "« two » goes on",
        "sent once more",
    ]


def test_sequence_numbers_may_pass_their_end() -> None:
    transcript = run(CONNECTED, tr.Sent(t=1, data=HELLO, messages=("hello",)))
    last = 0xFFFF_FFFF
    frames = [
        raw(ipv4(6, tcp(40000, 65432, SYN, last - 3))),
        raw(ipv4(6, tcp(40000, 65432, ACK, last - 2, HELLO[:6]))),
        raw(ipv4(6, tcp(40000, 65432, ACK, 3, HELLO[6:]))),
    ]
    assert said(transcript, frames)[1:] == [
        "the reference sends « hello » (1/1)",
        "« hello » goes on",
    ]


def test_a_half_close_a_reset_and_a_single_byte() -> None:
    half = run(
        CONNECTED,
        tr.Closed(t=1, how="half-close"),
        tr.Received(t=2, data=b"x"),
        tr.ConnectionReset(t=3),
    )
    assert said(half)[2:] == [
        "the reference has no more to send, and goes on reading (FIN)",
        "the program sends 1 byte",
        "the program breaks the connection off (RST)",
    ]


def test_where_nothing_listens() -> None:
    frames = [
        ethernet(ipv4(6, tcp(5000, 65432, SYN, 1))),
        ethernet(ipv4(6, tcp(65432, 5000, RST | ACK))),
        ethernet(ipv4(17, udp(5000, 65432, b"hello"))),
        ethernet(ipv4(1, b"\x03\x03" + bytes(6) + ipv4(17, udp(5000, 65432, b"hello")))),
        ethernet(ipv4(1, b"")),
    ]
    assert said(run(), frames) == [
        "connection refused: nothing listens on 65432",
        "a UDP datagram for port 65432: not a TCP connection",
        "nothing is bound to UDP port 65432",
    ]


def test_another_connection_of_the_program_is_left_alone() -> None:
    frames = [raw(ipv4(6, tcp(1, 2, ACK, 1, b"x")))]
    assert said(run(CONNECTED), frames) == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_wireshark_shows_the_comments_flags_and_payloads(
    language: Language, tmp_path: Path
) -> None:
    transcript = nominal()
    frames = synthesize(transcript)
    found = comments(frames, transcript, language)
    file = tmp_path / "run.pcapng"
    file.write_bytes(write(frames, found))
    rows = tshark.read(file, "frame.comment", "tcp.flags.push", "tcp.payload")
    assert [comment for comment, *_ in rows] == ["|".join(texts) for texts in found]
    assert [payload for *_, payload in rows if payload] == [
        b"welcome".hex(),
        HELLO[:9].hex(),
        HELLO[9:].hex(),
    ]


def _captured() -> None:
    from grader.run.capture import Capture

    with Capture() as capture, socket.create_server(("127.0.0.1", 65432)) as listener:
        reference = socket.create_connection(("127.0.0.1", 65432))
        program, _ = listener.accept()
        local = reference.getsockname()
        program.sendall(b"welcome")
        reference.recv(100)
        reference.sendall(HELLO)
        program.recv(100)
        program.close()
        reference.recv(100)
        reference.close()
        transcript = run(
            tr.Connected(t=0, local=local, remote=("127.0.0.1", 65432)),
            tr.Received(t=1, data=b"welcome"),
            tr.Sent(t=2, data=HELLO, messages=("hello",)),
            tr.EndOfStream(t=3),
            tr.Closed(t=4, how="close"),
        )
        assert said(transcript, capture.drain()) == [
            "the reference connects",
            "the connection is accepted",
            "the program sends 7 bytes",
            "the reference sends « hello » (1/1)",
            "the program closes first (FIN)",
            "the reference closes (FIN)",
        ]


@pytest.mark.skipif(sys.platform != "linux", reason="AF_PACKET is Linux's")
def test_a_real_capture_is_told_in_the_same_words() -> None:
    in_network(_captured)
