"""Control groups (cgroup v2), what is decided: where ours lie, what is written, what is read.

Nothing here touches the machine; `grader.run.cgroup` does. Source of the rules: the kernel's
Documentation/admin-guide/cgroup-v2.rst. A group that holds processes cannot give controllers
to groups below it, so ours looks like this:

    BASE/                       the group that we were started in, or one made for a worker
      wiregrade-PID-N/          ours: gives the controllers on, holds no process
        us/                     the engine or the worker, and what it starts
        run-PID-N/              one run's program with all that it starts
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Literal, NamedTuple

from grader.lab.model import Limits

Route = Literal["", "own", "scope"]
"""How a place for groups is had: not at all; in the group that we are in; in a scope of
systemd's, one for each worker."""

WANTED = ("memory", "pids")
"""Controllers that limit; CPU is counted without one, and `cpu.max` would change what a run
sees of time."""
US = "us"
RUN = "run-"
OURS = "wiregrade-"
EVENTS = ("cpu.stat", "memory.events", "pids.events")

_NAME = re.compile(rf"{OURS}(\d+)-\d+")
_MEMORY_ROOM = 32 << 20


class Told(NamedTuple):
    """What the kernel tells of one run's group."""

    cpu: int = 0
    """CPU of all its processes, whatever became of them, in ns."""
    killed: int = 0
    """Processes that were killed because the group's memory was spent."""
    refused: int = 0
    """Processes and threads that were not made because there were too many.

    That alone strikes nobody (`grader.run.strikes`): a program may cope with it."""


def settings(limits: Limits, controllers: Iterable[str]) -> list[tuple[str, str]]:
    """Files of a run's group and what is written to them.

    All of it stands behind what is watched: memory also counts what the kernel keeps for the
    program (buffers of sockets and pipes, tables), for which there is room besides.
    """
    files: list[tuple[str, str]] = []
    if "memory" in controllers:
        most = limits.memory + limits.memory // 8 + _MEMORY_ROOM
        files += [("memory.max", str(most)), ("memory.swap.max", "0"), ("memory.oom.group", "1")]
    if "pids" in controllers:
        # The kernel's own limit of processes counts the sandbox's init, which is not in here.
        files.append(("pids.max", str(limits.processes)))
    return files


def optional(file: str) -> bool:
    """A kernel may lack this file: one without swap has nothing to forbid."""
    return file in ("memory.swap.max", "memory.oom.group")


def told(texts: Mapping[str, str]) -> Told:
    """What a group's files say; what is not there is 0."""
    cpu, memory, pids = (_numbers(texts.get(name, "")) for name in EVENTS)
    return Told(
        cpu=cpu.get("usage_usec", 0) * 1000,
        killed=memory.get("oom_kill", 0),
        refused=pids.get("max", 0),
    )


def _numbers(text: str) -> dict[str, int]:
    """A flat keyed file: a name and a number on each line."""
    pairs = (line.split() for line in text.splitlines())
    return {pair[0]: int(pair[1]) for pair in pairs if len(pair) == 2 and pair[1].isdigit()}


def populated(events: str) -> bool:
    """Whether `cgroup.events` says that a process lives in the group or below it."""
    return _numbers(events).get("populated", 1) != 0


def to_enable(available: str, enabled: str) -> tuple[str, ...]:
    """Of the controllers that limit those that a group has and does not give on yet."""
    return tuple(c for c in WANTED if c in available.split() and c not in enabled.split())


def lacking(controllers: Iterable[str]) -> tuple[str, ...]:
    """The controllers that would limit and are not had."""
    return tuple(c for c in WANTED if c not in controllers)


def owner_of(name: str) -> int | None:
    """The process that made a group of ours of this name; None: it is not ours."""
    found = _NAME.fullmatch(name)
    return int(found[1]) if found else None


def base_of(cgroup: str, mountinfo: str) -> str | None:
    """The folder of the group that a process is in.

    From its /proc/PID/cgroup and mountinfo (proc(5)); None where no cgroup v2 is mounted, or
    only a part of it that does not hold the group.
    """
    own = re.search(r"^0::(/.*)$", cgroup, re.MULTILINE)
    if own is None:
        return None
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        words = before.split()
        if after.split()[:1] != ["cgroup2"] or len(words) < 5:
            continue
        root, mount = (_plain(word) for word in words[3:5])
        path = PurePosixPath(own[1])
        if ".." not in path.parts and path.is_relative_to(root):
            return str(PurePosixPath(mount) / path.relative_to(root))
    return None


def _plain(word: str) -> str:
    """Blanks in paths are written in octal."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), word)


def scope_command(found: str, *, root: bool) -> list[str]:
    """What starts a command in a scope of its own, which it may divide further."""
    whose = () if root else ("--user",)
    return [found, *whose, "--scope", "--quiet", "--collect", "--property=Delegate=yes", "--"]
