"""A program under test as processes: started behind a gate, watched, ended with all it made.

Two ways of starting one, with the same face: `start_sandboxed` (bubblewrap) and
`start_plain` (isolation `none`). In both the program waits at a gate, a shell that reads
one line and then becomes the program, until limits are set and the clock is started.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Protocol

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader import transcript as tr
from grader.lab.languages import Language, filled, runs_the_file
from grader.lab.model import Limits
from grader.run import proc, sandbox, seccomp, workfolders
from grader.run.built import Artifact
from grader.run.cgroup import RunGroup
from grader.run.descriptors import Descriptors
from grader.run.errors import HostError
from grader.run.interpreter import Interpreter, command_of, word_of
from grader.run.leftfiles import left
from grader.run.runtimes import PLAIN, Runtime, runtime_of
from grader.run.started import NOTHING_GIVEN, Given, WaitStatus, signal_name
from grader.run.strikes import ADDRESS_SPACE, MOST_FILES
from grader.run.terminal import Terminal, read_available
from grader.run.usage import Disk
from grader.submission import SourceFile
from reference.socketfile import Places

_GATE = 'read -r _ <&3 && exec 3<&- && cd "$0" && exec "$@"'
"""Where who holds the other end has died, nothing is executed."""
_BUILT = ".wiregrade-built"
"""In a work folder of isolation `none`: what a build has left."""
_TOLD = "echo >&4; exec 4>&-; "
_GATE_TOLD = _TOLD + _GATE
# There twice: as a shell that has begun there, it was nowhere else before (OLDPWD).
_LATE_GATE = (
    f"{_TOLD}IFS= read -r d <&3 && IFS= read -r n <&3 && exec 3<&- && "
    'cd "$d" && cd "$d" && exec "$@" "$n"'
)
"""That of a sandbox which is there before it is known what runs in it, and where."""
TELLING = 10.0
"""So long a sandbox may take to tell how its program ended, s: it has ended already, and only a
machine that does not let it run takes more than a moment."""


class Watcher(Protocol):
    """A process of ours that looks on at a program, and may hold it up while it does."""

    pid: int

    def finish(self) -> None:
        """Leave at once: the program is dead or dying."""
        ...


class Program:
    """One started program. `root` is the process below which all of it lives.

    `full` tells whether `root` is bubblewrap's init, stopped so that it reaps nothing: the
    program stays a zombie whose wait status can be read. (A bubblewrap that reaps it would
    report exit(134) and SIGABRT both as 134.)
    """

    def __init__(
        self,
        *,
        pid: int,
        root: int,
        outer: int,
        gate: int,
        terminal: Terminal,
        stderr: int,
        full: bool,
        folder: str,
        work: Path | None = None,
        runtime: Runtime = PLAIN,
    ) -> None:
        self.pid, self.root = pid, root
        self.runtime = runtime
        self.terminal, self.stderr = terminal, stderr
        self.warm = False
        """It was forked from an interpreter that waited."""
        self.folder = folder
        """Where the submission lies, as the program sees it."""
        self.own_folders = tuple(
            f"/proc/{root}/root{name}" for name in (sandbox.FOLDERS if full else ())
        )
        """What it can write and nobody else sees: file systems of its own, as we see them."""
        self.pidfd = os.pidfd_open(pid)
        # Its number may be another's once it has ended: a program can wake it, and make it end.
        self._rootfd = os.pidfd_open(root) if full else -1
        self.status: WaitStatus | None = None
        self.group: RunGroup | None = None
        """The group (cgroup v2) that all of it lives in, where there is one."""
        self._outer, self._gate, self._full, self._work = outer, gate, full, work
        self._word = b"\n"
        self._watcher: Watcher | None = None
        self._disk, self._next_disk = Disk(bounded=work is None), 0.0
        self._dead = False

    def opened_by(self, word: bytes) -> None:
        """That word opens its gate: what runs in it is known only now."""
        self._word = word

    def release(self) -> None:
        """Open the gate: the program is executed now."""
        os.write(self._gate, self._word)
        os.close(self._gate)
        self._gate = -1

    def watched_by(self, watcher: Watcher) -> None:
        """It is no part of the program, and is to leave with it."""
        self._watcher = watcher

    def processes(self) -> list[int]:
        """Every process of the program that is alive."""
        return self._without_watcher(proc.tree(self.root))

    def remains(self) -> list[int]:
        """The same, with those that have ended and that nobody has reaped."""
        return self._without_watcher(proc.tree(self.root, zombies=True))

    def _without_watcher(self, pids: list[int]) -> list[int]:
        watcher = self._watcher.pid if self._watcher is not None else None
        return [pid for pid in pids if pid != watcher]

    def read(self, fd: int, limit: int) -> tuple[bytes, bool]:
        """What can be read now from one of its two streams; whether the end was seen."""
        return read_available(fd, limit)

    def ended(self) -> bool:
        """Whether the program itself (not what it left behind) has ended; sets `status`."""
        if self.status is None and select.select([self.pidfd], [], [], 0)[0]:
            raw = proc.exit_code_of_zombie(self.pid)
            if raw is None and self._watcher is not None:
                return False  # a tracer is told first, and for a moment it is nobody's zombie
            self.status = self._told_status() if raw is None else WaitStatus.of(raw)
        return self.status is not None

    def _told_status(self) -> WaitStatus:
        """The end of a program that hides it: no fault of this machine.

        It became a file that nobody may read, or woke the sandbox's first process, which has
        reaped it: that one is let go on, and ends with the program's status (128 and more
        for a signal, as a shell has it).
        """
        if self._full:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._rootfd, signal.SIGCONT)
        return self._status_of_outer(TELLING)

    def _status_of_outer(self, patience: float) -> WaitStatus:
        """How what is around it ended, waited for so many s."""
        outer = os.pidfd_open(self._outer)
        try:
            if not select.select([outer], [], [], patience)[0]:
                return WaitStatus(None, "SIGKILL")
        finally:
            os.close(outer)
        # It stays a zombie: `kill` reaps it.
        told = os.waitid(os.P_PID, self._outer, os.WEXITED | os.WNOWAIT)
        if told is not None and told.si_code == os.CLD_EXITED:
            return WaitStatus(told.si_status, None)
        return WaitStatus(None, signal_name(told.si_status if told is not None else 9))

    def _reap_outer(self) -> None:
        """Wait until nothing of it is left."""
        os.waitpid(self._outer, 0)

    def disk(self, *, afresh: bool = False) -> Disk:
        """What lies in the folders that it can write.

        Where they are no file systems of its own all of it must be looked at, which has at
        most a tenth of the time, but for a look that is asked for `afresh`.
        """
        if self._work is None:
            return proc.written(self.own_folders)
        before = time.monotonic()
        if afresh or before >= self._next_disk:
            self._disk = workfolders.used(self._work, MOST_FILES)
            took = time.monotonic() - before
            self._next_disk = before + took * 10
        return self._disk

    def left_file(self, inside: str, name: str) -> tr.LeftFile:
        """What it has left in a file, while its folder is still there."""
        if self._work is not None:
            return left(str(self._work), inside, name)
        if select.select([self._rootfd], [], [], 0)[0]:
            # Its first process was made to end: its folder went with it.
            return tr.LeftFile(t=0, name=name, kind="unreadable")
        return left(f"/proc/{self.root}/root{sandbox.WORK}", inside, name)

    def places(self, inside: str) -> Places:
        """Where its Unix-domain sockets lie; it stands in the folder `inside` of the submission.

        Raises:
            OSError: they are gone, or not there.
        """
        if self._work is not None:
            return Places(str(self._work / inside))
        seen = f"/proc/{self.root}/root"
        return Places(f"{seen}{sandbox.WORK}/{inside}", seen)

    def ran_out_of_memory(self) -> bool:
        """The kernel has ended it, or a part of it, because its group's memory was spent."""
        return self.group is not None and self.group.told().killed > 0

    def abort(self, *, surely: bool = False) -> None:
        """SIGABRT: an interpreter with faulthandler prints where it stands, then dies.

        `surely`: SIGKILL, for one that does not.
        """
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL if surely else signal.SIGABRT)
            # One that has stopped itself would get it only when it goes on.
            signal.pidfd_send_signal(self.pidfd, signal.SIGCONT)

    def kill(self) -> None:
        """End everything that is left of the program, and reap it."""
        if self._dead:
            return
        self._dead = True
        if self.group is not None:
            self.group.kill()
        if self._full:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._rootfd, signal.SIGKILL)
            # The sandbox's first process waits for all others, and they for who traces them.
            if self._watcher is not None:
                self._watcher.finish()
            self._reap_outer()
        else:
            self._kill_tree()

    def _kill_tree(self) -> None:
        if self._watcher is not None:
            _kill_all(self.processes())
            self._watcher.finish()
        # New ones can appear while the old ones die: again until there is none. A child of
        # a killed one becomes ours (we are the subreaper), so every end wakes waitpid.
        while pids := proc.tree(os.getpid()):
            _kill_all(pids)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(-1, 0)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass

    def close(self) -> None:
        """Release descriptors and the work folder; the program must be dead."""
        self.kill()
        if self.group is not None:
            self.group.remove()
            self.group = None
        self.terminal.close()
        for fd in (self.stderr, self.pidfd, self._rootfd, self._gate):
            if fd >= 0:
                with contextlib.suppress(OSError):
                    os.close(fd)
        self._gate = self.stderr = self.pidfd = self._rootfd = -1
        if self._work is not None:
            workfolders.remove(self._work)


