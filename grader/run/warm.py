"""Warm start: an interpreter that waits in a submission's sandbox and is forked for each run.

Starting an interpreter and importing `socket` is nearly all that a run costs. Here both are
done once for several runs of one program (`grader.run.zygote` runs inside). Every run has PID,
mount and IPC namespaces of its own, fresh folders, terminal, limits and filter; what it was is
gone when the kernel says so. Where anything is not as it should be, the interpreter is ended
with all that it made and the next run is started cold.
"""

from __future__ import annotations

import contextlib
import marshal
import os
import select
import signal
import socket
import sys
from collections.abc import Sequence
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import NamedTuple

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.lab.model import Limits
from grader.run import proc, program, sandbox, seccomp, warmable, zygote
from grader.run.errors import HostError
from grader.run.interpreter import Interpreter
from grader.run.jobs import COLD, Job, Warmth
from grader.run.program import Program, Wait
from grader.run.started import WaitStatus
from grader.run.terminal import Terminal
from grader.submission import SourceFile

PROCESSES = 3
"""Of ours that count in a run's limit of processes: two of the zygote, the run's first one. (That
of the sandbox counts in a cold start, too.)"""
PROVED = ("3.11", "3.12", "3.13")
"""Of Python: where `tests/soak/warm_equals_cold.py` found no difference."""
WORTH_IT = 2
"""So many starts must be to come, after a first one that was cold: an interpreter that waits
costs more than a cold start itself."""
_CODE = resources.files("grader.run").joinpath("zygote.py").read_bytes()
"""Read now: a worker that has stopped being root may not be able to."""
_PATIENCE = 10.0
"""So long an answer from inside may take on a machine that hangs, s."""
_MARSHAL = 2
"""The version of the format that every Python 3 reads."""


class ZygoteLostError(HostError):
    """The waiting interpreter did not do what it does; it is of no use any more."""


class Zygote:
    """A waiting interpreter for one program with its files."""

    def __init__(
        self,
        bwrap: str,
        interpreter: Interpreter,
        reachable: dict[str, str],
        files: Sequence[SourceFile],
        path: str,
        limits: Limits,
        preload: Sequence[str],
    ) -> None:
        """Start it; `preload` are the modules that it imports.

        Raises:
            HostError: it does not work here.
        """
        self._limits = limits
        self._socket, inside = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(_PATIENCE)
        wait = Wait(
            options=_OPTIONS,
            files=((f"{zygote.HERE}/sitecustomize.py", _CODE),),
            memory=((zygote.CONFIG, _config(files, path, limits, preload)),),
            control=(inside.fileno(), zygote.CONTROL),
        )
        try:
            self._sandbox = program.start_sandboxed(
                bwrap, interpreter, reachable, files, path, limits, wait=wait
            )
        except BaseException:
            self._socket.close()
            raise
        finally:
            inside.close()
        self.running = False
        """A run of it lives, or may."""
        try:
            self._sandbox.release()
            if (said := self._hear()) != b"ready":
                raise ZygoteLostError(f"a waiting interpreter said {said!r}: {self._last_words()}")
            found = proc.tree(self._sandbox.pid)
            if len(found) != 1:
                raise ZygoteLostError(f"an interpreter waits with {len(found)} processes")
            (self._zygote,) = found
        except BaseException:
            self.close()
            raise

    def start(self) -> Program:
        """A run, at its gate.

        Raises:
            ZygoteLostError: there is none; this is to be closed.
        """
        terminal = Terminal()
        stderr, stderr_write = os.pipe()
        gate_read, gate = os.pipe()
        os.set_blocking(stderr, False)
        self.running = True
        try:
            given = [terminal.slave, stderr_write, gate_read]
            socket.send_fds(self._socket, [b"run"], given)
            if (said := self._hear()) != b"up":
                raise ZygoteLostError(f"a forked program said {said!r}: {self._last_words()}")
            found = proc.tree(self._zygote)
            if len(found) != 2:
                raise ZygoteLostError(f"a run began with {len(found)} processes")
            first, pid = found
            # From here on it reaps nothing: see `Program`.
            os.kill(first, signal.SIGSTOP)
            program.set_limits(pid, self._limits)
            return _WarmProgram(self, first, pid, gate, terminal, stderr)
        except BaseException as error:
            for fd in (stderr, gate):
                os.close(fd)
            terminal.close()
            if isinstance(error, OSError) and not isinstance(error, HostError):
                raise ZygoteLostError(f"a waiting interpreter is gone: {error}") from error
            raise
        finally:
            for fd in (stderr_write, gate_read):
                os.close(fd)
            terminal.hand_over()

    def gone(self, patience: float = _PATIENCE) -> int | None:
        """Wait for the word that nothing of the run is left; the status of its first process."""
        self._socket.settimeout(patience)
        try:
            word, _, status = self._hear().partition(b" ")
            if word != b"gone":
                return None
            self.running = False
            return int(status)
        except (ZygoteLostError, ValueError):
            return None
        finally:
            self._socket.settimeout(_PATIENCE)

    def is_clean(self) -> bool:
        """Nothing of a run is left: no process and no word; it waits.

        Nor has it warned of anything: to warn it may have imported what a program would not.
        """
        if self.running or self._sandbox.ended() or self._last_words():
            return False
        ours = [self._sandbox.pid, self._zygote]
        return (
            proc.tree(self._sandbox.root, zombies=True) == ours
            and all(proc.threads(pid) == [pid] for pid in ours)
            and not select.select([self._socket], [], [], 0)[0]
        )

    def close(self) -> None:
        """End it, with all that it made."""
        self._socket.close()
        self._sandbox.close()

    def _hear(self) -> bytes:
        try:
            said = self._socket.recv(512)
        except OSError as error:
            raise ZygoteLostError(f"a waiting interpreter does not answer ({error})") from error
        if not said:
            raise ZygoteLostError(f"a waiting interpreter has ended: {self._last_words()}")
        return said

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            return os.read(self._sandbox.stderr, 4096).decode(errors="backslashreplace").strip()
        return ""


