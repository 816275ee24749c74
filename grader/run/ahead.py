"""What takes its time and needs nobody: begun at once, beside what a command has to import."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator

assert sys.platform == "linux"  # noqa: S101 -- for mypy, too

from grader.run import interpreter, nursery
from grader.run.errors import HostError


@contextlib.contextmanager
def begun(python: str | None) -> Iterator[None]:
    """Workers are imported for, this machine is tried with `python`; what nobody takes is ended."""
    try:
        # Who needs it says that there can be none.
        with contextlib.suppress(OSError, HostError):
            nursery.begin()
            interpreter.ask(interpreter.students_python(python))
        with _tried(python):
            yield
    finally:
        interpreter.end_asking()
        nursery.end()


@contextlib.contextmanager
def _tried(python: str | None) -> Iterator[None]:
    # What trying needs takes as long to import as those who were begun take to answer.
    from grader.run import host

    try:
        with contextlib.suppress(OSError):
            host.begin_probe(python)
        yield
    finally:
        host.end_probe()
