from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from grader.judge.traceback import last_traceback

CHAINED = """Traceback (most recent call last):
  File "/submission/a.py", line 3, in f
    x = {}["k"]
        ~~^^^^^
KeyError: 'k'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/submission/a.py", line 9, in <module>
    f()
  File "/submission/lib/b.py", line 5, in f
    s.send("x")
  File "/opt/python/lib/python3.12/socket.py", line 700, in send
    return self._sock.send(data)
TypeError: a bytes-like object is required, not 'str'
"""


def test_the_last_of_a_chain_at_the_submissions_last_frame() -> None:
    trace = last_traceback(b"noise\r\n" + CHAINED.replace("\n", "\r\n").encode())
    assert trace is not None
    assert trace.place is not None
    assert (trace.type, trace.place.file, trace.place.line) == (
        "TypeError",
        "/submission/lib/b.py",
        5,
    )
    assert trace.at_call("send", "sendall")
    assert not trace.at_call("recv")


def test_dotted_names_and_no_message() -> None:
    trace = last_traceback(
        b"Traceback (most recent call last):\n"
        b'  File "a.py", line 1, in <module>\n    x\nsocket.gaierror\n'
    )
    assert trace is not None
    assert (trace.type, trace.message) == ("gaierror", "")


def test_syntax_errors_have_no_heading() -> None:
    trace = last_traceback(
        b"  File \"a.py\", line 2\n    if x\n        ^\nSyntaxError: expected ':'\n"
    )
    assert trace is not None
    assert trace.is_syntax
    assert trace.place is not None
    assert trace.place.line == 2


def test_a_warning_is_no_traceback() -> None:
    assert last_traceback(b'  File "a.py", line 2\n    x\nDeprecationWarning: old\n') is None


@given(st.binary(max_size=400))
def test_never_fails(noise: bytes) -> None:
    head = CHAINED.encode()
    last_traceback(noise)
    last_traceback(head[: len(noise)] + noise + head[len(noise) :])