class _WarmProgram(Program):
    """A run: its first process is a child of the zygote, which tells of its end."""

    def __init__(
        self, parent: Zygote, first: int, pid: int, gate: int, terminal: Terminal, stderr: int
    ) -> None:
        super().__init__(
            pid=pid, root=first, outer=-1, gate=gate, terminal=terminal, stderr=stderr,
            full=True, folder=sandbox.WORK,
        )  # fmt: skip
        self.warm = True
        self._parent = parent
        self._told: int | None = None
        self._asked = False

    def _reap_outer(self) -> None:
        if not self._asked:
            self._asked = True
            self._told = self._parent.gone()
        if self._told is None:
            self._parent.close()

    def _status_of_outer(self, patience: float) -> WaitStatus:
        self._asked, self._told = True, self._parent.gone(patience)
        return WaitStatus.of(self._told if self._told is not None else signal.SIGKILL)


def is_proved(version: str) -> bool:
    """Of this Python no difference was found; builds of another kind were never compared."""
    return version.rpartition(".")[0] in PROVED and version.rpartition(".")[2].isdigit()


def why_not(bwrap: str, interpreter: Interpreter, reachable: dict[str, str]) -> str:
    """Try it with a program that does nothing; why it is not used here, empty: it is."""
    if not is_proved(interpreter.version):
        return f"it was never compared with a cold start of Python {interpreter.version}"
    if not seccomp.own().bpf:
        return seccomp.own().missing or "system calls are not filtered"
    files = (SourceFile(path="x.py", data=b"import socket\n"),)
    try:
        waiting = Zygote(bwrap, interpreter, reachable, files, "x.py", Limits(), ("socket",))
        try:
            one = waiting.start()
            one.release()
            select.select([one.pidfd], [], [], _PATIENCE)
            one.close()
            return "" if waiting.is_clean() else "a run left something behind"
        finally:
            waiting.close()
    except HostError as error:
        return str(error)


