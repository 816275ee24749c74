"""Control groups (cgroup v2), what is done: a group for each run, in a place of ours.

`Place` works on whatever has the face of `Files`: the kernel's folder, or a fake of it. What
is decided stands in `grader.run.groups`. A run without a group is played all the same: rlimits
and the watch over the tree hold without one.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import select
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.lab.model import Limits
from grader.run import groups, privileges
from grader.run.groups import Route, Told

_count = itertools.count(1)
_PATIENCE = 10
"""Seconds that systemd, or the end of killed processes, may take: the last resort."""


class Files(Protocol):
    """A tree of groups. Each call raises OSError where the kernel refuses."""

    def make(self, folder: str) -> None:
        """A new group."""

    def remove(self, folder: str) -> None:
        """Remove a group; refused while a process lives in it, or a group is below it."""

    def write(self, path: str, text: str) -> None:
        """Write to a file of a group."""

    def read(self, path: str) -> str:
        """Read a file of a group."""

    def below(self, folder: str) -> list[str]:
        """The names of the groups in a group."""

    def give(self, folder: str, uid: int) -> None:
        """Let another user divide the group and move processes within it."""

    def settle(self, folder: str) -> None:
        """Wait until no process lives in the group any more; not for ever."""


class KernelFiles:
    """The kernel's own."""

    def make(self, folder: str) -> None:
        """A new group."""
        Path(folder).mkdir()

    def remove(self, folder: str) -> None:
        """Remove a group."""
        Path(folder).rmdir()

    def write(self, path: str, text: str) -> None:
        """Write to a file that is there: in one call, as the kernel wants it."""
        fd = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(fd, text.encode())
        finally:
            os.close(fd)

    def read(self, path: str) -> str:
        """Read a file."""
        # Asked for every few ms of a run: a Path would take longer than the kernel.
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123
            return file.read().decode()

    def below(self, folder: str) -> list[str]:
        """The groups in a group."""
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))

    def give(self, folder: str, uid: int) -> None:
        """The folder, and the files that delegation is about."""
        for name in ("", "cgroup.procs", "cgroup.threads", "cgroup.subtree_control"):
            os.chown(f"{folder}/{name}", uid, uid)

    def settle(self, folder: str) -> None:
        """The kernel tells of each change of `cgroup.events` (POLLPRI)."""
        with Path(f"{folder}/cgroup.events").open() as events:
            changes = select.poll()
            changes.register(events, select.POLLPRI)
            while groups.populated(events.read()):
                if not changes.poll(_PATIENCE * 1000):
                    return
                events.seek(0)


class RunGroup:
    """The group of one run; none of its calls fails."""

    def __init__(self, files: Files, folder: str) -> None:
        self._files, self.folder = files, folder

    def told(self) -> Told:
        """What the kernel tells of it now; nothing once it is removed."""
        texts = {}
        for name in groups.EVENTS:
            with contextlib.suppress(OSError):
                texts[name] = self._files.read(f"{self.folder}/{name}")
        return groups.told(texts)

    def cpu(self) -> int:
        """CPU of all that was ever in it, in ns."""
        try:
            return groups.told({"cpu.stat": self._files.read(f"{self.folder}/cpu.stat")}).cpu
        except OSError:
            return 0

    def kill(self) -> None:
        """End every process in it, whatever they do meanwhile."""
        with contextlib.suppress(OSError):
            self._files.write(f"{self.folder}/cgroup.kill", "1")

    def remove(self) -> None:
        """Remove it; where something still lives in it, whoever starts next does."""
        with contextlib.suppress(OSError):
            self._files.remove(self.folder)


