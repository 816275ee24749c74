"""What takes its time and needs nobody: begun at once, beside what a command has to import."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.run import host, nursery


@contextlib.contextmanager
def begun(python: str | None) -> Iterator[None]:
    """Workers are imported for, this machine is tried with `python`; what nobody takes is ended."""
    try:
        # Who needs it says that there can be none.
        with contextlib.suppress(OSError):
            nursery.begin()
            host.begin_probe(python)
        yield
    finally:
        host.end_probe()
        nursery.end()