_OPTIONS = (
    *(word for name in zygote.CAPABILITIES for word in ("--cap-add", name)),
    "--setenv", "PYTHONPATH", zygote.HERE,
    "--proc", zygote.PROC,
)  # fmt: skip


def _config(
    files: Sequence[SourceFile], path: str, limits: Limits, preload: Sequence[str]
) -> bytes:
    """What `zygote.main` reads."""
    return marshal.dumps(
        {
            "files": _laid(files),
            "folders": [os.fsencode(name) for name in sandbox.FOLDERS],
            "size": b"mode=0755,size=%d" % limits.work_size,
            "cwd": os.fsencode(str(Path(f"{sandbox.WORK}/{path}").parent)),
            "bpf": seccomp.own().bpf,
            "preload": list(preload),
        },
        _MARSHAL,
    )


def _laid(files: Sequence[SourceFile]) -> list[tuple[bytes, bytes | None]]:
    """Files and, without bytes, the folders that they lie in: as `sandbox.arguments` has them."""
    laid: list[tuple[bytes, bytes | None]] = []
    made: set[PurePosixPath] = set()
    for file in files:
        for folder in reversed(PurePosixPath(file.path).parents[:-1]):
            if folder not in made:
                made.add(folder)
                laid.append((os.fsencode(f"{sandbox.WORK}/{folder}"), None))
        laid.append((os.fsencode(f"{sandbox.WORK}/{file.path}"), file.data))
    return laid


class WarmStarts:
    """A place's warm starts: one interpreter waits at a time, for one program."""

    def __init__(
        self, bwrap: str, interpreter: Interpreter, reachable: dict[str, str], when: Warmth
    ) -> None:
        self._when = when
        self._bwrap, self._interpreter, self._reachable = bwrap, interpreter, reachable
        self._possible = is_proved(interpreter.version) and bool(seccomp.own().bpf)
        self._key: _Key | None = None
        self._job: Job | None = None
        self._zygote: Zygote | None = None
        self._cold = False
        """This program is started cold from now on."""
        self._to_come = self._before = 0

    def start(self, job: Job, network: int) -> Program | None:
        """The job's program at its gate; None: it is to be started cold.

        `network` is the number of the network that the place has now: a waiting interpreter
        is in that in which it was started.
        """
        if self._zygote is not None and self._zygote.running:
            return None  # a run of it still lives
        if job.follow == COLD:
            return None
        if job is not self._job:
            self._job, self._to_come = job, job.follow
        key = _Key(tuple(job.files), job.program, job.lab.limits, network)
        self._to_come -= 1
        if key != self._key:
            self.close()
            self._key, self._before, self._cold = key, 0, not self._possible
        try:
            return None if self._cold else self._start(key)
        except (HostError, OSError):
            self._give_up()
            return None

    def _ahead(self, key: _Key) -> tuple[str, ...] | None:
        found = warmable.ahead(key.path, key.files)
        return ("socket",) if found is None and self._when == "forced" else found

    def _start(self, key: _Key) -> Program | None:
        if self._zygote is not None and not self._zygote.is_clean():
            self._give_up()
            return None
        if self._zygote is None:
            self._before += 1
            pays = self._before > 1 and self._to_come + 1 >= WORTH_IT
            if not pays and self._when == "pays":
                return None
            # Its source is read only now: most programs of a short check never come here.
            preload = self._ahead(key)
            if preload is None:
                self._cold = True
                return None
            try:
                self._zygote = Zygote(
                    self._bwrap, self._interpreter, self._reachable,
                    key.files, key.path, key.limits, preload,
                )  # fmt: skip
            except (HostError, OSError):
                self._possible = False  # nor is it for the next program
                raise
        return self._zygote.start()

    def _give_up(self) -> None:
        """This program is started cold from now on."""
        self._cold = True
        if self._zygote is not None:
            self._zygote.close()
            self._zygote = None

    def close(self) -> None:
        """End what waits."""
        self._give_up()
        self._key = None


class _Key(NamedTuple):
    """What a waiting interpreter is good for, and for nothing else."""

    files: tuple[SourceFile, ...]
    path: str
    limits: Limits
    network: int
