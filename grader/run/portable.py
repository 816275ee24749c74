"""A program under test where there is no /proc and no process descriptor: macOS, Windows.

What is waited for must be a socket there, so threads carry what it writes into sockets, and
one more waits for its end and says so by closing one.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

from grader import transcript as tr
from grader.lab.model import Limits
from grader.run import console, workfolders
from grader.run.bridge import Bridge
from grader.run.errors import HostError
from grader.run.family import MARK, Family
from grader.run.interpreter import Interpreter, command_of
from grader.run.leftfiles import left
from grader.run.signals import end_later
from grader.run.started import NOTHING_GIVEN, Given, WaitStatus, signal_name
from grader.run.strikes import MOST_FILES
from grader.run.usage import Disk, Usage
from grader.submission import SourceFile
from reference.socketfile import Places

_LIMITED = 'ulimit -t "$1" && ulimit -n "$2" && ulimit -c 0; shift 2; exec "$@"'
"""Limits as every sh sets them: seconds of CPU, open files, no core."""
_EXCEPTION = 1 << 30
"""Windows: an exit status from here on names an exception that ended it (NTSTATUS)."""


class PortableProgram:
    """One started program, `grader.run.started.Started`; it is executed by `release`."""

    def __init__(
        self,
        interpreter: Interpreter,
        files: Sequence[SourceFile],
        program: str,
        limits: Limits,
        terminal: console.Console | None = None,
        given: Given = NOTHING_GIVEN,
    ) -> None:
        self._work = workfolders.make()
        for file in files:
            target = self._work / file.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(file.data)
        self.folder = str(self._work)
        self._place = self._work / program
        self._command = [*command_of(interpreter, self._place.name), *given.args]
        self._environment = dict(given.env)
        self._limits = limits
        self.terminal = terminal or console.of_this_system()
        self._errors, self._bell = Bridge(), Bridge()
        self.stderr, self.pidfd = self._errors.fd, self._bell.fd
        self.status: WaitStatus | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._waiter: threading.Thread | None = None
        self._family: Family | None = None
        self._disk, self._next_disk = Disk(bounded=False), 0.0
        self._closed = False

    def release(self) -> None:
        """Execute it: there is no gate, nothing has run before.

        Raises:
            HostError: it cannot be started.
        """
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **self.terminal.environment}
        mark = secrets.token_hex(16)
        environment |= {**self._environment, MARK: mark}
        # Ctrl-C is for us, who then end it.
        apart: dict[str, Any]
        if sys.platform == "win32":
            apart = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
            command = self._command
        else:
            apart = {"start_new_session": True}
            numbers = [str(int(self._limits.cpu) + 2), str(self._limits.open_files)]
            command = ["/bin/sh", "-c", _LIMITED, "sh", *numbers, *self._command]
        given = self.terminal.given
        # Who is interrupted in between would leave a program that nobody knows.
        with end_later():
            try:
                process = self._process = subprocess.Popen(
                    command, stdin=given, stdout=given, stderr=subprocess.PIPE,
                    cwd=self._place.parent, env=environment, **apart,
                )  # fmt: skip
            except OSError as error:
                raise HostError(f"{command[0]} could not be started: {error}") from error
            self.terminal.started(process)
            if process.stderr is not None:
                self._errors.carry(process.stderr)
            self._family = Family(process.pid, mark)
            self._waiter = threading.Thread(target=self._wait, args=(process,), daemon=True)
            self._waiter.start()

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        self._bell.end()

    def read(self, fd: int, limit: int) -> tuple[bytes, bool]:
        """What can be read now from one of its two streams; whether the end was seen."""
        return self._errors.read(limit) if fd == self.stderr else self.terminal.read(limit)

    def ended(self) -> bool:
        """Whether the program itself (not what it left behind) has ended; sets `status`."""
        process = self._process
        if self.status is None and process is not None and self._has_rung():
            self.status = status_of(process.returncode)
        return self.status is not None

    def _has_rung(self) -> bool:
        return bool(select.select([self.pidfd], [], [], 0)[0])

    def usage(self) -> Usage:
        """What it and all that it started have used, as far as the system tells."""
        return self._family.usage() if self._family is not None else Usage(0, 0, 0)

    def listeners(self) -> list[tr.Listener]:
        """Where it and all that it started listen, as far as the system tells."""
        return self._family.listeners() if self._family is not None else []

    def disk(self, *, afresh: bool = False) -> Disk:
        """What lies in its folder; looking has at most a tenth of the time, if not `afresh`."""
        before = time.monotonic()
        if afresh or before >= self._next_disk:
            self._disk = workfolders.used(self._work, MOST_FILES)
            self._next_disk = before + (time.monotonic() - before) * 10
        return self._disk

    def left_file(self, inside: str, name: str) -> tr.LeftFile:
        """What it has left in a file."""
        return left(str(self._work), inside, name)

    def places(self, inside: str) -> Places:
        """Where its Unix-domain sockets lie; it stands in the folder `inside` of the submission."""
        return Places(str(self._work / inside))

    def ran_out_of_memory(self) -> bool:
        """Nobody tells."""
        return False

    def abort(self, *, surely: bool = False) -> None:
        """SIGABRT, upon which Python prints where it stands; Windows has nothing like it."""
        if self._process is None:
            return
        with contextlib.suppress(OSError):
            if sys.platform == "win32" or surely:
                self._process.kill()
            else:
                self._process.send_signal(signal.SIGABRT)

    def kill(self) -> None:
        """End it and all that it started."""
        process = self._process
        if process is None:
            self._errors.end()
            return
        if self._family is not None:
            # While it lives it tells who is its child.
            self._family.kill_others()
        with contextlib.suppress(OSError):
            process.kill()
        if self._family is not None:
            self._family.kill_others()
        if sys.platform != "win32":
            # Its session's other processes, those that nobody saw being born too.
            with contextlib.suppress(OSError):
                os.killpg(process.pid, signal.SIGKILL)
        if self._waiter is not None:
            self._waiter.join()

    def close(self) -> None:
        """The same, and release descriptors and the work folder."""
        if self._closed:
            return
        self._closed = True
        self.kill()
        self.terminal.close()
        self._errors.close()
        self._bell.end()
        self._bell.close()
        workfolders.remove(self._work)


def status_of(code: int) -> WaitStatus:
    """How a process ended, from what subprocess says of it."""
    if code < 0:
        return WaitStatus(None, signal_name(-code))
    if code >= _EXCEPTION:
        return WaitStatus(None, f"0x{code:08X}")
    return WaitStatus(code, None)
