"""What a program has used of the machine."""

from __future__ import annotations

from typing import NamedTuple


class Usage(NamedTuple):
    """Of a whole tree of processes, until now; 0 for what is not known."""

    cpu: int
    """CPU in ns, that of their ended threads and reaped children included."""
    system: int
    """Of `cpu`, what the kernel spent on their own calls, in ns, in its ticks (10 ms)."""
    memory: int
    """Memory resident for them, in bytes; what they share counts for each."""
    tasks: int = 0
    """Their threads, each process being one at least."""


class Used(NamedTuple):
    """Of one process, until now; of one that has ended and that nobody has reaped, too."""

    pid: int
    born: int
    """When it was started, in ticks since boot: its number may be another's later."""
    own: int
    """CPU in ns, that of its ended threads included."""
    reaped: int
    """CPU in ns of its children that it has reaped, and of theirs."""
    system: int
    """Of `own`, what the kernel spent on its calls, in ns, in ticks."""
    memory: int
    """Bytes."""
    tasks: int
    """Threads; 0 where it has ended."""


class Disk(NamedTuple):
    """What lies in the folders that a program can write, where they are its own."""

    size: int = 0
    """Bytes."""
    files: int = 0
    """Files, folders and links."""
    bounded: bool = True
    """They are file systems of its own, in memory, each with its size; else a folder on a disk."""
