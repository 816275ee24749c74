"""What belongs to a language's runtime and not to the program: helper threads, handlers.

A Java virtual machine has threads of its own that wake by the clock for ever. They collect,
compile and tidy up; none of them ever makes a thread of the program go on. So a time limit of
theirs is none of the program's. They must stand still all the same while it is proved to wait.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.lab.languages import Language

_JVM_THREADS = (
    "VM Thread", "VM Periodic Task Thread", "Reference Handler", "Finalizer",
    "Signal Dispatcher", "Service Thread", "Monitor Deflation Thread", "C1 CompilerThread0",
    "C2 CompilerThread0", "Sweeper thread", "Notification Thread", "Common-Cleaner",
)  # fmt: skip
_NAME = 15
"""Characters of a thread's name that the kernel keeps."""
_JVM_INTERRUPT = 62
"""SIGRTMAX - 2, by which the JDK ends a blocked call of another thread of its own."""


@dataclass(frozen=True)
class Runtime:
    """`threads` are names as the kernel has them; `signals` a mask as in SigCgt."""

    threads: frozenset[bytes] = frozenset()
    signals: int = 0

    def helpers(self, threads: Iterable[tuple[int, int]]) -> frozenset[tuple[int, int]]:
        """Of these threads (pid, tid) the runtime's own: of each name the first one.

        The runtime starts its own before the program's; one that the program gives such a
        name comes later, and is not taken for it.
        """
        found: dict[tuple[int, bytes], tuple[int, int]] = {}
        if not self.threads:
            return frozenset()
        for pid, tid in sorted(threads):
            name = _name_of(pid, tid)
            if name in self.threads:
                found.setdefault((pid, name), (pid, tid))
        return frozenset(found.values())


PLAIN = Runtime()
JVM = Runtime(
    threads=frozenset(name[:_NAME].encode() for name in _JVM_THREADS),
    signals=1 << (_JVM_INTERRUPT - 1),
)


def runtime_of(language: Language) -> Runtime:
    """The runtime that programs of this language run in."""
    return JVM if Path(language.run[0]).name == "java" else PLAIN


def _name_of(pid: int, tid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/task/{tid}/comm").read_bytes().rstrip(b"\n")
    except OSError:
        return b""
