"""Faults of the host: never a student's, never ours, always with what to do next."""

from __future__ import annotations


class HostError(Exception):
    """The machine does not allow what a run needs.

    `next_step` is one sentence that says what the user can do about it.
    """

    def __init__(self, message: str, next_step: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.message}: {self.next_step}" if self.next_step else self.message


class FactsUnavailable(HostError, OSError):  # noqa: N818 - it names a state of the host
    """The kernel refuses to tell what a run has to know (queues, calls, frames)."""
