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


class Disk(NamedTuple):
    """What lies in the folders that a program can write, where they are its own."""

    size: int = 0
    """Bytes."""
    files: int = 0
    """Files, folders and links."""
