"""Exit statuses, and the errors that end a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `--help` comes here, and is not to wait for it
    from grader.lab.model import Text

DONE = 0
NOT_ALL_PASS = 1
"""`check`: some criterion does not pass; `grade --fail-under`: some grade is below."""
BAD_INPUT = 2
"""Usage, or the lab or the input is wrong."""
FAULT = 3
"""A fault of the host or of Wiregrade left something ungraded."""
INTERRUPTED = 130


class CommandError(Exception):
    """Ends the command with `status` and this message on stderr."""

    def __init__(self, message: Text | str, status: int = BAD_INPUT) -> None:
        super().__init__(message if isinstance(message, str) else message.in_language("en"))
        self.message = message
        self.status = status