class Place:
    """A group of ours in which each run gets one of its own; `folder` gives the controllers on."""

    def __init__(self, folder: str, files: Files | None = None) -> None:
        self.folder = folder
        self._files: Files = files or KernelFiles()
        self.controllers = tuple(self._files.read(f"{folder}/cgroup.subtree_control").split())
        """Those that limit a run."""

    def run(self, pid: int, limits: Limits) -> RunGroup | None:
        """A group with the limits of a run, and the process moved into it; None: it failed."""
        folder = f"{self.folder}/{groups.RUN}{os.getpid()}-{next(_count)}"
        group = RunGroup(self._files, folder)
        try:
            self._files.make(folder)
            for name, value in groups.settings(limits, self.controllers):
                with contextlib.suppress(*((FileNotFoundError,) if groups.optional(name) else ())):
                    self._files.write(f"{folder}/{name}", value)
            self._files.write(f"{folder}/cgroup.procs", str(pid))
        except OSError:
            group.remove()
            return None
        return group


class Arranged:
    """A place that this process has made in the group `base` that it was in, and lives beside."""

    def __init__(
        self,
        base: str,
        files: Files | None = None,
        uid: int | None = None,
        children: Sequence[int] = (),
    ) -> None:
        """Sweep, make the place (of user `uid`), and move ourselves out of the way.

        Those of our `children` that are in that group come along.

        Raises:
            OSError: it is not ours to divide; everything is as before.
        """
        self._base, self._files = base, files or KernelFiles()
        sweep(base, self._files)
        members = {*self._files.read(f"{base}/cgroup.procs").split()}
        self._pid, self._children = os.getpid(), [x for x in children if str(x) in members]
        self._folder = f"{base}/{groups.OURS}{self._pid}-{next(_count)}"
        self._enabled: tuple[str, ...] = ()
        self._files.make(self._folder)
        try:
            self._files.make(f"{self._folder}/{groups.US}")
            self._files.write(f"{self._folder}/{groups.US}/cgroup.procs", str(self._pid))
            self._move_children(f"{self._folder}/{groups.US}")
            self._enabled = self._give_on(base)
            self._give_on(self._folder)
            if uid is not None:
                self._files.give(self._folder, uid)
            self.place = Place(self._folder, self._files)
        except BaseException:
            self.leave()
            raise

    def _move_children(self, folder: str) -> None:
        for pid in self._children:
            with contextlib.suppress(OSError):  # it may have ended
                self._files.write(f"{folder}/cgroup.procs", str(pid))

    def _give_on(self, folder: str) -> tuple[str, ...]:
        """Give each controller that there is to the groups below; which ones are new."""
        available, enabled = (
            self._files.read(f"{folder}/cgroup.{name}")
            for name in ("controllers", "subtree_control")
        )
        given = []
        for name in groups.to_enable(available, enabled):
            # Refused where others live in the group besides us: then there is one limit less.
            with contextlib.suppress(OSError):
                self._files.write(f"{folder}/cgroup.subtree_control", f"+{name}")
                given.append(name)
        return tuple(given)

    def leave(self) -> None:
        """Put everything back: the runs must be over. What is refused, whoever starts next does."""
        _end_runs(self._folder, self._files)
        for folder in (self._folder, self._base):
            for name in self._enabled:
                with contextlib.suppress(OSError):
                    self._files.write(f"{folder}/cgroup.subtree_control", f"-{name}")
        with contextlib.suppress(OSError):
            self._files.write(f"{self._base}/cgroup.procs", str(self._pid))
        self._move_children(self._base)
        for folder in (f"{self._folder}/{groups.US}", self._folder):
            with contextlib.suppress(OSError):
                self._files.remove(folder)


def sweep(base: str, files: Files) -> None:
    """Remove the groups of ours whose makers were killed, and end what lives in them.

    Raises:
        OSError: there is no such group.
    """
    for name in files.below(base):
        maker = groups.owner_of(name)
        if maker is None or _lives(maker):
            continue
        folder = f"{base}/{name}"
        with contextlib.suppress(OSError):
            if groups.US in files.below(folder):
                if groups.populated(files.read(f"{folder}/{groups.US}/cgroup.events")):
                    continue  # somebody of another PID namespace
                files.remove(f"{folder}/{groups.US}")
            _end_runs(folder, files)
            files.remove(folder)