def _kill_all(pids: Sequence[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)


# --- starting ----------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Launch:
    """How a program that is not Python is started: see `grader.run.recipes`.

    In `command` stand `{built}` and `{python}` still.
    """

    language: Language
    command: tuple[str, ...]
    artifacts: tuple[Artifact, ...] = ()
    """What its build has left."""
    folders: tuple[str, ...] = ()
    """Further folders of the system that it needs to see."""
    fd: int | None = None
    """A descriptor of ours that it gets as `LAUNCH_FD`."""
    exact: bool = False
    """The command is as it is: nothing stands for anything else in it."""

    def words(self, interpreter: Interpreter, built: str) -> list[str]:
        """The command, where `built` is the folder with what the build has left."""
        if self.exact:
            return list(self.command)
        return filled(self.command, {"built": built, "python": interpreter.executable})


LAUNCH_FD = 5


@dataclass(frozen=True, kw_only=True)
class Wait:
    """What makes a sandboxed interpreter wait for orders, instead of running its program.

    See `grader.run.warm`. It has no filter of system calls of its own, but capabilities.
    """

    options: tuple[str, ...]
    """Of bubblewrap, besides."""
    files: tuple[tuple[str, bytes], ...]
    memory: tuple[tuple[int, bytes], ...]
    """What it finds to read under which descriptor."""
    control: tuple[int, int]
    """A descriptor of ours, and under which number it gets it."""


def start_sandboxed(
    bwrap: str,
    interpreter: Interpreter,
    reachable: dict[str, str],
    files: Sequence[SourceFile],
    program: str,
    limits: Limits,
    given: Given = NOTHING_GIVEN,
    launch: Launch | None = None,
    wait: Wait | None = None,
    base: str | None = None,
) -> Program:
    """Start a program in bubblewrap, up to the gate; without `launch` it is Python.

    `base` is where the unchanging part of the sandbox lies, for Python that is started cold.

    Raises:
        HostError: the sandbox could not be made.
    """
    inside = f"{sandbox.WORK}/{program}"
    cwd = str(Path(inside).parent)
    command = ["/bin/sh", "-c", _GATE_TOLD, cwd]
    command += _words(launch, interpreter, Path(inside).name, sandbox.BUILT)
    command += given.args
    rising = _begin(
        bwrap, interpreter, reachable, files, command, limits, cwd=cwd, program=program,
        given=given, launch=launch, wait=wait, base=base,
    )  # fmt: skip
    return rising.stand(limits, runtime=_runtime(launch))


def begin_spare(
    bwrap: str, interpreter: Interpreter, reachable: dict[str, str], limits: Limits, base: str
) -> Rising:
    """A sandbox without a submission, for any Python program: its gate awaits `spare_word`.

    Raises:
        HostError: the sandbox could not be begun.
    """
    *words, _ = command_of(interpreter, "")
    command = ["/bin/sh", "-c", _LATE_GATE, "sh", *words]
    return _begin(
        bwrap, interpreter, reachable, (), command, limits, cwd=sandbox.WORK, base=base
    )  # fmt: skip


def spare_word(program: str) -> bytes | None:
    """What opens its gate for a program that lies there by now; None: sh could not read that."""
    inside = Path(sandbox.WORK, program)
    if "\n" in program:
        return None
    return b"".join(
        os.fsencode(line) + b"\n" for line in (str(inside.parent), word_of(inside.name))
    )


class Rising:
    """A sandbox that is being made: nobody has waited for its gate yet."""

    def __init__(self, spawned: tuple[Terminal, int, int, int], info: int, arrived: int) -> None:
        self._terminal, self._stderr, self._gate, self._outer = spawned
        self._info, self._arrived = info, arrived

    def stand(self, limits: Limits, *, runtime: Runtime = PLAIN) -> Program:
        """Wait until it stands: a program at its gate.

        Raises:
            HostError: it could not be made.
        """
        try:
            init = _child_pid(self._info, self._stderr, self._outer)
            pid = _at_the_gate(self._arrived, init, self._outer)
        except BaseException:
            self._abandon()
            raise
        for fd in (self._info, self._arrived):
            os.close(fd)
        # From here on init reaps nothing: see `Program`.
        os.kill(init, signal.SIGSTOP)
        set_limits(pid, limits)
        return Program(
            pid=pid, root=init, outer=self._outer, gate=self._gate, terminal=self._terminal,
            stderr=self._stderr, full=True, folder=sandbox.WORK, runtime=runtime,
        )  # fmt: skip

    def _abandon(self) -> None:
        """It ends by itself, for the gate is closed; half made, it could not be killed whole."""
        self._terminal.close()
        for fd in (self._stderr, self._gate, self._info, self._arrived):
            os.close(fd)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._outer, 0)


