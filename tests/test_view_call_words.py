from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.transcript import SystemCall
from grader.view import call_words
from grader.view.call_words import kinds, said, segment_words

HERE = ("127.0.0.1", 65432)


def call(name: str, **given: object) -> SystemCall:
    values = {"fd": 4, "protocol": "tcp", "result": 0, "took": 1, **given}
    return SystemCall(t=0, pid=1, name=name, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "text", "result"),
    [
        (call("socket", fd=None, result=3), "socket(TCP)", "socket 3"),
        (call("socket", fd=None, protocol="udp6", result=3), "socket(UDP, IPv6)", "socket 3"),
        (call("setsockopt", argument="SO_REUSEADDR 1"), "setsockopt(SO_REUSEADDR, 1)", ""),
        (call("bind", address=("::1", 80)), "bind([::1]:80)", ""),
        (call("listen", argument="5"), "listen(5)", ""),
        (call("accept4", address=HERE, result=7), "accept()", "connection 7, from 127.0.0.1:65432"),
        (call("connect", address=HERE), "connect(127.0.0.1:65432)", "connected"),
        (call("connect", address=HERE, result=-1, error="ECONNREFUSED"),
         "connect(127.0.0.1:65432)", "ECONNREFUSED (nobody listens there)"),
        (call("recvfrom", size=1024, result=66), "recv(1024)", "66 bytes"),
        (call("read", size=1024, result=0), "recv(1024)", "0 bytes: end of stream"),
        (call("recvfrom", size=9, argument="MSG_PEEK", result=1), "recv(9, MSG_PEEK)", "1 byte"),
        (call("recvfrom", size=9, protocol="udp", address=HERE, result=0),
         "recvfrom(9)", "0 bytes, from 127.0.0.1:65432"),
        (call("sendto", size=3, result=3), "send(3 bytes)", ""),
        (call("sendto", size=200, result=39), "send(200 bytes)", "only 39 of 200 bytes"),
        (call("sendto", size=3, result=-1, error="EPIPE"),
         "send(3 bytes)", "EPIPE (the other side has closed)"),
        (call("shutdown", argument="SHUT_WR"), "shutdown(SHUT_WR)", ""),
        (call("poll", argument="3000", result=0), "select(3000 ms)", "nothing in that time"),
        (call("accept4", result=None, took=None), "accept()", "never returned"),
        (call("recvfrom", size=9, result=-1, error="EAGAIN", times=1532),
         "recv(9)", "1,532 times, EAGAIN (nothing yet)"),
        (call("recvfrom", size=9, result=-1, error="EWEIRD"), "recv(9)", "EWEIRD"),
    ],
)  # fmt: skip
def test_a_call_reads_as_it_was_written(one: SystemCall, text: str, result: str) -> None:
    words = said(one, "connection", "en")
    assert (words.call, words.result) == (text, result)


def test_what_failed_and_what_never_returned_is_bad_and_nothing_yet_is_not() -> None:
    assert said(call("recvfrom", result=None), "socket", "fr").bad
    assert said(call("recvfrom", result=-1, error="ECONNRESET"), "socket", "fr").bad
    assert not said(call("recvfrom", result=-1, error="EAGAIN"), "socket", "fr").bad
    assert not said(call("recvfrom", result=0), "socket", "fr").bad


def test_sockets_are_named_by_what_they_have_become() -> None:
    calls = [
        call("socket", fd=None, result=3), call("bind", fd=3), call("listen", fd=3),
        call("accept4", fd=3, result=4), call("recvfrom", fd=4), call("close", fd=4),
        call("sendto", fd=4), call("close", fd=3),
    ]  # fmt: skip
    assert kinds(calls) == [
        "socket", "socket", "listener", "listener", "connection", "connection", "socket",
        "listener",
    ]  # fmt: skip


def test_segments() -> None:
    assert segment_words("data", 1, 36, ("goodbye",), "fr") == "goodbye, 36 octets"
    assert segment_words("data", 1, 36, (), "en") == "36 bytes"
    assert "65433" in segment_words("refused", 65433, 0, (), "en")


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=30))
def test_nothing_invisible_is_said(name: str, argument: str, error: str) -> None:
    words = said(call(name, argument=argument, error=error), "socket", "fr")
    for text in (words.on, words.call, words.result):
        assert "\x1b" not in text
        assert "\n" not in text


def test_french_is_set_as_printers_do() -> None:
    for french, _ in call_words._TABLE.values():
        text = french.replace("~", "\u00a0")
        assert "'" not in text
        for mark in ":;!?":
            assert f" {mark}" not in text
