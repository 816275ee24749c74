"""Runs `wiregrade grade` on a hostile class and watches it from outside.

Started as a process of its own: whatever the grader leaves behind becomes its child (it is
the subreaper), so that nothing can hide among the machine's other processes. Reads a `Task`
from stdin and prints what it saw, both JSON.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import select
import subprocess
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path

from grader.run import proc
from grader.run.netns import CLONE_NEWNS, unshare
from grader.run.worker import NAME

_PR_SET_CHILD_SUBREAPER = 36
_MS_BIND, _MS_REC, _MS_PRIVATE = 0x1000, 0x4000, 1 << 18
_EVERY_S = 0.05
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, kw_only=True)
class Task:
    """What to run: a command in a folder with an environment, as `uid` (None: as we are)."""

    command: list[str]
    cwd: str
    environment: dict[str, str]
    uid: int | None
    reveal: list[str]
    """Folders that `uid` has to reach although they lie below one that is closed to it."""


@dataclass(kw_only=True)
class Seen:
    """What was seen."""

    status: int = -1
    stdout: str = ""
    stderr: str = ""
    seconds: float = 0.0
    peaks: dict[str, int] = field(default_factory=dict)
    """Highest resident memory of the grader and of each worker, kB, by `parent` or pid."""
    survivors: list[str] = field(default_factory=list)
    mounts: list[str] = field(default_factory=list)
    """Mounts that were not there before."""


def observe(task: Task) -> Seen:
    """Run the task to its end."""
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    if task.uid is not None:
        reveal(task.reveal)
    before = _mounts()
    seen = Seen()
    started = os.times().elapsed
    with subprocess.Popen(
        task.command, cwd=task.cwd, env=task.environment, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        user=task.uid, group=task.uid, extra_groups=[] if task.uid is not None else None,
    ) as grader:  # fmt: skip
        _watch(grader, seen)
        seen.status = grader.wait()
    seen.seconds = os.times().elapsed - started
    seen.survivors = [_described(pid) for pid in proc.tree(os.getpid())]
    seen.mounts = sorted(_mounts() - before)
    return seen


def _watch(grader: subprocess.Popen[bytes], seen: Seen) -> None:
    assert grader.stdout is not None
    assert grader.stderr is not None
    taken = {grader.stdout.fileno(): b"", grader.stderr.fileno(): b""}
    left = set(taken)
    while left:
        for fd in select.select(list(left), [], [], _EVERY_S)[0]:
            data = os.read(fd, 65536)
            taken[fd] += data
            if not data:
                left.discard(fd)
        _measure(grader.pid, seen.peaks)
    seen.stdout = taken[grader.stdout.fileno()].decode("utf-8", "surrogateescape")
    seen.stderr = taken[grader.stderr.fileno()].decode("utf-8", "surrogateescape")


def _measure(grader: int, peaks: dict[str, int]) -> None:
    """Highest resident memory so far (VmHWM), of the grader and its workers."""
    _note(grader, "parent", peaks)
    try:
        children = Path(f"/proc/{grader}/task/{grader}/children").read_text().split()
    except OSError:
        return
    for pid in children:
        try:
            name = Path(f"/proc/{pid}/comm").read_text().strip()
        except OSError:
            continue
        if name == NAME:
            _note(int(pid), pid, peaks)


def _note(pid: int, name: str, peaks: dict[str, int]) -> None:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return
    if found := re.search(r"VmHWM:\s+(\d+) kB", status):
        peaks[name] = max(peaks.get(name, 0), int(found[1]))


def _described(pid: int) -> str:
    try:
        return f"{pid}: {Path(f'/proc/{pid}/cmdline').read_bytes()!r}"
    except OSError:
        return str(pid)


def _mounts() -> set[str]:
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return {line.split(" ", 3)[3] for line in lines}


# --- an ordinary user beside root --------------------------------------------------------


def reveal(folders: list[str]) -> None:
    """Let everybody reach these folders, in a mount namespace of our own (root only).

    What hides them (a home folder of mode 0700, as a rule) is covered by an empty folder that
    shows nothing but them.
    """
    unshare(CLONE_NEWNS)
    _mount("none", "/", None, _MS_REC | _MS_PRIVATE)
    hidden = {folder: top for folder in folders if (top := _closed(Path(folder)))}
    opened = {folder: os.open(folder, os.O_PATH) for folder in hidden}
    for top in sorted(set(hidden.values())):
        _mount("tmpfs", str(top), "tmpfs", 0)
        top.chmod(0o755)
    for folder, fd in opened.items():
        Path(folder).mkdir(parents=True, exist_ok=True)
        _mount(f"/proc/self/fd/{fd}", folder, None, _MS_BIND | _MS_REC)
        os.close(fd)


def _closed(folder: Path) -> Path | None:
    """The first folder on the way that others can't pass."""
    ways = [*reversed(folder.parents), folder]
    return next((way for way in ways if not way.stat().st_mode & 0o001), None)


def _mount(source: str, target: str, kind: str | None, flags: int) -> None:
    words = [x.encode() if x is not None else None for x in (source, target, kind)]
    if _libc.mount(*words, ctypes.c_ulong(flags), None):
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code), target)


if __name__ == "__main__":
    json.dump(asdict(observe(Task(**json.load(sys.stdin)))), sys.stdout)