def _begin(
    bwrap: str,
    interpreter: Interpreter,
    reachable: dict[str, str],
    files: Sequence[SourceFile],
    gate: Sequence[str],
    limits: Limits,
    *,
    cwd: str,
    program: str = "",
    given: Given = NOTHING_GIVEN,
    launch: Launch | None = None,
    wait: Wait | None = None,
    base: str | None = None,
) -> Rising:
    """Start bubblewrap; `gate` is the command of the process at the gate."""
    with Descriptors() as fds:
        placed = [
            sandbox.FileAt(
                fds.give(fds.memory(f.data)), f"{sandbox.WORK}/{f.path}", True,
                "0755" if _is_executed(launch, f.path == program) else "",
            )
            for f in files
        ]  # fmt: skip
        placed += [
            sandbox.FileAt(
                fds.give(fds.memory(made.data)), f"{sandbox.BUILT}/{made.path}", True,
                "0555" if made.executable else "0444",
            )
            for made in (launch.artifacts if launch is not None else ())
        ]  # fmt: skip
        placed += [
            sandbox.FileAt(fds.give(fds.memory(data)), path, False)
            for path, data in (sandbox.generated() if base is None else {}).items()
        ]
        info_read, info_write = fds.pipe()
        bpf = seccomp.own().bpf if wait is None else b""
        shown = interpreter
        if launch is not None and launch.folders:
            shown = replace(interpreter, folders=(*interpreter.folders, *launch.folders))
        options = sandbox.arguments(
            shown, reachable, placed, limits, cwd=cwd,
            seccomp=fds.give(fds.memory(bpf)) if bpf else None, base=base,
        )  # fmt: skip
        for name, value in given.env:
            options += ["--setenv", name, value]
        if wait is not None:
            options += wait.options
            for path, data in wait.files:
                options += ["--file", str(fds.give(fds.memory(data))), path]
            for number, data in wait.memory:
                fds.give(fds.memory(data), number)
            fds.give(*wait.control)
        options += ["--info-fd", str(fds.give(info_write))]
        passed = fds.give(fds.memory(os.fsencode("\0".join((*options, "")))))
        command = [bwrap, "--args", str(passed), "--", *gate]
        if launch is not None and launch.fd is not None:
            fds.give(launch.fd, LAUNCH_FD)
        arrived, arrived_write = fds.pipe()
        fds.give(arrived_write, 4)
        spawned = fds.spawn(command, {}, own_session=False)
        return Rising(spawned, fds.keep(info_read), fds.keep(arrived))


