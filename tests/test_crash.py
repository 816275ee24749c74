"""How a program ended, read from what CPython prints about it."""

from __future__ import annotations

import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.run.crash import frames_of_dump, uncaught
from grader.transcript import Frame


class ErreurÉtrange(Exception):  # noqa: N818 -- as a French student would say it
    """A name that is no ASCII."""


def printed(error: BaseException) -> bytes:
    try:
        raise error
    except BaseException as caught:
        return "".join(traceback.format_exception(caught)).encode()


def with_note() -> Exception:
    error = ValueError("x")
    error.add_note("a note about it")
    return error


@pytest.mark.parametrize(
    "error",
    [
        ZeroDivisionError("division by zero"),
        ValueError(),
        ValueError("several\n\nlines"),
        ErreurÉtrange("x"),
        ExceptionGroup("g", [ValueError(1)]),
        with_note(),
        SyntaxError("invalid syntax", ("serveur.py", 3, 1, "print('", 3, 2)),
    ],
    ids=lambda error: type(error).__name__,
)
@pytest.mark.parametrize("before", [b"", b"hello\n", printed(KeyError("handled"))])
def test_tracebacks_are_crashes(error: Exception, before: bytes) -> None:
    said = before + printed(error)
    assert uncaught(said, 1)
    assert uncaught(said.replace(b"\n", b"\r\n"), 1)
    # Printed by the program itself, which then chose its status.
    assert not uncaught(said, 0)
    assert not uncaught(said, 2)
    assert not uncaught(said, None)


def test_a_chain_of_exceptions_is_a_crash() -> None:
    second = OSError("second")
    second.__cause__ = KeyError("first")
    assert b"direct cause" in printed(second)
    assert uncaught(printed(second), 1)


@pytest.mark.parametrize(
    "said", [b"", b"no server there\n", b"Error: give a port\n", b"  File missing\n"]
)
def test_exit_1_is_no_crash(said: bytes) -> None:
    assert not uncaught(said, 1)


@pytest.mark.parametrize(
    "source", [b"print('\xe9')\n", b"\xff\xfe", b"# coding: nope\n", b"x = (\n", b"  x\n y\n"]
)
def test_what_cpython_says_of_a_file_that_is_no_program(tmp_path: Path, source: bytes) -> None:
    program = tmp_path / "p.py"
    program.write_bytes(source)
    done = subprocess.run([sys.executable, "-I", str(program)], capture_output=True, check=False)
    assert uncaught(done.stderr, done.returncode), done.stderr


@given(st.binary(max_size=300), st.none() | st.integers(0, 255))
def test_any_bytes_are_read(said: bytes, status: int | None) -> None:
    uncaught(said, status)
    frames_of_dump(said, "/submission")


DUMP = b"""\
noise of the program
Fatal Python error: Aborted

Thread 0x00007f0000000001 (most recent call first):
  File "/submission/outils/fil.py", line 4 in travailler
  File "/usr/lib/python3.11/threading.py", line 982 in run

Current thread 0x00007f0000000002 (most recent call first):
  File "/usr/lib/python3.11/socket.py", line 706 in readinto
  File "serveur.py", line 14 in lire
  File "/submission/serveur.py", line 20 in <module>
"""


def test_frames_of_the_current_thread_inside_the_submission() -> None:
    assert frames_of_dump(DUMP, "/submission") == (
        Frame(file="serveur.py", line=14, function="lire"),
        Frame(file="serveur.py", line=20, function="<module>"),
    )
    assert frames_of_dump(DUMP, "/submission/") == frames_of_dump(DUMP, "/submission")


def test_frames_of_another_thread_where_the_current_one_has_none() -> None:
    dump = DUMP.replace(b'"serveur.py"', b'"/usr/lib/a.py"').replace(
        b'"/submission/serveur.py"', b'"/submission2/b.py"'
    )
    assert frames_of_dump(dump, "/submission") == (
        Frame(file="outils/fil.py", line=4, function="travailler"),
    )


def test_no_dump_no_frames() -> None:
    assert frames_of_dump(b"", "/submission") == ()
    assert frames_of_dump(b"Aborted (core dumped)\n", "/submission") == ()


@pytest.mark.parametrize("digits", [10, 30, 5000])
def test_a_forged_dump_has_no_line_that_nothing_can_hold(digits: int) -> None:
    # int() refuses 5,000 digits, MessagePack more than 64 bits: either would end the worker.
    forged = DUMP.replace(b"line 14", b"line " + b"9" * digits)
    assert [frame.line for frame in frames_of_dump(forged, "/submission")] == [20]


def test_what_a_real_interpreter_dumps(tmp_path: Path) -> None:
    program = tmp_path / "prog.py"
    program.write_text("import os\ndef here():\n    os.abort()\nhere()\n")
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "prog.py"],
        cwd=tmp_path, capture_output=True, check=False,
    )  # fmt: skip
    assert frames_of_dump(done.stderr, str(tmp_path)) == (
        Frame(file="prog.py", line=3, function="here"),
        Frame(file="prog.py", line=4, function="<module>"),
    )


def test_a_prompt_before_the_traceback_hides_it_not() -> None:
    traceback = b'Traceback (most recent call last):\n  File "a.py", line 1\nValueError: x\n'
    assert uncaught(b"Press Enter " + traceback, 1)
