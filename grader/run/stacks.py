"""At which line a living Python program stands, read from outside, without a word to it.

py-spy reads the interpreter's frames from the program's memory (process_vm_readv). It is asked
only about a program that is proved stuck, whose frames do not change while it reads. An end by
SIGABRT tells the same (`grader.run.crash`), but it ends the program, and what is stuck in one
step of an exchange may still do well in the next.

Not everything has such frames to read: another language, yama's ptrace_scope=1 in isolation
`none`, a machine without py-spy. Then there is no line; nothing else changes.
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import subprocess
import sys
import time
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

import msgspec

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader import transcript as tr
from grader.run import crash, proc

_PATIENCE_S = 2.0
_MOST_BYTES = 1 << 20
_MEMORY = 256 << 20
"""What py-spy may take and say: it reads the memory of hostile programs."""
_SOUGHT = ("connection", "listener", "keyboard")
"""Of several threads the one that waits for the exchange tells more than one that joins it."""


class _Frame(msgspec.Struct):
    name: str
    filename: str
    line: int


class _Thread(msgspec.Struct):
    os_thread_id: int | None
    frames: list[_Frame]


_decoder = msgspec.json.Decoder(list[_Thread])


def find() -> Path | None:
    """The py-spy that was installed with us; None where there is none."""
    with contextlib.suppress(metadata.PackageNotFoundError):
        installed = metadata.distribution("py-spy")
        for file in installed.files or ():
            if file.name == "py-spy":
                path = Path(str(installed.locate_file(file))).resolve()
                return path if path.is_file() else None
    return None


class Stacks:
    """Asks py-spy; its file is opened once, for a worker that may not reach it later."""

    def __init__(self, path: Path | None) -> None:
        self._fd = -1
        if path is not None:
            with contextlib.suppress(OSError):
                self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def frames(self, calls: Iterable[tr.Call], folder: str) -> tuple[tr.Frame, ...]:
        """The submission's frames, innermost first, of the thread that matters most.

        `calls` are of all threads of the program, which must be standing still; `folder` is
        where the submission lies for it. Empty where nothing can be read.
        """
        for call in sorted(calls, key=_rank):
            threads = self._threads_of(call.pid)
            inside = proc.inner_id(call.pid, call.tid)
            for thread in sorted(threads, key=lambda t: t.os_thread_id != inside):
                found = crash.inside(((f.filename, f.line, f.name) for f in thread.frames), folder)
                if found:
                    return found
            if threads:
                break
        return ()

    def _threads_of(self, pid: int) -> list[_Thread]:
        if self._fd < 0:
            return []
        command = ["py-spy", "dump", "--nonblocking", "--json", "--pid", str(pid)]
        try:
            process = subprocess.Popen(
                command, executable=f"/proc/self/fd/{self._fd}", pass_fds=(self._fd,), env={},
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            )  # fmt: skip
        except OSError:
            return []
        with process:
            try:
                resource.prlimit(process.pid, resource.RLIMIT_AS, (_MEMORY, _MEMORY))
                said = _said_by(process)
            finally:
                process.kill()
        try:
            return _decoder.decode(said)
        except msgspec.MsgspecError:
            return []

    def close(self) -> None:
        """Close py-spy's file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def _rank(call: tr.Call) -> int:
    return _SOUGHT.index(call.target) if call.target in _SOUGHT else len(_SOUGHT)


def _said_by(process: subprocess.Popen[bytes]) -> bytes:
    """All that it prints; nothing of use if it prints too much or takes too long."""
    assert process.stdout is not None  # noqa: S101 -- a pipe was asked for
    fd, said = process.stdout.fileno(), b""
    deadline = time.monotonic() + _PATIENCE_S
    while len(said) <= _MOST_BYTES and (left := deadline - time.monotonic()) > 0:
        if select.select([fd], [], [], left)[0]:
            chunk = os.read(fd, 1 << 16)
            if not chunk:
                return said
            said += chunk
    return b""