def start_plain(
    interpreter: Interpreter,
    files: Sequence[SourceFile],
    program: str,
    limits: Limits,
    given: Given = NOTHING_GIVEN,
    launch: Launch | None = None,
) -> Program:
    """Start a program as a plain process in a temporary copy of its submission."""
    work = workfolders.make()
    built = work / _BUILT
    for file in files:
        _write(work / file.path, file.data, _is_executed(launch, file.path == program))
    for made in launch.artifacts if launch is not None else ():
        _write(built / made.path, made.data, made.executable)
    inside = work / program
    environment = {**os.environ, "TERM": "dumb", "PYTHONDONTWRITEBYTECODE": "1"}
    environment.update(given.env)
    if not any(name in environment for name in ("LANG", "LC_ALL", "LC_CTYPE")):
        environment["LC_ALL"] = "C.UTF-8"
    command = [*_with_us(), "/bin/sh", "-c", _GATE, str(inside.parent)]
    command += _words(launch, interpreter, inside.name, str(built))
    command += given.args
    with Descriptors() as fds:
        if launch is not None and launch.fd is not None:
            fds.give(launch.fd, LAUNCH_FD)
        terminal, stderr, gate, pid = fds.spawn(command, environment, own_session=True)
    set_limits(pid, limits)
    return Program(
        pid=pid, root=os.getpid(), outer=pid, gate=gate, terminal=terminal, stderr=stderr,
        full=False, folder=str(work), work=work, runtime=_runtime(launch),
    )  # fmt: skip