def _end_runs(folder: str, files: Files) -> None:
    with contextlib.suppress(OSError):
        for name in files.below(folder):
            if name.startswith(groups.RUN):
                left = RunGroup(files, f"{folder}/{name}")
                left.kill()
                with contextlib.suppress(OSError):
                    files.settle(left.folder)
                left.remove()


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


# --- finding a way -----------------------------------------------------------------------


def own_base() -> str | None:
    """The folder of the group that this process is in; None where there is none (v1, no Linux)."""
    try:
        texts = [Path(f"/proc/self/{name}").read_text() for name in ("cgroup", "mountinfo")]
    except OSError:
        return None
    return groups.base_of(*texts)


def arrange() -> Arranged | None:
    """A place in the group that we are in, for workers as they will be; None: it is refused."""
    base = own_base()
    if base is None:
        return None
    try:
        user = privileges.UNPRIVILEGED if privileges.is_root() else None
        return Arranged(base, uid=user, children=_children())
    except OSError:
        return None


def _children() -> tuple[int, ...]:
    """Ours, begun ahead: where others live in a group it can't be divided."""
    try:
        texts = [one.read_text() for one in Path("/proc/self/task").glob("*/children")]
    except OSError:
        return ()
    return tuple(int(pid) for text in texts for pid in text.split())


def scope() -> list[str]:
    """The words before a worker's command that start it in a scope; none without systemd."""
    found = shutil.which("systemd-run")
    return groups.scope_command(found, root=privileges.is_root()) if found else []


def tried() -> tuple[Route, tuple[str, ...]]:
    """The best way that works here, found by going it, and the controllers that it gives."""
    own = _try_own()
    if own is not None and not groups.lacking(own):
        return "own", own
    through = _try_scope()
    if through is not None and (own is None or len(through) > len(own)):
        return "scope", through
    return ("own", own) if own is not None else ("", ())


def _try_own() -> tuple[str, ...] | None:
    """The controllers of a place in our own group; None where a run cannot have a group there."""
    arranged = arrange()
    if arranged is None:
        return None
    try:
        return arranged.place.controllers if _works(arranged.place) else None
    finally:
        arranged.leave()


def _works(place: Place) -> bool:
    """A process can be put into a group, and is ended with it."""
    with subprocess.Popen(["/bin/sh", "-c", "read -r _"], stdin=subprocess.PIPE) as process:
        group = place.run(process.pid, Limits())
        if group is None:
            process.kill()
            return False
        group.kill()
        try:
            process.wait(_PATIENCE)
            return True
        except subprocess.TimeoutExpired:
            process.kill()
            return False
        finally:
            process.wait()
            group.remove()


_TRIAL = (
    "import json, os, sys; sys.path[:] = json.loads(sys.argv.pop());"
    "from grader.run import cgroup; os.write(int(sys.argv[1]), json.dumps(cgroup.trial()).encode())"
)
"""It answers through a descriptor that it was given, as a worker does."""


def trial() -> tuple[str, ...] | None:
    """What a worker in a scope of its own finds there: run by `tried` in a process of its own."""
    return _try_own()


def _try_scope() -> tuple[str, ...] | None:
    words = scope()
    if not words:
        return None
    read_end, write_end = os.pipe()
    try:
        subprocess.run(
            [*words, sys.executable, "-P", "-c", _TRIAL, str(write_end), json.dumps(sys.path)],
            capture_output=True, check=False, timeout=_PATIENCE, stdin=subprocess.DEVNULL,
            pass_fds=(write_end,),
        )  # fmt: skip
        os.set_blocking(read_end, False)
        found = json.loads(os.read(read_end, 4096))
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    finally:
        os.close(read_end)
        os.close(write_end)
    return tuple(found) if found is not None else None
