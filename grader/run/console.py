"""What a program reads from and prints on, where Linux's way of starting one is not there."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import IO, Protocol

from grader.run.bridge import Bridge


class Console(Protocol):
    """Standard input and output of one program."""

    master: int
    """Readable when it has printed; select() takes it on this system."""
    environment: dict[str, str]
    """What the program needs, so that it prints as it would to a person."""

    @property
    def given(self) -> int:
        """What subprocess gives the program as both."""

    def started(self, process: subprocess.Popen[bytes]) -> None:
        """It has them now."""

    def read(self, limit: int) -> tuple[bytes, bool]:
        """What it has printed until now; whether the end was seen."""

    def type(self, data: bytes) -> None:
        """Type on the keyboard."""

    def close(self) -> None:
        """Release what is held; the program must be dead."""


class Pipes:
    """Where there are no terminals for programs: Windows."""

    environment = {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}  # noqa: RUF012 -- read only
    """To a pipe Python holds back what it prints, and Windows' would not be UTF-8."""
    given = subprocess.PIPE

    def __init__(self) -> None:
        self._bridge = Bridge()
        self.master = self._bridge.fd
        self._stdin: IO[bytes] | None = None

    def started(self, process: subprocess.Popen[bytes]) -> None:
        """Its pipes are read from now on."""
        self._stdin = process.stdin
        if process.stdout is not None:
            self._bridge.carry(process.stdout)

    def read(self, limit: int) -> tuple[bytes, bool]:
        """What it has printed until now; whether the end was seen."""
        return self._bridge.read(limit)

    def type(self, data: bytes) -> None:
        """Type; a program that has ended reads nothing."""
        if self._stdin is not None:
            with contextlib.suppress(OSError):
                self._stdin.write(data)
                self._stdin.flush()

    def close(self) -> None:
        """Close both."""
        if self._stdin is not None:
            with contextlib.suppress(OSError):
                self._stdin.close()
        self._bridge.close()


if sys.platform != "win32":
    from grader.run.terminal import Terminal, read_available

    class Screen:
        """A pseudo-terminal, as on Linux."""

        environment = {"TERM": "dumb"}  # noqa: RUF012 -- read only

        def __init__(self) -> None:
            self._terminal = Terminal()
            self.master = self._terminal.master

        @property
        def given(self) -> int:
            """The program's side."""
            return self._terminal.slave

        def started(self, process: subprocess.Popen[bytes]) -> None:
            """The program has the only one."""
            self._terminal.hand_over()

        def read(self, limit: int) -> tuple[bytes, bool]:
            """What it has printed until now; whether the end was seen."""
            return read_available(self.master, limit)

        def type(self, data: bytes) -> None:
            """Type on the keyboard."""
            self._terminal.type(data)

        def close(self) -> None:
            """Close both ends."""
            self._terminal.close()


def of_this_system() -> Console:
    """A terminal where there are some."""
    if sys.platform == "win32":
        console: Console = Pipes()
    else:
        console = Screen()
    return console
