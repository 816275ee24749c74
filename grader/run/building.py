"""Builds a program in the sandbox, with limits of its own: compilers are attacked, too.

A build sees what a run sees: the system, and the submission's copy. What it leaves comes out
through a pipe, is bounded and checked, and is given to the runs as files that they can only
read and execute. No Makefile is run.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from importlib import resources

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.lab.languages import Language
from grader.lab.model import Limits
from grader.run import proc, strikes
from grader.run.built import (
    MOST_BYTES,
    MOST_FILES,
    NOT_STARTED,
    Artifact,
    Built,
    TooManyFilesError,
    read_artifacts,
)
from grader.run.errors import HostError
from grader.run.interpreter import Interpreter
from grader.run.program import LAUNCH_FD, Launch, Program
from grader.run.stopwatch import Stopwatch
from grader.run.tally import Tally
from grader.run.terminal import read_available

LIMITS = Limits(
    wall=40.0, promised=40.0, cpu=20.0, memory=1 << 30, processes=64,
    file_size=64 << 20, work_size=256 << 20, output=64 << 10, open_files=256,
)  # fmt: skip
"""Of a build, but for what its language says. A Java compiler takes 2 s of CPU on a slow machine.
`wall` is time that it has had: see `grader.run.stopwatch`."""
KEPT_OUTPUT = 16 << 10
"""Bytes of what a compiler says that are kept: its first error is what matters."""
_INSIDE = resources.files("grader.run").joinpath("inside.py").read_text("utf-8")
_CRASHPOINT = resources.files("grader.run").joinpath("crashpoint.c").read_text("utf-8")
"""Read now: a worker that has stopped being root may not be able to."""
_OUT = "/tmp/built"  # noqa: S108 -- the sandbox's own
_PAUSE_S = 0.02
_CHUNK = 1 << 16
_BY_SIGNAL: dict[int, str] = {signal.SIGXCPU: "cpu", signal.SIGXFSZ: "file_size"}
_COUNTS = MOST_BYTES + MOST_FILES * 4096

Start = Callable[[Launch, Limits], Program]


def limits_of(language: Language) -> Limits:
    """Those of its builds."""
    cpu = language.build_cpu
    return replace(LIMITS, cpu=cpu, wall=2 * cpu, promised=2 * cpu)


def build(
    language: Language,
    command: tuple[str, ...],
    folders: tuple[str, ...],
    interpreter: Interpreter,
    start: Start,
    out: str = _OUT,
    limits: Limits = LIMITS,
) -> Built:
    """Build a program; `out` is a folder that does not exist, for what the compiler makes.

    Raises:
        HostError: the sandbox could not be made.
    """
    words = [word.replace("{built}", out) for word in command]
    order = json.dumps(
        {
            "command": [word.replace("{python}", interpreter.executable) for word in words],
            "out": out,
            "environment": dict(language.environment or {}),
            "fd": LAUNCH_FD,
            "said": KEPT_OUTPUT,
            "stdin": _CRASHPOINT if language.crashpoint else "",
        },
        ensure_ascii=False,  # an argument of a program has a bound, and escapes are long
    )
    read, write = os.pipe()
    try:
        launch = Launch(
            language=language,
            command=(interpreter.executable, "-I", "-S", "-c", _INSIDE, order),
            folders=folders,
            fd=write,
            exact=True,
        )
        program = start(launch, limits)
    except BaseException:
        os.close(read)
        raise
    finally:
        os.close(write)
    os.set_blocking(read, False)
    try:
        return _Build(program, read, command, limits).run()
    finally:
        program.close()
        os.close(read)


class _Build:
    def __init__(self, program: Program, fd: int, command: tuple[str, ...], limits: Limits) -> None:
        self._program, self._fd, self._command = program, fd, command
        self._limits = limits
        self._data, self._said = bytearray(), bytearray()
        self._watch, self._tally = strikes.Watch(limits), Tally(program)
        self._cpu = 0
        """What it has used in all, ns, once it has ended."""
        self._open = {fd, program.stderr, program.terminal.master}
        self._clock = Stopwatch(
            time.monotonic_ns, lambda: proc.run_delays(self._program.processes())
        )

    def run(self) -> Built:
        self._program.release()
        struck = None
        while struck is None and not self._program.ended():
            watched = [*self._open, self._program.pidfd]
            select.select(watched, [], [], _PAUSE_S)
            self._read()
            struck = self._struck()
        if struck is not None:
            return self._built(1, limit=struck.limit, value=struck.value)
        self._cpu = self._tally.usage().cpu
        self._program.kill()  # or what it has left behind may write on and on
        while self._read():
            pass
        return self._ended()

    def _read(self) -> bool:
        """Take what is there, whether there was any; more than may be kept is thrown away."""
        news = False
        for fd in list(self._open):
            data, ended = read_available(fd, _CHUNK)
            if ended:
                self._open.discard(fd)
            news = news or bool(data)
            if fd == self._fd:
                self._data += data[: max(0, _COUNTS + 1 - len(self._data))]
            elif fd == self._program.stderr:
                self._said += data[: max(0, KEPT_OUTPUT - len(self._said))]
        return news

    def _struck(self) -> strikes.Struck | None:
        if self._clock.had() > self._limits.wall * 1e9:
            return strikes.struck("wall", self._limits)
        if len(self._data) > _COUNTS:
            return strikes.Struck("file_size", f"{MOST_BYTES >> 20} MB")
        return self._watch.look(self._tally.usage(), self._program.disk, self._tally.resident)

    def _ended(self) -> Built:
        told = self._program.status
        if told is None or told.status != 0:
            if told is not None and told.signal == "SIGKILL":
                return self._killed()
            # What we start inside does not fail; whoever makes it fail has no program.
            return self._failed(1)
        try:
            status, artifacts = read_artifacts(bytes(self._data))
        except TooManyFilesError:
            return self._built(1, limit="artifacts", value=str(MOST_FILES))
        except ValueError:
            return self._built(1)
        if status == NOT_STARTED:
            raise HostError(self._said.decode("utf-8", "replace").strip() or "no compiler")
        if status == -signal.SIGKILL:
            return self._killed()
        if status:
            return self._failed(status)
        # A compiler that is content and leaves nothing has built no program.
        return self._built(int(not artifacts), made=artifacts)

    def _killed(self) -> Built:
        """SIGKILL: by the kernel, which sends SIGXCPU before it for the CPU; or by nobody's leave.

        Raises:
            HostError: no limit of the build is behind it: the machine's memory, or its people.
        """
        if self._cpu >= self._limits.cpu * 1e9:
            return self._met("cpu")
        if self._program.ran_out_of_memory():
            return self._met("memory")
        raise HostError("the compiler was killed, by no limit of its own")

    def _failed(self, status: int) -> Built:
        if self._program.ran_out_of_memory():
            return self._met("memory")  # the kernel may have killed what the compiler starts
        limit = _BY_SIGNAL.get(-status)
        return self._met(limit) if limit else self._built(max(status, 1))

    def _met(self, limit: str) -> Built:
        struck = strikes.struck(limit, self._limits)
        return self._built(1, limit=struck.limit, value=struck.value)

    def _built(
        self, status: int, limit: str = "", value: str = "", made: tuple[Artifact, ...] = ()
    ) -> Built:
        return Built(
            command=self._command, status=status, output=bytes(self._said),
            took=self._clock.passed(), limit=limit, value=value, artifacts=made,
        )  # fmt: skip
