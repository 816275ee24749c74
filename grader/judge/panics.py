"""What Rust and Go write when a program panics, read as data.

Rust names the place in the first line (`panicked at src/main.rs:4:5:`), until 1.72 behind the
message; Go writes the stack of the goroutine, its own functions first. A panic of a thread of
Rust ends that thread; one of a goroutine ends the program.
"""

from __future__ import annotations

import re

from grader.judge.traceback import LOOKED_AT, Place, Traceback

PANIC = "panic"
_RUST = re.compile(
    r"^thread '(?P<thread>[^'\n]{0,200})'(?: \(\d{1,10}\))? panicked at "
    r"(?:'(?P<old>[^\n]{0,500})', )?(?P<file>[^\n:']{1,400}):(?P<line>\d{1,7}):\d{1,7}:?$",
    re.MULTILINE,
)
_RUST_FRAME = re.compile(r"^ {13}at (?P<file>\./[^\n:]{1,400}):(?P<line>\d{1,7}):\d{1,7}$", re.M)
_RUST_OWN = ("/rustc/", "/.cargo/registry/", "/rustlib/")
_GO_HEAD = re.compile(r"^(?P<type>panic|fatal error): (?P<message>[^\n]{0,500})$", re.MULTILINE)
_NEAR = 4096
"""Characters between what went wrong and the stack."""
_GO_STACK = re.compile(r"^goroutine \d{1,9} [^\n\[]{0,80}\[", re.MULTILINE)
_GO_FRAME = re.compile(
    r"^main\.[^\n]{1,300}\n\t(?P<file>[^\n]{1,400}\.go):(?P<line>\d{1,7})(?: \+0x[0-9a-f]+)?$",
    re.MULTILINE,
)


def last_panic(stderr: bytes) -> Traceback | None:
    """The panic that ended the program, or None."""
    text = _text(stderr)
    return _rust(text, main=True) or _go(text)


def thread_panic(stderr: bytes) -> Traceback | None:
    """The panic that ended a thread of Rust, and not the program."""
    return _rust(_text(stderr), main=False)


def _text(stderr: bytes) -> str:
    return stderr[-LOOKED_AT:].decode("utf-8", "replace").replace("\r\n", "\n")


def _rust(text: str, *, main: bool) -> Traceback | None:
    found = [m for m in _RUST.finditer(text) if (m["thread"] == "main") is main]
    if not found:
        return None
    head = found[-1]
    following = text[head.end() + 1 :]
    message = following.partition("\n")[0][:500] if head["old"] is None else head["old"]
    at: re.Match[str] | None = head
    if any(own in head["file"] for own in _RUST_OWN):
        # Of this thread only: the frames of another come behind its own first line.
        part = following[: other.start()] if (other := _RUST.search(following)) else following
        at = _RUST_FRAME.search(part)
    return Traceback(PANIC, message, _place(at), foreign=True)


def _go(text: str) -> Traceback | None:
    for stack in _GO_STACK.finditer(text):
        before = max(0, stack.start() - _NEAR)
        heads = list(_GO_HEAD.finditer(text, before, stack.start()))
        if heads:
            return _of_goroutine(heads[-1], text[stack.end() :])
    return None


def _of_goroutine(head: re.Match[str], stack: str) -> Traceback:
    # The first goroutine is the one that panicked; a blank line ends it.
    part = stack.partition("\n\n")[0]
    kind = PANIC if head["type"] == PANIC else "fatal error"
    return Traceback(kind, head["message"], _place(_GO_FRAME.search(part)), foreign=True)


def _place(found: re.Match[str] | None) -> Place | None:
    if found is None:
        return None
    return Place(found["file"].removeprefix("./"), int(found["line"]), "")
