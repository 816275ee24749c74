"""Panics of Rust and Go, as their runtimes write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.judge.panics import last_panic, thread_panic
from grader.run.crash import uncaught

RUST = """\

thread 'main' (6837) panicked at serveur.rs:10:25:
index out of bounds: the len is 1 but the index is 7
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
"""
OLD_RUST = """\
thread 'main' panicked at 'called `Result::unwrap()` on an `Err` value: Os { code: 98, kind: \
AddrInUse, message: "Address already in use" }', src/main.rs:4:51
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
"""
IN_LIBRARY = """\
thread 'main' panicked at /rustc/5980/library/alloc/src/raw_vec.rs:25:9:
capacity overflow
stack backtrace:
   0: std::panicking::begin_panic_handler
             at /rustc/5980/library/std/src/panicking.rs:689:5
   1: serveur::main
             at ./src/main.rs:6:25
"""
THREAD = "\nthread '<unnamed>' (6970) panicked at t.rs:2:81:\nindex out of bounds: the len is 0\n"
GO = """\
panic: runtime error: index out of range [7] with length 1

goroutine 1 [running]:
strings.explode(...)
\t/usr/lib/go/src/strings/strings.go:20
main.answer({0xc000012345, 0x5})
\t/submission/serveur.go:21 +0x1d
main.main()
\t/submission/serveur.go:12 +0x65
"""
DEADLOCK = """\
fatal error: all goroutines are asleep - deadlock!

goroutine 1 [chan receive]:
main.main()
\t/submission/serveur.go:9 +0x28
"""
REPANIC = """\
panic: first [recovered]
\tpanic: second

goroutine 18 [running]:
main.handle.func1()
\t/submission/serveur.go:30 +0x45
panic({0x4a1b20, 0xc000014080})
\t/usr/lib/go/src/runtime/panic.go:884 +0x213
main.handle(0x0)
\t/submission/serveur.go:33 +0x65
created by main.main in goroutine 1
\t/submission/serveur.go:15 +0x91
"""


@pytest.mark.parametrize(
    ("said", "status", "kind", "part", "file", "line"),
    [
        (RUST, 101, "panic", "the index is 7", "serveur.rs", 10),
        (OLD_RUST, 101, "panic", "AddrInUse", "src/main.rs", 4),
        (IN_LIBRARY, 101, "panic", "capacity overflow", "src/main.rs", 6),
        (GO, 2, "panic", "with length 1", "/submission/serveur.go", 21),
        (DEADLOCK, 2, "fatal error", "deadlock!", "/submission/serveur.go", 9),
        (REPANIC, 2, "panic", "first", "/submission/serveur.go", 30),
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", ["", "listening\n", THREAD])
def test_a_panic_is_a_crash_with_its_line(
    said: str, status: int, kind: str, part: str, file: str, line: int, before: str
) -> None:
    written = (before + said).replace("\n", "\r\n").encode()
    assert uncaught((before + said).encode(), status)
    assert not uncaught((before + said).encode(), 0)
    found = last_panic(written)
    assert found is not None
    assert found.place is not None
    assert (found.type, found.place.file, found.place.line) == (kind, file, line)
    assert part in found.message


def test_a_thread_of_rust_ends_alone() -> None:
    assert last_panic(THREAD.encode()) is None
    assert not uncaught(THREAD.encode(), 101)
    found = thread_panic(THREAD.encode())
    assert found is not None
    assert found.place is not None
    assert (found.place.file, found.place.line) == ("t.rs", 2)
    assert thread_panic(RUST.encode()) is None


@pytest.mark.parametrize(
    "said",
    ["panic: so it says\n", "thread 'main' panicked\n", "usage: serveur PORT\n", "goroutine 1 [\n"],
)
def test_words_alone_are_none(said: str) -> None:
    assert last_panic(said.encode()) is None
    assert not uncaught(said.encode(), 2)
    assert not uncaught(said.encode(), 101)


@given(st.binary(max_size=300))
def test_whatever_comes_is_read(said: bytes) -> None:
    for written in (said, RUST.encode() + said, GO.encode()[:60] + said):
        last_panic(written)
        thread_panic(written)
        uncaught(written, 2)