def _words(launch: Launch | None, interpreter: Interpreter, name: str, built: str) -> list[str]:
    if launch is None:
        return command_of(interpreter, name)
    return launch.words(interpreter, built)


def _is_executed(launch: Launch | None, is_program: bool) -> bool:
    return is_program and launch is not None and runs_the_file(launch.language)


def _runtime(launch: Launch | None) -> Runtime:
    return runtime_of(launch.language) if launch is not None else PLAIN


def _write(target: Path, data: bytes, executable: bool) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(data)
    if executable:
        target.chmod(0o755)


@cache
def _with_us() -> tuple[str, ...]:
    """What lets a plain process die with this one, where the machine has a tool for it."""
    found = shutil.which("setpriv")
    if found is None:
        return ()
    command = (found, "--pdeathsig", "KILL", "--")
    tried = subprocess.run([*command, "/bin/true"], capture_output=True, check=False)
    return () if tried.returncode else command


def _child_pid(info: int, stderr: int, outer: int) -> int:
    """The sandbox's init, from --info-fd (a JSON object, then end of file)."""
    data = b""
    while chunk := os.read(info, 4096):
        data += chunk
    try:
        return int(json.loads(data)["child-pid"])
    except (ValueError, KeyError):
        os.waitpid(outer, 0)
        said = os.read(stderr, 4096).decode(errors="backslashreplace").strip()
        raise HostError(f"bubblewrap did not start: {said or 'no reason given'}") from None


def _at_the_gate(arrived: int, init: int, outer: int) -> int:
    """The process at the gate, which says so itself; the end of the sandbox ends the waiting."""
    if not os.read(arrived, 1) or not (children := proc.tree(init)):
        os.waitpid(outer, 0)
        raise HostError("the sandbox ended before the program was started")
    return children[0]


def set_limits(pid: int, limits: Limits) -> None:
    """Limits of the one process; those of the whole tree are watched by the player."""
    # The player ends it at the limit itself; this stands behind, for a player kept waiting, or
    # one that cannot see what is used. The soft limit first: by SIGXCPU a program tells why.
    cpu = int(limits.cpu) + 2
    resource.prlimit(pid, resource.RLIMIT_CPU, (cpu - 1, cpu))
    for kind, value in (
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_NOFILE, limits.open_files),
        # A hard limit of 1: with 0 a core_pattern that is a pipe would still run its helper.
        (resource.RLIMIT_CORE, 1),
        (resource.RLIMIT_AS, limits.memory * ADDRESS_SPACE),
    ):
        resource.prlimit(pid, kind, (value, value))


def limit_processes(pid: int, limits: Limits) -> None:
    """RLIMIT_NPROC counts per user namespace: only within a sandbox it is the program's own."""
    resource.prlimit(pid, resource.RLIMIT_NPROC, (limits.processes, limits.processes))
