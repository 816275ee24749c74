"""What compilers say: their real words, and words of students."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.judge.compilers import MESSAGE, Told, first, plain

GCC = b"""\
./serveur.c: In function 'main':
./serveur.c:12:9: warning: unused variable 'n' [-Wunused-variable]
   12 |     int n;
      |         ^
./serveur.c:14:5: error: 'ecout' undeclared (first use in this function); did you mean 'ecoute'?
./serveur.c:14:5: note: each undeclared identifier is reported only once
./serveur.c:20:1: error: expected declaration
"""
JAVAC = b"""\
./Client.java:7: error: cannot find symbol
        Sokcet s = null;
        ^
  symbol:   class Sokcet
1 error
"""
RUSTC = b"""\
warning: unused variable: `x`
 --> ./client.rs:3:9
  |
error[E0425]: cannot find value `ecout` in this scope
 --> ./client.rs:5:13
"""
LINKER = b"""\
/usr/bin/ld: /tmp/ccq0.o: in function `main':
/submission/./client.c:9: undefined reference to `envoyer'
collect2: error: ld returned 1 exit status
"""
FATAL = b"./serveur.c:1:10: fatal error: stdoi.h: No such file or directory\n"
GO = b"# command-line-arguments\n./client.go:8:2: undefined: x\n"


@pytest.mark.parametrize(
    ("output", "kind", "told"),
    [
        (GCC, "error", Told("serveur.c", 14, "'ecout' undeclared (first use in this function); "
                            "did you mean 'ecoute'?")),
        (GCC, "warning", Told("serveur.c", 12, "unused variable 'n' [-Wunused-variable]")),
        (JAVAC, "error", Told("Client.java", 7, "cannot find symbol")),
        (RUSTC, "error", Told("client.rs", 5, "cannot find value `ecout` in this scope")),
        (RUSTC, "warning", Told("client.rs", 3, "unused variable: `x`")),
        (LINKER, "error", Told("/submission/./client.c", 9, "undefined reference to `envoyer'")),
        (FATAL, "error", Told("serveur.c", 1, "stdoi.h: No such file or directory")),
        (GO, "error", Told("client.go", 8, "undefined: x")),
        (GO, "warning", None), (b"", "error", None), (b"\xff\xfe: :1: error: ", "error", None),
    ],
)  # fmt: skip
def test_first_messages(output: bytes, kind: str, told: Told | None) -> None:
    assert first(output, kind) == told


def test_a_message_is_bounded_and_shows_what_is_in_it() -> None:
    assert plain(" a\tb\x1b[31m\u202ec ") == "a�b�[31m�c"
    assert len(plain("x" * 5000)) == MESSAGE


@given(st.binary(max_size=400))
def test_any_bytes_are_read(data: bytes) -> None:
    first(data, "error")


@pytest.mark.parametrize("part", [b"a:", b"1:", b"error: ", b" --> ", b"ld: ", b"\n", b"a:1:1: "])
def test_hostile_output_takes_linear_time(part: bytes) -> None:
    """What is kept of a compiler's words, filled with one part of a message."""
    first(part * (16384 // len(part)), "warning")
